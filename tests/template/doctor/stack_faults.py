"""What can be wrong with a stack that stands, and with whoever would be told of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError, ConnectTimeoutError

from infra.ops.doctor.outside import Answer
from shared.items import item_of
from shared.practice import Closure
from tests.template.doctor.world import DOMAIN, HOST, NOW, PARAMETERS, Fault, World, canary_proven

HOUR: Final = 3600


def a_page(world: World, path: str, status: int = 200, **headers: str | None) -> None:
    """A page answers otherwise; a header that is None is missing."""
    url = f"{world.stack.outputs['PageUrl']}{path}"
    healthy = world.pages[url]
    assert healthy
    named = {**healthy.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    changed = {name: value for name, value in named.items() if value is not None}
    world.pages[url] = Answer(status, changed)


def nobody_answers(world: World) -> None:
    world.pages[f"{world.stack.outputs['ApiUrl']}/leads"] = None


IN_EUROPE: Final = PARAMETERS["CertificateArn"].replace("us-east-1", "eu-west-1")


def certificate_elsewhere(world: World) -> None:
    world.deploy(CertificateArn=IN_EUROPE, ContentDelivery="cloudfront")


def certificate(world: World, **parts: Any) -> None:
    """What ACM says of the own domain's."""
    world.stubs["acm", "DescribeCertificate"]["Certificate"] |= parts


def status(world: World, status: str) -> None:
    world.stack = replace(world.stack, status=status)


def drifted(world: World, **resource: Any) -> None:
    world.change("cloudformation", "DescribeStackDriftDetectionStatus", StackDriftStatus="DRIFTED")
    found = {"LogicalResourceId": "LeadTable", "ResourceType": "AWS::DynamoDB::Table", **resource}
    world.stubs["cloudformation", "DescribeStackResourceDrifts"] = {"StackResourceDrifts": [found]}


def comparing(world: World, status: str, **parts: str) -> None:
    world.stubs["cloudformation", "DescribeStackDriftDetectionStatus"] = {"DetectionStatus": status, **parts}


def mapping_off(world: World) -> Callable[[], object]:
    uuid, update = world.stack["NotifyFunctionNewLead"], world.at("lambda").update_event_source_mapping
    update(UUID=uuid, Enabled=False)
    return lambda: update(UUID=uuid, Enabled=True)


def mapping_refused(world: World) -> None:
    answer = world.aws("lambda").get_event_source_mapping(UUID=world.stack["DeliveryFunctionMailEvents"])
    healthy = world.aws("lambda").get_event_source_mapping(UUID=world.stack["NotifyFunctionNewLead"])
    answer["LastProcessingResult"] = "PROBLEM: Lambda may not read the queue"
    found = {answer["UUID"]: answer, healthy["UUID"]: healthy}
    world.stubs["lambda", "GetEventSourceMapping"] = lambda asked: found[asked["UUID"]]


def rule_off(world: World) -> Callable[[], object]:
    world.at("events").disable_rule(Name=world.stack["DeliveryRule"])
    return lambda: world.at("events").enable_rule(Name=world.stack["DeliveryRule"])


def schedule_off(world: World) -> Callable[[], object]:
    scheduler, name = world.at("scheduler"), world.stack["FollowupFunctionWeekly"]
    kept = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    found = {key: value for key, value in scheduler.get_schedule(Name=name).items() if key in kept}
    scheduler.update_schedule(**found, State="DISABLED")
    return lambda: scheduler.update_schedule(**found, State="ENABLED")


def unsubscribed(world: World) -> Callable[[], object]:
    sns, topic = world.at("sns"), world.stack["AlarmTopic"]
    (found,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=found["SubscriptionArn"])
    return lambda: sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=found["Endpoint"])


def unconfirmed(world: World) -> None:
    answer = world.aws("sns").list_subscriptions_by_topic(TopicArn=world.stack["AlarmTopic"])
    answer["Subscriptions"][0]["SubscriptionArn"] = "PendingConfirmation"
    world.stubs["sns", "ListSubscriptionsByTopic"] = answer


def alarm(world: World, state: str) -> Callable[[], object]:
    name, put = world.stack["NotifySilentAlarm"], world.at("cloudwatch").set_alarm_state
    put(AlarmName=name, StateValue=state, StateReason="no datapoints")
    return lambda: put(AlarmName=name, StateValue="OK", StateReason="well")


