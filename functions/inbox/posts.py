"""What is taken from a POST: it comes from a page of ours, and is a form that our pages have."""

from typing import Final
from urllib.parse import parse_qsl

from functions.inbox.troubles import Code, Refused
from shared.http import Request

_FORM: Final = "application/x-www-form-urlencoded"
# The longest text that is typed here has some thousand characters, and a letter may take nine of them on the way.
_MAX_BODY_BYTES: Final = 65_536
_MAX_FIELDS: Final = 50
# The field in which a form says of which session it is.
TOKEN: Final = "token"  # noqa: S105 - a name, and no secret


def read_post(request: Request, origin: str) -> dict[str, str]:
    """The fields of a form that one of our pages has sent.

    Args:
        request: The POST.
        origin: Scheme and host of our pages.

    Raises:
        Refused: Another site, or no page at all, has sent it, or it is something else than such a form.
    """
    if not _is_ours(request, origin):
        raise Refused(Code.FROM_ELSEWHERE)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM or len(request.body) > _MAX_BODY_BYTES:
        raise Refused(Code.NO_BUTTON)
    try:
        return dict(parse_qsl(request.body.decode("ascii"), max_num_fields=_MAX_FIELDS))
    except ValueError:
        raise Refused(Code.NO_BUTTON) from None


def _is_ours(request: Request, origin: str) -> bool:
    """Whether a page of ours sent it, by the browser's word, which no page can change (Fetch Metadata, section 2).

    `none` is the reader's own doing, such as loading the page again. A browser that says nothing, older than 2023,
    names the origin of each POST (Fetch, section 3.2), which the pages' `Referrer-Policy` does not turn into `null`.
    """
    site = request.headers.get("sec-fetch-site")
    return site in ("same-origin", "none") if site else request.headers.get("origin") == origin
