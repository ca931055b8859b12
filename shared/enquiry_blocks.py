"""What mails about enquiries have in common: who wrote, how to reach them, and the link that ends it."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from shared.email_address import readable
from shared.lead import Lead, seconds
from shared.letterhead import Letterhead
from shared.mail import Block, Button, Entry, Row, Sentence
from shared.messages import mark as _
from shared.reach import mailto, tel

# RFC 5322 section 2.1.1: a subject longer than a line is cut short in a list of mails.
LONGEST_SUBJECT: Final = 78


class Linked(NamedTuple):
    """An enquiry, and where the practice says what became of it; None where links cannot be signed."""

    lead: Lead
    link: str | None


def entry(enquiry: Linked, letterhead: Letterhead, *rows: Row) -> Entry:
    """An enquiry among others: its reference, who wrote, when, what else there is to say in `rows`, and its link."""
    button = outcome_button(enquiry.link, letterhead) if enquiry.link else None
    return Entry(enquiry.lead.reference, (*short_rows(enquiry.lead, letterhead), *rows), button)


def short_rows(lead: Lead, letterhead: Letterhead) -> Iterator[Row]:
    """Who wrote, and when."""
    yield from person_rows(lead, letterhead)
    yield Row(letterhead.say(_("Received")), letterhead.moment(seconds(lead.stored_at)))


def person_rows(lead: Lead, letterhead: Letterhead) -> Iterator[Row]:
    """The name, and every way to reach the person."""
    yield Row(letterhead.say(_("Name")), lead.enquiry.name)
    yield from reach_rows(lead, letterhead)


def reach_rows(lead: Lead, letterhead: Letterhead) -> Iterator[Row]:
    """Every way to reach the person, each to be tapped."""
    say, enquiry = letterhead.say, lead.enquiry
    if enquiry.phone:
        yield Row(say(_("Phone")), lead.phone_as_written or enquiry.phone, tel(enquiry))
        if typed := typed_otherwise(lead):
            yield Row(say(_("Phone as typed")), typed)
    if enquiry.email:
        yield Row(say(_("Email")), readable(enquiry.email), mailto(enquiry.email))


def way_to_answer(link: str | None, letterhead: Letterhead, *, is_quiet: bool = False) -> list[Block]:
    """The link where the practice says what became of an enquiry; nothing without one."""
    if link is None:
        return []
    return [outcome_button(link, letterhead)._replace(is_quiet=is_quiet), _clock(letterhead)]


def clock_sentences(enquiries: Iterable[Linked], letterhead: Letterhead) -> list[Block]:
    """What has to stand beside their links; nothing where there are none."""
    return [_clock(letterhead)] if any(each.link for each in enquiries) else []


def _clock(letterhead: Letterhead) -> Sentence:
    return Sentence(
        letterhead.say(
            _("Calling or replying to this mail does not stop the reminders. What you say by the link does.")
        )
    )


def outcome_button(link: str, letterhead: Letterhead) -> Button:
    """The link itself."""
    return Button(letterhead.say(_("Say what became of it")), link)


def typed_otherwise(lead: Lead) -> str | None:
    """The number as it was typed, where its digits are not those that stand beside it: reading it took a guess then."""
    typed, number = lead.phone_as_typed, lead.enquiry.phone
    if not typed or _digits(typed) == _digits(lead.phone_as_written or number or ""):
        return None
    read = f"{number}{lead.enquiry.phone_extension or ''}"
    return typed if "+" not in typed.replace("＋", "+") or _digits(typed) != _digits(read) else None


def _digits(number: str) -> list[int]:
    return [unicodedata.digit(each) for each in number if each.isdecimal()]
