"""What is wrong with a request, as one tree.

    RequestError
    ├── InvalidBody         400  the body cannot be read at all
    ├── InvalidHeader       400  a header cannot be read
    ├── BodyTooLarge        413
    ├── UnsupportedMedia    415
    ├── InvalidFields       422  it was read, and some fields are not acceptable
    └── KeyReused           422  the Idempotency-Key came with other content before

`functions.leads.answers.Answers.refused` turns each of them into an answer.
"""

from collections.abc import Sequence
from typing import ClassVar

from shared.errors import FieldError, NeedlepointError


class RequestError(NeedlepointError):
    """The request cannot be served as it is. `code` is stable; the sentence for it is the answerer's to choose."""

    status: ClassVar[int] = 400

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class InvalidBody(RequestError):
    """The body is empty, not in the encoding or the syntax it claims, or not one object."""


class InvalidHeader(RequestError):
    """A header that we act on is malformed."""


class BodyTooLarge(RequestError):
    """The body is larger than any honest enquiry."""

    status = 413


class UnsupportedMedia(RequestError):
    """The body is of a type we do not read."""

    status = 415


class InvalidFields(RequestError):
    """Some fields are not acceptable; `errors` has one entry for each fault, in the form's order."""

    status = 422

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("invalid_fields")
        self.errors = tuple(errors)


class KeyReused(RequestError):
    """The same Idempotency-Key with other content (draft-ietf-httpapi-idempotency-key-header, section 2.7)."""

    status = 422

    def __init__(self) -> None:
        super().__init__("idempotency_key_reused")
