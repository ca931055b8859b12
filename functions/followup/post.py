"""Sending the mails that wait by themselves: digests and confirmations. Their failure touches nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from shared.errors import MailRefused, MailUnproven, StoreUnavailable
from shared.mail_items import MailItem, MailKind, MailStore
from shared.outbox import Outbox
from shared.retries import UNPROVEN_ATTEMPTS, is_past_first_day, next_attempt_delay
from shared.telemetry import Telemetry

# Longer than the function may run, and than SES's events take as a rule.
LEASE_SECONDS: Final = 150
# What is left comes a minute later: a mail may take ten seconds more, and the function has two minutes for everything.
_LONGEST_SECONDS: Final = 40

type Compose = Callable[[str, tuple[str, ...]], tuple[str, EmailMessage] | None]
"""Gives the recipient and the mail for a mail's id and its leads' ids, or None where there is nothing to send."""


@dataclass(frozen=True, slots=True)
class Post:
    """What it takes to send them.

    Attributes:
        mails: Where they are written down.
        kinds: For each kind, what sends it and what writes it.
        clock: Gives the time in seconds since the epoch.
        telemetry: The log and the metrics.
    """

    mails: MailStore
    kinds: Mapping[str, tuple[Outbox, Compose]]
    clock: Callable[[], float]
    telemetry: Telemetry

    def send_waiting(self) -> None:
        """Send what is due.

        Raises:
            StoreUnavailable: A claim could not be made, or the outcome not recorded.
        """
        start = self.clock()
        for mail_id in self.mails.due(start, self.kinds):
            if self.clock() - start > _LONGEST_SECONDS:
                break
            if mail := self.mails.claim(mail_id, self.clock(), LEASE_SECONDS):
                self._send(mail)

    def _send(self, mail: MailItem) -> None:
        outbox, compose = self.kinds[mail.kind]
        if self._may_have_left(mail):
            self.mails.record_given_up(mail.id, "Unproven")
            return
        try:
            written = compose(mail.id, mail.leads)
            if written is None:
                self.mails.record_given_up(mail.id, "NothingToSend")
                return
            recipient, message = written
            outbox.send_written(mail.id, MailKind(mail.kind), recipient, lambda: message)
        except MailUnproven as lost:
            if mail.kind == MailKind.CONFIRMATION:
                self.mails.record_given_up(mail.id, lost.reason)
            else:
                self._failed(mail, lost.reason, mail.attempts + UNPROVEN_ATTEMPTS)
        except MailRefused as refusal:
            self._failed(mail, refusal.reason, mail.attempts)
        except StoreUnavailable:
            raise
        except Exception as error:  # what cannot be written does not hold up the others, nor comes for ever
            self._failed(mail, type(error).__name__, mail.attempts)
        else:
            self.telemetry.log.info("mail sent", mail_id=mail.id)

    def _may_have_left(self, mail: MailItem) -> bool:
        """Whether an attempt came to no end. No event of SES's tells of confirmations, and none is better than two."""
        return mail.kind == MailKind.CONFIRMATION and mail.attempts > 1 and mail.error is None

    def _failed(self, mail: MailItem, reason: str, attempts: int) -> None:
        self.telemetry.log.warning("mail not sent", mail_id=mail.id, reason=reason, attempt=mail.attempts)
        if is_past_first_day(attempts):
            self.mails.record_given_up(mail.id, reason)
        else:
            self.mails.record_failed(mail.id, reason, int(self.clock()) + next_attempt_delay(attempts))
