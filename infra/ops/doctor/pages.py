"""Whether the pages answer as they should."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from infra.ops.doctor.case import Case, Deployed
from infra.ops.doctor.findings import Finding, wrong
from infra.ops.doctor.outside import Unreachable
from infra.site.views.policy import security_headers
from shared.http import HTML, JSON, PROBLEM

_ERRORS: Final = "docs/operations.md#apierrorsalarm"


class _Expected(NamedTuple):
    """What a function answers to a request that changes nothing."""

    url: str
    status: int
    headers: Mapping[str, str]


def answers(case: Case, stack: Deployed) -> Iterator[Finding]:
    """A function that cannot be reached, or answers otherwise than this checkout's would."""
    for expected in _expected(case, stack):
        try:
            status, headers, body = case.fetch(expected.url)
        except Unreachable as error:
            yield wrong(f"No answer: {error}", "Look again from another network; then see whether the API is there")
            continue
        if status != expected.status:
            yield wrong(f"{expected.url} answers {status}, not {expected.status}", f"See the function's log: {_ERRORS}")
            continue
        for name, value in {**security_headers(body), **expected.headers}.items():
            if (found := headers.get(name)) != value:
                what = f"{expected.url} answers with {name}: {found or 'nothing'}, not {value}"
                yield wrong(what, "Deploy this checkout; if it is deployed, see what stands in front of the API")


def _expected(case: Case, stack: Deployed) -> Iterator[_Expected]:
    page, api, locale = stack.outputs["PageUrl"], stack.outputs["ApiUrl"], case.practice.locales[0]
    yield _Expected(page, 302, {"cache-control": "private, no-store"})
    yield _Expected(f"{page}{locale}/", 200, {"content-type": HTML})
    yield _Expected(f"{api}/articles?locale={locale}", 200, {"content-type": JSON})
    # It takes a POST alone, and a GET stores nothing.
    yield _Expected(f"{api}/leads", 405, {"content-type": PROBLEM})
    yield _Expected(f"{page}inbox", 303, {"cache-control": "no-store"})
