"""Tests of the alert that a member has asked for: a mail on the way that alerts take, which is tried once."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from shared.alert_tests import SUBJECT
from shared.errors import MailRefused, MailUnproven, StoreUnavailable
from shared.letterhead import Letterhead
from shared.mail import Mail, Sentence
from shared.mail_items import MailKind, MailStore
from shared.messages import mark as _
from shared.outbox import Outbox
from shared.retries import ALERT_LEASE_SECONDS
from shared.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class AlertTests:
    """What it takes to send them.

    Attributes:
        mails: Where they are written down.
        outbox: What sends them.
        recipient: The address that alerts go to.
        compose: Writes one.
        clock: Gives the time in seconds since the epoch.
        telemetry: The log.
    """

    mails: MailStore
    outbox: Outbox
    recipient: str
    compose: Callable[[], EmailMessage]
    clock: Callable[[], float]
    telemetry: Telemetry

    def send_waiting(self) -> None:
        """Send those that the stream has not brought. Raises StoreUnavailable."""
        for mail_id in self.mails.due(self.clock(), [MailKind.TEST]):
            self.send(mail_id)

    def send(self, mail_id: str) -> None:
        """Send a test, unless somebody is at it, or was: who asked wants to know what SES says, and asks again.

        Raises:
            StoreUnavailable: It could not be claimed, or the outcome not recorded.
        """
        test = self.mails.claim(mail_id, self.clock(), ALERT_LEASE_SECONDS)
        if test is None:
            return
        try:
            if test.attempts > 1:
                raise MailUnproven("Interrupted")
            self.outbox.send_written(mail_id, MailKind.TEST, self.recipient, self.compose)
        except (MailRefused, MailUnproven) as error:
            self._given_up(mail_id, error.reason)
        except StoreUnavailable:
            raise
        except Exception as error:  # what cannot be written is said, too
            self._given_up(mail_id, type(error).__name__)
        else:
            self.telemetry.log.info("alert test sent", mail_id=mail_id)

    def _given_up(self, mail_id: str, reason: str) -> None:
        self.mails.record_given_up(mail_id, reason)
        self.telemetry.log.warning("alert test not sent", mail_id=mail_id, reason=reason)


def compose_test(letterhead: Letterhead) -> Mail:
    """Write to the practice that this mail has arrived, as somebody in the inbox wanted to see."""
    said = _(
        "Somebody asked for this test in the inbox. Alerts of enquiries come the same way. You need not do anything."
    )
    return Mail(letterhead.say(SUBJECT), (Sentence(letterhead.say(said)),))
