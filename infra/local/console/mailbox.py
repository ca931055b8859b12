"""The mails that were sent, taken apart for people and for tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from infra.local.ses import SentMail


@dataclass(frozen=True)
class Mail:
    """One mail.

    Attributes:
        to: The recipients in the headers; without any, the envelope's.
        sent_at: When SES accepted it.
        recipients: The envelope's, which the headers need not show.
        text: The plain text part, or None.
        html: The HTML part, or None.
        raw: The MIME message as it was handed to SES.
        events: What SES says became of it, such as ``Send`` and ``Delivery``, oldest first.
    """

    id: str
    sent_at: datetime
    sender: str
    to: list[str]
    recipients: list[str]
    reply_to: list[str]
    subject: str
    headers: dict[str, str]
    configuration_set: str | None
    text: str | None
    html: str | None
    raw: str
    events: list[str]

    def to_json(self) -> dict[str, Any]:
        """For ``/_local/mail.json``."""
        return {
            "id": self.id,
            "sent_at": self.sent_at.isoformat(),
            "from": self.sender,
            "to": self.to,
            "recipients": self.recipients,
            "reply_to": self.reply_to,
            "subject": self.subject,
            "headers": self.headers,
            "configuration_set": self.configuration_set,
            "text": self.text,
            "html": self.html,
            "raw": self.raw,
            "events": self.events,
        }


def read(mails: Iterable[SentMail]) -> list[Mail]:
    """Parses mails, keeping their order."""
    return [_read(mail) for mail in mails]


def _read(mail: SentMail) -> Mail:
    message = message_from_bytes(mail.raw, policy=policy.default)
    fields = [(name, _decoded(name, value)) for name, value in message.raw_items()]
    first = {name.lower(): value for name, value in reversed(fields)}
    to = _addresses(fields, "to") or mail.destination
    return Mail(
        id=mail.id,
        sent_at=mail.sent_at,
        sender=first.get("from", mail.source),
        to=to,
        recipients=mail.destination or to,
        reply_to=_addresses(fields, "reply-to"),
        subject=first.get("subject", ""),
        headers=dict(fields),
        configuration_set=mail.configuration_set,
        text=_part(message, "plain"),
        html=_part(message, "html"),
        raw=mail.raw.decode("utf-8", "replace"),
        events=list(mail.events),
    )


def _decoded(name: str, value: str) -> str:
    try:
        return str(policy.default.header_fetch_parse(name, value))
    except Exception:  # Python's parser fails in many ways; what it cannot decode is shown as it was sent
        return str(value)


def _addresses(fields: Iterable[tuple[str, str]], name: str) -> list[str]:
    return [
        address for _, address in getaddresses([value for each, value in fields if each.lower() == name]) if address
    ]


def _part(message: EmailMessage, subtype: str) -> str | None:
    part = message.get_body((subtype,))
    return str(part.get_content()) if part is not None else None
