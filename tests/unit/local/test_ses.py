import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from infra.local.bus import Bus
from infra.local.cloud import Cloud, Resource
from infra.local.endpoint import AwsEndpoint
from infra.local.faults import COURSES as FAULTS
from infra.local.faults import Faults
from infra.local.ses import COURSES, DELIVERED, LATER
from infra.local.ses import Mails as DelayedMails

EVERYTHING = ["SEND", "DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT", "REJECT"]
TO_BUS = {"EventBridgeDestination": {"EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/default"}}
TO_METRICS = {
    "CloudWatchDestination": {
        "DimensionConfigurations": [
            {"DimensionName": name, "DimensionValueSource": "messageTag", "DefaultDimensionValue": "none"}
            for name in ("ses:configuration-set", "kind", "other")
        ]
    }
}


class Mails(DelayedMails):
    """Events come at once, and before `send` returns."""

    def __init__(self, cloud: Cloud, bus: Bus, course: Callable[[], str | None]) -> None:
        super().__init__(cloud, bus, course, delay=0)

    def send(self, request: bytes, answer: bytes) -> None:
        super().send(request, answer)
        for timer in self._timers:
            timer.join()


class Account(Cloud):
    """An account with event destinations, which remembers its metrics."""

    def __init__(self, *destinations: Mapping[str, Any]) -> None:
        super().__init__(AwsEndpoint())
        self.destinations = destinations
        self.metrics: list[tuple[str, str, Mapping[str, str]]] = []

    def resources(self, resource_type: str | None = None) -> Any:
        for destination in self.destinations:
            properties = {"ConfigurationSetName": "set-1", "EventDestination": destination}
            yield Resource("Destination", str(resource_type), properties, None)

    def count(self, namespace: str, metric: str, dimensions: Mapping[str, str]) -> None:
        self.metrics.append((namespace, metric, dimensions))


class Events(Bus):
    """A bus that keeps what is published."""

    def __init__(self) -> None:
        self.published: list[dict[str, Any]] = []
        super().__init__([], lambda arn, content: pytest.fail("there are no targets"))

    def publish(self, event: dict[str, Any]) -> None:
        self.published.append(event)


def send(mails: DelayedMails, **changes: Any) -> None:
    raw = b"From: web@example.com\nSubject: Hello\n\nWords"
    request = {
        "FromEmailAddress": "web@example.com",
        "Destination": {"ToAddresses": ["front@example.com"], "CcAddresses": ["copy@example.com"]},
        "ConfigurationSetName": "set-1",
        "EmailTags": [{"Name": "kind", "Value": "alert"}],
        "Content": {"Raw": {"Data": base64.b64encode(raw).decode()}},
    }
    mails.send(json.dumps({**request, **changes}).encode(), b'{"MessageId": "m-1"}')


def published(course: str | None, *, wanted: list[str] = EVERYTHING) -> list[Any]:
    """The events of a mail."""
    bus = Events()
    send(Mails(Account({"MatchingEventTypes": wanted, **TO_BUS}), bus, lambda: course))
    return bus.published


SENT, DELIVERED_EVENT = ("Email Sent", None), ("Email Delivered", None)
COURSE_OF_EVENTS: dict[str | None, list[tuple[str, str | None]]] = {
    None: [SENT, DELIVERED_EVENT],
    "bounced": [SENT, ("Email Bounced", "Permanent")],
    "expired": [SENT, ("Email Delivery Delayed", None), ("Email Bounced", "Transient")],
    "delayed": [SENT, ("Email Delivery Delayed", None)],
    "complained": [SENT, DELIVERED_EVENT, ("Email Complaint Received", None)],
    "out_of_office": [SENT, DELIVERED_EVENT, ("Email Bounced", "Transient")],
    "rejected_later": [SENT, ("Email Rejected", None)],
    "silent": [],
}


def told(events: list[Any]) -> list[tuple[str, str | None]]:
    return [(event["detail-type"], event["detail"].get("bounce", {}).get("bounceType")) for event in events]


@pytest.mark.parametrize("course", COURSE_OF_EVENTS)
def test_what_becomes_of_a_mail_is_published_in_order(course: str | None) -> None:
    assert told(published(course)) == COURSE_OF_EVENTS[course]


def test_every_course_can_be_chosen_and_every_choice_is_a_course() -> None:
    assert set(COURSES) == {DELIVERED, *FAULTS}


