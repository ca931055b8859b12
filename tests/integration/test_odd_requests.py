"""Whatever a client sends, neither function fails over it, and what it answers can go out over HTTP."""

import base64
import json
import re
import string
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.content import app as content
from tests.integration.conftest import Stack

ARTICLE = "/articles/dry-needling-for-sciatica"
FORM = "application/x-www-form-urlencoded"

# Letters that something somewhere may stumble over: controls, marks of direction, lone surrogates, what grows or
# shrinks when it is normalised or changes its case.
ODD = st.text(
    st.sampled_from(
        "\0\t\r\n\x7f\x85\xa0\xad\u0130\u0301\u200b\u200d\u202e\u2028\ud800\udfff\ufeff\ufffd\U0001f600ß٣"
        "%&=+;,\"'<>()[]{}\\/?#*.:@-_ "
    )
    | st.characters(categories=None),
    max_size=40,
)
ESCAPED = st.binary(max_size=20).map(quote_from_bytes)
TEXT = ODD | ESCAPED | st.text(string.ascii_letters, max_size=10)
LONG = st.sampled_from(["a", "%", "é", "\ud800", "en-", "/", ",", ";q=1,", "gzip;", '"']).map(lambda part: part * 9000)
PLACES = [
    "/",
    "/en/",
    "/ES",
    f"/es-MX{ARTICLE}/",
    ARTICLE,
    f"/en{ARTICLE}",
    "/en/thank-you/",
    "/api/articles",
    "/api/leads",
]
PATH = st.tuples(st.sampled_from(PLACES), TEXT | LONG).map("".join) | TEXT.map(lambda text: f"/{text}")
NAMES = ["locale", "fallback", "utm_source", "utm_term", "amp;utm_term", "consent", "name", "email", "phone", "source"]
NAME = st.sampled_from(NAMES) | TEXT
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Accept", "accept", "Accept-Language", "accept-encoding", "if-none-match", "content-type", "idempotency-key"]
    ),
    TEXT | LONG | st.sampled_from(["*", "text/html", "application/json", f"{FORM};charset=utf-16", "gzip", "es", '"']),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=6),
    max_leaves=10,
)
BODY = (
    TEXT
    | LONG
    | st.binary(max_size=50).map(lambda raw: base64.b64encode(raw).decode())
    | JSON.map(json.dumps)
    | st.lists(st.tuples(NAME, TEXT).map("=".join), max_size=5).map("&".join)
)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """A request as API Gateway hands it over, or without a part of it."""
    path, query = draw(PATH), draw(st.lists(st.tuples(NAME, TEXT), max_size=4))
    method = draw(st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "PUT", "get", "PROPFIND"]))
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "&".join(map("=".join, query)),
        "queryStringParameters": dict(query),
        "headers": draw(HEADERS),
        "requestContext": {"http": {"method": method, "path": path}},
        "body": draw(BODY),
        "isBase64Encoded": draw(st.booleans()),
    }
    for name in draw(st.sets(st.sampled_from(sorted(event)), max_size=2)):
        event[name] = None
        if draw(st.booleans()) or name == "requestContext":
            del event[name]
    return event


def check(result: dict[str, Any]) -> None:
    """A result that API Gateway can send on, and that blames nobody but the client."""
    assert result["statusCode"] < 500
    assert json.dumps(result, ensure_ascii=False).encode()
    for value in result["headers"].values():
        assert re.fullmatch(r"[ -~]*", value)


@settings(max_examples=3 * settings().max_examples, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=events())
def test_no_request_makes_the_content_function_fail(
    event: dict[str, Any], task_root: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(task_root))
    monkeypatch.setattr(content, "wiring", content.Wiring())

    check(content.lambda_handler(event, None))


@settings(max_examples=3 * settings().max_examples, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=events())
def test_no_request_makes_the_leads_function_fail(event: dict[str, Any], stack: Stack) -> None:
    check(stack.invoke("leads", event))