def alarms(world: World, change: Callable[[list[Any]], object]) -> None:
    """What CloudWatch says of all alarms is changed."""
    names = [each.id for each in world.stack.of_type("AWS::CloudWatch::Alarm")]
    answer = world.aws("cloudwatch").describe_alarms(AlarmNames=names, MaxRecords=100)
    change(answer["MetricAlarms"])
    world.stubs["cloudwatch", "DescribeAlarms"] = answer


def letter(world: World) -> Callable[[], object]:
    sqs, queue = world.at("sqs"), world.stack["DeliveryDeadLetters"]
    sqs.send_message(QueueUrl=queue, MessageBody="{}")

    def take_back() -> None:
        (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    return take_back


def step(world: World, *, next_at: float, expires_at: float = 9_999_999_999, **times: str) -> Callable[[], object]:
    """A lead with a step that is due."""
    table, key = world.stack["LeadTable"], {"pk": {"S": "LEAD#1"}, "sk": {"S": "LEAD"}}
    item = {**key, **item_of({"queue": "LEAD", "next_at": int(next_at), "expires_at": int(expires_at), **times})}
    world.at("dynamodb").put_item(TableName=table, Item=item)
    return lambda: world.at("dynamodb").delete_item(TableName=table, Key=key)


def canary(world: World, at: str | None) -> Callable[[], object]:
    world.at("dynamodb")
    canary_proven(world.stack["LeadTable"], at)
    return lambda: canary_proven(world.stack["LeadTable"], "2026-11-23T02:00:00.000Z")


def canary_of_before_a_restore(world: World) -> Callable[[], object]:
    """It came through, and never in the table that is in use now."""
    dynamodb, name = world.at("dynamodb"), f"{world.stack.name}-restored"
    made = dynamodb.describe_table(TableName=world.stack["LeadTable"])["Table"]
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
        KeySchema=made["KeySchema"],
        AttributeDefinitions=made["AttributeDefinitions"],
        GlobalSecondaryIndexes=[
            {part: index[part] for part in ("IndexName", "KeySchema", "Projection")}
            for index in made["GlobalSecondaryIndexes"]
        ],
    )
    recovery, expiry = {"PointInTimeRecoveryEnabled": True}, {"Enabled": True, "AttributeName": "expires_at"}
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
    world.stack = replace(world.stack, outputs={**world.stack.outputs, "LeadTableName": name})

    def undo() -> None:
        dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName=name)

    return undo


def deleted_secret(world: World) -> Callable[[], object]:
    secret = world.stack["Keys"]
    world.at("secretsmanager").delete_secret(SecretId=secret, RecoveryWindowInDays=30)
    return lambda: world.at("secretsmanager").restore_secret(SecretId=secret)


def lost_secret(world: World) -> None:
    def answer(asked: Any) -> Any:
        if asked["SecretId"] == world.stack["SecondChannel"]:
            raise refusal("ResourceNotFoundException", "DescribeSecret")
        return {}

    world.stubs["secretsmanager", "DescribeSecret"] = answer


def no_way_back(world: World) -> Callable[[], object]:
    recovery(world, enabled=False)
    return lambda: recovery(world, enabled=True)


def recovery(world: World, *, enabled: bool) -> None:
    world.at("dynamodb").update_continuous_backups(
        TableName=world.stack["LeadTable"],
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
    )


def keeps_for_ever(world: World) -> Callable[[], object]:
    expiry(world, enabled=False)
    return lambda: expiry(world, enabled=True)


def expiry(world: World, *, enabled: bool) -> None:
    specification = {"Enabled": enabled, "AttributeName": "expires_at"}
    world.at("dynamodb").update_time_to_live(TableName=world.stack["Erasures"], TimeToLiveSpecification=specification)


def unprotected(world: World) -> Callable[[], object]:
    table, update = world.stack["LeadTable"], world.at("dynamodb").update_table
    update(TableName=table, DeletionProtectionEnabled=False)
    return lambda: update(TableName=table, DeletionProtectionEnabled=True)


def function(world: World, **parts: str) -> None:
    """What Lambda says of every function."""
    healthy = {"Runtime": "python3.13", "LastModified": "2026-11-20T08:00:00.000+0000", "State": "Active"}
    world.stubs["lambda", "GetFunctionConfiguration"] = healthy | parts


