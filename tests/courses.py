"""SES, and a push service, as tests play them: mails that are taken or not, and what becomes of each later."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from functools import cached_property
from heapq import heappush
from itertools import count
from typing import Any, Final

from botocore.exceptions import ClientError, ReadTimeoutError

from shared.lead import timestamp

_BOUNCE: Final = {"type": "Bounce", "bounce_type": "Permanent", "bounce_subtype": "General", "bounce_status": "5.1.1"}
# What SES says, by the tests' names for it, and which time of it is its own.
_SAID: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "send": ("sent_at", {"type": "Send"}),
    "delivery": ("delivered_at", {"type": "Delivery"}),
    "delay": ("delayed_at", {"type": "DeliveryDelay"}),
    "permanent": ("bounced_at", _BOUNCE),
    "expired": ("bounced_at", _BOUNCE | {"bounce_type": "Transient", "bounce_status": "4.4.7"}),
    "out of office": ("bounced_at", _BOUNCE | {"bounce_type": "Transient", "bounce_status": ""}),
    "complaint": ("complained_at", {"type": "Complaint"}),
    "reject": ("time", {"type": "Reject"}),
}


@dataclass(frozen=True)
class Course:
    """What becomes of one mail.

    Attributes:
        events: What SES publishes of it, each after so many seconds.
        refusal: The code with which SES refuses it.
        is_silent: Whether SES takes it and the answer is lost.
        late: How many seconds after it happened an event arrives.
        meanwhile: What happens before SES's answer arrives.
    """

    events: tuple[tuple[float, str], ...] = ((1, "send"), (3, "delivery"))
    refusal: str | None = None
    is_silent: bool = False
    late: float = 1.0
    meanwhile: Callable[[], object] = lambda: None


GOOD: Final = Course()


_HOUR: Final = 3600
_SENT: Final = (1.0, "send")
# By what becomes of a mail.
COURSES: Final[Mapping[str, Course]] = {
    "is delivered": GOOD,
    "is delivered after its answer is lost": Course(is_silent=True),
    "is lost without a word": Course(events=(), is_silent=True),
    "is taken and never heard of": Course(events=()),
    "is throttled": Course(refusal="TooManyRequestsException"),
    "is refused": Course(refusal="MessageRejected"),
    "bounces for good": Course(events=(_SENT, (5, "permanent"))),
    "comes back": Course(events=(_SENT, (20, "expired"))),
    "is answered by a machine": Course(events=(_SENT, (3, "out of office"), (4, "delivery"))),
    "is delivered and bounces": Course(events=(_SENT, (3, "delivery"), (60, "permanent"))),
    "is marked as junk": Course(events=(_SENT, (3, "delivery"), (90, "complaint"))),
    "is rejected": Course(events=(_SENT, (5, "reject"))),
    "waits": Course(events=(_SENT, (300, "delay"), (2 * _HOUR, "delivery"))),
    "is told of an hour late": Course(late=_HOUR),
    "is told of an hour late, after its answer is lost": Course(late=_HOUR, is_silent=True),
}


@dataclass(frozen=True)
class Sent:
    """A mail that SES took: the id that it was tagged with, when, its bytes, and whether SES's answer arrived."""

    id: str
    at: float
    recipient: str
    raw: bytes
    is_answered: bool = True

    @property
    def message(self) -> EmailMessage:
        """The mail itself."""
        return BytesParser(policy=default).parsebytes(self.raw)

    @property
    def kind(self) -> str:
        """Such as `alert`."""
        return self.id.partition("-")[0]

    @cached_property
    def text(self) -> str:
        """Its subject and its words."""
        message = self.message
        words = message.get_body(("plain",))
        return f"{message['Subject']}\n{words.get_content() if words else ''}"


class Ses:
    """SES: takes mails, or not, and lets each take its course."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.course: Callable[[str, float], Course] = lambda mail_id, now: GOOD
        self.sent: list[Sent] = []
        self.events: list[tuple[float, int, str]] = []
        self._clock = clock
        self._number = count()

    def send_email(self, **request: Any) -> dict[str, str]:
        """Take a mail, as `sesv2.send_email`."""
        now, (tag,) = self._clock(), request["EmailTags"]
        course = self.course(tag["Value"], now)
        if course.refusal:
            raise ClientError({"Error": {"Code": course.refusal, "Message": ""}}, "SendEmail")
        (recipient,) = request["Destination"]["ToAddresses"]
        self.sent.append(Sent(tag["Value"], now, recipient, request["Content"]["Raw"]["Data"], not course.is_silent))
        message_id = f"0100-{len(self.sent)}"
        for after, name in course.events:
            self.publish(tag["Value"], name, now + after, course.late, message_id)
        course.meanwhile()
        if course.is_silent:
            raise ReadTimeoutError(endpoint_url="https://email")
        return {"MessageId": message_id}

    def publish(self, mail_id: str, name: str, at: float, late: float = 1.0, message_id: str = "0100-1") -> None:
        """Let an event of a mail be on its way."""
        own_time, said = _SAID[name]
        body = {"mail": mail_id, "message_id": message_id, "time": timestamp(at), own_time: timestamp(at), **said}
        self.put_back(at + late, json.dumps(body))

    def put_back(self, at: float, event: str) -> None:
        """Let an event arrive at some time."""
        heappush(self.events, (at, next(self._number), event))


class Service:
    """A push service, which apprise would speak to."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.status = "SUCCESS"

    def notify(self, *, message: EmailMessage) -> str:
        """What apprise would say."""
        if self.status == "SUCCESS":
            self.received.append(str(message.get_body(("plain",)).get_content()))  # type: ignore[union-attr]
        return self.status
