from typing import Any

import pytest

from infra.local.gateway import MalformedResponse, from_result
from infra.local.http_messages import HttpResponse


def test_a_result_with_a_status_code_is_the_response() -> None:
    result = {"statusCode": 201, "headers": {"Content-Type": "text/html", "X-Count": 3}, "body": "é"}

    assert from_result(result) == HttpResponse(201, [("content-type", "text/html"), ("x-count", "3")], "é".encode())


@pytest.mark.parametrize(
    ("result", "body"), [({"a": "é"}, '{"a": "é"}'), ("hello", "hello"), ([1], "[1]"), (None, "null")]
)
def test_a_result_without_a_status_code_is_the_body_of_a_200(result: object, body: str) -> None:
    assert from_result(result) == HttpResponse(200, [("content-type", "application/json")], body.encode())


def test_a_body_without_a_content_type_is_plain_text() -> None:
    response = from_result({"statusCode": 200, "body": "x"})

    assert response.headers == [("content-type", "text/plain;charset=UTF-8")]


def test_no_content_type_is_made_up_for_an_empty_body() -> None:
    assert from_result({"statusCode": 304, "headers": {"etag": '"1"'}}).headers == [("etag", '"1"')]


def test_each_cookie_is_a_header_of_its_own() -> None:
    response = from_result({"statusCode": 200, "cookies": ["a=1", "b=2; Secure"]})

    assert response.headers == [("set-cookie", "a=1"), ("set-cookie", "b=2; Secure")]


def test_a_base64_body_is_decoded() -> None:
    assert from_result({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}).body == b"\x00\xff"


def test_the_status_may_be_a_string_of_digits() -> None:
    assert from_result({"statusCode": "404"}).status == 404


def test_headers_of_the_connection_are_the_gateways_own_affair() -> None:
    headers = {"Connection": "close", "Transfer-Encoding": "chunked", "Date": "x", "etag": "1"}

    assert from_result({"statusCode": 200, "headers": headers}).headers == [("etag", "1")]


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "ok"},
        {"statusCode": None},
        {"statusCode": 99},
        {"statusCode": 101},
        {"statusCode": 600},
        {"statusCode": 200, "headers": []},
        {"statusCode": 200, "headers": {"x": "a\r\nSet-Cookie: b"}},
        {"statusCode": 200, "headers": {"x y": "a"}},
        {"statusCode": 200, "headers": {"x": {}}},
        {"statusCode": 200, "headers": {"x": "漢"}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "cookies": ["a=1\n"]},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "not base64!", "isBase64Encoded": True},
    ],
)
def test_what_is_no_response_is_malformed(result: dict[str, Any]) -> None:
    with pytest.raises(MalformedResponse):
        from_result(result)
