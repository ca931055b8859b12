"""What SES says of a mail, as the rule in template.yaml hands it on: no subject, no address, no diagnostic code.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html describes what it is made from.
"""

from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.lead import timestamp


class EventType(StrEnum):
    """What can become of a mail, in SES's words."""

    SEND = "Send"
    DELIVERY = "Delivery"
    DELIVERY_DELAY = "DeliveryDelay"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"


# Which time is an event's own. A rejection has none, and happened when it was published.
_OWN_TIME: Final = {
    EventType.SEND: "sent_at",
    EventType.DELIVERY: "delivered_at",
    EventType.DELIVERY_DELAY: "delayed_at",
    EventType.BOUNCE: "bounced_at",
    EventType.COMPLAINT: "complained_at",
    EventType.REJECT: "time",
}

# What an event lacks, EventBridge leaves out between the quotes.
_OrNone = BeforeValidator(lambda value: None if value == "" else value)
type _Time = Annotated[AwareDatetime | None, _OrNone]
type _Word = Annotated[Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9.]+$")] | None, _OrNone]


class MailEvent(BaseModel):
    """One event of one mail."""

    # An error that quoted its input could quote an address one day.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    type: EventType
    mail: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,256}$")]  # the id that the mail was tagged with
    message_id: Annotated[str, Field(min_length=1, max_length=200)]  # SES's own id
    time: AwareDatetime  # when it was published
    sent_at: _Time = None
    delivered_at: _Time = None
    delayed_at: _Time = None
    bounced_at: _Time = None
    complained_at: _Time = None
    bounce_type: _Word = None  # Permanent, Transient, Undetermined
    bounce_subtype: _Word = None
    bounce_status: _Word = None  # RFC 3463

    @model_validator(mode="after")
    def _has_what_its_type_has(self) -> Self:
        missing = [name for name in (_OWN_TIME[self.type],) if getattr(self, name) is None]
        if self.type is EventType.BOUNCE and self.bounce_type is None:
            missing.append("bounce_type")
        if missing:
            raise ValueError(f"{self.type} without {' and '.join(missing)}")
        return self

    @property
    def at(self) -> str:
        """When it happened, as ISO 8601 in UTC."""
        return timestamp(getattr(self, _OWN_TIME[self.type]).timestamp())

    @property
    def is_permanent(self) -> bool:
        """Whether the mailbox cannot be reached, and waiting does not change that.

        An automatic reply is a transient bounce to SES, and what it cannot read an undetermined one.
        """
        return self.bounce_type == "Permanent"

    @property
    def bounce(self) -> str:
        """SES's words for a bounce: type, subtype and status, such as `Permanent General 5.1.1`."""
        return " ".join(filter(None, (self.bounce_type, self.bounce_subtype, self.bounce_status)))
