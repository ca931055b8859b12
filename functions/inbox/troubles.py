"""What can be wrong with a request to the practice's pages: a closed set of codes, each with status and words."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from shared.errors import NeedlepointError
from shared.messages import mark as _


class Code(StrEnum):
    """What is wrong."""

    NO_SUCH_PAGE = "no_such_page"
    NO_SUCH_LINK = "no_such_link"
    NOT_KEPT = "not_kept"
    SPENT_LINK = "spent_link"
    WRONG_METHOD = "wrong_method"
    FROM_ELSEWHERE = "from_elsewhere"
    NO_BUTTON = "no_button"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"


class Trouble(NamedTuple):
    """The HTTP status, and what the page says."""

    status: int
    title: str
    detail: str


_UNCHANGED: Final = _("Nothing was changed")
_BUTTONS: Final = _("Open the page again, from the mail or from the list of enquiries, and press one of its buttons.")
_NOT_NOW: Final = _("This does not work at the moment")
_AGAIN: Final = _("Try again in a minute. If you pressed a button, the page will show whether that was saved.")

TROUBLES: Final[Mapping[Code, Trouble]] = {
    Code.NO_SUCH_PAGE: Trouble(404, _("There is no such page"), _("The address may be incomplete.")),
    Code.NO_SUCH_LINK: Trouble(
        404,
        _("This link no longer works"),
        _("It is incomplete, or too old. Use the link in the newest mail about this enquiry."),
    ),
    Code.NOT_KEPT: Trouble(
        410,
        _("This enquiry is no longer kept"),
        _("It was erased, or the time for which enquiries are kept is over."),
    ),
    Code.SPENT_LINK: Trouble(
        410,
        _("This link no longer works"),
        _("A link to sign in works once, and for twenty minutes. Ask for a new one."),
    ),
    Code.WRONG_METHOD: Trouble(405, _UNCHANGED, _BUTTONS),
    Code.FROM_ELSEWHERE: Trouble(403, _UNCHANGED, _BUTTONS),
    Code.NO_BUTTON: Trouble(400, _UNCHANGED, _BUTTONS),
    Code.UNAVAILABLE: Trouble(503, _NOT_NOW, _AGAIN),
    Code.FAILED: Trouble(500, _NOT_NOW, _AGAIN),
}


class Refused(NeedlepointError):
    """The request cannot be answered as it was meant; the page says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code
