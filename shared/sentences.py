"""The sentence for every code, in the visitor's language. Codes are the contract; sentences may change."""

from gettext import NullTranslations
from typing import Final

from shared.errors import FieldError
from shared.messages import mark as _

# (field, code), or code alone for what can happen to any field.
_FIELD_SENTENCES: Final = {
    ("name", "required"): _("Enter your name."),
    ("name", "not_a_name"): _("Enter your name, with at least one letter."),
    ("name", "too_long"): _("Your name can have at most 80 characters."),
    ("phone", "contact_needed"): _("Enter a phone number or an e-mail address, so that we can reach you."),
    ("phone", "preferred_but_missing"): _("Enter your phone number, or choose to be contacted by e-mail."),
    ("phone", "not_a_phone_number"): _("Enter a phone number with its area code, such as {example}."),
    ("phone", "country_code_needed"): _(
        "Enter a phone number with its area code, such as {example}, or with + and its country code, such as {abroad}."
    ),
    ("phone", "more_than_one"): _("Enter one phone number only. Anything else can go in the message."),
    ("phone", "too_long"): _("Enter a phone number with its area code, such as {example}."),
    ("email", "preferred_but_missing"): _("Enter your e-mail address, or choose to be called."),
    ("email", "not_an_email"): _("Enter an e-mail address such as name@example.com."),
    ("email", "stray_character"): _(
        "This has a character that no e-mail address has, such as a space, a comma or a long dash. Please check it."
    ),
    ("email", "more_than_one"): _("Enter one e-mail address only. Anything else can go in the message."),
    ("email", "too_long"): _("Enter an e-mail address such as name@example.com."),
    ("message", "too_long"): _("Your message can have at most 1,000 characters."),
    ("consent", "required"): _("Check the box if you agree. Without it we may not contact you."),
    ("consent", "consent_needed"): _("Check the box if you agree. Without it we may not contact you."),
    ("article", "not_a_choice"): _("There is no such article."),
    ("locale", "not_a_choice"): _("The practice has no pages in this language."),
    "required": _("This field is missing."),
    "too_long": _("This is too long."),
    "not_a_choice": _("Choose one of the given answers."),
    "wrong_type": _("This is not the kind of value that belongs here."),
    "unknown_field": _("There is no such field."),
    "wrong_form": _("This does not have the right form."),
}

_REQUEST_SENTENCES: Final = {
    "body_empty": _("The request has no body. Send the enquiry as JSON or as a form."),
    "body_not_utf8": _("The request is not valid UTF-8 text."),
    "body_not_json": _("The request is not valid JSON."),
    "body_not_an_object": _("The request must be one JSON object."),
    "body_not_a_form": _("The request has more fields than the form."),
    "body_too_large": _("The request is too large. An enquiry has at most 16 KB."),
    "field_repeated": _("A field is given more than once."),
    "unsupported_media_type": _("Send the enquiry as application/json or application/x-www-form-urlencoded."),
    "idempotency_key_invalid": _("The Idempotency-Key must be 1 to 255 printable characters."),
    "idempotency_key_reused": _("This Idempotency-Key came with another enquiry before. Use a new key."),
    "invalid_fields": _("Some answers are missing or need another look."),
    "method_not_allowed": _("This address only takes enquiries, by POST."),
    "store_unavailable": _("We could not store your message just now. Please try again in a moment, or call {phone}."),
    "internal_error": _("Something went wrong on our side. Please try again, or call {phone}."),
}

_TITLES: Final = {
    400: _("The request cannot be read"),
    405: _("Method not allowed"),
    413: _("The request is too large"),
    415: _("Unsupported kind of content"),
    422: _("Please check your answers"),
    500: _("Something went wrong"),
    503: _("Temporarily not available"),
}


def unbroken(number: str) -> str:
    """A telephone number, or another short piece, with spaces and hyphens at which no line ends."""
    return number.replace(" ", "\u00a0").replace("-", "\u2011")


def number_in_text(number: str) -> str:
    """A telephone number for a sentence: on one line, and read from left to right in every script (UAX #9, LRI)."""
    return f"\u2066{unbroken(number)}\u2069"


def form_sentences(catalogue: NullTranslations, *, example: str, abroad: str) -> dict[str, str]:
    """The sentences that the page's own script shows, by `field code`, so that it says what the server would say."""
    return {
        f"{key[0]} {key[1]}": _with_examples(catalogue.gettext(sentence), example, abroad)
        for key, sentence in _FIELD_SENTENCES.items()
        if isinstance(key, tuple)
    }


def title(status: int, catalogue: NullTranslations) -> str:
    """A short name for the kind of problem."""
    return catalogue.gettext(_TITLES[status])


def detail(code: str, catalogue: NullTranslations, *, phone: str) -> str:
    """One sentence on what is wrong with the request. `phone` is the practice's, as people write it."""
    return catalogue.gettext(_REQUEST_SENTENCES[code]).format(phone=number_in_text(phone))


def field_error(field: str, code: str, catalogue: NullTranslations, *, example: str, abroad: str) -> FieldError:
    """The error of one field.

    `example` is a telephone number of the practice's country as it is written there, `abroad` one of a country where
    readers may call from, as it is written anywhere.
    """
    sentence = _FIELD_SENTENCES.get((field, code)) or _FIELD_SENTENCES[code]
    # A name that the sender made up is shown back harmlessly: cut short, and nothing but ASCII.
    shown = field[:40].encode("ascii", "backslashreplace").decode()
    return FieldError(shown, code, _with_examples(catalogue.gettext(sentence), example, abroad))


def _with_examples(sentence: str, example: str, abroad: str) -> str:
    return sentence.format(example=number_in_text(example), abroad=number_in_text(abroad))