def test_events_come_after_the_answer_and_none_once_it_stops() -> None:
    bus = Events()
    mails = DelayedMails(Account({"MatchingEventTypes": EVERYTHING, **TO_BUS}), bus, lambda: None, delay=60)
    send(mails)

    assert (bus.published, [mail.id for mail in mails.all()]) == ([], ["m-1"])
    mails.stop()
    assert bus.published == []


@pytest.mark.parametrize("course", LATER)
def test_one_more_event_of_each_kind_can_be_had_for_a_mail(course: str) -> None:
    bus = Events()
    mails = Mails(Account({"MatchingEventTypes": EVERYTHING, **TO_BUS}), bus, lambda: "silent")
    send(mails)

    mails.later("m-1", course)

    assert told(bus.published) == [COURSE_OF_EVENTS[None if course == DELIVERED else course][-1]]


@pytest.mark.parametrize(("mail", "course"), [("m-2", "bounced"), ("m-1", "silent"), ("m-1", "lost")])
def test_no_event_comes_of_what_does_not_exist(mail: str, course: str) -> None:
    mails = Mails(Account(), Events(), lambda: None)
    send(mails)

    with pytest.raises(ValueError, match="m-"):
        mails.later(mail, course)


def test_an_event_says_which_mail_it_is_about_and_whose() -> None:
    event = published("bounced")[1]

    assert (event["source"], event["account"]) == ("aws.ses", "123456789012")
    assert event["resources"] == ["arn:aws:ses:us-east-1:123456789012:configuration-set/set-1"]
    detail = event["detail"]
    assert detail["eventType"] == "Bounce"
    assert detail["mail"]["messageId"] == "m-1"
    assert detail["mail"]["destination"] == ["front@example.com", "copy@example.com"]
    assert detail["mail"]["commonHeaders"]["subject"] == "Hello"
    assert detail["mail"]["tags"] == {
        "kind": ["alert"],
        "ses:configuration-set": ["set-1"],
        "ses:from-domain": ["example.com"],
    }
    (first, _) = detail["bounce"]["bouncedRecipients"]
    assert (first["emailAddress"], first["status"], first["action"]) == ("front@example.com", "5.1.1", "failed")


def test_a_delivery_names_its_recipients() -> None:
    assert published(None)[1]["detail"]["delivery"]["recipients"] == ["front@example.com", "copy@example.com"]


def test_only_what_the_destination_asks_for_is_published() -> None:
    assert told(published(None, wanted=["delivery"])) == [DELIVERED_EVENT]
    assert told(published("delayed", wanted=["deliveryDelay"])) == [("Email Delivery Delayed", None)]


def test_a_mail_without_the_configuration_set_or_with_one_that_is_off_has_no_events() -> None:
    bus = Events()
    send(Mails(Account({"MatchingEventTypes": EVERYTHING, **TO_BUS}), bus, lambda: None), ConfigurationSetName=None)
    send(Mails(Account({"MatchingEventTypes": EVERYTHING, "Enabled": False, **TO_BUS}), bus, lambda: None))

    assert bus.published == []


def test_metrics_are_counted_by_the_dimensions_that_the_destination_names() -> None:
    account = Account({"MatchingEventTypes": ["BOUNCE"], **TO_METRICS})
    send(Mails(account, Events(), lambda: "bounced"))

    dimensions = {"ses:configuration-set": "set-1", "kind": "alert", "other": "none"}
    assert account.metrics == [("AWS/SES", "Bounce", dimensions)]


def test_a_mail_that_ses_puts_together_itself_is_kept_as_it_goes_out() -> None:
    mails = Mails(Account(), Events(), lambda: None)
    body = {"Text": {"Data": "Words"}, "Html": {"Data": "<p>Words</p>"}}
    send(mails, Content={"Simple": {"Subject": {"Data": "Hello"}, "Body": body}})

    (mail,) = mails.all()

    assert (mail.id, mail.sender, mail.configuration_set) == ("m-1", "web@example.com", "set-1")
    assert b"Subject: Hello" in mail.raw
    assert b"<p>Words</p>" in mail.raw


def test_a_course_is_no_refusal() -> None:
    faults = Faults()
    faults.set("ses", "bounced")

    assert faults.meet("ses") is None
    assert faults.course() == "bounced"
