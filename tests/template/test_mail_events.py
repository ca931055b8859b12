"""The way of SES's events: the configuration set, the account's bus, this stack's rule, the queue, the function."""

import copy
import json
from typing import Any

import pytest

from functions.delivery.event import EventType, MailEvent
from infra.local.bus import Rule, matches, shaped
from tests.privacy import leaks
from tests.template.deployed import Deployed

PERSONAL = ("frontdesk@example.com", "website@example.com", "Ana", "7KQM-4TWX", "user unknown", "Ruiz")
AT = "2026-11-23T15:30:03.118Z"
RECIPIENT = {
    "emailAddress": PERSONAL[0],
    "status": "5.1.1",
    "diagnosticCode": f"smtp; 550 5.1.1 <{PERSONAL[0]}> user unknown",
}
# What each event has of its own (SES Developer Guide, "Examples of event data").
PARTS: dict[str, dict[str, Any]] = {
    "Send": {"send": {}},
    "Delivery": {
        "delivery": {"timestamp": AT, "recipients": [PERSONAL[0]], "smtpResponse": "250 ok", "reportingMTA": "a.smtp"}
    },
    "DeliveryDelay": {"deliveryDelay": {"timestamp": AT, "delayType": "MailboxFull", "delayedRecipients": [RECIPIENT]}},
    "Bounce": {
        "bounce": {
            "timestamp": AT,
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [RECIPIENT],
            "feedbackId": "0100",
        }
    },
    "Complaint": {"complaint": {"timestamp": AT, "complainedRecipients": [{"emailAddress": PERSONAL[0]}]}},
    "Reject": {"reject": {"reason": "Bad content"}},
}


def ses_event(configuration_set: str, kind: str = "Bounce", mail: str | None = "alert-1") -> dict[str, Any]:
    """What SES puts on the bus, with everything in it that is not to come through."""
    tags = {"ses:configuration-set": [configuration_set], "ses:source-ip": ["192.0.2.1"]}
    return {
        "version": "0",
        "detail-type": f"Email {kind}",
        "source": "aws.ses",
        "time": "2026-11-23T15:30:04Z",
        "resources": [f"arn:aws:ses:us-east-1:123456789012:configuration-set/{configuration_set}"],
        "detail": {
            "eventType": kind,
            "mail": {
                "timestamp": "2026-11-23T15:30:01.204Z",
                "source": PERSONAL[1],
                "messageId": "0100-1",
                "destination": [PERSONAL[0]],
                "headers": [{"name": "Reply-To", "value": "Ana Ruiz <ana@example.com>"}],
                "commonHeaders": {"subject": "New enquiry 7KQM-4TWX from Ana", "to": [PERSONAL[0]]},
                "tags": tags | ({"mail": [mail]} if mail else {}),
            },
            **copy.deepcopy(PARTS[kind]),
        },
    }


def pattern(stack: Deployed) -> str:
    return json.dumps(stack["DeliveryRule"].properties["EventPattern"])


def handed_on(stack: Deployed, event: dict[str, Any]) -> Any:
    """What the queue is given for an event."""
    (target,) = stack["DeliveryRule"].properties["Targets"]
    return shaped(target, Rule("DeliveryRule", "arn", None, None, ()), event)


def test_all_that_becomes_of_a_mail_is_published_and_nobody_is_watched_reading_it(deployed: Deployed) -> None:
    destination = deployed["AlertMailEvents"].properties

    assert destination["ConfigurationSetName"] == deployed["AlertConfigurationSet"].name
    event = destination["EventDestination"]
    assert event["Enabled"] is True
    # The only bus that SES allows (CloudFormation, EventBridgeDestination).
    assert event["EventBridgeDestination"]["EventBusArn"] == "arn:aws:events:us-east-1:123456789012:event-bus/default"
    assert {each.replace("_", "").lower() for each in event["MatchingEventTypes"]} == {
        each.lower() for each in EventType
    }


def test_a_stage_sees_its_own_mails_alone(deployed: Deployed, production: Deployed) -> None:
    own, other = (stack["AlertConfigurationSet"].name for stack in (deployed, production))

    assert own != other
    for stack, seen, unseen in ((deployed, own, other), (production, other, own)):
        assert matches(pattern(stack), ses_event(seen))
        assert not matches(pattern(stack), ses_event(unseen))


def test_a_mail_that_is_no_item_of_ours_is_passed_over(deployed: Deployed) -> None:
    # A test from SES's console, or an alert of a release that wrote no tag.
    assert not matches(pattern(deployed), ses_event(deployed["AlertConfigurationSet"].name, mail=None))


@pytest.mark.parametrize("kind", PARTS)
def test_an_event_is_read_as_it_is_handed_on_and_holds_nobodys_data(deployed: Deployed, kind: str) -> None:
    given = ses_event(deployed["AlertConfigurationSet"].name, kind)

    text = json.dumps(handed_on(deployed, given))

    assert list(leaks([json.dumps(given)], PERSONAL)) != []
    assert list(leaks([text], PERSONAL)) == []
    event = MailEvent.model_validate_json(text)
    assert (event.type, event.mail, event.message_id) == (kind, "alert-1", "0100-1")
    assert event.at == {"Send": "2026-11-23T15:30:01.204Z", "Reject": "2026-11-23T15:30:04.000Z"}.get(kind, AT)
    assert event.bounce == ("Permanent General 5.1.1" if kind == "Bounce" else "")


def test_a_bounce_without_a_status_is_read_too(deployed: Deployed) -> None:
    given = ses_event(deployed["AlertConfigurationSet"].name)
    given["detail"]["bounce"]["bouncedRecipients"] = [{"emailAddress": PERSONAL[0]}]

    assert MailEvent.model_validate(handed_on(deployed, given)).bounce == "Permanent General"


def test_only_the_rule_may_write_to_the_queues(deployed: Deployed) -> None:
    policy = deployed["DeliveryQueuePolicy"].properties
    (statement,) = policy["PolicyDocument"]["Statement"]
    queues = [deployed[name] for name in ("DeliveryEvents", "DeliveryDeadLetters")]

    assert policy["Queues"] == [queue.name for queue in queues]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": [queue.arn for queue in queues],
        "Condition": {"ArnEquals": {"aws:SourceArn": deployed["DeliveryRule"].arn}},
    }


def test_what_cannot_be_delivered_or_handled_is_kept_for_a_person(deployed: Deployed) -> None:
    dead = deployed["DeliveryDeadLetters"]
    (target,) = deployed["DeliveryRule"].properties["Targets"]

    assert target["Arn"] == deployed["DeliveryEvents"].arn
    assert target["DeadLetterConfig"]["Arn"] == dead.arn
    assert deployed["DeliveryEvents"].properties["RedrivePolicy"]["deadLetterTargetArn"] == dead.arn
    assert dead.properties["MessageRetentionPeriod"] == 14 * 24 * 3600  # the longest that SQS keeps one


def test_the_function_takes_a_batch_in_parts_and_two_at_once(deployed: Deployed) -> None:
    source = deployed["DeliveryFunctionMailEvents"].properties

    assert source["EventSourceArn"] == deployed["DeliveryEvents"].arn
    assert source["BatchSize"] == 10
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_no_second_function_is_given_what_the_first_is_still_at(deployed: Deployed) -> None:
    # Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping": six times at least.
    timeout = deployed["DeliveryFunction"].properties["Timeout"]

    assert deployed["DeliveryEvents"].properties["VisibilityTimeout"] >= 6 * timeout
