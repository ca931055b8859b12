"""Who may use the console: the person at this machine, and no web page that their browser happens to show."""

from http import HTTPStatus
from urllib.parse import urlsplit

from infra.local.events import HttpRequest

_LOOPBACK_NAMES = frozenset(["127.0.0.1", "localhost", "::1"])


def refuse(request: HttpRequest) -> HTTPStatus | None:
    """Why a request is refused, or None if it may pass.

    A Host that is not this machine is another site's name resolving to it (DNS rebinding). A POST from another
    origin is a form or script on another site.
    """
    host = request.header("host") or ""
    if not _is_loopback(host):
        return HTTPStatus.MISDIRECTED_REQUEST
    if request.method in ("GET", "HEAD"):
        return None
    origin = request.header("origin")
    if origin is not None and origin != f"http://{host}":
        return HTTPStatus.FORBIDDEN
    if request.header("sec-fetch-site") not in (None, "same-origin", "none"):
        return HTTPStatus.FORBIDDEN
    return None


def _is_loopback(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in _LOOPBACK_NAMES
    except ValueError:
        return False
