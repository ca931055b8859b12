"""Looking back at a week: what came, what was answered and how soon, what is open, late, kept back or bounced."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final

from functions.followup.week import Week
from shared.duties import Duty, deadline, duties
from shared.enquiry_blocks import Linked
from shared.enquiry_words import FURTHER
from shared.facts import answered_at
from shared.lead import SECONDS_PER_DAY, Lead, seconds, timestamp
from shared.mail_items import MailKind, MailStore
from shared.opening_hours import OpeningHours
from shared.outcomes import ANSWERS
from shared.pointers import Pointers, lead_at
from shared.practice import Practice, year_without_closures
from shared.store import LeadStore

# What is answered later than this is no part of a week's figures; it was late in some digests before. Nor is what was
# kept back before then and never looked at listed any longer.
_LOOKED_BACK: Final = timedelta(days=35)
# As the schedule in template.yaml has it, in seconds since midnight.
_DIGEST_AT: Final = 7 * 3600


@dataclass(frozen=True, slots=True)
class Survey:
    """What it takes to look back.

    Attributes:
        store: Where the leads are.
        pointers: Where the days' leads are found.
        hours: The opening hours.
        practice: The practice.
        link: Gives a lead with the link to it for a mail's id.
        members: Gives a digest of the address of each who works in the inbox.
    """

    store: LeadStore
    pointers: Pointers
    hours: OpeningHours
    practice: Practice
    link: Callable[[Lead, str], Linked]
    members: Callable[[], Iterable[str]]

    def write_down(self, mails: MailStore, now: float) -> None:
        """Write down the digest of the week that ended, one for each member: a mail about two says of neither.

        A second time changes nothing, for its id is the week's and the member's. Raises KeysUnavailable, without whose
        key no member's part of the id can be made, and StoreUnavailable.
        """
        last = self.hours.zone.time(now).date() - timedelta(days=7)
        year, week, _ = last.isocalendar()
        for member in self.members():
            mails.create(f"{MailKind.DIGEST}-{year}-W{week:02}-{member}", MailKind.DIGEST, (), now, next_at=int(now))

    def write_down_missed(self, mails: MailStore, now: float) -> None:
        """Write it down on the day that begins on Monday at seven, where that was not done at that time."""
        if self.hours.zone.time(now - _DIGEST_AT).weekday() == 0:
            self.write_down(mails, now - _DIGEST_AT)

    def of(self, mail_id: str) -> Week:
        """The week of a digest, by its mail's id, such as `digest-2026-W49-` and a member's digest."""
        _, year, week, *_ = mail_id.split("-")
        monday = date.fromisocalendar(int(year), int(week[1:]), 1)
        start, end = (self._midnight(day) for day in (monday, monday + timedelta(days=7)))
        before = list(self._stored(monday - _LOOKED_BACK, monday + timedelta(days=7)))
        new = [lead for lead in before if start <= seconds(lead.stored_at) < end and not lead.is_kept_back]
        answers = [(lead, at) for lead in before if (at := answered_at(lead, ANSWERS)) and start <= seconds(at) < end]
        waits = [self.hours.open_seconds(seconds(lead.stored_at), seconds(at)) for lead, at in answers]
        unanswered = self.store.read_each(self.store.open())
        waiting = [lead for lead in unanswered if {Duty.ANSWER, Duty.AGAIN} & set(duties(lead, self.hours))]
        kept_back = [lead for lead in before if Duty.REVIEW in duties(lead, self.hours)]
        return Week(
            starts=start,
            articles=Counter(lead.enquiry.article for lead in new),
            languages=Counter(lead.enquiry.locale for lead in new),
            campaigns=Counter(name for lead in new if (name := lead.enquiry.source.get("utm_campaign"))),
            chosen={
                name: Counter(value for lead in new if (value := lead.enquiry.more.get(name)))
                for name, field in FURTHER.items()
                if field.choices
            },
            answered=len(answers),
            median=median(waits) if waits else None,
            open=len(waiting),
            late=[self.link(lead, mail_id) for lead in sorted(waiting, key=self._deadline) if self._is_late(lead)],
            kept_back=[self.link(lead, mail_id) for lead in kept_back],
            bounced=[lead for lead in before if lead.bounced_at and start <= seconds(lead.bounced_at) < end],
            year_without_closures=self._coming_year_without_closures(),
        )

    def _stored(self, first: date, end: date) -> Iterator[Lead]:
        """What came from one midnight of the practice's to another, the oldest first."""
        before, since = (timestamp(self._midnight(day)) for day in (end, first))
        found = [lead_at(position) for position in self.pointers.back(before, since)]
        return self.store.read_each(reversed(found))

    def _midnight(self, day: date) -> int:
        return self.hours.zone.instant((day - date(1970, 1, 1)).days * SECONDS_PER_DAY)

    def _deadline(self, lead: Lead) -> int:
        return deadline(lead, self.hours) or 0

    def _is_late(self, lead: Lead) -> bool:
        return self._deadline(lead) < time.time()

    def _coming_year_without_closures(self) -> int | None:
        """Told while there is time to find them out, and not all the year to a practice that knows of none."""
        year = year_without_closures(self.practice, time.time())
        return year if year and year > self.hours.zone.time(time.time()).year else None
