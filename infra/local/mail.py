"""A mail that SES has accepted, whole and taken apart."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from functools import cached_property
from typing import Any, Self


@dataclass(frozen=True)
class Mail:
    """One mail: sender and recipients of the envelope, which the header need not show, and the MIME message.

    Tags are the message's and those that SES adds; events are the types of those that it has had, published or not.
    """

    id: str
    sent_at: datetime
    sender: str
    recipients: list[str]
    configuration_set: str | None
    tags: Mapping[str, str]
    raw: bytes
    events: list[str] = field(default_factory=list)

    @classmethod
    def accepted(cls, request: Mapping[str, Any], message_id: str) -> Self:
        """The mail that a ``SendEmail`` request asks for."""
        sender, configuration_set = request.get("FromEmailAddress", ""), request.get("ConfigurationSetName")
        automatic = {
            "ses:configuration-set": configuration_set or "",
            "ses:from-domain": sender.rpartition("@")[2].rstrip(">"),
        }
        tags = automatic | {tag["Name"]: tag["Value"] for tag in request.get("EmailTags", [])}
        recipients = [address for kind in request.get("Destination", {}).values() for address in kind]
        return cls(message_id, datetime.now(UTC), sender, recipients, configuration_set, tags, _mime(request))

    @cached_property
    def message(self) -> EmailMessage:
        """The MIME message, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """The header's fields in order, decoded."""
        return [(name, _decoded(name, value)) for name, value in self.message.raw_items()]

    @property
    def subject(self) -> str:
        """The subject, or nothing."""
        return next((value for name, value in self.fields if name.lower() == "subject"), "")

    @property
    def to(self) -> list[str]:
        """The recipients in the header; without any, the envelope's."""
        return self._addresses("to") or self.recipients

    @property
    def reply_to(self) -> list[str]:
        """Whom an answer goes to."""
        return self._addresses("reply-to")

    @property
    def text(self) -> str | None:
        """The plain text part, or None."""
        return self._part("plain")

    @property
    def html(self) -> str | None:
        """The HTML part, or None."""
        return self._part("html")

    def to_json(self) -> dict[str, Any]:
        """For ``/_local/mail.json``."""
        parts = {
            name: getattr(self, name) for name in ("id", "to", "recipients", "reply_to", "subject", "text", "html")
        }
        header = dict(self.fields)
        return {
            **parts,
            "from": header.get("From", self.sender),
            "headers": header,
            "sent_at": self.sent_at.isoformat(),
            "configuration_set": self.configuration_set,
            "raw": self.raw.decode("utf-8", "replace"),
            "events": self.events,
        }

    def _addresses(self, wanted: str) -> list[str]:
        values = [value for name, value in self.fields if name.lower() == wanted]
        return [address for _, address in getaddresses(values) if address]

    def _part(self, subtype: str) -> str | None:
        part = self.message.get_body((subtype,))
        return str(part.get_content()) if part is not None else None


def _decoded(name: str, value: str) -> str:
    try:
        return str(policy.default.header_fetch_parse(name, value))
    except Exception:  # Python's parser fails in many ways; what it cannot decode is shown as it was sent
        return str(value)


def _mime(request: Mapping[str, Any]) -> bytes:
    """The message as it goes out, which SES puts together where it was not given raw."""
    content = request["Content"]
    if "Raw" in content:
        return base64.b64decode(content["Raw"]["Data"])
    message = EmailMessage()
    message["From"] = request.get("FromEmailAddress", "")
    message["To"] = ", ".join(request["Destination"].get("ToAddresses", []))
    message["Subject"] = content["Simple"]["Subject"]["Data"]
    body = content["Simple"]["Body"]
    if "Text" in body:
        message.set_content(body["Text"]["Data"])
    if "Html" in body:
        (message.add_alternative if "Text" in body else message.set_content)(body["Html"]["Data"], subtype="html")
    return message.as_bytes()
