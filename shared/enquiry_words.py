"""What the practice is told of an enquiry's answers: the wishes, fields that only the form knows, suspicions."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from shared.lead import HONEYPOT, Enquiry, Lead
from shared.messages import mark as _

# Gives a message in the practice's language.
type Say = Callable[[str], str]

CONTACT: Final = {"phone": _("by phone"), "email": _("by email")}
TIMES: Final = {
    "morning": _("in the morning"),
    "afternoon": _("in the afternoon"),
    "evening": _("in the evening"),
    "any": _("at any time"),
}


class Further(NamedTuple):
    """What a field of the form is called that no other line shows, and each of its choices, if it has any."""

    label: str
    choices: Mapping[str, str] = {}


class Answer(NamedTuple):
    """What was entered in such a field.

    Attributes:
        field: Its name in the form.
        label: What it is called.
        value: The answer in words.
        is_chosen: Whether it is one of the form's choices, and so nothing that a visitor wrote.
        is_other: Whether it is the choice that is none of the others, which says nothing without its label.
    """

    field: str
    label: str
    value: str
    is_chosen: bool
    is_other: bool


# What a choice that is none of the others is called in the form.
OTHER: Final = "other"
# By the field's name in functions/leads/form.py; a test says where one is missing.
FURTHER: Final[Mapping[str, Further]] = {
    "topic": Further(
        _("What it is about"),
        {
            "first_visit": _("the first visit"),
            "price": _("price or insurance"),
            "suitability": _("whether it is right for them"),
            OTHER: _("something else"),
        },
    ),
}
# Why `leads` took it for advertising.
_SPAM_REASONS: Final = {"link_in_name": _("a link in the name"), "links": _("many links in the message")}


def wishes(enquiry: Enquiry, say: Say) -> tuple[str, str]:
    """In which way and at which time of the day the person wants to be reached."""
    return named(CONTACT, enquiry.preferred_contact, say), named(TIMES, enquiry.preferred_time, say)


def further(enquiry: Enquiry, say: Say) -> Iterator[Answer]:
    """What was entered in fields that only the form knows."""
    for name, value in enquiry.more.items():
        field = FURTHER.get(name, Further(name))
        yield Answer(name, say(field.label), named(field.choices, value, say), value in field.choices, value == OTHER)


def suspicions(lead: Lead, say: Say) -> tuple[str, ...]:
    """Why it may be advertising; nothing once a person has said that it is a real enquiry.

    What keeps an alert back is not among them: it is said in words of its own wherever that matters.
    """
    reasons = () if lead.rescued_at else lead.spam_reasons
    return tuple(named(_SPAM_REASONS, each, say) for each in reasons if each != HONEYPOT)


def named(names: Mapping[str, str], value: str, say: Say) -> str:
    """What a value is called; itself where it is none of these, for later code may have stored another."""
    return say(names[value]) if value in names else value
