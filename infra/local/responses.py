"""What a function returned, as an HTTP response: API Gateway HTTP APIs, payload format version 2.0."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.6.2
_FORBIDDEN_IN_VALUE = re.compile(r"[\0\r\n]")
# The connection's own affairs, which API Gateway takes out of a function's hands.
_DROPPED = frozenset(["connection", "date", "keep-alive", "transfer-encoding", "upgrade"])


class MalformedResponse(ValueError):
    """The function's result is no response; API Gateway answers 500 for it."""


@dataclass(frozen=True)
class HttpResponse:
    """A response ready for the wire, but for Date and the connection's own headers.

    Attributes:
        status: Between 200 and 599.
        headers: In order; a name may repeat.
        body: Also present for HEAD, where it is not sent.
    """

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def json_response(status: int, content: object, **headers: str) -> HttpResponse:
    """A response with a JSON body. Underscores in header names stand for hyphens."""
    extra = [(name.replace("_", "-"), value) for name, value in headers.items()]
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    return HttpResponse(status, [("content-type", "application/json"), *extra], body)


# Where API Gateway still says what the standard said before.
_GATEWAY_WORDS = {HTTPStatus.CONTENT_TOO_LARGE: "Request Entity Too Large"}


def gateway_error(status: HTTPStatus) -> HttpResponse:
    """An error in API Gateway's own words."""
    return json_response(status, {"message": _GATEWAY_WORDS.get(status, status.phrase)})


def from_result(result: object) -> HttpResponse:
    """Maps a function's result, parsed from JSON.

    Without a ``statusCode`` the result itself is the body of a 200.

    Raises:
        MalformedResponse: The result has a ``statusCode`` but does not make a response.
    """
    if not isinstance(result, Mapping) or "statusCode" not in result:
        body = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
        return HttpResponse(200, [("content-type", "application/json")], body.encode("utf-8", "replace"))
    headers, body_bytes = _headers(result.get("headers")), _body(result)
    if body_bytes and not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    headers.extend(("set-cookie", cookie) for cookie in _cookies(result.get("cookies")))
    return HttpResponse(_status(result["statusCode"]), headers, body_bytes)


def _status(value: object) -> int:
    try:
        status = int(str(value))
    except ValueError:
        raise MalformedResponse(f"statusCode is {value!r}") from None
    if not 200 <= status <= 599:
        raise MalformedResponse(f"statusCode is {value!r}")
    return status


def _headers(value: object) -> list[tuple[str, str]]:
    if value is None:
        return []
    if not isinstance(value, Mapping):
        raise MalformedResponse("headers is no object")
    headers = [(str(name).lower(), _scalar(f"header {name}", content)) for name, content in value.items()]
    for name, content in headers:
        if not _TOKEN.fullmatch(name):
            raise MalformedResponse(f"header name {name!r}")
        _check_value(f"header {name}", content)
    return [header for header in headers if header[0] not in _DROPPED]


def _cookies(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(cookie, str) for cookie in value):
        raise MalformedResponse("cookies is no list of strings")
    for cookie in value:
        _check_value("cookie", cookie)
    return value


def _scalar(what: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise MalformedResponse(f"{what} is {type(value).__name__}")


def _check_value(what: str, value: str) -> None:
    if _FORBIDDEN_IN_VALUE.search(value):
        raise MalformedResponse(f"{what} holds a line break")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise MalformedResponse(f"{what} holds characters that no header can carry") from None


def _body(result: Mapping[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedResponse(f"body is {type(body).__name__}, not a string")
    if not result.get("isBase64Encoded"):
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedResponse("body is not base64") from None
