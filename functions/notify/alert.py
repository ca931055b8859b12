"""Sending the alert of one lead: claim, compose, send, record.

A claim is a lease. Whoever holds it sends; if they are killed at any point, the lease runs out and the alert is owed
again. In the one moment between SES's yes and the record of it, that means a second mail rather than none. The same
holds, after a longer pause, for an answer of SES's that was lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Final

from functions.notify.errors import MailRefused, MailUnproven
from functions.notify.mailer import Mailer
from functions.notify.retries import LAST_RESORT_DELAY, UNPROVEN_ATTEMPTS, is_past_first_day, next_attempt_delay
from shared.errors import ItemUnreadable
from shared.lead import Lead
from shared.store import LeadStore
from shared.telemetry import Telemetry

# Longer than the function may run (30 s), so that a lease only runs out when its holder is gone.
LEASE_SECONDS: Final = 45


@dataclass(frozen=True, slots=True)
class Alerts:
    """What it takes to send alerts.

    Attributes:
        store: Where the leads are.
        mailer: What sends the mails.
        recipient: The address that alerts go to.
        compose: Writes the alert for a lead.
        clock: Gives the time in seconds since the epoch.
        telemetry: The log and the metrics.
    """

    store: LeadStore
    mailer: Mailer
    recipient: str
    compose: Callable[[Lead], EmailMessage]
    clock: Callable[[], float]
    telemetry: Telemetry

    def send(self, lead_id: str) -> None:
        """Send the alert of this lead if it is due, and record the outcome, with the next attempt where one is needed.

        Raises:
            StoreUnavailable: The claim could not be made, or the outcome not recorded.
        """
        try:
            lead = self.store.claim(lead_id, self.clock(), LEASE_SECONDS)
        except ItemUnreadable as error:
            self._unreadable(lead_id, error.attribute)
            return
        if lead is None:
            return
        try:
            message_id = self.mailer.send(self.compose(lead), self.recipient)
        except MailUnproven as lost:
            self._unproven(lead, lost.reason)
        except MailRefused as refusal:
            self._failed(lead, refusal.reason, permanent=refusal.permanent)
        except Exception as error:  # an alert that cannot be composed needs a person too
            self._failed(lead, type(error).__name__, permanent=True)
        else:
            self._sent(lead, message_id)

    def _sent(self, lead: Lead, message_id: str) -> None:
        now = self.clock()
        self.store.record_sent(lead.id, message_id, now)
        # In milliseconds, like the time of storing; more digits would be noise.
        delay = round(now - datetime.fromisoformat(lead.stored_at).timestamp(), 3)
        self.telemetry.log.info(
            "alert sent",
            lead_id=lead.id,
            message_id=message_id,
            attempt=lead.alert_attempts,
            seconds_after_storing=delay,
        )

    def _failed(self, lead: Lead, reason: str, *, permanent: bool) -> None:
        delay = next_attempt_delay(lead.alert_attempts)
        self.store.record_failed(lead.id, reason, int(self.clock()) + delay)
        if permanent or is_past_first_day(lead.alert_attempts):
            self.telemetry.count("AlertNeedsHuman")
        self.telemetry.log.warning(
            "alert not sent", lead_id=lead.id, reason=reason, attempt=lead.alert_attempts, next_attempt_in=delay
        )

    def _unproven(self, lead: Lead, reason: str) -> None:
        attempts, now = lead.alert_attempts + UNPROVEN_ATTEMPTS, self.clock()
        delay = next_attempt_delay(attempts)
        self.store.record_unproven(lead.id, reason, now, int(now) + delay)
        self.telemetry.count("AlertUnproven")
        if is_past_first_day(attempts):
            self.telemetry.count("AlertNeedsHuman")
        self.telemetry.log.warning(
            "alert unproven", lead_id=lead.id, reason=reason, attempt=lead.alert_attempts, next_attempt_in=delay
        )

    def _unreadable(self, lead_id: str, attribute: str) -> None:
        # Waiting does not help, but a repaired item or a new deployment may, and then the alert goes out by itself.
        self.store.record_failed(lead_id, "ItemUnreadable", int(self.clock()) + LAST_RESORT_DELAY)
        self.telemetry.count("AlertNeedsHuman")
        self.telemetry.log.error(
            "lead cannot be read", lead_id=lead_id, attribute=attribute, next_attempt_in=LAST_RESORT_DELAY
        )
