"""The practice's pages: Jinja templates that the site compiler has compiled ahead, in the practice's language.

Every template is given the `practice`'s name, its `language` and `direction`; `styles`, the addresses of the style
sheets that every page begins with, and `asset(name)`, that of any file; `moment(text)`, a stored time as people read
it, and `near(text, now)`, as they say it who think of it now; `clock(now)` and `month(text)`; `language_name(tag)` and
`article_title(slug, tag)`; and `_(message, **values)`. Of a visit it is given `path`; `session`, which is None where
nobody is signed in; and `form_token`, the hidden input that each form of a session's page begins with.
"""

import json
from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Final

from jinja2 import BaseLoader, Environment, ModuleLoader, StrictUndefined
from markupsafe import Markup

from functions.inbox.near_times import NearTimes
from functions.inbox.posts import TOKEN
from functions.inbox.speech import Speech, speech
from functions.inbox.troubles import TROUBLES, Code
from functions.inbox.visit import Visit
from shared import moments
from shared.consent import agreed
from shared.http import HTML, Response
from shared.lead import Lead, seconds
from shared.letterhead import Compiled, read_mail_parts
from shared.messages import translations
from shared.outcomes import OUTCOMES, Outcome
from shared.practice import Practice
from shared.settings import compiled
from shared.time_zone import TimeZone

FOLDER: Final = "inbox"
ASSETS: Final = "assets.json"
ARTICLES: Final = "articles.json"
MONTHS: Final = "months.json"
_HEADERS: Final = {
    "content-type": HTML,
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    # With `no-referrer` a browser would not say where a form's POST comes from.
    "referrer-policy": "same-origin",
}
# A loader takes its templates along when it goes, and so it stays.
_loader = cache(ModuleLoader)


def environment(loader: BaseLoader, catalogue: NullTranslations) -> Environment:
    """Jinja as these templates want it: the compiler and the function have to agree."""
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    return made


class Pages:
    """Renders the pages.

    Args:
        folder: Where the compiled templates are.
        practice: The practice.
        parts: What the compiler has written down: the languages, and the practice's number.

    Attributes:
        practice: The practice.
        practice_phone: Its number, as people write it.
        times: Times as people say them who think of them now.
    """

    def __init__(self, folder: Path, practice: Practice, parts: Compiled) -> None:
        assets: dict[str, Any] = json.loads((folder / ASSETS).read_bytes())
        self.practice = practice
        self.practice_phone = parts["phone"]
        self._articles: dict[str, dict[str, str]] = json.loads((folder / ARTICLES).read_bytes())
        self._languages = parts["languages"]
        language = self._languages[practice.language]
        self._moments = language["moments"]
        self._zone = TimeZone(practice.utc_offsets)
        self._language = practice.language
        self._catalogue = translations(practice.language)
        months: dict[str, list[str]] = json.loads((folder / MONTHS).read_bytes())
        self.times = NearTimes(self._moments, months["months"], months["dates"], self._zone, self._catalogue.gettext)
        self._environment = environment(_loader(folder), self._catalogue)
        self._environment.globals |= {
            "practice": practice.name,
            "language": practice.language,
            "direction": language["direction"],
            "asset": assets["addresses"].__getitem__,
            "styles": assets["styles"],
            "moment": self._moment,
            "near": self.times.near,
            "clock": self.times.clock,
            "month": self.times.month,
            "language_name": self.language_name,
            "article_title": self._article_title,
        }

    @classmethod
    def read_compiled(cls, practice: Practice) -> "Pages":
        """The pages in this function's package."""
        return cls(compiled() / FOLDER, practice, read_mail_parts())

    def say(self, message: str, **values: object) -> str:
        """A message in the practice's language, with its `{placeholders}` filled."""
        said = self._catalogue.gettext(message)
        return said.format(**values) if values else said

    def speech(self, locale: str | None = None) -> Speech:
        """A published language; the practice's own, if it is another or none."""
        return speech(locale or self._language, self.practice, self._languages)

    @property
    def languages(self) -> Mapping[str, str]:
        """What each published language is called in the practice's own."""
        return {locale: language["name"] for locale, language in self._languages.items()}

    @property
    def articles(self) -> Mapping[str, str]:
        """The title of each published article, in the practice's language or in one that it is published in."""
        published = {slug: titles for slug, titles in self._articles.items() if titles}
        return {slug: titles.get(self._language, next(iter(titles.values()))) for slug, titles in published.items()}

    def outcome_label(self, name: str) -> str:
        """What an outcome is called; its name where later code has stored another one."""
        return self.say(OUTCOMES[Outcome(name)].label) if name in OUTCOMES else name

    def agreed(self, lead: Lead) -> str | None:
        """What a person agreed to, in their language; None where it is not known any more, or never was."""
        theirs = self.speech(lead.enquiry.locale)
        # In another language it is not what they agreed to.
        return agreed(lead, theirs.catalogue, self.practice.name) if theirs.locale == lead.enquiry.locale else None

    def weekday(self, time: str) -> str:
        """The day of the week of a time (ISO 8601) in the practice's zone."""
        return self._moments["weekdays"][self._zone.time(seconds(time)).weekday()]

    def page(self, template: str, status: int = 200, *, visit: Visit | None = None, **context: Any) -> Response:
        """A page that nobody keeps and no search engine lists, with the way to the others for who is signed in."""
        body = self._environment.get_template(template).render(context | _of_visit(visit)).encode()
        return Response(status, {**_HEADERS, "content-language": self._language}, body)

    def trouble(self, code: Code, visit: Visit | None = None) -> Response:
        """The page that says what is wrong."""
        status, title, detail = TROUBLES[code]
        response = self.page(
            "trouble.html", status, visit=visit, title=self.say(title), detail=self.say(detail), code=code
        )
        if code is Code.WRONG_METHOD:
            return response._replace(headers={**response.headers, "allow": "GET, HEAD, POST"})
        return response

    def _moment(self, time: str, *, zoned: bool = False) -> str:
        """A time (ISO 8601) in the practice's zone, such as `Tuesday, December 1, 2:03 PM`."""
        text = moments.moment(self._moments, self._zone.time(seconds(time)))
        return moments.zoned(self._moments, text) if zoned else text

    def language_name(self, locale: str) -> str:
        """What a language is called in the practice's own; its tag where it is published no more."""
        return self._languages[locale]["name"] if locale in self._languages else locale

    def _article_title(self, slug: str, locale: str) -> str:
        """The title of an article as it is now; its address's last part where it is published no more."""
        return self._articles.get(slug, {}).get(locale, slug)


def _of_visit(visit: Visit | None) -> dict[str, Any]:
    session = visit.session if visit else None
    token = Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN, session.form_token if session else "")
    return {"path": visit.request.path if visit else "", "session": session, "form_token": token if session else ""}
