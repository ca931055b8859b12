"""The lists: what is open by when it is due, and what came, by day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from functions.inbox.cursors import Cursors
from functions.inbox.filters import Filters
from functions.inbox.pages import Pages
from functions.inbox.past import Found, Past
from functions.inbox.routes import OPEN_LIST
from functions.inbox.rows import Row, by_urgency, row
from functions.inbox.visit import Visit
from shared.http import Response
from shared.lead import SECONDS_PER_DAY, Lead
from shared.opening_hours import OpeningHours
from shared.outcomes import ANSWERS, Outcome
from shared.store import LeadStore

# So many are read at once and sorted. Where more wait, the list says so.
MOST_OPEN: Final = 500
# So many of them make a page that a phone has in a second.
OPEN_PAGE: Final = 100
# The clocks of those who store and of those who list differ.
_AHEAD_SECONDS: Final = 60


def is_answered(lead: Lead) -> bool:
    """Whether the person heard from the practice, by the outcome that stands."""
    return lead.outcome is not None and lead.outcome["outcome"] in ANSWERS


def is_kept_back(lead: Lead) -> bool:
    """Whether it is taken for advertising, by a hidden field or by somebody who read it."""
    return lead.is_kept_back or (lead.outcome is not None and lead.outcome["outcome"] == Outcome.ADVERTISING)


# By their names in addresses.
DAY_LISTS: Final[Mapping[str, Callable[[Lead], bool]]] = {
    "answered": is_answered,
    "kept-back": is_kept_back,
    "all": lambda _lead: True,
}


@dataclass(frozen=True, slots=True)
class OpenList:
    """What somebody at the practice has to do something about.

    Attributes:
        store: Where the leads are.
        hours: By which they are due.
        pages: Renders the page.
    """

    store: LeadStore
    hours: OpeningHours
    pages: Pages

    def get(self, visit: Visit) -> Response:
        """Show a page of it. Raises StoreUnavailable."""
        filters = Filters.read(visit.request.query)
        ids = list(self.store.open(MOST_OPEN + 1))
        everything = [each for each in self._rows(ids[:MOST_OPEN], visit.now) if each.due]
        chosen = by_urgency(each for each in everything if filters.take(each.lead))
        start = _number(visit.request.query.get("from", ""))
        return self.pages.page(
            "list.html",
            visit=visit,
            list="open",
            filters=filters,
            rows=chosen[start : start + OPEN_PAGE],
            count=len(chosen),
            late=sum(each.is_late for each in chosen),
            is_further=start > 0,
            is_refused=False,
            is_cut=len(ids) > MOST_OPEN,
            most=MOST_OPEN,
            further=_from(filters, start + OPEN_PAGE, len(chosen)),
            now=visit.now,
            **_choices(self.pages, filters, (each.lead for each in everything)),
        )

    def _rows(self, ids: Sequence[str], now: float) -> Iterable[Row]:
        for lead in self.store.read_each(ids):
            if lead.expires_at > now:
                yield row(lead, self.hours, self.pages, now)


@dataclass(frozen=True, slots=True)
class DayList:
    """What came, the newest first: all of it, or what is wanted.

    Attributes:
        name: Which one, by its name in `DAY_LISTS`.
        past: The way back.
        store: Where the leads are.
        hours: By which some are due.
        cursors: Say where it goes on.
        pages: Renders the page.
        kept_days: For how many days enquiries are kept.
    """

    name: str
    past: Past
    store: LeadStore
    hours: OpeningHours
    cursors: Cursors
    pages: Pages
    kept_days: int

    def get(self, visit: Visit) -> Response:
        """Show a page of it. Raises StoreUnavailable, and KeysUnavailable where it has more than one."""
        filters = Filters.read(visit.request.query)
        of = (self.name, filters.language, filters.article, filters.day or "", visit.member)
        cursor = visit.request.query.get("cursor")
        position = self.cursors.read(cursor, *of) if cursor else None
        found = self._look(filters, position, visit.now)
        rows = [row(lead, self.hours, self.pages, visit.now) for lead in found.leads]
        path = visit.request.path
        return self.pages.page(
            "list.html",
            visit=visit,
            list=self.name,
            filters=filters,
            rows=rows,
            found=found,
            is_further=position is not None,
            is_refused=bool(cursor) and position is None,
            further=filters.address(path, cursor=self.cursors.write(found.next, *of)) if found.next else None,
            now=visit.now,
            **_choices(self.pages, filters, found.leads),
        )

    def _look(self, filters: Filters, position: str | None, now: float) -> Found:
        span = filters.span(self.hours.zone, now - self.kept_days * SECONDS_PER_DAY, now + _AHEAD_SECONDS)
        if span is None:
            return Found()

        is_wanted = DAY_LISTS[self.name]

        def choose(ids: Sequence[str]) -> Iterable[Lead]:
            kept = (lead for lead in self.store.read_each(ids) if lead.expires_at > now)
            return (lead for lead in kept if is_wanted(lead) and filters.take(lead))

        since, before = span
        return self.past.look(position or before, since, choose)


def _from(filters: Filters, start: int, count: int) -> str | None:
    return filters.address(OPEN_LIST, **{"from": str(start)}) if start < count else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _choices(pages: Pages, filters: Filters, leads: Iterable[Lead]) -> dict[str, Any]:
    """What a list can be narrowed to: what is published, and what is in the list all the same."""
    enquiries = [each.enquiry for each in leads]
    return {
        "languages": _with(pages.languages, [filters.language, *(each.locale for each in enquiries)]),
        "articles": _with(pages.articles, [filters.article, *(each.article for each in enquiries)]),
    }


def _with(known: Mapping[str, str], others: Iterable[str]) -> Mapping[str, str]:
    return {**known, **{each: each for each in sorted({*others} - known.keys() - {""})}}
