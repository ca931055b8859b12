"""The whole page of an enquiry, for who is signed in: what was written, what happened, and every button.

A button that was pressed on a page from before somebody else's act shows that first, and is to be pressed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from functions.inbox.again import Choice, When, choices
from functions.inbox.pages import Pages
from functions.inbox.replies import replies, ways
from functions.inbox.routes import enquiry_path
from functions.inbox.same_person import others
from functions.inbox.steps import first_answer, lead_id, read_kept, standing
from functions.inbox.three_facts import three_facts
from functions.inbox.timeline import SENTENCES, lines, timeline
from functions.inbox.visit import Visit, see
from shared.acts import LONGEST_NOTE, MOST_NOTES, is_on_its_way, told_by
from shared.duties import call_again_at
from shared.email_address import readable
from shared.enquiry_blocks import typed_otherwise
from shared.enquiry_words import further, suspicions, wishes
from shared.errors import NeedlepointError
from shared.facts import answered_at
from shared.http import Response
from shared.lead import Lead, seconds, timestamp
from shared.ledger import changes_since
from shared.messages import mark as _
from shared.opening_hours import OpeningHours
from shared.outcomes import ANSWERS, OUTCOMES
from shared.pointers import Pointers
from shared.store import LeadStore
from shared.telemetry import Telemetry
from shared.time_zone import DAY, day_number

if TYPE_CHECKING:
    from functions.inbox.buttons import Button, Press

# What a page is told of the POST before it: the time of the act, by which the ledger knows it; or that nothing changed.
_SAVED: Final = "saved"
_BEFORE: Final = "before"
# And the date that was chosen, which may have become another.
_CHOSEN: Final = "chosen"
_CLOSED: Final = _("You are closed on {day}: moved to {later}.")
_CLOSED_BY_THEN: Final = _("You are closed for the rest of {day}: moved to {later}.")
_CHOICES: Final[Mapping[When, str]] = {
    When.LATER_TODAY: _("Later today"),
    When.TOMORROW_MORNING: _("Tomorrow morning"),
    When.WEEKDAY_MORNING: _("{weekday} morning"),
    When.NEXT_WEEK: _("Next week"),
}


class Changed(NeedlepointError):
    """Somebody did something since the page was shown."""

    def __init__(self, lead: Lead) -> None:
        super().__init__("changed")
        self.lead = lead


@dataclass(frozen=True, slots=True)
class WholeEnquiry:
    """What it takes to show and to act.

    Attributes:
        store: Where the leads are.
        pointers: By which the same person's enquiries are found.
        pages: Renders the page.
        hours: The opening hours.
        telemetry: The log.
    """

    store: LeadStore
    pointers: Pointers
    pages: Pages
    hours: OpeningHours
    telemetry: Telemetry

    def get(self, visit: Visit) -> Response:
        """The page.

        Raises:
            Refused: There is no such enquiry, or it is not kept any more.
            StoreUnavailable: It cannot be read now.
        """
        lead = self._lead(visit)
        query = visit.request.query
        done = tuple(each for each in lead.ledger if each["at"] == query.get(_SAVED) and each["by"] == visit.member)
        moved = self._moved(visit, lead) if done else None
        return self._page(visit, lead, done=list(lines(done)), moved=moved, is_before=_BEFORE in query)

    def post(self, visit: Visit) -> Response:
        """Do what a button says, and lead back to the page; or show what keeps it from being done."""
        from functions.inbox.buttons import Press, Wrong, read_button  # whoever only looks waits for no pydantic

        lead = self._lead(visit)
        try:
            button = read_button(visit.fields)
            other = read_kept(self.store, button.other, visit.now) if button.other else None
            press = Press(visit.now, visit.member, self.hours, other)
            changed = self.store.change(lead.id, lambda lead: _step(lead, button, press))
            if other:
                self.store.change(other.id, lambda other: button.step(other, press._replace(other=lead)))
        except Wrong as wrong:
            problem = {wrong.field: self.pages.say(wrong.message)}
            return self._page(visit, lead, 422, typed=visit.fields, problem=problem)
        except Changed as change:
            since = lines(changes_since(change.lead, button.version))
            return self._page(visit, change.lead, 409, typed=visit.fields, changes=list(since))
        if changed:
            what = changed.ledger[-1]["what"]
            self.telemetry.log.info("told by a member", lead_id=lead.id, what=what)
            if answered := first_answer(lead, changed):
                self.telemetry.log.info("enquiry answered", **answered)
        told = f"{_SAVED}={quote(timestamp(visit.now))}" if changed else f"{_BEFORE}=1"
        chosen = f"&{_CHOSEN}={quote(visit.fields['day'])}" if changed and "on" in visit.fields else ""
        return see(f"{enquiry_path(lead.id)}?{told}{chosen}")

    def _moved(self, visit: Visit, lead: Lead) -> str | None:
        """That the practice is closed on the date that was chosen, and which became of it; None where neither is so."""
        again, own = call_again_at(lead, self.hours), self.pages.speech()
        try:
            day = day_number(visit.request.query.get(_CHOSEN, ""))
        except ValueError:
            return None
        if again is None or not self.hours.day(visit.now) <= day < self.hours.day(again):
            return None
        said = _CLOSED_BY_THEN if self.hours.windows(day) else _CLOSED
        return self.pages.say(said, day=own.day(self.hours.instant(day, DAY // 2)), later=own.day(again))

    def _lead(self, visit: Visit) -> Lead:
        return read_kept(self.store, lead_id(visit), visit.now)

    def _page(self, visit: Visit, lead: Lead, status: int = 200, **state: Any) -> Response:
        say, outcome = self.pages.say, lead.outcome
        theirs, own = self.pages.speech(lead.enquiry.locale), self.pages.speech()
        today = self.hours.zone.time(visit.now).date()
        shown: dict[str, Any] = {
            "done": [],
            "moved": None,
            "is_before": False,
            "changes": [],
            "typed": {},
            "problem": {},
            **state,
            "lead": lead,
            "outcomes": OUTCOMES,
            "outcome": outcome,
            **standing(lead, self.hours, visit.now),
            "is_past_promise": _is_past_promise(lead, self.hours),
            "facts": three_facts(lead),
            "can_alert": not lead.is_kept_back and not is_on_its_way(lead, visit.now),
            "timeline": timeline(lead),
            "sentences": SENTENCES,
            "path_of": enquiry_path,
            "others": others(lead, self.pointers, self.store, visit.now),
            "ways": ways(lead, theirs),
            "email": readable(lead.enquiry.email) if lead.enquiry.email else None,
            "typed_phone": typed_otherwise(lead),
            "wishes": wishes(lead.enquiry, say),
            "further": list(further(lead.enquiry, say)),
            "suspicions": suspicions(lead, say),
            "theirs": theirs,
            "replies": list(
                replies(lead, theirs, own, practice=self.pages.practice.name, phone=self.pages.practice_phone)
            ),
            "choices": [(self._called(each), timestamp(each.at)) for each in choices(self.hours, visit.now)],
            "first_day": today.isoformat(),
            "last_day": (self.hours.zone.time(lead.expires_at).date() - timedelta(days=1)).isoformat(),
            "longest_note": LONGEST_NOTE,
            "has_room": len(lead.notes) < MOST_NOTES,
            "consent": self.pages.agreed(lead),
        }
        return self.pages.page("enquiry.html", status, visit=visit, **shown)

    def _called(self, choice: Choice) -> str | None:
        """What a choice is called; None where its time says it all."""
        if choice.when is When.MOMENT:
            return None
        return self.pages.say(_CHOICES[choice.when], weekday=self.pages.weekday(timestamp(choice.at)))


def _is_past_promise(lead: Lead, hours: OpeningHours) -> bool:
    """Whether nobody is reminded before the time that the person was told last is over, and they were not answered."""
    again, last = call_again_at(lead, hours), told_by(lead)
    if again is None or answered_at(lead, ANSWERS):
        return False
    if last is None and any("closed" in each for each in lead.notes):  # told that it is later, and no time
        return False
    known = last or lead.answer_by
    return known is not None and again > seconds(known)


def _step(lead: Lead, button: "Button", press: "Press") -> Lead | None:
    wanted = button.step(lead, press)
    # What is said already needs no second thought: two taps are one.
    if wanted and changes_since(lead, button.version):
        raise Changed(lead)
    return wanted
