"""What SES does beyond moto: keeps each mail whole, and says what became of it.

A mail's events go where the event destinations of its configuration set say: EventBridge's default bus, and CloudWatch.
After AWS's developer guide, "Monitor email sending using event publishing" and "Using the mailbox simulator".
"""

import base64
import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from infra.local.bus import Bus
from infra.local.cloud import Cloud

Step = tuple[str, Mapping[str, str], Mapping[str, str]]
"""An event's type, and what it says beside time and recipients: once, and of each recipient."""

_LOST = {"action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
_EXPIRED = {"action": "failed", "status": "4.4.7", "diagnosticCode": "smtp; 550 4.4.7 Message expired"}
_WAITING = {"status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to remote host"}
_PERMANENT = {"bounceType": "Permanent", "bounceSubType": "General"}
_TRANSIENT = {"bounceType": "Transient", "bounceSubType": "General"}
_SENT: Step = ("Send", {}, {})
_DELIVERED: Step = ("Delivery", {"smtpResponse": "250 2.6.0 Message received"}, {})
_DELAYED: Step = ("DeliveryDelay", {"delayType": "TransientCommunicationFailure"}, _WAITING)
DELIVERED = "delivered"
# What becomes of a mail: `infra.local.faults` has the courses that go wrong, in words.
COURSES: Mapping[str, Sequence[Step]] = {
    DELIVERED: [_SENT, _DELIVERED],
    "bounced": [_SENT, ("Bounce", _PERMANENT, _LOST)],
    "expired": [_SENT, _DELAYED, ("Bounce", _TRANSIENT, _EXPIRED)],
    "delayed": [_SENT, _DELAYED],
    "complained": [_SENT, _DELIVERED, ("Complaint", {"complaintFeedbackType": "abuse"}, {})],
    # An automatic reply reaches SES as a bounce, though the mail has arrived.
    "out_of_office": [_SENT, _DELIVERED, ("Bounce", _TRANSIENT, {})],
}
# Of each type: EventBridge's words, and what the event's own part calls the recipients; a delivery's have no details.
_WORDS = {
    "Send": ("Email Sent", None),
    "Delivery": ("Email Delivered", "recipients"),
    "DeliveryDelay": ("Email Delivery Delayed", "delayedRecipients"),
    "Bounce": ("Email Bounced", "bouncedRecipients"),
    "Complaint": ("Email Complaint Received", "complainedRecipients"),
}
_SIMULATOR = "@simulator.amazonses.com"
_SIMULATED = {"bounce": "bounced", "complaint": "complained", "ooto": "out_of_office"}


@dataclass(frozen=True)
class SentMail:
    """A mail that SES accepted.

    Attributes:
        id: As SES returned it.
        source: Envelope sender.
        destination: The envelope's recipients.
        configuration_set: Its name, or None.
        tags: The message's tags.
        raw: The MIME message.
        events: The types of the events that it has had, oldest first, published or not.
    """

    id: str
    sent_at: datetime
    source: str
    destination: list[str]
    configuration_set: str | None
    tags: Mapping[str, str]
    raw: bytes
    events: list[str] = field(default_factory=list)


class Mails:
    """Every mail that was sent, and what became of each.

    Args:
        cloud: Where the configuration sets and CloudWatch are.
        bus: Where events go.
        course: Asked for each mail what is to become of it; None for delivery.
    """

    def __init__(self, cloud: Cloud, bus: Bus, course: Callable[[], str | None]) -> None:
        self._cloud = cloud
        self._bus = bus
        self._course = course
        self._lock = threading.Lock()
        self._sent: list[SentMail] = []
        self._delayed: list[SentMail] = []
        self._destinations = [each.properties for each in cloud.resources("AWS::SES::ConfigurationSetEventDestination")]

    def all(self) -> list[SentMail]:
        """Every mail, oldest first."""
        with self._lock:
            return list(self._sent)

    def send(self, request: bytes, answer: bytes) -> None:
        """Notes a mail that SES has just accepted, and publishes its events.

        Args:
            request: The body of ``SendEmail``.
            answer: SES's own body.
        """
        mail = _sent(json.loads(request), json.loads(answer)["MessageId"])
        course = _simulated(mail) or self._course() or DELIVERED
        with self._lock:
            self._sent.append(mail)
            if course == "delayed":
                self._delayed.append(mail)
        for event in COURSES[course]:
            self._publish(mail, *event)

    def deliver_delayed(self) -> None:
        """What was held up arrives."""
        with self._lock:
            delayed, self._delayed = self._delayed, []
        for mail in delayed:
            self._publish(mail, *_DELIVERED)

    def _publish(self, mail: SentMail, kind: str, facts: Mapping[str, str], per_recipient: Mapping[str, str]) -> None:
        mail.events.append(kind)
        for destination in self._matching(mail, kind):
            if "EventBridgeDestination" in destination:
                arn = self._cloud.arn("ses", f"configuration-set/{mail.configuration_set}")
                detail = _detail(mail, kind, facts, per_recipient, self._cloud.account_id)
                self._bus.publish(self._bus.event("aws.ses", _WORDS[kind][0], [arn], detail))
            if "CloudWatchDestination" in destination:
                dimensions = destination["CloudWatchDestination"]["DimensionConfigurations"]
                self._cloud.count("AWS/SES", kind, dict(_dimension(each, _tags(mail)) for each in dimensions))

    def _matching(self, mail: SentMail, kind: str) -> Iterator[Mapping[str, Any]]:
        for properties in self._destinations:
            destination = properties["EventDestination"]
            wanted = {name.replace("_", "").lower() for name in destination["MatchingEventTypes"]}
            is_on = destination.get("Enabled", True) and kind.lower() in wanted
            if is_on and properties["ConfigurationSetName"] == mail.configuration_set:
                yield destination


def _sent(request: Mapping[str, Any], message_id: str) -> SentMail:
    return SentMail(
        id=message_id,
        sent_at=datetime.now(UTC),
        source=request.get("FromEmailAddress", ""),
        destination=[address for kind in request.get("Destination", {}).values() for address in kind],
        configuration_set=request.get("ConfigurationSetName"),
        tags={tag["Name"]: tag["Value"] for tag in request.get("EmailTags", [])},
        raw=_mime(request),
    )


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


def _simulated(mail: SentMail) -> str | None:
    """What SES's mailbox simulator does with a mail, or None if it goes elsewhere."""
    names = [
        address.removesuffix(_SIMULATOR).partition("+")[0] for address in mail.destination if _SIMULATOR in address
    ]
    return _SIMULATED.get(names[0], DELIVERED) if names else None


def _tags(mail: SentMail) -> dict[str, str]:
    automatic = {
        "ses:configuration-set": mail.configuration_set or "",
        "ses:from-domain": mail.source.rpartition("@")[2].rstrip(">"),
    }
    return automatic | dict(mail.tags)


def _dimension(configured: Mapping[str, str], tags: Mapping[str, str]) -> tuple[str, str]:
    name = configured["DimensionName"]
    return name, tags.get(name) or configured["DefaultDimensionValue"]


def _detail(
    mail: SentMail, kind: str, facts: Mapping[str, str], per_recipient: Mapping[str, str], account_id: str
) -> dict[str, Any]:
    """An event's ``detail``: which mail it was, and what became of it."""
    now = datetime.now(UTC)
    part: dict[str, Any] = {**facts}
    if recipients := _WORDS[kind][1]:
        details = [{"emailAddress": address, **per_recipient} for address in mail.destination]
        part |= {"timestamp": _iso(now), recipients: mail.destination if kind == "Delivery" else details}
    if kind in ("Bounce", "Complaint"):
        part["feedbackId"] = str(uuid.uuid4())
    if kind == "DeliveryDelay":
        part["expirationTime"] = _iso(now + timedelta(hours=14))
    return {"eventType": kind, "mail": _described(mail, account_id), kind[0].lower() + kind[1:]: part}


def _described(mail: SentMail, account_id: str) -> dict[str, Any]:
    message = message_from_bytes(mail.raw, policy=policy.compat32)
    return {
        "timestamp": _iso(mail.sent_at),
        "source": mail.source,
        "sendingAccountId": account_id,
        "messageId": mail.id,
        "destination": mail.destination,
        "headersTruncated": False,
        "headers": [{"name": name, "value": str(value)} for name, value in message.items()],
        "commonHeaders": {"messageId": mail.id, "subject": str(message.get("Subject", ""))},
        "tags": {name: [value] for name, value in _tags(mail).items()},
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
