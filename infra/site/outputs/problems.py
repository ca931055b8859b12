"""What the content function says when it has no representation to give: pages for people, problems for programs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from infra.site.edition import Edition
from infra.site.table import Row, Table
from shared.http import dump_json, problem
from shared.messages import mark as _


class Problem(NamedTuple):
    """A stable code, the HTTP status, and what is said. `{locales}` is filled in.

    Whom to call, the page says of itself.
    """

    code: str
    status: int
    title: str
    detail: str


NOT_FOUND = Problem(
    "not_found", 404, _("This page does not exist"), _("The address may be mistyped, or the page may have moved.")
)
METHOD_NOT_ALLOWED = Problem(
    "method_not_allowed", 405, _("This cannot be done here"), _("You can only read this page.")
)
INTERNAL_ERROR = Problem(
    "internal_error",
    500,
    _("Something went wrong on our side"),
    _("Please try again in a moment."),
)
UNKNOWN_LOCALE = Problem(
    "unknown_locale", 400, _("Unknown language"), _("This is not a language tag. Published are: {locales}.")
)
UNKNOWN_FALLBACK = Problem(
    "unknown_fallback", 400, _("Unknown value"), _("The parameter fallback can only have the value none.")
)
NOT_TRANSLATED = Problem(
    "not_translated", 404, _("Not in this language"), _("This is not published in this language. It is in: {locales}.")
)

# Said on the page of an article in a language that it is not published in.
WITHHELD_TITLE = _("This article is not available in this language at the moment")
WITHHELD_DETAIL = _("You can read it in another language:")

# Each of these can happen to a page as well as to an address of the API.
EVERYWHERE = (NOT_FOUND, METHOD_NOT_ALLOWED, INTERNAL_ERROR)


def error_view(edition: Edition, fault: Problem, locale: str) -> dict[str, Any]:
    """What `error.html` shows of it. Whoever is lost came for an article, most likely: it links to all there are."""
    title, detail = _say(edition, fault, locale, edition.locales)
    links = [
        {"path": each.url, "locale": each.locale, "dir": edition.localizers[each.locale].direction, "text": each.title}
        for each in edition.articles_for(locale)
    ]
    return {"title": title, "detail": detail, "links": links}


def problem_rows(edition: Edition, table: Table, fault: Problem, locales: Sequence[str]) -> dict[str, Row]:
    """The problem (RFC 9457) in each of the site's languages; `locales` are those with something to get."""
    return {locale: _problem_row(edition, table, fault, locale, locales) for locale in edition.locales}


def _problem_row(edition: Edition, table: Table, fault: Problem, locale: str, locales: Sequence[str]) -> Row:
    title, detail = _say(edition, fault, locale, locales)
    response = problem(fault.status, fault.code, title=title, detail=detail, locale=locale)
    more: dict[str, Sequence[str]] = {}
    if fault in (UNKNOWN_LOCALE, NOT_TRANSLATED):
        more = {"locales": locales}
    elif fault is UNKNOWN_FALLBACK:
        more = {"allowed": ["none"]}
    body = response.body[:-1] + b"," + dump_json(more)[1:] if more else response.body
    return table.add(body, response.headers, status=fault.status)


def _say(edition: Edition, fault: Problem, locale: str, locales: Sequence[str]) -> tuple[str, str]:
    say = edition.localizers[locale].say
    return say(fault.title), say(fault.detail, locales=", ".join(locales))