def at_the_runtime_s_end(world: World, day: datetime) -> None:
    """Another day, before which there was a deployment, and on which the canary came through."""
    world.now = day.timestamp()
    world.practice = replace(world.practice, closed=(Closure(f"{day:%Y}-12-25", f"{day:%Y}-12-25"),))
    function(world, LastModified=f"{day:%Y-%m-%d}T00:00:00.000+0000")
    proven = {"proven_at": {"S": f"{day:%Y-%m-%d}T00:00:00.000Z"}}
    world.stubs["dynamodb", "BatchGetItem"] = {"Responses": {world.stack["LeadTable"]: [proven]}}


def refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


def refused(world: World, service: str, operation: str, error: Exception | None = None) -> None:
    world.stubs[service, operation] = error or refusal("AccessDenied", operation)


STACK_FAULTS: Final[dict[str, Fault]] = {
    # ---- functions
    "a new account's concurrency": Fault(
        lambda world: world.stubs["lambda", "GetAccountSettings"]["AccountLimit"].update(
            UnreservedConcurrentExecutions=10
        ),
        ("note: Lambda runs 10 functions of this account at once.* -> `aws service-quotas",),
    ),
    "a runtime that Lambda keeps no longer": Fault(
        lambda world: at_the_runtime_s_end(world, datetime(2029, 7, 1, tzinfo=UTC)),
        ("wrong: Functions run on python3.13, .*not kept up since 2029-06-30 -> .*change Runtime in template.yaml",),
    ),
    "a runtime that Lambda soon keeps no longer": Fault(
        lambda world: at_the_runtime_s_end(world, datetime(2029, 3, 1, tzinfo=UTC)),
        ("note: Functions run on python3.13, .*keeps up until 2029-06-30 -> .*change Runtime in template.yaml",),
    ),
    "a runtime that nobody knows": Fault(
        lambda world: function(world, Runtime="python4.0"),
        ("note: Functions run on python4.0, .* -> See AWS's page",),
    ),
    "no deployment for most of a year": Fault(
        lambda world: function(world, LastModified="2026-01-02T08:00:00.000+0000"),
        ("note: No function was deployed since 2026-01-02, .*fixes.* -> Update the libraries .*uv lock --upgrade",),
    ),
    # ---- the stack
    "a deployment that failed": Fault(
        lambda world: status(world, "UPDATE_ROLLBACK_COMPLETE"),
        ("wrong: needlepoint is UPDATE_ROLLBACK_COMPLETE.* -> `aws cloudformation describe-stack-events",),
    ),
    "a deployment under way": Fault(
        lambda world: status(world, "UPDATE_IN_PROGRESS"),
        ("note: needlepoint is UPDATE_IN_PROGRESS -> Look again",),
    ),
    "a property changed by hand": Fault(
        lambda world: drifted(
            world,
            StackResourceDriftStatus="MODIFIED",
            PropertyDifferences=[{"PropertyPath": "/BillingMode", "ExpectedValue": "A", "ActualValue": "B"}],
        ),
        ("wrong: LeadTable/BillingMode was changed by hand: B, not A -> Put it back by hand",),
    ),
    "a resource deleted by hand": Fault(
        lambda world: drifted(world, StackResourceDriftStatus="DELETED"),
        (r"wrong: LeadTable \(AWS::DynamoDB::Table\) was deleted by hand -> Give the resource another name",),
    ),
    "a comparison that takes long": Fault(
        lambda world: comparing(world, "DETECTION_IN_PROGRESS"),
        ("note: CloudFormation is still comparing the stack after 300 s -> Look again",),
    ),
    "a comparison that failed": Fault(
        lambda world: comparing(world, "DETECTION_FAILED", DetectionStatusReason="AccessDenied"),
        ("note: CloudFormation could not compare everything: AccessDenied -> .*#the-doctor",),
    ),
    "a stream that is not read": Fault(
        mapping_off,
        ("wrong: NotifyFunctionNewLead is Disabled.* -> `aws lambda update-event-source-mapping --uuid .* --enabled`",),
    ),
    "a queue that Lambda may not read": Fault(
        mapping_refused,
        ("wrong: DeliveryFunctionMailEvents: PROBLEM: .* -> .*#changed-by-hand",),
    ),
    "a rule that is switched off": Fault(
        rule_off,
        ("wrong: The rule DeliveryRule is DISABLED -> `aws events enable-rule --name ",),
    ),
    "a schedule that is switched off": Fault(
        schedule_off,
        ("wrong: The schedule FollowupFunctionWeekly is DISABLED -> .*Enable",),
    ),
    "a canary that does not come through": Fault(
        lambda world: canary(world, "2026-11-20T10:30:00.000Z"),
        ("wrong: The last enquiry of the canary's went the whole way 3 days ago -> .*#canarysilentalarm",),
    ),
    "a canary that never came through": Fault(
        lambda world: canary(world, None),
        ("note: No enquiry of the canary's has gone the whole way yet -> It tries every hour: .*#canarysilentalarm",),
    ),
    "a canary that came through before a restore alone": Fault(
        canary_of_before_a_restore,
        ("note: No enquiry of the canary's has gone the whole way yet -> It tries every hour: .*#canarysilentalarm",),
    ),
    "a secret that was deleted": Fault(
        deleted_secret,
        ("wrong: The secret Keys was deleted.* -> `aws secretsmanager restore-secret --secret-id ",),
    ),
    "a secret that is gone": Fault(
        lost_secret,
        ("wrong: The secret SecondChannel is gone -> docs/operations.md#keys",),
    ),
    "a table that cannot be put back": Fault(
        no_way_back,
        ("wrong: LeadTable could not be put back.* -> `aws dynamodb update-continuous-backups",),
    ),
    "a table that keeps for ever": Fault(
        keeps_for_ever,
        ("wrong: Erasures deletes nothing that has expired.* -> `aws dynamodb update-time-to-live",),
    ),
    "a table that can be deleted": Fault(
        unprotected,
        ("wrong: LeadTable could be deleted by mistake.* -> `aws dynamodb update-table --deletion-protection",),
    ),
    # ---- who would be told, and of what
    "nobody who is told": Fault(
        unsubscribed,
        ("wrong: OpsEmail ops@elsewhere.test is not subscribed.* -> `aws sns subscribe ",),
    ),
    "somebody who has not confirmed": Fault(
        unconfirmed,
        ("wrong: OpsEmail ops@elsewhere.test has not confirmed.* -> Follow the link .*aws sns subscribe ",),
    ),
    "an alarm that fires": Fault(
        lambda world: alarm(world, "ALARM"),
        ("wrong: NotifySilentAlarm fires: no datapoints -> docs/operations.md#notifysilentalarm",),
    ),
    "an alarm that has not looked yet": Fault(
        lambda world: alarm(world, "INSUFFICIENT_DATA"),
        ("note: 1 alarms have not looked .* -> Look again",),
    ),
    "an alarm that would tell nobody": Fault(
        lambda world: alarms(world, lambda found: found[0].update(ActionsEnabled=False)),
        (r"wrong: \w+Alarm would tell nobody.* -> `aws cloudwatch enable-alarm-actions",),
    ),
    "an alarm that is gone": Fault(
        lambda world: alarms(world, lambda found: found.pop()),
        (r"wrong: \w+Alarm is gone -> Give it another name",),
    ),
    "a dead letter": Fault(
        letter,
        ("wrong: 1 messages lie in DeliveryDeadLetters -> docs/operations.md#deliverydeadlettersalarm",),
    ),
    "a step that nobody does": Fault(
        lambda world: step(world, next_at=NOW - 3 * HOUR, stored_at="2026-11-20T12:00:00Z"),
        ("wrong: LEAD#1 waits for its next step since 3 h 0 min, the oldest of 1 -> See the logs",),
    ),
    "a step that is due at once and that nobody does": Fault(
        lambda world: step(world, next_at=0, stored_at="2026-11-20T12:00:00Z"),
        ("wrong: LEAD#1 waits for its next step since 3 days, the oldest of 1 -> See the logs",),
    ),
    # ---- pages
    "a page that fails": Fault(
        lambda world: a_page(world, "en/", status=500),
        ("wrong: https://.*/en/ answers 500, not 200 -> See the function's log",),
    ),
    "a header that is missing": Fault(
        lambda world: a_page(world, "inbox", status=303, content_security_policy=None),
        ("wrong: https://.*/inbox answers with content-security-policy: nothing, not default-src.* -> Deploy this",),
    ),
    "an API that does not answer": Fault(
        nobody_answers,
        ("wrong: No answer: https://.*/api/leads: timed out -> Look again from another network",),
    ),
    "links that lead elsewhere": Fault(
        lambda world: setattr(world, "practice", replace(world.practice, origin="https://www.example.com")),
        (
            'wrong: The pages are at https://.*, and .* https://www.example.com -> Write origin = "https://www.clinic.test"',
        ),
    ),
    # ---- the own domain
    "a domain that leads nowhere": Fault(
        lambda world: world.records.update({(HOST, "CNAME"): []}),
        ("wrong: www.clinic.test leads nowhere -> Make a CNAME record for it that leads to d-local.execute-api",),
    ),
    "a domain that leads elsewhere": Fault(
        lambda world: world.records.update({(HOST, "CNAME"): ["old.host.test"]}),
        ("wrong: www.clinic.test leads to old.host.test -> Let its CNAME record lead to d-local.execute-api",),
    ),
    "a bare name that is not forwarded": Fault(
        lambda world: world.pages.update({f"https://{DOMAIN}/en/": None}),
        ("note: Who leaves out the www. finds nothing: https://clinic.test/en/: timed out -> Forward it where",),
    ),
    "a bare name that forgets the path": Fault(
        lambda world: world.pages.update({f"https://{DOMAIN}/en/": Answer(301, {"location": f"https://{HOST}/"})}),
        ("note: https://clinic.test/en/ answers 301 https://www.clinic.test/, and does not lead to .* -> Fo",),
    ),
    "a bare name that is forwarded for today": Fault(
        lambda world: world.pages.update({f"https://{DOMAIN}/en/": Answer(302, {"location": f"https://{HOST}/en/"})}),
        ("note: https://clinic.test/en/ answers 302 https://www.clinic.test/en/, and does not lead .* -> Forward it",),
    ),
    "a certificate in another region than CloudFront's": Fault(
        certificate_elsewhere,
        ("wrong: CertificateArn is in eu-west-1, and CloudFront takes those of us-east-1 alone -> `aws acm request",),
    ),
    "a certificate in another region than the stack": Fault(
        lambda world: world.deploy(CertificateArn=IN_EUROPE),
        ("wrong: CertificateArn is in eu-west-1, and API Gateway takes those of us-east-1 alone -> `aws acm request-",),
    ),
    "a certificate that waits for its record": Fault(
        lambda world: certificate(world, Status="PENDING_VALIDATION"),
        ("wrong: The certificate of www.clinic.test is PENDING_VALIDATION -> Make the record that ACM asks for",),
    ),
    "a certificate for another name": Fault(
        lambda world: certificate(world, SubjectAlternativeNames=[DOMAIN]),
        ("wrong: CertificateArn is for clinic.test, and not for www.clinic.test -> `aws acm request-certificate",),
    ),
    "a certificate that is not renewed": Fault(
        lambda world: certificate(world, NotAfter=datetime(2026, 12, 1, tzinfo=UTC)),
        ("wrong: The certificate of www.clinic.test ends on 2026-12-01 -> See in ACM's console",),
    ),
    "a certificate that was deleted": Fault(
        lambda world: refused(
            world, "acm", "DescribeCertificate", refusal("ResourceNotFoundException", "DescribeCertificate")
        ),
        ("wrong: There is no certificate arn:aws:acm:.* -> `aws acm request-certificate",),
    ),
    "a domain to come that links do not lead to": Fault(
        lambda world: world.given.update(DomainName="new.clinic.test"),
        (
            "note: DomainName is www.clinic.test, and new.clinic.test in samconfig.toml -> `make deploy`",
            "note: DomainName is new.clinic.test, and .* has origin https://www.clinic.test: .* -> Once the domain",
        ),
    ),
    # ---- what could not be looked at
    "a right that is missing": Fault(
        lambda world: refused(world, "scheduler", "GetSchedule"),
        (r"wrong: Every schedule runs\? That could not be looked at: .*AccessDenied.* -> .*#the-doctor",),
    ),
    "an AWS that does not answer": Fault(
        lambda world: refused(world, "sqs", "GetQueueAttributes", ConnectTimeoutError(endpoint_url="sqs")),
        (r"wrong: Nothing was given up\? That could not be looked at: ConnectTimeoutError.* -> .*#the-doctor",),
    ),
    "a table that may not be read": Fault(
        lambda world: refused(world, "dynamodb", "Scan"),
        (r"wrong: Nothing is overdue\? That could not be looked at: StoreUnavailable: AccessDenied -> .*#the-doctor",),
    ),
}
