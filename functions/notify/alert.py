"""Sending the alert of one lead: claim, compose, send, record; and one mail for many where they come in a crowd.

A claim is a lease. Whoever holds it sends; if they are killed at any point, the lease runs out and the alert is owed
again, unless SES published meanwhile that it has the mail (`functions/delivery`). The same holds, after a longer pause,
for an answer of SES's that was lost.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from typing import Any, Final

from shared.duties import Duty, Hours, duties
from shared.errors import ItemUnreadable, LeadErased, MailRefused, MailUnproven, StoreUnavailable
from shared.facts import alert_bundled, alert_claimed, alert_refused, alert_sent, alert_unproven
from shared.lead import CANARY_ADDRESS, SECONDS_PER_DAY, Lead, seconds, timestamp
from shared.mail_items import BUNDLE_WINDOW_SECONDS, MailKind, MailStore, window
from shared.outbox import BUDGET_SPENT, Outbox
from shared.retries import (
    ALERT_LEASE_SECONDS,
    LAST_RESORT_DELAY,
    UNPROVEN_ATTEMPTS,
    is_past_first_day,
    next_attempt_delay,
)
from shared.store import LeadStore
from shared.telemetry import Telemetry

# Gmail cuts a mail off after 102 KB of HTML, and these make 86. Written down together, they and the mail are as many
# items as DynamoDB takes at a time.
MOST_IN_A_BUNDLE: Final = 99


@dataclass(frozen=True, slots=True)
class Alerts:
    """What it takes to send alerts.

    Attributes:
        store: Where the leads are.
        mails: Where the mails are written down.
        outbox: What sends them.
        recipient: The address that alerts go to.
        hours: The opening hours, by which duties are due.
        compose: Writes the alert of a lead for a recipient.
        compose_bundle: Writes one mail for many leads.
        clock: Gives the time in seconds since the epoch.
        telemetry: The log and the metrics.
    """

    store: LeadStore
    mails: MailStore
    outbox: Outbox
    recipient: str
    hours: Hours
    compose: Callable[[Lead, str], EmailMessage]
    compose_bundle: Callable[[list[Lead]], EmailMessage]
    clock: Callable[[], float]
    telemetry: Telemetry

    def is_due(self, lead: Lead) -> bool:
        """Whether the alert of this lead is to be sent now."""
        due = duties(lead, self.hours).get(Duty.ALERT)
        return due is not None and due <= self.clock()

    def send_or_bundle(self, lead: Lead) -> None:
        """Send the alert of a new lead; where too many came lately, leave it to the mail that gathers them.

        The canary's goes out by itself whatever came, and to nobody at the practice.

        Raises:
            StoreUnavailable: The claim could not be made, or the outcome not recorded.
        """
        if self.store.is_canary(lead):
            self.send(lead, CANARY_ADDRESS)
            return
        if not self.mails.is_crowded(self.clock()):
            self.send(lead)
            return
        now = self.clock()
        until = window(now) + BUNDLE_WINDOW_SECONDS
        self.store.change(lead.id, lambda lead: alert_bundled(lead, window(now), until) if self.is_due(lead) else None)

    def send(self, lead: Lead, recipient: str | None = None) -> None:
        """Send the alert of this lead if it is due, and record the outcome, with the next attempt where one is needed.

        Args:
            lead: The lead.
            recipient: To whom, if not to the practice.

        Raises:
            StoreUnavailable: The claim could not be made, or the outcome not recorded.
        """
        if self._has_left(lead):
            return
        to = recipient or self.recipient
        # Its id is in every line about a mail: by this, figures leave the canary's out (docs/operations.md).
        whose = "-canary" if to == CANARY_ADDRESS else ""
        if claimed := self._claim(lead.id, lambda lead: f"alert-{lead.id}-{lead.alert_attempts + 1}{whose}"):
            self._send([claimed], MailKind.ALERT, claimed.alert_mail_id or "", to, lambda: self.compose(claimed, to))

    def send_bundle(self, leads: Iterable[Lead]) -> None:
        """Send one mail for all of these leads whose alert is due.

        Its id is that of this minute: whoever else wants to send one now finds it written down, and leaves.

        Raises:
            StoreUnavailable: A claim could not be made, or the outcome not recorded.
        """
        now = self.clock()
        mail_id = f"bundle-{int(now) // 60 * 60}"
        if not self.mails.create(mail_id, MailKind.BUNDLE, (), now):
            return
        left = [each for each in leads if not self._has_left(each)]
        claimed = self._record([lead for each in left if (lead := self._claim(each.id, lambda _: mail_id))], mail_id)
        if claimed:
            self._send(claimed, MailKind.BUNDLE, mail_id, self.recipient, lambda: self.compose_bundle(claimed))

    def put_off(self, lead_id: str, error: ItemUnreadable) -> None:
        """An item is no lead: waiting does not help, but a repaired item or a new deployment may."""
        self.store.put_off(lead_id, "ItemUnreadable", int(self.clock()) + LAST_RESORT_DELAY)
        self.telemetry.count("AlertNeedsHuman")
        self.telemetry.log.error(
            "lead cannot be read", lead_id=lead_id, attribute=error.attribute, next_attempt_in=LAST_RESORT_DELAY
        )

    def _has_left(self, lead: Lead) -> bool:
        """Whether SES has the last attempt's mail after all, and only the lead does not say so: then it does now."""
        mail = self.mails.read(lead.alert_mail_id) if lead.alert_mail_id and not lead.alert_returned_at else None
        if mail is None or not mail.left_at or mail.returned_at:
            return False
        sent = partial(alert_sent, mail_id=mail.id, at=mail.left_at, message_id=mail.message_id)
        return self.store.change(lead.id, sent) is not None

    def _claim(self, lead_id: str, mail_id: Callable[[Lead], str]) -> Lead | None:
        now = self.clock()
        return self.store.change(
            lead_id,
            lambda lead: alert_claimed(lead, now, ALERT_LEASE_SECONDS, mail_id(lead)) if self.is_due(lead) else None,
        )

    def _record(self, leads: list[Lead], mail_id: str) -> list[Lead]:
        """Write down which enquiries a bundle is about: those of these that are not erased meanwhile."""
        while leads:
            try:
                self.mails.record_leads(mail_id, tuple(lead.id for lead in leads))
            except LeadErased:
                leads = [lead for lead in leads if self.store.read(lead.id)]
            else:
                break
        return leads

    def _send(
        self, leads: list[Lead], kind: MailKind, mail_id: str, recipient: str, compose: Callable[[], EmailMessage]
    ) -> None:
        ids = tuple(lead.id for lead in leads)
        try:
            if kind is MailKind.BUNDLE:
                message_id = self.outbox.send_written(mail_id, kind, recipient, compose)
            else:
                message_id = self.outbox.send(mail_id, kind, ids, recipient, compose)
        except MailUnproven as error:
            self._each(leads, partial(self._unproven, reason=error.reason))
        except MailRefused as error:
            if error.reason == BUDGET_SPENT:
                self.telemetry.count("MailBudgetSpent")
            self._each(leads, partial(self._refused, reason=error.reason, permanent=error.permanent))
        except LeadErased:
            self.telemetry.log.info("alert not sent, for the lead is erased", lead_ids=ids)
        except StoreUnavailable:
            raise
        except Exception as error:  # an alert that cannot be composed needs a person too
            self._each(leads, partial(self._refused, reason=type(error).__name__, permanent=True))
        else:
            what = "canary's alert sent" if recipient == CANARY_ADDRESS else "alert sent"
            self._each(leads, partial(self._sent, what=what, mail_id=mail_id, message_id=message_id))

    def _each(self, leads: list[Lead], record: Callable[[Lead], None]) -> None:
        """Record the outcome with each lead. Raises the last failure once all had their turn."""
        failure: Exception | None = None
        for lead in leads:
            try:
                record(lead)
            except StoreUnavailable as error:
                failure = error
        if failure:
            raise failure

    def _sent(self, lead: Lead, what: str, mail_id: str, message_id: str) -> None:
        now = self.clock()
        self.store.change(
            lead.id, lambda lead: alert_sent(lead, mail_id, timestamp(now), message_id=message_id or None)
        )
        # In milliseconds, like the time of storing; more digits would be noise. What a person asked for long after that
        # did not take so long.
        is_asked_for = lead.alert_asked_at or lead.rescued_at
        delay: dict[str, Any] = (
            {} if is_asked_for else {"seconds_after_storing": round(now - seconds(lead.stored_at), 3)}
        )
        self.telemetry.log.info(
            what, lead_id=lead.id, mail_id=mail_id, message_id=message_id, attempt=lead.alert_attempts, **delay
        )

    def _refused(self, lead: Lead, reason: str, *, permanent: bool) -> None:
        delay, now = next_attempt_delay(lead.alert_attempts), self.clock()
        if reason == BUDGET_SPENT:  # soon there may be a larger one, and at the latest the next day's
            delay = min(delay, SECONDS_PER_DAY - int(now) % SECONDS_PER_DAY)
        self.store.change(lead.id, lambda lead: alert_refused(lead, reason, now, int(now) + delay))
        if permanent or is_past_first_day(lead.alert_attempts):
            self.telemetry.count("AlertNeedsHuman")
        self.telemetry.log.warning(
            "alert not sent", lead_id=lead.id, reason=reason, attempt=lead.alert_attempts, next_attempt_in=delay
        )

    def _unproven(self, lead: Lead, reason: str) -> None:
        attempts, now = lead.alert_attempts + UNPROVEN_ATTEMPTS, self.clock()
        delay = next_attempt_delay(attempts)
        self.store.change(lead.id, lambda lead: alert_unproven(lead, reason, now, int(now) + delay))
        self.telemetry.count("AlertUnproven")
        if is_past_first_day(attempts):
            self.telemetry.count("AlertNeedsHuman")
        self.telemetry.log.warning(
            "alert unproven", lead_id=lead.id, reason=reason, attempt=lead.alert_attempts, next_attempt_in=delay
        )
