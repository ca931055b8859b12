"""What is wrong with a request, as one tree.

    RequestError            it cannot be served as it is; its code says why, and with which status
    └── InvalidFields       it was read, and some fields are not acceptable

`functions.leads.app` catches them in one place, and `Answers.refused` turns them into an answer.
"""

from collections.abc import Sequence
from typing import NamedTuple

from functions.leads.codes import FieldCode, RequestCode
from shared.errors import NeedlepointError


class RequestError(NeedlepointError):
    """The request cannot be served as it is."""

    def __init__(self, code: RequestCode) -> None:
        super().__init__(code.value)
        self.code = code


class FieldFault(NamedTuple):
    """What is wrong with one field."""

    field: str
    code: FieldCode


class InvalidFields(RequestError):
    """Some fields are not acceptable. `faults` are in the form's order, one for each such field, unknown ones last."""

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__(RequestCode.INVALID_FIELDS)
        self.faults = tuple(faults)
