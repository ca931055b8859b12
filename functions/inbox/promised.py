"""Whom the practice promised an answer on a day on which it is closed, with words that are ready to be sent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from functions.inbox.pages import Pages
from functions.inbox.replies import mail_of
from functions.inbox.speech import Speech
from functions.inbox.steps import read_kept
from functions.inbox.troubles import Code, Refused
from functions.inbox.visit import Visit
from shared.acts import note_of_closure, note_removed, told_closed
from shared.enquiry_words import wishes
from shared.first_name import first_name
from shared.lead import Lead, seconds, timestamp
from shared.messages import mark as _
from shared.opening_hours import OpeningHours
from shared.reach import sms, tel
from shared.store import LeadStore
from shared.time_zone import DAY, day_number, iso_day

# No message says a time that is further away.
_FAR_SECONDS: Final = 366 * DAY

_LATER: Final = _(
    "Hello, this is {practice}. We have to close and cannot contact you about your enquiry {reference} by {time}, as "
    "we promised. We are sorry. You will hear from us by {later}."
)
_NOTE: Final = _("Told that we are closed: {day}")
_NOTE_OF_TIME: Final = _("Told that we are closed: {day}. We answer by {later}")
_SOME_TIME: Final = _(
    "Hello, this is {practice}. We have to close and cannot contact you about your enquiry {reference} by {time}, as "
    "we promised. We are sorry. You will hear from us as soon as we are open again."
)


class Person(NamedTuple):
    """Somebody who waits for an answer.

    Attributes:
        lead: The enquiry.
        promised: By when they were told to hear (ISO 8601).
        name: The first name, or the whole where that cannot be told from it.
        way: How they want to be reached, in the practice's language.
        theirs: Their language.
        text: What can be sent to them in it.
        meaning: The same in the practice's language; None where that is theirs too.
        later: By when it says that they hear (ISO 8601); None where it says no time.
        mailto: Opens the text as a mail; None where no address is known.
        sms: Opens it as a message; None where no number is known that takes one.
        tel: Calls them; None where no number is known.
        note: Says that they were told, by whom and when; None where they were not.
    """

    lead: Lead
    promised: str
    name: str
    way: str
    theirs: Speech
    text: str
    meaning: str | None
    later: str | None
    mailto: str | None
    sms: str | None
    tel: str | None
    note: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Promised:
    """What it takes to find them.

    Attributes:
        store: Where the leads are.
        hours: The opening hours, with all closures.
        pages: Know the languages.
    """

    store: LeadStore
    hours: OpeningHours
    pages: Pages

    def on(self, days: Iterable[int], now: float) -> Mapping[int, list[Person]]:
        """Those who wait for an answer that was promised for one of these days (since the epoch), in its order.

        Raises:
            StoreUnavailable: DynamoDB could not give them.
        """
        found: dict[int, list[Person]] = {day: [] for day in days}
        unanswered = [(at, lead) for lead in self._open(now) if not lead.outcome for at in _promises(lead)]
        for at, lead in sorted(unanswered, key=lambda each: each[0]):
            promised = seconds(at)
            if (day := self.hours.day(promised)) in found:
                found[day].append(self._person(lead, promised, self.hours.answer_by(max(promised, now))))
        return found

    def know_of(self, day: str, now: float) -> int:
        """How many who are still open were told that a day (ISO 8601) is closed. Raises StoreUnavailable."""
        return sum(note_of_closure(lead, day) is not None for lead in self._open(now))

    def tell(self, lead_id: str, day: str, visit: Visit) -> Lead:
        """Somebody was told that a day (ISO 8601) is closed, and by when they hear: a note of their enquiry says so.

        Returns:
            The enquiry. Where it has no room for a note, there is none.

        Raises:
            Refused: There is no such enquiry (any more).
            StoreUnavailable: DynamoDB could not do it.
        """
        lead = read_kept(self.store, lead_id, visit.now)
        own, later = self.pages.speech(), _time(visit.fields.get("later"), visit.now)
        said = {"day": own.day(self.hours.instant(day_number(day), DAY // 2))}
        text = self.pages.say(_NOTE, **said)
        if later:
            text = self.pages.say(_NOTE_OF_TIME, **said, later=own.moment(seconds(later)))

        def step(lead: Lead) -> Lead | None:
            return told_closed(lead, day, later, text, visit.now, visit.member)

        return self.store.change(lead_id, step) or lead

    def untell(self, lead_id: str, day: str, visit: Visit) -> None:
        """That was a mistake: the note goes. Raises what `tell` does."""
        read_kept(self.store, lead_id, visit.now)

        def step(lead: Lead) -> Lead | None:
            note = note_of_closure(lead, day)
            return note_removed(lead, note["at"], visit.now, visit.member) if note else None

        self.store.change(lead_id, step)

    def _open(self, now: float) -> Iterator[Lead]:
        return (lead for lead in self.store.read_each(self.store.open()) if lead.expires_at > now)

    def _person(self, lead: Lead, promised: float, later: float | None) -> Person:
        enquiry, theirs, own = lead.enquiry, self.pages.speech(lead.enquiry.locale), self.pages.speech()
        text = self._text(theirs, lead, promised, later)
        meaning = None if theirs.locale == own.locale else self._text(own, lead, promised, later)
        return Person(
            lead,
            timestamp(promised),
            first_name(enquiry.name) or enquiry.name,
            wishes(enquiry, own.say)[0],
            theirs,
            text,
            meaning,
            None if later is None else timestamp(later),
            mail_of(lead, theirs, text),
            sms(enquiry, text),
            tel(enquiry),
            note_of_closure(lead, iso_day(self.hours.day(promised))),
        )

    def _text(self, speech: Speech, lead: Lead, promised: float, later: float | None) -> str:
        said = {"practice": self.pages.practice.name, "reference": lead.reference, "time": speech.zoned(promised)}
        if later is None:
            return speech.say(_SOME_TIME, **said)
        return speech.say(_LATER, **said, later=speech.zoned(later))


def _promises(lead: Lead) -> set[str]:
    """By when somebody was ever told that they hear from the practice (ISO 8601)."""
    return {lead.answer_by} | {each["told"] for each in lead.notes if "told" in each} if lead.answer_by else set()


def _time(sent: str | None, now: float) -> str | None:
    """The time that the message said, as the page sends it back; None where it said none. Raises Refused."""
    if sent is None:
        return None
    try:
        at = seconds(sent)
    except (ValueError, OverflowError):
        raise Refused(Code.NO_BUTTON) from None
    if abs(at - now) > _FAR_SECONDS:
        raise Refused(Code.NO_BUTTON)
    return timestamp(at)
