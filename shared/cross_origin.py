"""What pages of other origins may do with the API: what it is there for, if the practice file names them.

The Fetch standard calls it the CORS protocol (https://fetch.spec.whatwg.org/#http-cors-protocol). Cookies and other
credentials are never allowed. Where no origin is named, which is usual, nobody waits for this module.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from shared.http import Request, Response

# In seconds. Chromium keeps what a preflight was answered for two hours at most.
_KEPT_FOR: Final = "7200"


class Use(NamedTuple):
    """What a resource is there for, beyond what the standard lets every page do with it.

    Attributes:
        methods: The methods that a preflight allows.
        headers: The names of headers that a request may have.
        exposed: The names of headers that a page may read of an answer.
    """

    methods: str
    headers: str = ""
    exposed: str = ""


def readable(request: Request, response: Response, allowed: Sequence[str], use: Use) -> Response:
    """The response, for a page of an allowed origin to read, and if it is a preflight's, saying what may be sent.

    Args:
        request: What was asked.
        response: Any answer to it, an error too.
        allowed: The allowed origins, as browsers write them.
        use: What they may do.
    """
    headers = {**response.headers, "vary": ", ".join(filter(None, (response.headers.get("vary"), "origin")))}
    origin = request.headers.get("origin")
    if origin is not None and origin in allowed:
        headers |= {"access-control-allow-origin": origin}
        if request.method == "OPTIONS" and request.headers.get("access-control-request-method"):
            headers |= {"access-control-allow-methods": use.methods, "access-control-max-age": _KEPT_FOR}
            headers |= {"access-control-allow-headers": use.headers} if use.headers else {}
        elif use.exposed:
            headers |= {"access-control-expose-headers": use.exposed}
    return response._replace(headers=headers)
