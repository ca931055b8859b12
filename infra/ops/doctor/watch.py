"""Whether somebody would be told, and whether there is something to be told."""

from collections.abc import Iterator
from itertools import batched
from typing import Final

from infra.ops.doctor.case import Case, Deployed
from infra.ops.doctor.findings import Finding, note, wrong

# As many alarms as one call takes.
_AT_ONCE: Final = 100


def subscription(case: Case, stack: Deployed) -> Iterator[Finding]:
    """An address of OpsEmail that no alarm reaches."""
    topic, address = stack["AlarmTopic"], stack.parameters["OpsEmail"]
    pages = case.aws("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    found = {each["Endpoint"]: each["SubscriptionArn"] for page in pages for each in page["Subscriptions"]}
    command = f"`aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint {address}`"
    if address not in found:
        yield wrong(f"OpsEmail {address} is not subscribed: no alarm reaches it", command)
    elif not found[address].startswith("arn:"):
        do = f"Follow the link in SNS's mail; to have another sent: {command}"
        yield wrong(f"OpsEmail {address} has not confirmed its subscription: no alarm reaches it", do)


def alarms(case: Case, stack: Deployed) -> Iterator[Finding]:
    """Alarms that fire, and alarms that would tell nobody."""
    names = {each.id: each.logical_id for each in stack.of_type("AWS::CloudWatch::Alarm")}
    ask = case.aws("cloudwatch").describe_alarms
    found = [
        alarm
        for some in batched(names, _AT_ONCE, strict=False)
        for alarm in ask(AlarmNames=some, MaxRecords=_AT_ONCE)["MetricAlarms"]
    ]
    states = {names[each["AlarmName"]]: each for each in found}
    for name in names.values():
        page = f"docs/operations.md#{name.lower()}"
        if name not in states:
            yield wrong(f"{name} is gone", "Give it another name in template.yaml and deploy")
            continue
        if states[name]["StateValue"] == "ALARM":
            yield wrong(f"{name} fires: {states[name].get('StateReason', '')}", page)
        if not states[name]["ActionsEnabled"]:
            do = f"`aws cloudwatch enable-alarm-actions --alarm-names {states[name]['AlarmName']}`"
            yield wrong(f"{name} would tell nobody: its actions are switched off", do)
    if waiting := sum(each["StateValue"] == "INSUFFICIENT_DATA" for each in found):
        yield note(f"{waiting} alarms have not looked at anything yet", "Look again in a quarter of an hour")


def dead_letters(case: Case, stack: Deployed) -> Iterator[Finding]:
    """What was given up and waits for a person."""
    for queue in stack.of_type("AWS::SQS::Queue"):
        if queue.logical_id.endswith("DeadLetters"):
            wanted = "ApproximateNumberOfMessages"
            found = case.aws("sqs").get_queue_attributes(QueueUrl=queue.id, AttributeNames=[wanted])
            if int(count := found["Attributes"][wanted]):
                page = f"docs/operations.md#{queue.logical_id.lower()}alarm"
                yield wrong(f"{count} messages lie in {queue.logical_id}", page)
