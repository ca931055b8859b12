"""What SES does beyond moto: keeps each mail whole, and says what became of it.

A mail's events go where the event destinations of its configuration set say: EventBridge's default bus, and CloudWatch.
After AWS's developer guide, "Monitor email sending using event publishing" and "Using the mailbox simulator".
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.bus import Bus, timestamp
from infra.local.cloud import Cloud
from infra.local.mail import Mail
from infra.local.template import ACCOUNT_ID
from infra.local.template import arn as aws_arn

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


class Mails:
    """Every mail that was sent, and what became of each; `course` is asked what that is to be, None for delivery."""

    def __init__(self, cloud: Cloud, bus: Bus, course: Callable[[], str | None]) -> None:
        self._cloud = cloud
        self._bus = bus
        self._course = course
        self._lock = threading.Lock()
        self._sent: list[Mail] = []
        self._delayed: list[Mail] = []
        self._destinations = [each.properties for each in cloud.resources("AWS::SES::ConfigurationSetEventDestination")]

    def all(self) -> list[Mail]:
        """Every mail, oldest first."""
        with self._lock:
            return list(self._sent)

    def send(self, request: bytes, answer: bytes) -> None:
        """Notes a mail that SES has accepted, by ``SendEmail`` and its answer, and publishes its events."""
        mail = Mail.accepted(json.loads(request), json.loads(answer)["MessageId"])
        course = _simulated(mail) or self._course() or DELIVERED
        with self._lock:
            self._sent.append(mail)
            if course == "delayed":
                self._delayed.append(mail)
        for step in COURSES[course]:
            self._publish(mail, step)

    def deliver_delayed(self) -> None:
        """What was held up arrives."""
        with self._lock:
            delayed, self._delayed = self._delayed, []
        for mail in delayed:
            self._publish(mail, _DELIVERED)

    def _publish(self, mail: Mail, step: Step) -> None:
        kind = step[0]
        mail.events.append(kind)
        for destination in self._matching(mail, kind):
            if "EventBridgeDestination" in destination:
                arn = aws_arn("ses", f"configuration-set/{mail.configuration_set}")
                detail = _detail(mail, step)
                self._bus.publish(self._bus.event("aws.ses", _WORDS[kind][0], [arn], detail))
            if "CloudWatchDestination" in destination:
                dimensions = {
                    each["DimensionName"]: mail.tags.get(each["DimensionName"]) or each["DefaultDimensionValue"]
                    for each in destination["CloudWatchDestination"]["DimensionConfigurations"]
                }
                self._cloud.count("AWS/SES", kind, dimensions)

    def _matching(self, mail: Mail, kind: str) -> Iterator[Mapping[str, Any]]:
        for properties in self._destinations:
            destination = properties["EventDestination"]
            wanted = {name.replace("_", "").lower() for name in destination["MatchingEventTypes"]}
            is_on = destination.get("Enabled", True) and kind.lower() in wanted
            if is_on and properties["ConfigurationSetName"] == mail.configuration_set:
                yield destination


def _simulated(mail: Mail) -> str | None:
    """What SES's mailbox simulator does with a mail, or None if it goes elsewhere."""
    names = [address.removesuffix(_SIMULATOR).partition("+")[0] for address in mail.recipients if _SIMULATOR in address]
    return _SIMULATED.get(names[0], DELIVERED) if names else None


def _detail(mail: Mail, step: Step) -> dict[str, Any]:
    """An event's ``detail``: which mail it was, and what became of it."""
    kind, facts, of_each = step
    now = datetime.now(UTC)
    part: dict[str, Any] = {**facts}
    if recipients := _WORDS[kind][1]:
        details = [{"emailAddress": address, **of_each} for address in mail.recipients]
        part |= {"timestamp": timestamp(now), recipients: mail.recipients if kind == "Delivery" else details}
    if kind in ("Bounce", "Complaint"):
        part["feedbackId"] = str(uuid.uuid4())
    if kind == "DeliveryDelay":
        part["expirationTime"] = timestamp(now + timedelta(hours=14))
    described = {
        "timestamp": timestamp(mail.sent_at),
        "source": mail.sender,
        "sendingAccountId": ACCOUNT_ID,
        "messageId": mail.id,
        "destination": mail.recipients,
        "headersTruncated": False,
        "headers": [{"name": name, "value": str(value)} for name, value in mail.message.raw_items()],
        "commonHeaders": {"messageId": mail.id, "subject": mail.subject},
        "tags": {name: [value] for name, value in mail.tags.items()},
    }
    return {"eventType": kind, "mail": described, kind[0].lower() + kind[1:]: part}
