"""What SES does beyond moto: keeps each mail whole, and says what became of it.

Events come a moment after SES's answer, as on AWS, and go where the event destinations of the mail's configuration set
say: EventBridge's default bus, and CloudWatch.
After AWS's developer guide, "Monitor email sending using event publishing".
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
EVENTS_AFTER_SECONDS = 1.0
# What becomes of a mail: `infra.local.faults` has the courses that go wrong, in words.
COURSES: Mapping[str, Sequence[Step]] = {
    DELIVERED: [_SENT, _DELIVERED],
    "bounced": [_SENT, ("Bounce", _PERMANENT, _LOST)],
    "expired": [_SENT, _DELAYED, ("Bounce", _TRANSIENT, _EXPIRED)],
    "delayed": [_SENT, _DELAYED],
    "complained": [_SENT, _DELIVERED, ("Complaint", {"complaintFeedbackType": "abuse"}, {})],
    # An automatic reply reaches SES as a bounce, though the mail has arrived.
    "out_of_office": [_SENT, _DELIVERED, ("Bounce", _TRANSIENT, {})],
    "rejected_later": [_SENT, ("Reject", {"reason": "Bad content"}, {})],
    "silent": [],
}
# What can be made to become of a mail later, in words; the last event of the course of that name.
LATER: Mapping[str, str] = {
    DELIVERED: "Deliver it",
    "bounced": "Bounce it for good",
    "expired": "Bounce it for now",
    "delayed": "Delay it",
    "complained": "Mark it as spam",
    "out_of_office": "Answer it out of office",
    "rejected_later": "Reject it as a virus",
}
# Of each type: EventBridge's words, and what the event's own part calls the recipients; a delivery's have no details.
_WORDS = {
    "Send": ("Email Sent", None),
    "Reject": ("Email Rejected", None),
    "Delivery": ("Email Delivered", "recipients"),
    "DeliveryDelay": ("Email Delivery Delayed", "delayedRecipients"),
    "Bounce": ("Email Bounced", "bouncedRecipients"),
    "Complaint": ("Email Complaint Received", "complainedRecipients"),
}


class Mails:
    """Every mail that was sent, and what became of each.

    Args:
        cloud: Where the event destinations and the metrics are.
        bus: What events are published to.
        course: Is asked what is to become of a mail, None for delivery.
        delay: How many seconds after SES's answer that is.
    """

    def __init__(
        self, cloud: Cloud, bus: Bus, course: Callable[[], str | None], delay: float = EVENTS_AFTER_SECONDS
    ) -> None:
        self._cloud = cloud
        self._bus = bus
        self._course = course
        self._delay = delay
        self._lock = threading.Lock()
        self._timers: list[threading.Timer] = []
        self._sent: list[Mail] = []
        self._destinations = [each.properties for each in cloud.resources("AWS::SES::ConfigurationSetEventDestination")]

    def all(self) -> list[Mail]:
        """Every mail, oldest first."""
        with self._lock:
            return list(self._sent)

    def send(self, request: bytes, answer: bytes) -> None:
        """Notes a mail that SES has accepted, by ``SendEmail`` and its answer; its events follow."""
        mail = Mail.accepted(json.loads(request), json.loads(answer)["MessageId"])
        course = COURSES[self._course() or DELIVERED]
        with self._lock:
            self._sent.append(mail)
            timer = threading.Timer(self._delay, self._take, (mail, course))
            timer.daemon = True
            timer.start()
            self._timers = [*(each for each in self._timers if each.is_alive()), timer]

    def later(self, message_id: str, course: str) -> None:
        """Makes something more become of a mail: the last event of a course, one of :data:`LATER`.

        Raises:
            ValueError: There is no such mail, or no such course.
        """
        mail = next((mail for mail in self.all() if mail.id == message_id), None)
        if mail is None or course not in LATER:
            raise ValueError(f"there is no mail {message_id}, or it cannot be {course}, only {', '.join(LATER)}")
        self._publish(mail, COURSES[course][-1])

    def stop(self) -> None:
        """What has not become of a mail by now never will."""
        with self._lock:
            timers = self._timers
        for timer in timers:
            timer.cancel()
            timer.join()

    def _take(self, mail: Mail, course: Sequence[Step]) -> None:
        for step in course:
            self._publish(mail, step)

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
