"""Whether the stack is as it was deployed: complete, unchanged by hand, and switched on."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.ops.doctor.case import Case, Deployed, pages
from infra.ops.doctor.findings import Finding, note, wrong

_EVENTS: Final = "aws cloudformation describe-stack-events --stack-name"
# How long CloudFormation is given to compare, in seconds; a stack of this size takes it a minute or two.
_PAUSE: Final = 5
_WAIT: Final = 300
_LONGEST_VALUE: Final = 60


def state(_: Case, stack: Deployed) -> Iterator[Finding]:
    """A deployment that failed, or is under way."""
    if stack.status.endswith("_IN_PROGRESS"):
        yield note(f"{stack.name} is {stack.status}", "Look again once that is over")
    elif "ROLLBACK" in stack.status or stack.status.endswith("_FAILED"):
        do = f"`{_EVENTS} {stack.name}` says why; then docs/operations.md#deploying"
        yield wrong(f"{stack.name} is {stack.status}: the last deployment failed", do)


def drift(case: Case, stack: Deployed) -> Iterator[Finding]:
    """What somebody changed or deleted by hand, as CloudFormation's drift detection finds it."""
    cloudformation = case.aws("cloudformation")
    ask = {"StackDriftDetectionId": cloudformation.detect_stack_drift(StackName=stack.name)["StackDriftDetectionId"]}
    for _ in range(_WAIT // _PAUSE):
        found = cloudformation.describe_stack_drift_detection_status(**ask)
        if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        case.sleep(_PAUSE)
    else:
        yield note(f"CloudFormation is still comparing the stack after {_WAIT} s", "Look again in a few minutes")
        return
    if found["DetectionStatus"] == "DETECTION_FAILED":
        what = f"CloudFormation could not compare everything: {found.get('DetectionStatusReason', 'no reason given')}"
        yield note(what, "It reads each resource with your rights: docs/operations.md#the-doctor")
    if found.get("StackDriftStatus") == "DRIFTED":
        asked = {"StackName": stack.name, "StackResourceDriftStatusFilters": ["MODIFIED", "DELETED"]}
        for page in pages(cloudformation.describe_stack_resource_drifts, **asked):
            for resource in page["StackResourceDrifts"]:
                yield from _differences(resource)


def _differences(resource: Mapping[str, Any]) -> Iterator[Finding]:
    name, kind = resource["LogicalResourceId"], resource["ResourceType"]
    if resource["StackResourceDriftStatus"] == "DELETED":
        do = "Give the resource another name everywhere in template.yaml and deploy: it is made anew under it"
        yield wrong(f"{name} ({kind}) was deleted by hand", do)
    for each in resource.get("PropertyDifferences", ()):
        was, now = (str(each[which])[:_LONGEST_VALUE] for which in ("ExpectedValue", "ActualValue"))
        do = "Put it back by hand, for a deployment only changes what is new in template.yaml; or write it there"
        yield wrong(f"{name}{each['PropertyPath']} was changed by hand: {now}, not {was}", do)


def sources(case: Case, stack: Deployed) -> Iterator[Finding]:
    """A stream or a queue whose records no function gets."""
    if _stands_still(stack):
        return
    for mapping in stack.of_type("AWS::Lambda::EventSourceMapping"):
        found = case.aws("lambda").get_event_source_mapping(UUID=mapping.id)
        if found["State"] not in ("Enabled", "Creating", "Enabling", "Updating"):
            do = f"`aws lambda update-event-source-mapping --uuid {mapping.id} --enabled`"
            yield wrong(f"{mapping.logical_id} is {found['State']}: its function gets no records", do)
        elif (result := found.get("LastProcessingResult", "OK")).startswith("PROBLEM"):
            do = "The role was changed, or the function is gone: docs/operations.md#changed-by-hand"
            yield wrong(f"{mapping.logical_id}: {result}", do)


def schedules(case: Case, stack: Deployed) -> Iterator[Finding]:
    """A rule or a schedule that was switched off; or all of them, by the parameter that is there for it."""
    if _stands_still(stack):
        what = f"{stack.name} stands still: nobody is alerted or reminded, and enquiries wait"
        yield wrong(what, "Deploy with Paused=no, once that is over: docs/operations.md#standing-still")
        return
    for rule in stack.of_type("AWS::Events::Rule"):
        if (found := case.aws("events").describe_rule(Name=rule.id)["State"]) != "ENABLED":
            yield wrong(f"The rule {rule.logical_id} is {found}", f"`aws events enable-rule --name {rule.id}`")
    for schedule in stack.of_type("AWS::Scheduler::Schedule"):
        if (found := case.aws("scheduler").get_schedule(Name=schedule.id)["State"]) != "ENABLED":
            do = f"EventBridge's console, Schedules, {schedule.id}, Enable"
            yield wrong(f"The schedule {schedule.logical_id} is {found}", do)


def _stands_still(stack: Deployed) -> bool:
    """Whether the parameters switch off all that happens by itself, as the template's condition StandsStill has it."""
    given = stack.parameters.get
    return given("Paused") == "yes" or bool(given("RestoredTable") and not given("RestoredStream"))


def secrets(case: Case, stack: Deployed) -> Iterator[Finding]:
    """A secret that was deleted, or is about to be. Its value is not read."""
    for secret in stack.of_type("AWS::SecretsManager::Secret"):
        try:
            deleted = case.aws("secretsmanager").describe_secret(SecretId=secret.id).get("DeletedDate")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            yield wrong(f"The secret {secret.logical_id} is gone", "docs/operations.md#keys")
        else:
            if deleted:
                do = f"`aws secretsmanager restore-secret --secret-id {secret.id}`"
                yield wrong(f"The secret {secret.logical_id} was deleted, and can still be brought back", do)
