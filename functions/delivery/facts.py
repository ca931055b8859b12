"""From what SES says of a mail to facts: on the mail, and on each enquiry that the mail is about.

SES's events come late, in any order and several times, and some never; `shared.facts` holds under all of that. The mail
is found by its own id, so that an event also finds it where SES's answer, or the record of it, was lost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from functions.delivery.event import EventType, MailEvent
from shared.facts import alert_sent, bounced, complained, delayed, delivered, rejected, reminded, returned
from shared.lead import Lead, seconds
from shared.ledger import SES
from shared.mail_items import MailItem, MailKind, MailStore
from shared.retries import next_attempt_delay
from shared.store import LeadStore
from shared.telemetry import Telemetry

# What goes to the practice about enquiries. Of the other kinds, what became of them is of interest by itself alone.
_ABOUT_ENQUIRIES = frozenset({MailKind.ALERT, MailKind.BUNDLE, MailKind.REMINDER})
_BAD_NEWS = frozenset({"bounced_at", "rejected_at", "complained_at"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What it takes to write facts.

    Attributes:
        mails: Where the mails are.
        leads: Where the enquiries are.
        telemetry: The log.
    """

    mails: MailStore
    leads: LeadStore
    telemetry: Telemetry

    def write(self, event: MailEvent) -> None:
        """Write down what SES says of a mail. Of a mail that is not there (any more) there is nothing to write.

        Raises:
            StoreUnavailable: Of the mail, or of one enquiry at least, it could not be written. What could be, was.
        """
        fact = _fact(event)
        mail = self.mails.record_event(event.mail, fact, event.at, event.bounce or None)
        log = self.telemetry.log.warning if fact in _BAD_NEWS else self.telemetry.log.info
        # Beside others' lines, the mails that have this field are the proven ones (docs/operations.md).
        proof: dict[str, Any] = {"proven_mail": event.mail} if fact == "delivered_at" else {}
        log("mail event", mail_id=event.mail, fact=fact, at=event.at, is_known=mail is not None, **proof)
        if mail is None or mail.kind not in _ABOUT_ENQUIRIES:
            return
        self.leads.change_each(mail.leads, lambda lead: _STEPS[fact](lead, event, mail))


def _fact(event: MailEvent) -> str:
    """Which fact of a mail an event is. A bounce is only `bounced_at` if the mailbox can never be reached."""
    if event.type is EventType.BOUNCE:
        return "bounced_at" if event.is_permanent else "returned_at"
    return _FACTS[event.type]


def _sent(lead: Lead, event: MailEvent, mail: MailItem) -> Lead | None:
    if mail.returned_at:  # a mail that has come back is no proof that one is on its way
        return None
    if mail.kind == MailKind.REMINDER:
        return reminded(lead, event.mail, event.at, by=SES)
    return alert_sent(lead, event.mail, event.at, by=SES, message_id=event.message_id)


def _returned(lead: Lead, event: MailEvent, _: MailItem) -> Lead | None:
    next_at = int(seconds(event.at)) + next_attempt_delay(max(lead.alert_attempts, 1))
    return returned(lead, event.mail, event.at, event.bounce, next_at)


_FACTS = {
    EventType.SEND: "sent_at",
    EventType.DELIVERY: "delivered_at",
    EventType.DELIVERY_DELAY: "delayed_at",
    EventType.COMPLAINT: "complained_at",
    EventType.REJECT: "rejected_at",
}
_STEPS: Mapping[str, Callable[[Lead, MailEvent, MailItem], Lead | None]] = {
    "sent_at": _sent,
    "delivered_at": lambda lead, event, _: delivered(lead, event.at),
    "delayed_at": lambda lead, event, _: delayed(lead, event.at),
    "complained_at": lambda lead, event, _: complained(lead, event.at),
    "rejected_at": lambda lead, event, _: rejected(lead, event.at),
    "bounced_at": lambda lead, event, _: bounced(lead, event.at, event.bounce),
    "returned_at": _returned,
}
