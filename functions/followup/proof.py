"""Where nothing proves that an alert arrived: the second channel, once for each enquiry, and ops."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from functions.followup.second_channel import ChannelFailed, SecondChannel
from shared.duties import Duty, lost_at
from shared.facts import backup_claimed, backup_failed, backup_used
from shared.lead import Lead
from shared.retries import next_attempt_delay
from shared.store import LeadStore
from shared.telemetry import Telemetry

# Longer than the function may run.
LEASE_SECONDS: Final = 150


@dataclass(frozen=True, slots=True)
class Proof:
    """What it takes to go another way.

    Attributes:
        store: Where the leads are.
        channel: The other way.
        is_due: Whether a duty of a lead is due now.
        compose: Writes the message about some leads, which names no person.
        clock: Gives the time in seconds since the epoch.
        telemetry: The log and the metrics.
    """

    store: LeadStore
    channel: SecondChannel
    is_due: Callable[[Lead, Duty], bool]
    compose: Callable[[list[Lead]], EmailMessage]
    clock: Callable[[], float]
    telemetry: Telemetry

    def seek(self, leads: list[Lead]) -> None:
        """Tell the second channel of all of these whose proof is due: one message, however many they are.

        Raises:
            StoreUnavailable: A claim could not be made, or the outcome not recorded.
        """
        now = self.clock()
        due = [lead for lead in leads if self.is_due(lead, Duty.PROOF)]
        for each in due:
            # Ops are told by the alarm, and before the claim: whoever is killed after it has told nobody yet.
            if not each.backup_attempts:
                self.telemetry.count("ProofMissing")
        claimed = [lead for each in due if (lead := self.store.change(each.id, lambda lead: self._claim(lead, now)))]
        if not claimed:
            return
        ids = tuple(lead.id for lead in claimed)
        known = {lead.id: lost_at(lead) for lead in claimed}
        try:
            # Made of what is told: what was refused may go out again, and what SES has is not sent twice.
            key = "".join(sorted(f"{lead.id}-{lost_at(lead)}{lead.alert_asked_at or ''}" for lead in claimed))
            mail_id = f"backup-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
            way = self.channel.send(mail_id, self.compose(claimed))
        except ChannelFailed as error:
            self._failed(ids, error.reason)
        except Exception as error:  # nobody is forgotten for one message that cannot be written
            self._failed(ids, type(error).__name__)
        else:
            self.telemetry.log.warning("alerts not proven", lead_ids=ids, told=way)
            self.store.change_each(ids, lambda lead: backup_used(lead, now, way, known[lead.id]))

    def _claim(self, lead: Lead, now: float) -> Lead | None:
        return backup_claimed(lead, now, LEASE_SECONDS) if self.is_due(lead, Duty.PROOF) else None

    def _failed(self, lead_ids: tuple[str, ...], reason: str) -> None:
        self.telemetry.count("SecondChannelFailed")
        self.telemetry.log.error("second channel failed", lead_ids=lead_ids, reason=reason)
        now = self.clock()

        def step(lead: Lead) -> Lead:
            return backup_failed(lead, reason, now, int(now) + next_attempt_delay(lead.backup_attempts))

        self.store.change_each(lead_ids, step)
