"""Pages of other origins: those that the practice file names may read articles and send enquiries, and no others."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from functions.content import app as content
from functions.leads import app as leads
from shared.http import JSON, PROBLEM
from tests.integration.conftest import Stack
from tests.integration.test_leads import ENQUIRY, _environment

__all__ = ["_environment"]

SITE = "https://www.clinic.test"
# One letter, a scheme, a port or a host away; and what browsers send for a page without an origin.
OTHERS = [
    *(
        "https://www.clinic.test.evil.test",
        "https://clinic.test",
        "http://www.clinic.test",
        "https://www.clinic.test:8443",
    ),
    *("https://www.clinic.tes", "https://WWW.clinic.test", "https://www.clinic.test/", "null", "*", ""),
]
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,idempotency-key"}
JSON_BODY = {"Content-Type": "application/json"}
ARTICLE = f"/api/articles/{ENQUIRY['article']}"

type Headers = Mapping[str, str]


def allow(monkeypatch: pytest.MonkeyPatch, *origins: str) -> None:
    """Let the practice file name these."""
    monkeypatch.setattr(leads.wiring, "practice", replace(leads.wiring.practice, allowed_origins=origins))
    monkeypatch.setattr(content.wiring.site, "allowed_origins", origins)


@pytest.fixture
def _allowed(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "https://other.test", SITE)


def read(path: str, origin: str = SITE, method: str = "GET", **headers: str) -> dict[str, Any]:
    given = {"origin": origin, **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw, _, query = path.partition("?")
    parameters = dict(pair.split("=") for pair in query.split("&")) if query else {}
    event = {"rawPath": raw, "headers": given, "requestContext": {"http": {"method": method}}}
    return dict(content.lambda_handler({**event, "queryStringParameters": parameters}, None))


def shared(headers: Headers) -> dict[str, str]:
    """What an answer says of other origins."""
    prefix = "access-control-"
    return {name.removeprefix(prefix): value for name, value in headers.items() if name.startswith(prefix)}


def varies(headers: Headers) -> bool:
    return "origin" in headers.get("vary", "").split(", ")


def every_answer(stack: Stack, origin: str) -> list[dict[str, Any]]:
    """One answer of each kind, errors too."""
    body = json.dumps(ENQUIRY).encode()
    sent = {**JSON_BODY, "Origin": origin}
    return [
        read(f"{ARTICLE}?locale=es", origin),
        read("/api/articles", origin, accept_language="es"),
        read(f"{ARTICLE}?locale=12345", origin),
        read("/api/articles/none", origin),
        read("/api/articles/", origin),
        read("/api/articles", origin, "DELETE"),
        stack.post(body, {**sent, "Idempotency-Key": "k-1"}),
        stack.post(body, {**sent, "Idempotency-Key": "k-1"}),
        stack.post(b"{}", sent),
        stack.post(b"<", sent),
        stack.post(b"", {"Content-Type": "text/plain", "Origin": origin}),
        stack.request("GET", b"", {"Origin": origin}),
    ]


@pytest.mark.usefixtures("_allowed")
def test_an_allowed_origin_may_read_every_answer_and_an_error_as_well(stack: Stack) -> None:
    answers = every_answer(stack, SITE)

    assert [each["statusCode"] for each in answers] == [200, 200, 400, 404, 308, 405, 201, 200, 422, 400, 415, 405]
    for each in answers:
        assert each["headers"]["access-control-allow-origin"] == SITE
        assert varies(each["headers"])
    # As the page of another origin could not say what is wrong, otherwise.
    assert [each["headers"].get("content-type") for each in answers[-5:]] == [JSON, *[PROBLEM] * 4]


@pytest.mark.usefixtures("_allowed")
@pytest.mark.parametrize("origin", OTHERS)
def test_another_origin_may_read_nothing_and_caches_are_told_that_it_depends(stack: Stack, origin: str) -> None:
    for each in every_answer(stack, origin):
        assert shared(each["headers"]) == {}
        assert varies(each["headers"])


def test_where_none_is_allowed_nothing_is_said_of_origins(stack: Stack) -> None:
    for each in (*every_answer(stack, SITE), stack.request("OPTIONS", b"", {**PREFLIGHT, "Origin": SITE})):
        assert shared(each["headers"]) == {}
        assert not varies(each["headers"])


@pytest.mark.usefixtures("_allowed")
def test_who_asks_without_an_origin_gets_the_same_answer_marked_for_caches() -> None:
    headers = read("/api/articles?locale=es", origin="")["headers"]

    assert shared(headers) == {}
    assert varies(headers)


@pytest.mark.usefixtures("_allowed")
@pytest.mark.parametrize("path", ["/es/", "/openapi.json", "/robots.txt"])
def test_pages_are_for_nobody_else_to_read(path: str) -> None:
    headers = read(path)["headers"]

    assert shared(headers) == {}
    assert not varies(headers)


@pytest.mark.usefixtures("_allowed")
def test_a_preflight_is_answered_with_what_an_enquiry_takes_and_may_be_kept(stack: Stack) -> None:
    answer = stack.request("OPTIONS", b"", {**PREFLIGHT, "Origin": SITE})

    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert shared(answer["headers"]) == {
        "allow-origin": SITE,
        "allow-methods": "POST",
        "allow-headers": "content-type, idempotency-key",
        "max-age": "7200",
    }
    assert varies(answer["headers"])


@pytest.mark.usefixtures("_allowed")
def test_a_preflight_of_the_articles_allows_to_read_them(stack: Stack) -> None:
    answer = read(ARTICLE, SITE, "OPTIONS", access_control_request_method="GET")

    assert shared(answer["headers"]) == {"allow-origin": SITE, "allow-methods": "GET, HEAD", "max-age": "7200"}


@pytest.mark.usefixtures("_allowed")
@pytest.mark.parametrize("origin", OTHERS)
def test_the_preflight_of_another_origin_is_answered_with_nothing(stack: Stack, origin: str) -> None:
    for headers in (
        stack.request("OPTIONS", b"", {**PREFLIGHT, "Origin": origin})["headers"],
        read(ARTICLE, origin, "OPTIONS", access_control_request_method="GET")["headers"],
    ):
        assert shared(headers) == {}
        assert varies(headers)


@pytest.mark.usefixtures("_allowed")
def test_a_page_may_read_where_to_go_on_and_when_to_try_again(stack: Stack) -> None:
    answer = stack.post(json.dumps(ENQUIRY).encode(), {**JSON_BODY, "Origin": SITE})

    assert answer["headers"]["location"].startswith("/es/thank-you/")
    assert shared(answer["headers"]) == {"allow-origin": SITE, "expose-headers": "location, retry-after"}


@pytest.mark.usefixtures("_allowed")
def test_when_we_are_at_fault_the_page_may_read_that_too(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(leads, "_take", fail)
    monkeypatch.setattr("functions.content.routes._from_api", fail)

    for answer in (stack.post(b"{}", {**JSON_BODY, "Origin": SITE}), read("/api/articles")):
        assert (answer["statusCode"], answer["headers"]["content-type"]) == (500, PROBLEM)
        assert answer["headers"]["access-control-allow-origin"] == SITE
        assert varies(answer["headers"])


@pytest.mark.usefixtures("_allowed")
def test_what_has_not_changed_may_be_read_again() -> None:
    headers = read(f"{ARTICLE}?locale=es")["headers"]

    again = read(f"{ARTICLE}?locale=es", if_none_match=headers["etag"])

    assert again["statusCode"] == 304
    assert again["headers"]["access-control-allow-origin"] == SITE
    assert again["headers"]["vary"] == headers["vary"]
