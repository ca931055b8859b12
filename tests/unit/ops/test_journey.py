"""The journey through a stage's pages: it arrives where all is well, and says where it does not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest

from infra.ops import journey
from infra.ops.doctor.findings import Level
from infra.ops.doctor.outside import Answer, Unreachable
from infra.ops.journey import STEPS, Site, walk
from infra.ops.stack import Stack
from shared.http import HTML, JSON, SECURITY_HEADERS

ADDRESS = "https://pages.test/"
LOCALES = ("en", "zh-Hant")


@dataclass
class Pages:
    """Answers by method and path, as they should be until a test changes one; None does not answer."""

    answers: dict[tuple[str, str], Answer | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for locale in LOCALES:
            home = f'<html lang="{locale}"><link href="/assets/a.css"><a href="/{locale}/articles/needles">'
            article = f'<html lang="{locale}"><form id="enquiry-form" method="post" action="/api/leads"'
            headers = {"content-type": HTML, "content-language": locale, "etag": '"1"'}
            self[f"/{locale}/"] = _answer(200, headers, home)
            self[f"/{locale}/articles/needles"] = _answer(200, headers, article)
        self["/assets/a.css"] = _answer(200, {"cache-control": "max-age=31536000, immutable"})
        self["/api/articles?locale=en"] = self["/openapi.json"] = _answer(200, {"content-type": JSON})
        self["/inbox"] = _answer(303, {"location": "/inbox/sign-in?to=x"})
        self["/inbox/sign-in?to=x"] = _answer(200, {})
        self["/api/leads", "OPTIONS"] = _answer(204, {"allow": "OPTIONS, POST"})

    def __setitem__(self, asked: str | tuple[str, str], answer: Answer | None) -> None:
        path, method = (asked, "GET") if isinstance(asked, str) else asked
        self.answers[method, path] = answer

    def fetch(self, url: str, method: str, headers: Mapping[str, str]) -> Answer:
        path = url.removeprefix(ADDRESS.rstrip("/"))
        if path == "/":
            return self.answers.get((method, path)) or _answer(302, {"location": f"/{headers['accept-language']}/"})
        if "if-none-match" in headers and ("GET", "unchanged") not in self.answers:
            return _answer(304, {})
        answer = self.answers.get((method, path), _answer(404, {}))
        if answer is None:
            raise Unreachable(f"{url}: refused")
        return answer


def _answer(status: int, headers: Mapping[str, str], body: str = "") -> Answer:
    return Answer(status, {**SECURITY_HEADERS, **headers}, body.encode())


def walked(pages: Pages) -> list[str]:
    return [finding.what for finding in walk(Site(ADDRESS, LOCALES, pages.fetch)) if finding.level is Level.WRONG]


def test_where_all_is_well_every_step_says_so() -> None:
    found = list(walk(Site(ADDRESS, LOCALES, Pages().fetch)))

    assert [finding.level for finding in found] == [Level.OK] * len(STEPS)


FAULTS: dict[str, tuple[Callable[[Pages], object], str]] = {
    "everybody is led to English": (
        lambda pages: pages.__setitem__("/", _answer(302, {"location": "/en/"})),
        "a reader of zh-Hant is led to /en/",
    ),
    "a page is in another language": (
        lambda pages: pages.__setitem__("/zh-Hant/", pages.answers["GET", "/en/"]),
        "content-language: en, not zh-Hant",
    ),
    "an article is gone": (
        lambda pages: pages.__setitem__("/zh-Hant/articles/needles", _answer(404, {})),
        "zh-Hant/articles/needles answers 404, not 200",
    ),
    "an article has no form": (
        lambda pages: pages.__setitem__(
            "/en/articles/needles",
            _answer(200, {"content-type": HTML, "content-language": "en"}, '<html lang="en">'),
        ),
        "/en/articles/needles has no form",
    ),
    "a header of safety is missing": (
        lambda pages: pages.__setitem__("/openapi.json", Answer(200, {"content-type": JSON})),
        "strict-transport-security: nothing",
    ),
    "the style in a page is not allowed": (
        lambda pages: pages.__setitem__(
            "/en/articles/needles",
            _answer(200, {"content-type": HTML, "content-language": "en"}, "<style>p { color: red }</style>"),
        ),
        "style-src 'self' 'sha256-",
    ),
    "a style sheet is kept for a day": (
        lambda pages: pages.__setitem__("/assets/a.css", _answer(200, {"cache-control": "max-age=86400"})),
        "/assets/a.css may be kept: max-age=86400",
    ),
    "pages are always sent again": (
        lambda pages: pages.__setitem__("unchanged", None),
        "answers 200, not 304",
    ),
    "the form takes nothing": (
        lambda pages: pages.__setitem__(("/api/leads", "OPTIONS"), _answer(204, {"allow": "OPTIONS"})),
        "/api/leads takes OPTIONS",
    ),
    "the api is a page": (
        lambda pages: pages.__setitem__("/openapi.json", _answer(200, {"content-type": HTML})),
        "/openapi.json is text/html",
    ),
    "the inbox is open": (
        lambda pages: pages.__setitem__("/inbox", _answer(200, {})),
        "inbox answers 200, not 303",
    ),
    "nobody answers": (lambda pages: pages.__setitem__(("/api/leads", "OPTIONS"), None), "refused"),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_what_goes_astray_is_named(change: Callable[[Pages], object], said: str) -> None:
    change(pages := Pages())

    found = walked(pages)

    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("answer", "level", "said"),
    [
        ({"Payload": BytesIO(b"{}")}, Level.OK, "stored, alerted, proven, answered and erased"),
        (
            {"FunctionError": "Unhandled", "Payload": BytesIO(b'{"errorMessage": "delivered"}')},
            Level.WRONG,
            "The canary failed: delivered",
        ),
    ],
)
def test_the_canary_is_asked_to_go_at_once_and_what_it_met_is_said(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], level: Level, said: str
) -> None:
    asked: list[dict[str, Any]] = []

    class Lambda:
        def invoke(self, **given: Any) -> dict[str, Any]:
            asked.append(given)
            return answer

    monkeypatch.setattr(journey, "aws_client", lambda *_, **__: Lambda())
    monkeypatch.setattr(journey, "physical_id", lambda stack, logical_id: f"{stack}-{logical_id}-1")

    found = journey.chain(Stack("needlepoint-dev"))

    assert found.level is level
    assert said in found.what
    assert asked == [{"FunctionName": "needlepoint-dev-CanaryFunction-1", "Payload": b'{"anyway": true}'}]
