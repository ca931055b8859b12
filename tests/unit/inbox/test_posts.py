"""A POST to the practice's pages: from one of them, and small."""

from collections.abc import Mapping

import pytest

from functions.inbox.posts import read_post
from functions.inbox.troubles import Code, Refused
from shared.http import Request

ORIGIN = "https://needle.test"
FORM = "application/x-www-form-urlencoded"


def post(headers: Mapping[str, str], body: bytes = b"outcome=called", content_type: str = FORM) -> Request:
    return Request("POST", "/inbox/enquiry/x", {}, {"content-type": content_type, **headers}, body)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "https://a-proxy.test"},  # the browser's word counts
        {"origin": ORIGIN},
    ],
    ids=str,
)
def test_what_our_own_page_sends_is_taken(headers: dict[str, str]) -> None:
    assert read_post(post(headers), ORIGIN) == {"outcome": "called"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": ORIGIN},
        {"sec-fetch-site": "anything"},
        {"origin": "https://other.test"},
        {"origin": "null"},
        {"origin": f"{ORIGIN}.other.test"},
        {},
    ],
    ids=str,
)
def test_what_another_site_or_no_page_sends_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        read_post(post(headers), ORIGIN)

    assert refused.value.code is Code.FROM_ELSEWHERE


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"outcome=called", "application/json"),
        (b"outcome=called", ""),
        (b"outcome=" + b"x" * 65_536, FORM),
        (b"&".join(b"a=%d" % number for number in range(51)), FORM),
        ("outcome=ä".encode(), FORM),
    ],
    ids=["json", "nothing", "large", "many", "bytes"],
)
def test_what_is_no_form_of_ours_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(Refused) as refused:
        read_post(post({"sec-fetch-site": "same-origin"}, body, content_type), ORIGIN)

    assert refused.value.code is Code.NO_BUTTON


def test_a_form_may_name_its_encoding() -> None:
    assert read_post(post({"sec-fetch-site": "none"}, content_type=f"{FORM}; charset=UTF-8"), ORIGIN)
