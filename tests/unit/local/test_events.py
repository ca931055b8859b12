import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.events import build, encode_body, query_parameters
from infra.local.http_messages import HttpRequest
from infra.local.routes import Match, Route

NOW = datetime(2026, 3, 12, 19, 3, 58, 390_000, tzinfo=UTC)


def _event(request: HttpRequest, match: Match | None = None) -> dict[str, Any]:
    match = match or Match(Route("", "", "arn"), {})
    return build(request, match, port=8000, request_id="id-1", now=NOW)


def test_an_event_is_of_payload_format_2() -> None:
    request = HttpRequest("GET", "/a?b=c", [("Host", "localhost:8000"), ("User-Agent", "curl")], source_ip="127.0.0.9")

    event = _event(request)

    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/a",
        "rawQueryString": "b=c",
        "headers": {
            "host": "localhost:8000",
            "user-agent": "curl",
            "x-forwarded-for": "127.0.0.9",
            "x-forwarded-port": "8000",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"b": "c"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": "GET",
                "path": "/a",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.9",
                "userAgent": "curl",
            },
            "requestId": "id-1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1773342238390,
        },
        "isBase64Encoded": False,
    }


def test_repeated_headers_are_joined_under_a_lower_case_name() -> None:
    event = _event(HttpRequest("GET", "/", [("Accept", "a"), ("X-Y", "1"), ("ACCEPT", "b")]))

    assert event["headers"]["accept"] == "a,b"
    assert event["headers"]["x-y"] == "1"


def test_cookies_leave_the_headers_for_a_list() -> None:
    event = _event(HttpRequest("GET", "/", [("Cookie", "a=1; b=2"), ("cookie", "c=3")]))

    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]


def test_headers_of_the_connection_stay_behind_and_the_length_is_the_real_one() -> None:
    headers = [("Connection", "close"), ("Transfer-Encoding", "chunked"), ("Expect", "100-continue")]

    event = _event(HttpRequest("POST", "/", headers, b"12345"))

    assert not {"connection", "transfer-encoding", "expect"} & set(event["headers"])
    assert event["headers"]["content-length"] == "5"


def test_the_client_is_appended_to_whom_the_request_was_forwarded_for() -> None:
    event = _event(HttpRequest("GET", "/", [("X-Forwarded-For", "192.0.2.1")], source_ip="127.0.0.1"))

    assert event["headers"]["x-forwarded-for"] == "192.0.2.1, 127.0.0.1"


def test_the_path_arrives_decoded_once_and_the_query_as_sent() -> None:
    event = _event(HttpRequest("GET", "/caf%C3%A9/%2525?q=a%20b"))

    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/café/%25"
    assert event["rawQueryString"] == "q=a%20b"


def test_path_parameters_are_given_where_the_route_has_them() -> None:
    event = _event(HttpRequest("GET", "/things/7"), Match(Route("GET", "/things/{id}", "arn"), {"id": "7"}))

    assert event["pathParameters"] == {"id": "7"}
    assert event["routeKey"] == event["requestContext"]["routeKey"] == "GET /things/{id}"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a=1&b=2&a=3", {"a": "1,3", "b": "2"}),
        ("a=%20x+y", {"a": " x y"}),
        ("a=&b", {"a": "", "b": ""}),
        ("a=%ff", {"a": "\N{REPLACEMENT CHARACTER}"}),
        ("", {}),
    ],
)
def test_query_parameters_are_decoded_and_repetitions_joined(query: str, expected: dict[str, str]) -> None:
    assert query_parameters(query) == expected


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "text/plain", "application/XML"]
)
def test_text_bodies_are_passed_as_they_are(content_type: str) -> None:
    assert encode_body("é".encode(), content_type) == ("é", False)


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/png", "", None]
)
def test_every_other_body_is_base64(content_type: str | None) -> None:
    assert encode_body(b"a=1", content_type) == (base64.b64encode(b"a=1").decode(), True)


def test_broken_utf_8_is_base64_even_where_text_was_announced() -> None:
    assert encode_body(b"\xff{}", "application/json") == ("/3t9", True)


def test_an_empty_body_is_left_out() -> None:
    event = _event(HttpRequest("POST", "/", [("Content-Length", "0")]))

    assert "body" not in event
    assert event["isBase64Encoded"] is False
