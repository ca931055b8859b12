"""From the bytes of a request to the fields of a submission, or an error that names what cannot be read."""

import json
from typing import Any
from urllib.parse import parse_qsl

from functions.leads.codes import RequestCode
from functions.leads.errors import RequestError
from shared.campaign import MAX_TAG_LENGTH, SOURCE_TAGS
from shared.http import Request
from shared.text import clean_line

MAX_BODY_BYTES = 16 * 1024
MAX_FORM_FIELDS = 50
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def media_type(request: Request) -> str:
    """The media type of the body, in lower case and without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def read_fields(request: Request) -> dict[str, Any]:
    """The fields as they were sent: values of JSON, or strings from an HTML form.

    Raises:
        RequestError: The body is too large, of another type, or cannot be read.
    """
    if len(request.body) > MAX_BODY_BYTES:
        raise RequestError(RequestCode.BODY_TOO_LARGE)
    kind = media_type(request)
    if kind not in (JSON, FORM):
        raise RequestError(RequestCode.UNSUPPORTED_MEDIA_TYPE)
    try:
        text = request.body.decode("utf-8-sig")  # without a byte order mark (RFC 8259 section 8.1)
    except UnicodeDecodeError:
        raise RequestError(RequestCode.BODY_NOT_UTF8) from None
    if not text.strip():
        raise RequestError(RequestCode.BODY_EMPTY)
    return _read_json(text) if kind == JSON else _read_form(text)


def _read_json(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError):
        # Not chained: the decoder's error holds the whole text.
        raise RequestError(RequestCode.BODY_NOT_JSON) from None
    if not isinstance(document, dict):
        raise RequestError(RequestCode.BODY_NOT_AN_OBJECT)
    return document


def _read_form(text: str) -> dict[str, Any]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS)
    except UnicodeDecodeError:
        raise RequestError(RequestCode.BODY_NOT_UTF8) from None
    except ValueError:
        raise RequestError(RequestCode.BODY_NOT_A_FORM) from None
    fields: dict[str, Any] = _unique(pairs)
    if locale := fields.pop("show", None):
        # The button of another language, on a page that came back. Consent was given to a text in the first one, so
        # this is never a whole enquiry: it comes back once more, with its faults in words that are understood.
        fields |= {"locale": locale, "consent": ""}
    if "consent" in fields:
        # A ticked checkbox sends its value and an unticked one sends nothing; JSON has true and false for that.
        fields["consent"] = fields["consent"] in ("true", "on")
    tags = {name: clean_line(fields.pop(name))[:MAX_TAG_LENGTH] for name in SOURCE_TAGS if name in fields}
    return {"source": tags, **fields} if tags else fields


def _refuse(constant: str) -> None:
    # NaN and the infinities, which Python reads and RFC 8259 does not know.
    raise ValueError(constant)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        # Which of the two was meant cannot be known, and guessing would store what nobody wrote.
        raise RequestError(RequestCode.FIELD_REPEATED)
    return fields
