"""An enquiry by the link of a mail: a GET shows it without the person, a POST says what became of it.

Whoever follows the link sees nothing that a mail scanner could publish, and changes nothing. A POST is credited to the
mail that the link was in, says what was done before if it comes twice, and can be undone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote, urlencode

from functions.inbox import steps
from functions.inbox.pages import Pages
from functions.inbox.routes import enquiry_path
from functions.inbox.troubles import Code, Refused
from functions.inbox.visit import Visit, see
from shared.duties import Hours
from shared.http import Response
from shared.lead import Lead
from shared.links import Link, Links
from shared.outcomes import OUTCOMES, Outcome
from shared.store import LeadStore
from shared.telemetry import Telemetry

type Step = Callable[[Lead], Lead | None]

# What a page is told of the POST before it, in its query. Anybody can write it there: the page says it only where the
# facts say so too.
_SAVED: Final = "saved"
_BEFORE: Final = "before"
_UNDONE: Final = "undone"
RESCUED: Final = "rescued"


@dataclass(frozen=True, slots=True)
class LinkedEnquiry:
    """What it takes to show and to act.

    Attributes:
        links: Reads the links.
        store: Where the leads are.
        pages: Renders the page.
        hours: The opening hours, by which an outcome has a usual time for the next try.
        telemetry: The log.
    """

    links: Links
    store: LeadStore
    pages: Pages
    hours: Hours
    telemetry: Telemetry

    def get(self, visit: Visit) -> Response:
        """The page of the enquiry that a link leads to; a member who is signed in is led on to the whole enquiry.

        Raises:
            Refused: There is no such link, or the enquiry is not kept any more.
            KeysUnavailable: Nobody can tell now.
            StoreUnavailable: The enquiry cannot be read now.
        """
        lead = steps.read_kept(self.store, self._link(visit).lead_id, visit.now)
        told = _told(visit.request.query, lead)
        if visit.session and not told["told"]:  # what they press there is credited to them
            return see(enquiry_path(lead.id))
        shown: dict[str, Any] = {
            "lead": lead,
            "outcomes": OUTCOMES,
            "outcome": lead.outcome,
            **steps.standing(lead, self.hours, visit.now),
            "whole": enquiry_path(lead.id),
            "is_signed_in": bool(visit.session),
            **told,
        }
        return self.pages.page("linked_enquiry.html", visit=visit, **shown)

    def post(self, visit: Visit) -> Response:
        """Do what a button says, and lead back to the page. Raises what `get` does."""
        link = self._link(visit)
        step, done, told = self._step(visit.fields, visit.now, link.mail_id)
        before = steps.read_kept(self.store, link.lead_id, visit.now)
        changed = self.store.change(link.lead_id, step)
        if changed:
            self.telemetry.log.info("told by link", lead_id=link.lead_id, mail_id=link.mail_id, what=told, how=done)
            if answered := steps.first_answer(before, changed):
                self.telemetry.log.info("enquiry answered", **answered)
        return see(f"{quote(visit.request.path)}?{urlencode({done if changed else _BEFORE: told})}")

    def _link(self, visit: Visit) -> Link:
        link = self.links.read(visit.parameters["token"])
        if link is None:
            raise Refused(Code.NO_SUCH_LINK)
        return link

    def _step(self, fields: Mapping[str, str], now: float, by: str) -> tuple[Step, str, str]:
        """The fact that a button writes, and what the next page is told of it."""
        match fields:
            case {"outcome": name} if name in OUTCOMES and OUTCOMES[Outcome(name)].is_among_buttons:
                return partial(steps.said, outcome=Outcome(name), now=now, by=by, hours=self.hours), _SAVED, name
            case {"undo": at}:
                return partial(steps.undone, at=at, now=now, by=by), _UNDONE, at
            case {"rescue": _}:
                return partial(steps.rescued, now=now, by=by), _SAVED, RESCUED
        raise Refused(Code.NO_BUTTON)


def _told(query: Mapping[str, str], lead: Lead) -> dict[str, object]:
    """What the page says about the POST before it: `told`, and the outcome that it is about."""
    saved, before, undone = query.get(_SAVED), query.get(_BEFORE), query.get(_UNDONE)
    if RESCUED in (saved, before) and lead.rescued_at:
        return {"told": RESCUED, "about": None}
    standing = lead.outcome
    if standing and standing["outcome"] in (saved, before):
        return {"told": _SAVED if saved else _BEFORE, "about": standing}
    taken_back = next((each for each in lead.outcomes if "undone_at" in each and each["at"] in (undone, before)), None)
    return {"told": _UNDONE if taken_back else None, "about": taken_back}
