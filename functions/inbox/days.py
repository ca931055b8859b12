"""Closed days: the practice closes today, the rest of it or another date, and sees whom it promised an answer then."""

from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from functions.inbox.alert_tests import AlertTests, proof
from functions.inbox.pages import Pages
from functions.inbox.promised import Person, Promised
from functions.inbox.routes import DAYS, enquiry_path
from functions.inbox.troubles import Code, Refused
from functions.inbox.visit import Visit, see
from shared.acts import note_of_closure
from shared.closures import ALL_DAY, Closure, Closures
from shared.http import Response
from shared.messages import mark as _
from shared.opening_hours import GRID, OpeningHours, clock_seconds, written
from shared.telemetry import Telemetry
from shared.time_zone import DAY, day_number, iso_day

_FURTHEST_DAYS: Final = 366
# What a page is told of the POST before it, in its query; it says so only where that is so.
_CLOSED, _REOPENED, _TESTED = "closed", "reopened", "tested"


class Today(NamedTuple):
    """Today: its date (ISO) and name, its hours in words, whether they have begun, and whether any are left."""

    date: str
    name: str
    hours: tuple[str, ...]
    has_begun: bool
    is_open_later: bool


class Closed(NamedTuple):
    """A closure, the day's name, from when on in words (None: all day), and whom there is to tell, and who was told."""

    closure: Closure
    name: str
    since: str | None
    to_tell: list[Person]
    told: list[Person]


