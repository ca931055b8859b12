"""Sending a mail: within the budget, written down before it goes out, and never twice where SES saw the first."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from shared.errors import MailRefused, MailUnproven, StoreUnavailable
from shared.mail_items import MailKind, MailStore
from shared.mailer import Mailer

BUDGET_SPENT: Final = "BudgetSpent"


@dataclass(frozen=True, slots=True)
class Outbox:
    """What it takes to send mails.

    Attributes:
        mails: Where they are written down.
        mailer: What hands them to SES.
        configuration_set: Under which configuration set.
        clock: Gives the time in seconds since the epoch.
    """

    mails: MailStore
    mailer: Mailer
    configuration_set: str
    clock: Callable[[], float]

    def send(
        self, mail_id: str, kind: MailKind, leads: tuple[str, ...], recipient: str, compose: Callable[[], EmailMessage]
    ) -> str:
        """Write a mail down and send it.

        Returns:
            The id that SES gave it; nothing where SES was seen to have it from an earlier try.

        Raises:
            MailRefused: SES said no, or was never reached; or the day's budget is spent (`BUDGET_SPENT`).
            MailUnproven: SES was handed the mail, and its answer did not arrive.
            LeadErased: One of the enquiries is erased: there is nothing to be sent about it.
            StoreUnavailable: It could not be written down, and was not sent.
        """
        now = self.clock()
        if not self.mails.create(mail_id, kind, leads, now):
            known = self.mails.read(mail_id)
            if known and known.left_at:
                return known.message_id or ""
        return self.send_written(mail_id, kind, recipient, compose)

    def send_written(self, mail_id: str, kind: MailKind, recipient: str, compose: Callable[[], EmailMessage]) -> str:
        """Send a mail that is written down; as `send`."""
        now = self.clock()
        if not self.mails.spend(kind, now):
            raise MailRefused(BUDGET_SPENT, permanent=False)
        try:
            message_id = self.mailer.send(
                compose(), recipient, mail_id=mail_id, configuration_set=self.configuration_set
            )
        except (MailRefused, MailUnproven) as error:
            with suppress(StoreUnavailable):  # whoever sent it keeps that, too
                self.mails.record_failed(mail_id, error.reason)
                if isinstance(error, MailRefused):
                    self.mails.give_back(now)
            raise
        with suppress(StoreUnavailable):  # and SES's event will say so
            self.mails.record_accepted(mail_id, message_id, self.clock())
        return message_id
