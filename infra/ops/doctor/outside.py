"""What the doctor asks besides AWS: the pages by HTTPS, and the domain name system."""

from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Any, Final, NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from shared.errors import NeedlepointError

_SECONDS: Final = 15
_DNS_SECONDS: Final = 5


class Unreachable(NeedlepointError):
    """Something outside did not answer; the message says what."""


class Answer(NamedTuple):
    """What a page answered; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: it is the answer that was asked for."""

    def redirect_request(self, *_: Any) -> None:
        """Called by urllib, which takes None for an error's answer."""


def fetch(url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
    """Ask for a page, and follow no redirect. Raises Unreachable where none answers."""
    sent = {"User-Agent": "needlepoint-doctor", **(headers or {})}
    request = Request(url, headers=sent, method=method)  # noqa: S310 - the stack's outputs begin with https
    try:
        with build_opener(_Stay()).open(request, timeout=_SECONDS) as response:
            return Answer(response.status, _lower(response.headers), response.read())
    except HTTPError as error:
        with error:
            return Answer(error.code, _lower(error.headers))
    except (OSError, HTTPException) as error:
        raise Unreachable(f"{url}: {error}") from error


def resolve(name: str, kind: str) -> Sequence[str]:
    """The records of a name of one kind, such as TXT, as text; none where there are none.

    Raises:
        Unreachable: Nobody knows: no server answered, or one failed.
    """
    try:
        records = Resolver().resolve(name, kind, lifetime=_DNS_SECONDS)
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException as error:
        raise Unreachable(f"{name} {kind}: {error}") from error
    if kind == "TXT":
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]
    return [record.to_text().rstrip(".") for record in records]


def _lower(headers: Any) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}