@dataclass(frozen=True, slots=True)
class Days:
    """What it takes to close days.

    Attributes:
        closures: Where closures are written down.
        hours: The opening hours, which follow them.
        promised: Finds the people who were promised an answer.
        tests: Tests of the alert.
        pages: Renders the page.
        telemetry: The log.
    """

    closures: Closures
    hours: OpeningHours
    promised: Promised
    tests: AlertTests
    pages: Pages
    telemetry: Telemetry

    def get(self, visit: Visit) -> Response:
        """The page. Raises StoreUnavailable."""
        return self._page(visit)

    def post(self, visit: Visit) -> Response:
        """Close a day, undo that, note who was told of it, or have a test sent. Raises Refused, StoreUnavailable."""
        self.closures.read(visit.now)
        match visit.fields:
            case {"close": _}:
                return self._close(visit, visit.fields.get("day", ""))
            case {"reopen": day}:
                self.closures.reopen(day, visit.now)
                self.telemetry.log.info("day reopened", day=day)
                return _see(_REOPENED, day)
            case {"told": lead_id, "day": day}:
                return self._tell(visit, lead_id, day)
            case {"untold": lead_id, "day": day}:
                self.promised.untell(lead_id, day, visit)
                return _see_people(day)
            case {"test": _}:
                is_new = self.tests.ask(visit.member, visit.now)
                self.telemetry.log.info("alert test asked for", is_new=is_new)
                return see(f"{DAYS}?{urlencode({_TESTED: 'new' if is_new else 'before'})}#test")  # where the button is
        raise Refused(Code.NO_BUTTON)

    def _close(self, visit: Visit, day: str) -> Response:
        if fault := self._fault(day, visit.now):
            return self._page(visit, status=422, fault=self.pages.say(fault), typed=day)
        day = iso_day(day_number(day))  # which has other spellings
        if day not in {each.day for each in self.closures.read(visit.now)}:
            until = self._until(day, visit.now)
            self.closures.close(day, until, visit.member, visit.now)
            self.telemetry.log.info("day closed", day=day, until=until)
        return _see(_CLOSED, day)

    def _tell(self, visit: Visit, lead_id: str, day: str) -> Response:
        if day not in {each.day for each in self.closures.read(visit.now)}:
            return see(DAYS)  # opened again meanwhile, or never closed
        lead = self.promised.tell(lead_id, day, visit)
        self.telemetry.log.info("told of a closed day", lead_id=lead.id)
        # Without room for a note, the enquiry's page says so and has the buttons that make some.
        return _see_people(day) if note_of_closure(lead, day) else see(enquiry_path(lead_id))

    def _fault(self, day: str, now: float) -> str | None:
        """Why a day cannot be closed, or None."""
        try:
            number, today = day_number(day), self.hours.day(now)
        except ValueError:
            return _("Choose a date.")
        if number < today:
            return _("That day is over.")
        if number > today + _FURTHEST_DAYS:
            return _("Choose a day within a year from now.")
        if number in self.hours.closures:  # another tap
            return None
        is_open = any(
            number > today or self.hours.instant(number, closes) > now for _, closes in self.hours.windows(number)
        )
        return None if is_open else _("You are closed then anyway.")

    def _until(self, day: str, now: float) -> str:
        """Until when it was open on a day that closes now: the half hour before, so that no promise is for later."""
        number = day_number(day)
        windows = self.hours.windows(number)
        if number > self.hours.day(now) or now < self.hours.instant(number, windows[0][0]):
            return ALL_DAY
        clock = int(self.hours.zone.clock(now) % DAY)
        return written(clock - clock % GRID)

    def _page(self, visit: Visit, *, status: int = 200, fault: str | None = None, typed: str = "") -> Response:
        closures = self.closures.read(visit.now)
        today = self.hours.day(visit.now)
        coming = {day_number(each.day): each for each in closures if day_number(each.day) >= today}
        people = self.promised.on([today, *coming], visit.now)
        last, told = self.tests.last(), None if fault else self._told(visit, {each.day for each in closures})
        was_reopened = told is not None and told[0] == _REOPENED
        return self.pages.page(
            "days.html",
            status,
            visit=visit,
            today=self._today(today, visit.now),
            promised_today=len(people[today]),
            closed=[self._closed(each, people[day]) for day, each in coming.items()],
            is_closed_today=today in coming,
            fault=fault,
            typed=typed,
            earliest=iso_day(today),
            furthest=iso_day(today + _FURTHEST_DAYS),
            told=told,
            known_to=self.promised.know_of(visit.request.query[_REOPENED], visit.now) if was_reopened else 0,
            test=last,
            proof=proof(last, self.pages.speech(), visit.now, self.tests.recipient) if last else None,
            now=int(visit.now),
        )

    def _today(self, day: int, now: float) -> Today:
        windows = [tuple(self.hours.instant(day, clock) for clock in window) for window in self.hours.windows(day)]
        own = self.pages.speech()
        said = tuple(f"{own.clock(opens)} \u2013 {own.clock(closes)}" for opens, closes in windows)
        has_begun = any(opens <= now for opens, _ in windows)
        return Today(iso_day(day), self._name(day), said, has_begun, any(closes > now for _, closes in windows))

    def _closed(self, closure: Closure, people: list[Person]) -> Closed:
        to_tell, told = ([each for each in people if bool(each.note) is is_told] for is_told in (False, True))
        return Closed(closure, self._name(day_number(closure.day)), self._since(closure), to_tell, told)

    def _since(self, closure: Closure) -> str | None:
        if closure.until == ALL_DAY:
            return None
        return self.pages.speech().clock(self.hours.instant(day_number(closure.day), clock_seconds(closure.until)))

    def _name(self, day: int) -> str:
        return self.pages.speech().day(self.hours.instant(day, DAY // 2))

    def _told(self, visit: Visit, closed: set[str]) -> tuple[str, str] | None:
        """What the POST before did, where that is so: which, and the day's name."""
        query = visit.request.query
        for told, is_closed in ((_CLOSED, True), (_REOPENED, False)):
            day = query.get(told, "")
            try:
                number = day_number(day)
            except ValueError:
                continue
            if (day in closed) == is_closed:
                return told, self._name(number)
        return (_TESTED, query[_TESTED]) if query.get(_TESTED) in ("new", "before") else None


def _see(told: str, about: str) -> Response:
    return see(f"{DAYS}?{urlencode({told: about})}")


def _see_people(day: str) -> Response:
    """Lead back to whom there is to tell next: forty taps are tiring enough without a way from the top each time."""
    return see(f"{DAYS}#tell-{quote(day)}")
