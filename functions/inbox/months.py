"""A month's enquiries as a file: which months there are, and the file of one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import batched, islice
from typing import Final

from functions.inbox.pages import Pages
from functions.inbox.spreadsheet import write
from functions.inbox.troubles import Code, Refused
from functions.inbox.visit import Visit
from shared.acts import told_by
from shared.enquiry_words import FURTHER, further, wishes
from shared.facts import answered_at
from shared.http import Response
from shared.lead import SECONDS_PER_DAY, Lead, seconds, timestamp
from shared.messages import mark as _
from shared.opening_hours import OpeningHours
from shared.outcomes import ANSWERS
from shared.pointers import Pointers, lead_at
from shared.store import LeadStore

# Lambda answers in one piece of six megabytes; a larger month comes in parts.
MOST_ROWS: Final = 2000
MOST_PARTS: Final = 10
# A column for each further field of the form, and one for those of later code.
_FURTHER: Final[Mapping[str, str]] = {f"further.{name}": field.label for name, field in FURTHER.items()}
_HEAD: Final[Mapping[str, str]] = {
    "reference": _("Reference"),
    "received": _("Received"),
    "name": _("Name"),
    "phone": _("Phone"),
    "dialled": _("Phone with country code"),
    "email": _("Email"),
    "contact": _("Prefers contact"),
    "time": _("Prefers time"),
    "language": _("Language"),
    "article": _("Article"),
    "message": _("Message"),
    **_FURTHER,
    "further": _("Further answers"),
    "source": _("Campaign"),
    "promised": _("Answer by"),
    "told": _("Told: answer by"),
    "kept_back": _("Kept back"),
    "outcome": _("What became of it?"),
    "outcome_at": _("Since"),
    "answered": _("First answered"),
}


@dataclass(frozen=True, slots=True)
class Months:
    """The page with a link for each month.

    Attributes:
        hours: The practice's clock.
        pages: Renders the page.
        kept_days: For how many days enquiries are kept.
    """

    hours: OpeningHours
    pages: Pages
    kept_days: int

    def get(self, visit: Visit) -> Response:
        """Show it."""
        local = (self.hours.zone.time(at) for at in (visit.now, visit.now - self.kept_days * SECONDS_PER_DAY))
        last, first = (each.year * 12 + each.month - 1 for each in local)
        months = [f"{number // 12}-{number % 12 + 1:02}" for number in range(last, first - 1, -1)]
        return self.pages.page("csv.html", visit=visit, months=months, large=None, parts=[])


@dataclass(frozen=True, slots=True)
class MonthFile:
    """The file of one month.

    Attributes:
        pointers: Where the days are.
        store: Where the leads are.
        hours: The practice's clock.
        pages: Have the words, and render what is said where a month is too large.
    """

    pointers: Pointers
    store: LeadStore
    hours: OpeningHours
    pages: Pages

    def get(self, visit: Visit) -> Response:
        """The file; of a month that is too large for one, the page with its parts, or one of them.

        Raises:
            Refused: It is no month, or has no such part.
            StoreUnavailable: DynamoDB could not do it.
        """
        month, part = visit.parameters["month"], visit.request.query.get("part")
        since, before = self._span(month)
        found = islice(self.pointers.back(before, since), MOST_ROWS * MOST_PARTS)
        parts = list(batched(found, MOST_ROWS, strict=False)) or [()]
        names = [str(number) for number in range(1, len(parts) + 1)]
        if part is None and len(parts) > 1:
            return self.pages.page("csv.html", visit=visit, months=[], large=month, most=MOST_ROWS, parts=names)
        if part is not None and part not in names:
            raise Refused(Code.NO_SUCH_PAGE)
        ids = [lead_at(each) for each in reversed(parts[int(part or 1) - 1])]
        name = f"enquiries-{month}-part-{part}" if part else f"enquiries-{month}"
        leads = (lead for lead in self.store.read_each(ids) if lead.expires_at > visit.now)
        head = {name: self.pages.say(title) for name, title in _HEAD.items()}
        headers = {
            "content-type": "text/csv; charset=utf-8; header=present",
            "content-disposition": f'attachment; filename="{name}.csv"',
            "cache-control": "no-store",
            "x-robots-tag": "noindex, nofollow",
        }
        return Response(200, headers, write(head, [dict(self._row(lead)) for lead in leads]))

    def _span(self, month: str) -> tuple[str, str]:
        try:
            first = date.fromisoformat(f"{month}-01")
        except ValueError:
            raise Refused(Code.NO_SUCH_PAGE) from None
        if not 2000 <= first.year <= 9000 or len(month) != len("2026-11"):
            raise Refused(Code.NO_SUCH_PAGE)
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        since, before = (
            self.hours.zone.instant((each - date(1970, 1, 1)).days * SECONDS_PER_DAY) for each in (first, after)
        )
        return timestamp(since), timestamp(before)

    def _row(self, lead: Lead) -> Iterator[tuple[str, str]]:
        enquiry, say = lead.enquiry, self.pages.say
        yield "reference", lead.reference
        yield "received", self._clock(lead.stored_at)
        yield "name", enquiry.name
        if enquiry.phone:
            yield "phone", lead.phone_as_written or enquiry.phone
            yield (
                "dialled",
                f"{enquiry.phone};ext={enquiry.phone_extension}" if enquiry.phone_extension else enquiry.phone,
            )
        yield "email", enquiry.email or ""
        yield from zip(("contact", "time"), wishes(enquiry, say), strict=True)
        yield "language", self.pages.language_name(enquiry.locale)
        yield "article", enquiry.article
        yield "message", enquiry.message or ""
        others = []
        for each in further(enquiry, say):
            if (column := f"further.{each.field}") in _FURTHER:
                yield column, each.value
            else:
                others.append(f"{each.label}: {each.value}")
        yield "further", "\n".join(others)
        yield "source", "\n".join(f"{name}={value}" for name, value in enquiry.source.items())
        yield "promised", self._clock(lead.answer_by)
        yield "told", self._clock(told_by(lead))
        yield "kept_back", say(_("yes")) if lead.is_kept_back else ""
        if outcome := lead.outcome:
            yield "outcome", self.pages.outcome_label(outcome["outcome"])
            yield "outcome_at", self._clock(outcome["at"])
        yield "answered", self._clock(answered_at(lead, ANSWERS))

    def _clock(self, time: str | None) -> str:
        """A time on the practice's clock, as spreadsheets read it in every language."""
        return f"{self.hours.zone.time(seconds(time)):%Y-%m-%d %H:%M}" if time else ""
