"""The finisher: every HTTP point of the contract, one table each."""

import gzip
import json
from base64 import b64decode
from functools import partial
from typing import Any

import pytest

from shared.errors import FieldError
from shared.http import Request, Response, chosen_coding, content_security_policy, finish, prefers_html, problem

BODY = b"<!doctype html><title>x</title>" + b"dry needling " * 200


def request(method: str = "GET", **headers: str) -> Request:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, "/en/", {}, names, b"")


def page(status: int = 200, **headers: str) -> Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": "text/html; charset=utf-8", "etag": '"abc"', **names}, BODY)


def body_of(result: dict[str, Any]) -> bytes:
    return b64decode(result["body"]) if result["isBase64Encoded"] else result["body"].encode()


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("*", True),
        ("br;q=1, gzip;q=0.5", True),
        ("br", False),
        ("gzip ; q=0.001", True),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity;q=0.5, gzip", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("*, gzip;q=0", False),
        ("*;q=0", False),
        ("x-not-gzip", False),
        ("gzip;q=junk", False),
        ("gzip;q=1.5", True),
        ("gzip;q=０.5", False),
        (",,gzip,,", True),
    ],
)
def test_gzip_is_sent_only_where_it_is_accepted(header: str, accepted: bool) -> None:
    result = finish(request(accept_encoding=header), page())

    assert ("content-encoding" in result["headers"]) is accepted
    content = gzip.decompress(body_of(result)) if accepted else body_of(result)
    assert content == BODY


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br", "br"),
        ("BR ; Q=0.001", "br"),
        ("br,gzip", "br"),
        ("br;q=0.5, gzip;q=0.5", "br"),
        ("br;q=0.5, x-gzip;q=0.5", "br"),
        ("*", "br"),
        ("gzip;q=0, *;q=0.5", "br"),
        ("gzip;q=0.9, *;q=0.5", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0.5, x-gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("br;q=junk, gzip;q=0.1", "gzip"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("br;q=0.5, gzip;q=0.5, identity", ""),
        ("br;q=0.5, identity;q=0.5", "br"),
        ("identity;q=0", ""),
        ("x-br, brotli", ""),
        ("", ""),
    ],
)
def test_of_what_was_compressed_ahead_the_best_liked_is_sent_and_no_other_is_read(header: str, coding: str) -> None:
    read = []

    def reading(name: str) -> bytes:
        read.append(name)
        return name.encode()

    codings = {name: partial(reading, name) for name in ("br", "gzip")}
    assert chosen_coding(header, codings) == coding

    result = finish(request(accept_encoding=header), page()._replace(codings=codings))

    assert result["headers"].get("content-encoding", "") == coding
    assert body_of(result) == (coding.encode() or BODY)
    assert int(result["headers"]["content-length"]) == len(body_of(result))
    assert read == [coding] * bool(coding)


def test_codings_differ_in_their_tags_and_all_vary() -> None:
    codings = {name: partial(bytes, name, "ascii") for name in ("br", "gzip")}
    answers = [
        finish(request(accept_encoding=coding), page()._replace(codings=codings))["headers"]
        for coding in ("identity", "gzip", "br")
    ]

    assert len({each["etag"] for each in answers}) == 3
    assert {each["vary"] for each in answers} == {"accept-encoding"}


def test_vary_keeps_what_the_page_already_varies_on() -> None:
    assert finish(request(), page(vary="accept-language"))["headers"]["vary"] == "accept-language, accept-encoding"


def test_a_small_answer_is_neither_compressed_nor_varied() -> None:
    small = Response(200, {"content-type": "text/plain"}, b"ok")

    assert "vary" not in finish(request(accept_encoding="gzip"), small)["headers"]


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"abc"', 304),
        ('W/"abc"', 304),
        ('"x", "abc"', 304),
        ('"x" ,\t W/"abc"', 304),
        ("*", 304),
        (" * ", 304),
        ('"abd"', 200),
        ("abc", 200),
        ('"abc-gzip"', 200),
        ('"abc-br"', 200),
        ("", 200),
        (",,,", 200),
    ],
)
def test_if_none_match_compares_weakly_against_a_list(condition: str, status: int) -> None:
    assert finish(request(if_none_match=condition), page())["statusCode"] == status


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_304_repeats_what_a_cache_needs_and_no_more(method: str) -> None:
    response = page(cache_control="no-cache", content_language="en", content_location="/en/")

    result = finish(request(method, if_none_match='"abc"'), response)

    assert (result["statusCode"], result["body"]) == (304, "")
    assert {"etag", "cache-control", "vary", "content-location"} <= set(result["headers"])
    assert not {"content-type", "content-length", "content-language"} & set(result["headers"])


def test_a_condition_does_not_change_the_answer_to_a_post_or_an_error() -> None:
    assert finish(request("POST", if_none_match="*"), page())["statusCode"] == 200
    assert finish(request(if_none_match="*"), page(404))["statusCode"] == 404


def test_head_has_the_headers_of_get_and_no_body() -> None:
    got, head = (finish(request(method, accept_encoding="gzip"), page()) for method in ("GET", "HEAD"))

    assert head["headers"] == got["headers"]
    assert head["body"] == ""
    assert int(head["headers"]["content-length"]) == len(body_of(got))


def test_every_answer_carries_the_security_headers() -> None:
    for response in (page(), page(404), Response(303, {"location": "/en/"}), Response(204, {})):
        headers = finish(request(), response)["headers"]

        assert headers["x-content-type-options"] == "nosniff"
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_a_policy_names_the_hashes_of_styles_and_is_otherwise_the_same() -> None:
    policy = content_security_policy("'sha256-a'", "'sha256-b'")

    assert "; style-src 'self' 'sha256-a' 'sha256-b'; " in policy
    assert policy.replace(" 'sha256-a' 'sha256-b'", "") == content_security_policy()


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("application/json, text/html;q=0.9", False),
        ("application/json", False),
        ("*/*", False),
        ("", False),
        ("text/html;q=0", False),
    ],
)
def test_only_a_browser_is_answered_with_a_page(accept: str, html: bool) -> None:
    assert prefers_html(request(accept=accept)) is html


def test_a_problem_names_its_faults() -> None:
    response = problem(
        422, "invalid_fields", title="T", detail="D", locale="es", errors=[FieldError("name", "required", "N")]
    )

    assert response.headers["content-type"].startswith("application/problem+json")
    assert response.headers["content-language"] == "es"
    assert json.loads(response.body) == {
        "type": "about:blank",
        "title": "T",
        "status": 422,
        "detail": "D",
        "code": "invalid_fields",
        "errors": [{"field": "name", "code": "required", "detail": "N"}],
    }


def test_a_request_is_read_from_the_event() -> None:
    event = {
        "rawPath": "/en/articles/ciática%41",
        "headers": {"Accept-Language": "es"},
        "queryStringParameters": {"locale": "es"},
        "requestContext": {"http": {"method": "get"}},
        "body": "w6k=",
        "isBase64Encoded": True,
    }

    assert Request.from_event(event) == Request(
        "GET", "/en/articles/ciática%41", {"locale": "es"}, {"accept-language": "es"}, "é".encode()
    )
