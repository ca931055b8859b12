"""From bytes to fields."""

import json
from typing import Any

import pytest

from functions.leads.body import MAX_BODY_BYTES, read_fields
from functions.leads.errors import RequestError
from shared.http import Request


def request(body: bytes, content_type: str = "application/json") -> Request:
    return Request("POST", "/api/leads", {}, {"content-type": content_type}, body)


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "application/json", "body_empty"),
        (b" \n", "application/json", "body_empty"),
        (b"\xef\xbb\xbf", "application/json", "body_empty"),
        (b"{}\xef\xbb\xbf", "application/json", "body_not_json"),
        (b"\xff\xfe{\0}\0", "application/json", "body_not_utf8"),
        (b"", FORM, "body_empty"),
        (b"{", "application/json", "body_not_json"),
        (b'{"a": 1,}', "application/json", "body_not_json"),
        (b"[" * 16_000, "application/json", "body_not_json"),
        (b'{"a": NaN}', "application/json", "body_not_json"),
        (b'{"a": -Infinity}', "application/json", "body_not_json"),
        (b"[]", "application/json", "body_not_an_object"),
        (b'"x"', "application/json", "body_not_an_object"),
        (b"null", "application/json", "body_not_an_object"),
        (b'{"a": 1, "a": 2}', "application/json", "field_repeated"),
        (b'{"name": "\xff"}', "application/json", "body_not_utf8"),
        (b"name=%FF", FORM, "body_not_utf8"),
        (b"name=\xff", FORM, "body_not_utf8"),
        (b"a=1&a=2", FORM, "field_repeated"),
        (b"&".join(b"a%d=1" % number for number in range(60)), FORM, "body_not_a_form"),
        (b"x" * (MAX_BODY_BYTES + 1), "application/json", "body_too_large"),
        (b"{}", "text/plain", "unsupported_media_type"),
        (b"{}", "", "unsupported_media_type"),
        (b"{}", "multipart/form-data; boundary=x", "unsupported_media_type"),
    ],
)
def test_an_unreadable_body_is_refused_by_name(body: bytes, content_type: str, code: str) -> None:
    with pytest.raises(RequestError) as error:
        read_fields(request(body, content_type))

    assert error.value.code == code
    assert 400 <= error.value.code.status < 500


def test_json_and_form_give_the_same_fields() -> None:
    fields: dict[str, Any] = {"name": "José & Söhne = 1", "message": "a\nb", "consent": True}

    from_json = read_fields(request(json.dumps(fields).encode(), "Application/JSON; charset=UTF-8"))
    from_form = read_fields(
        request(b"name=Jos%C3%A9+%26+S%C3%B6hne+%3D+1&message=a%0Ab&consent=true", f"{FORM}; charset=utf-8")
    )

    assert from_json == from_form == fields


@pytest.mark.parametrize(("body", "kind"), [(b'{"name":"\xc3\x89va"}', "application/json"), (b"name=%C3%89va", FORM)])
def test_a_byte_order_mark_before_the_body_is_passed_over(body: bytes, kind: str) -> None:
    assert read_fields(request(b"\xef\xbb\xbf" + body, kind)) == {"name": "Éva"}


def test_the_campaign_tags_of_a_form_are_its_source_and_never_a_reason_to_refuse_it() -> None:
    form = read_fields(request(b"name=Ana&utm_source=a%00b&utm_term=" + b"%E0%A5%98" * 300 + b"&utm_id=1", FORM))

    # U+0958 becomes two characters when it is normalised; what is too long is cut, what is unknown is left to be named
    assert form == {
        "source": {"utm_source": "ab", "utm_term": "\u0915\u093c" * 50},
        "name": "Ana",
        "utm_id": "1",
    }


@pytest.mark.parametrize("value", ["false", "", "no"])
def test_only_a_ticked_box_is_consent(value: str) -> None:
    assert read_fields(request(f"consent={value}".encode(), FORM))["consent"] is False
