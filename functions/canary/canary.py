"""A synthetic enquiry that goes the whole way of a visitor's, which shows that every link of that chain works.

It is stored, filed, alerted, proven, given an outcome and erased, by the code that does so with every enquiry. That it
is the canary's, only the table knows (`LeadStore.is_canary`).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from functions.canary.errors import CanaryFailed
from functions.canary.heartbeat import Heartbeat
from functions.canary.marks import Marks
from functions.canary.site import Site
from shared.duties import Hours, duties
from shared.erasure import Erasure
from shared.facts import with_outcome
from shared.lead import CANARY_ADDRESS, SECONDS_PER_DAY, Lead, identity_of_key, reference_of, seconds
from shared.outcomes import Outcome
from shared.store import LeadStore
from shared.telemetry import Telemetry

# The schedule comes every hour: one is proven in 24, and after a failure there are two more tries before the alarm.
_PROVEN_FOR: Final = 23 * 3600 + 1800
# From the stream to SES's event it takes seconds; a minute or two where every function starts anew and a queue is slow.
_PATIENCE: Final = 120
_PAUSE: Final = 2
# What is older than this is nobody's any more: no function runs so long.
_OVER: Final = 900
# So long the tombstone and the record of its erasure stay.
_REMEMBERED: Final = 2 * SECONDS_PER_DAY
BY: Final = "canary"


@dataclass(frozen=True, slots=True)
class Canary:
    """What it takes to prove the chain.

    Attributes:
        site: The site at its public address.
        store: Where the leads are.
        hours: The opening hours, by which duties are due.
        marks: Which leads are its own.
        erasure: What erases them.
        heartbeat: Who is told outside of AWS.
        clock: Gives the time in seconds since the epoch.
        sleep: Waits so many seconds.
        telemetry: The log and the metrics.
    """

    site: Site
    store: LeadStore
    hours: Hours
    marks: Marks
    erasure: Erasure
    heartbeat: Heartbeat
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    telemetry: Telemetry

    def prove(self, *, anyway: bool = False) -> None:
        """Prove the chain, unless that was done lately; `anyway` proves it all the same.

        Raises:
            CanaryFailed: It is not proven.
            StoreUnavailable: Nor could that be looked at.
        """
        self._clean_up()
        last = self.marks.proven_at()
        if last and not anyway and self.clock() - seconds(last) < _PROVEN_FOR:
            return
        began, key = self.clock(), secrets.token_urlsafe(24)
        lead_id = identity_of_key(key).id
        self.marks.write(lead_id, began)
        try:
            self._enquire(key, lead_id)
            self._await_proof(lead_id)
            self._answer(lead_id)
        finally:
            erased = self.erasure.erase(lead_id)
        if not erased:
            raise CanaryFailed("erased")
        # Twice is better than never: if the function ends between the two, the next hour proves it again.
        self.telemetry.count("CanaryProven")
        self.marks.write_proven(self.clock())
        self.telemetry.log.info("canary proven", lead_id=lead_id, seconds=round(self.clock() - began, 3))
        self.heartbeat.give()

    def _clean_up(self) -> None:
        """Erase what one that was stopped has left. Its mark goes last, or the lead would pass for a visitor's."""
        for lead_id in self.marks.older_than(self.clock() - _OVER):
            self.erasure.erase(lead_id)
            self.marks.remove(lead_id)

    def _enquire(self, key: str, lead_id: str) -> None:
        article, locale = self.site.article()
        enquiry = {
            "name": "Canary",
            "email": CANARY_ADDRESS,
            "preferred_contact": "email",
            "message": "Needlepoint sends this enquiry to itself once a day. Nobody waits for an answer.",
            "consent": True,
            "locale": locale,
            "article": article,
        }
        try:
            reference = self.site.enquire(key, enquiry)
        finally:
            # Then one of the lines `enquiry stored` is its own, also where the answer was lost (docs/operations.md).
            if self.store.read(lead_id):
                self.telemetry.log.info("canary stored", article=article, locale=locale, lead_id=lead_id)
        if reference != reference_of(lead_id):
            raise CanaryFailed("stored", "another reference")

    def _await_proof(self, lead_id: str) -> None:
        until = self.clock() + _PATIENCE
        while missing := _missing(lead := self.store.read(lead_id)):
            if self.clock() >= until:
                raise CanaryFailed(missing, (lead and lead.alert_error) or "")
            self.sleep(_PAUSE)

    def _answer(self, lead_id: str) -> None:
        """Say what became of it, as somebody at the practice would; and keep what is left of it for days, not years."""
        now = self.clock()

        def step(lead: Lead) -> Lead | None:
            done = with_outcome(lead, Outcome.CALLED, now, BY)
            return done and replace(done, expires_at=int(now) + _REMEMBERED)

        answered = self.store.change(lead_id, step)
        if answered is None or duties(answered, self.hours):
            raise CanaryFailed("answered")


def _missing(lead: Lead | None) -> str:
    """The first link of the chain that nothing proves yet; nothing where all did their part."""
    if lead is None:
        return "stored"
    proofs = {"filed": lead.filed_at, "alerted": lead.alert_sent_at, "delivered": lead.delivered_at}
    return next((link for link, proof in proofs.items() if not proof), "")
