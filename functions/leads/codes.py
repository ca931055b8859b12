"""What can be wrong with an enquiry or its request: codes, each with its sentence.

Codes are part of the API's contract and never change; sentences may. A code cannot be without a sentence, and the
catalogues are refused without its translations.
"""

from enum import StrEnum
from typing import Self

from shared.messages import mark as _


class FieldCode(StrEnum):
    """What is wrong with a field.

    Attributes:
        sentence: What the visitor is told, unless a field has a sentence of its own (`sentences.py`).
    """

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Self:
        """A code with its sentence, in English."""
        code = str.__new__(cls, value)
        code._value_, code.sentence = value, sentence
        return code

    REQUIRED = "required", _("This field is missing.")
    UNKNOWN_FIELD = "unknown_field", _("There is no such field.")
    WRONG_TYPE = "wrong_type", _("This is not the kind of value that belongs here.")
    WRONG_FORM = "wrong_form", _("This does not have the right form.")
    TOO_LONG = "too_long", _("This is too long.")
    NOT_A_CHOICE = "not_a_choice", _("Choose one of the given answers.")
    NOT_A_NAME = "not_a_name", _("Enter your name, with at least one letter.")
    CONTACT_NEEDED = (
        "contact_needed",
        _("Enter a phone number or an email address, so that we can reach you."),
    )
    PREFERRED_BUT_MISSING = (
        "preferred_but_missing",
        _("Enter your phone number, or choose to be contacted by email."),
    )
    NOT_A_PHONE_NUMBER = "not_a_phone_number", _("Enter a phone number with its area code, such as {example}.")
    COUNTRY_CODE_NEEDED = (
        "country_code_needed",
        _(
            "Enter a phone number with its area code, such as {example}, or with + and its country code, "
            "such as {abroad}."
        ),
    )
    MORE_THAN_ONE = (
        "more_than_one",
        _("Enter one phone number only. Anything else can go in the message."),
    )
    NOT_AN_EMAIL = "not_an_email", _("Enter an email address such as name@example.com.")
    STRAY_CHARACTER = (
        "stray_character",
        _("This has a character that no email address has, such as a space, a comma or a long dash. Please check it."),
    )
    CONSENT_NEEDED = "consent_needed", _("Check the box if you agree. Without your OK we cannot contact you.")


class RequestCode(StrEnum):
    """Why a request gets no receipt.

    Attributes:
        status: The HTTP status that goes with it.
        sentence: What the sender is told; `{phone}` is the practice's number.
    """

    status: int
    sentence: str

    def __new__(cls, value: str, status: int, sentence: str) -> Self:
        """A code with its status and its sentence, in English."""
        code = str.__new__(cls, value)
        code._value_, code.status, code.sentence = value, status, sentence
        return code

    BODY_EMPTY = "body_empty", 400, _("The request has no body. Send the enquiry as JSON or as a form.")
    BODY_NOT_UTF8 = "body_not_utf8", 400, _("The request is not valid UTF-8 text.")
    BODY_NOT_JSON = "body_not_json", 400, _("The request is not valid JSON.")
    BODY_NOT_AN_OBJECT = "body_not_an_object", 400, _("The request must be one JSON object.")
    BODY_NOT_A_FORM = "body_not_a_form", 400, _("The request has more fields than the form.")
    FIELD_REPEATED = "field_repeated", 400, _("A field is given more than once.")
    IDEMPOTENCY_KEY_INVALID = (
        "idempotency_key_invalid",
        400,
        _("The Idempotency-Key must be 1 to 255 printable characters."),
    )
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, _("This address only takes enquiries, by POST.")
    BODY_TOO_LARGE = "body_too_large", 413, _("The request is too large. An enquiry has at most 16 KB.")
    UNSUPPORTED_MEDIA_TYPE = (
        "unsupported_media_type",
        415,
        _("Send the enquiry as application/json or application/x-www-form-urlencoded."),
    )
    INVALID_FIELDS = "invalid_fields", 422, _("Some answers are missing or need another look.")
    # draft-ietf-httpapi-idempotency-key-header, section 2.7
    IDEMPOTENCY_KEY_REUSED = (
        "idempotency_key_reused",
        422,
        _("This Idempotency-Key came with another enquiry before. Use a new key."),
    )
    ENQUIRY_ERASED = (
        "enquiry_erased",
        422,
        _(
            "This enquiry was deleted after it had been sent, and is not stored again. "
            "To write to us once more, change something in it, or call {phone}."
        ),
    )
    INTERNAL_ERROR = (
        "internal_error",
        500,
        _("Something went wrong on our side. Please try again, or call {phone}."),
    )
    STORE_UNAVAILABLE = (
        "store_unavailable",
        503,
        _("We could not store your message just now. Please try again in a moment, or call {phone}."),
    )


class Fault(ValueError):
    """A value that its field cannot take. Nothing of the value is kept."""

    def __init__(self, code: FieldCode) -> None:
        super().__init__(code.value)
        self.code = code
