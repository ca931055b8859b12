from email.message import Message
from http import HTTPStatus
from http.client import parse_headers
from io import BytesIO

import pytest

from infra.local.responses import HttpResponse
from infra.local.wire import BadRequest, body_length, check_headers, content_length, origin_form

LINE = "GET / HTTP/1.1"


def _headers(text: str) -> Message:
    return parse_headers(BytesIO(text.replace("\n", "\r\n").encode("latin-1") + b"\r\n"))


def test_ordinary_headers_pass() -> None:
    check_headers(_headers("Host: localhost\nAccept: */*\nX-Tab: a\tb\n"), LINE)


@pytest.mark.parametrize(
    "text",
    [
        "Accept: x\n",  # HTTP/1.1 asks for a Host
        "Host: a\nHost: b\n",
        "Host: a\nno colon\n",
        "Host : a\n",
        "Host: a\nX: 1\n folded\n",
        "Host: a\nX: \x01\n",
    ],
)
def test_headers_against_the_standard_are_refused(text: str) -> None:
    with pytest.raises(BadRequest) as error:
        check_headers(_headers(text), LINE)

    assert error.value.status == HTTPStatus.BAD_REQUEST


def test_headers_over_the_quota_are_refused() -> None:
    with pytest.raises(BadRequest) as error:
        check_headers(_headers(f"Host: a\nX: {'x' * 10_240}\n"), LINE)

    assert error.value.status == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Content-Length: 12\n", 12),
        ("Content-Length: 12\nContent-Length: 12\n", 12),
        ("Transfer-Encoding: Chunked\n", None),
    ],
)
def test_the_body_is_as_long_as_the_headers_say(text: str, length: int | None) -> None:
    assert body_length(_headers(text)) == length


@pytest.mark.parametrize(
    "text",
    [
        "Content-Length: -1\n",
        "Content-Length: +1\n",
        "Content-Length: 0x10\n",
        "Content-Length: \n",
        "Content-Length: 1\nContent-Length: 2\n",
        "Content-Length: ²\n",
        f"Content-Length: {'9' * 5_000}\n",
        "Transfer-Encoding: chunked\nContent-Length: 1\n",
        "Transfer-Encoding: gzip\n",
        "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n",
    ],
)
def test_a_length_that_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        body_length(_headers(text))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/a?b", "/a?b"),
        ("http://localhost/a?b", "/a?b"),
        ("http://localhost", "/"),
        ("/a#b", "/a"),
        ("/\xc3\xa9", "/%C3%A9"),
    ],
)
def test_targets_are_brought_into_origin_form(target: str, expected: str) -> None:
    assert origin_form(target) == expected


@pytest.mark.parametrize("target", ["*", "localhost:443", "ftp://localhost/"])
def test_targets_without_a_path_are_refused(target: str) -> None:
    with pytest.raises(BadRequest):
        origin_form(target)


def test_an_answer_to_head_keeps_the_length_that_get_would_have() -> None:
    response = HttpResponse(200, [("content-length", "123")])

    assert content_length("HEAD", response) == 123
    assert content_length("GET", response) == 0


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body_announce_no_length(status: int) -> None:
    assert content_length("GET", HttpResponse(status, [("content-length", "5")])) is None
