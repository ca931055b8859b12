"""Reminders: at the promised time without an outcome, then on a ladder in opening hours, at last to ops."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from typing import Final

from shared.duties import Duty, Hours, deadline, rung
from shared.errors import LeadErased, MailRefused, MailUnproven, StoreUnavailable
from shared.facts import reminded, reminder_claimed, reminder_failed
from shared.lead import Lead, timestamp
from shared.ledger import What
from shared.mail_items import MailKind
from shared.outbox import Outbox
from shared.retries import UNPROVEN_ATTEMPTS, next_attempt_delay
from shared.store import LeadStore
from shared.telemetry import Telemetry

# Longer than the function may run, and than SES's events take as a rule.
LEASE_SECONDS: Final = 150
# So many are read through in one mail; the others come a minute later.
MOST_IN_A_MAIL: Final = 50


@dataclass(frozen=True, slots=True)
class Reminders:
    """What it takes to remind.

    Attributes:
        store: Where the leads are.
        outbox: What sends the mails.
        recipient: The address that they go to.
        hours: The opening hours.
        is_due: Whether a duty of a lead is due now.
        compose: Writes the reminder of some leads.
        clock: Gives the time in seconds since the epoch.
        telemetry: The log and the metrics.
    """

    store: LeadStore
    outbox: Outbox
    recipient: str
    hours: Hours
    is_due: Callable[[Lead, Duty], bool]
    compose: Callable[[list[Lead]], EmailMessage]
    clock: Callable[[], float]
    telemetry: Telemetry

    def remind(self, leads: list[Lead]) -> None:
        """Remind of all of these whose answer is due: one mail, however many they are. What came last goes to ops.

        Raises:
            StoreUnavailable: A claim could not be made, or the outcome not recorded.
        """
        due = [lead for lead in leads if self._is_due(lead) and not self._has_left(lead)]
        for lead in due:
            if self._is_last(lead):
                self._tell_ops(lead)
        if due := [lead for lead in due if not self._is_last(lead)][:MOST_IN_A_MAIL]:
            self._mail(due)

    def _mail(self, leads: list[Lead]) -> None:
        # Made of the deadlines and the rungs: the same reminder cannot come twice.
        mail_id = f"reminder-{_digest(''.join(sorted(self._key(lead) for lead in leads)))}"
        claimed = [lead for each in leads if (lead := self._claim(each.id, mail_id))]
        ids = tuple(lead.id for lead in claimed)
        if len(claimed) < len(leads):
            # Somebody else is at the others, or answered them. The mail of this id would be about all.
            self._free(ids, mail_id)
            return
        try:
            self.outbox.send(mail_id, MailKind.REMINDER, ids, self.recipient, lambda: self.compose(claimed))
        except MailUnproven as lost:
            self._failed(claimed, mail_id, lost.reason, UNPROVEN_ATTEMPTS)
        except MailRefused as refusal:
            self._failed(claimed, mail_id, refusal.reason)
        except LeadErased:
            self._free(ids, mail_id)
        except StoreUnavailable:
            raise
        except Exception as error:  # nobody is forgotten for one mail that cannot be written
            self._failed(claimed, mail_id, type(error).__name__)
        else:
            at = timestamp(self.clock())
            self.store.change_each(ids, partial(reminded, mail_id=mail_id, at=at))
            self.telemetry.log.info("reminded", lead_ids=list(ids))

    def _free(self, lead_ids: tuple[str, ...], mail_id: str) -> None:
        """Let another mail remind of these at once."""
        free = partial(reminder_failed, mail_id=mail_id, next_at=int(self.clock()))
        self.store.change_each(lead_ids, free)

    def _has_left(self, lead: Lead) -> bool:
        """Whether SES has the last try's mail after all: then that is recorded, and the reminder is done."""
        mail = self.outbox.mails.read(lead.reminder_mail_id) if lead.reminder_mail_id else None
        if mail is None or not mail.left_at:
            return False
        self.store.change(lead.id, partial(reminded, mail_id=mail.id, at=mail.left_at))
        return True

    def _claim(self, lead_id: str, mail_id: str) -> Lead | None:
        now = self.clock()

        def step(lead: Lead) -> Lead | None:
            at = deadline(lead, self.hours)
            if at is None or not self._is_due(lead) or self._is_last(lead):
                return None
            return reminder_claimed(lead, at, now, LEASE_SECONDS, mail_id)

        return self.store.change(lead_id, step)

    def _tell_ops(self, lead: Lead) -> None:
        """The last rung: the alarm tells ops. It is counted before it is written down: twice is better than never."""
        self.telemetry.count("EnquiryUnanswered")
        now, mail_id = self.clock(), f"ops-{self._key(lead)}"

        def step(lead: Lead) -> Lead | None:
            at = deadline(lead, self.hours)
            if at is None or not self._is_due(lead) or not self._is_last(lead):
                return None
            claimed = reminder_claimed(lead, at, now, 0, mail_id)
            return reminded(claimed, mail_id, timestamp(now), What.OPS_TOLD)

        if self.store.change(lead.id, step):
            self.telemetry.log.error("enquiry unanswered", lead_id=lead.id, stored_at=lead.stored_at)

    def _failed(self, leads: list[Lead], mail_id: str, reason: str, more: int = 0) -> None:
        self.telemetry.count("ReminderNotSent")
        ids, now = [lead.id for lead in leads], int(self.clock())
        self.telemetry.log.warning("reminder not sent", lead_ids=ids, reason=reason)

        def step(lead: Lead) -> Lead | None:
            return reminder_failed(lead, mail_id, now + next_attempt_delay(lead.reminder_attempts + more))

        self.store.change_each(ids, step)

    def _is_due(self, lead: Lead) -> bool:
        return self.is_due(lead, Duty.ANSWER) or self.is_due(lead, Duty.AGAIN)

    def _is_last(self, lead: Lead) -> bool:
        at = deadline(lead, self.hours)
        return at is not None and rung(lead, at) == len(self.hours.remind_after) - 1

    def _key(self, lead: Lead) -> str:
        at = deadline(lead, self.hours)
        return f"{lead.id}-{at}-{rung(lead, at) if at else 0}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
