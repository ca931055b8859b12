"""A healthy stage for the doctor: the stack on moto, and what moto cannot answer as AWS documents it."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from botocore.exceptions import ClientError
from moto import mock_aws

from infra.local import template
from infra.local.cloud import STACK_NAME, Cloud
from infra.local.endpoint import AwsEndpoint
from infra.ops.doctor.case import Case, Deployed, declared
from infra.ops.doctor.outside import Answer, Unreachable
from shared.aws import aws_client
from shared.http import HTML, JSON, PROBLEM, SECURITY_HEADERS
from tests.conftest import ROOT
from tests.practice import PRACTICE

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
DOMAIN = "clinic.test"
TOKEN = "token1"
HOST = f"www.{DOMAIN}"
PARAMETERS = {
    "Stage": "prod",
    "AlertSender": f"website@{DOMAIN}",
    "AlertRecipient": f"frontdesk@{DOMAIN}",
    "InboxMembers": f"frontdesk@{DOMAIN},doctor@elsewhere.test",
    "AlertBackup": "owner@elsewhere.test",
    "OpsEmail": "ops@elsewhere.test",
    "TimeZone": PRACTICE.time_zone,
    "DomainName": HOST,
    "CertificateArn": f"arn:aws:acm:{template.REGION}:{template.ACCOUNT_ID}:certificate/{UUID(int=1)}",
}
ACCOUNT = {
    "ProductionAccessEnabled": True,
    "SendingEnabled": True,
    "EnforcementStatus": "HEALTHY",
    "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 3.0},
}
IDENTITY = {
    "IdentityType": "DOMAIN",
    "VerifiedForSendingStatus": True,
    "DkimAttributes": {
        "SigningEnabled": True,
        "Status": "SUCCESS",
        "Tokens": [TOKEN],
        "SigningAttributesOrigin": "AWS_SES",
    },
    "MailFromAttributes": {"MailFromDomain": f"mail.{DOMAIN}", "MailFromDomainStatus": "SUCCESS"},
}
CERTIFICATE = {
    "Status": "ISSUED",
    "DomainName": DOMAIN,
    "SubjectAlternativeNames": [DOMAIN, f"*.{DOMAIN}"],
    "NotAfter": datetime(2030, 1, 1, tzinfo=UTC),
}
# What moto does not know, or knows otherwise, by service and operation.
STUBS: Mapping[tuple[str, str], Any] = {
    ("sesv2", "GetAccount"): ACCOUNT,
    ("sesv2", "GetEmailIdentity"): IDENTITY,
    ("sesv2", "GetSuppressedDestination"): ClientError({"Error": {"Code": "NotFoundException"}}, "Get"),
    ("sesv2", "GetConfigurationSet"): {
        "SuppressionOptions": {"SuppressedReasons": []},
        "SendingOptions": {"SendingEnabled": True},
    },
    ("acm", "DescribeCertificate"): {"Certificate": CERTIFICATE},
    ("lambda", "GetAccountSettings"): {"AccountLimit": {"UnreservedConcurrentExecutions": 1000}},
    ("cloudformation", "DetectStackDrift"): {"StackDriftDetectionId": "drift"},
    ("cloudformation", "DescribeStackDriftDetectionStatus"): {
        "DetectionStatus": "DETECTION_COMPLETE",
        "StackDriftStatus": "IN_SYNC",
    },
}


class Fault(NamedTuple):
    """Something that is wrong.

    Attributes:
        put: Puts it into a healthy stage. What was done at moto is taken back by what this gives.
        said: What is found, each a regular expression for `level: what -> what to do`.
    """

    put: "Callable[[World], Callable[[], object] | None]"
    said: tuple[str, ...]


class World:
    """The stage, and what is wrong with it.

    An answer of moto's is kept, and given again until something at that service is changed (`at`).

    Attributes:
        asked: Every operation that was called, with its service.
        stubs: Answers in place of moto's; an error is raised, and a function is given what was asked.
        given: What samconfig.toml gives.
        practice: The practice file.
        pages: What each page answers; None where nothing does.
        records: What the domain name system has, by name and kind; None where it does not answer.
        now: Seconds since the epoch.
        slept: Seconds that were waited.
    """

    def __init__(self) -> None:
        self.asked: set[tuple[str, str]] = set()
        self.declared, self.rules = declared()
        self._kept: dict[str, Any] = {}
        self._clients: dict[str, Any] = {}
        cloud = Cloud(AwsEndpoint())
        cloud.create_stack(template.load(ROOT / "template.yaml", PARAMETERS))
        self._complete(cloud)
        self.well()

    def _complete(self, cloud: Cloud) -> None:
        """What moto's CloudFormation passes over."""
        for alarm in cloud.resources("AWS::CloudWatch::Alarm"):
            named = {name: value for name, value in alarm.properties.items() if name != "ActionsEnabled"}
            name = alarm.model.physical_resource_id
            self._real("cloudwatch").put_metric_alarm(AlarmName=name, **named)
            self._real("cloudwatch").set_alarm_state(AlarmName=name, StateValue="OK", StateReason="well")
        for schedule in cloud.resources("AWS::Scheduler::Schedule"):
            self._real("scheduler").create_schedule(
                Name=schedule.model.physical_resource_id,
                ScheduleExpression=schedule.properties["ScheduleExpression"],
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "RoleArn": "arn:aws:iam::1:role/r"},
            )
        for name in (DOMAIN, "doctor@elsewhere.test", "owner@elsewhere.test"):
            self._real("sesv2").create_email_identity(EmailIdentity=name)
        canary_proven(cloud.outputs()["LeadTableName"], "2026-11-23T02:00:00.000Z")
        self._real("dynamodb").update_continuous_backups(
            TableName=cloud.outputs()["LeadTableName"],
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )

    def well(self) -> None:
        """Take back whatever was changed, but for what was done at moto."""
        self.stubs = {key: copy.deepcopy(answer) for key, answer in STUBS.items()}
        self._live: set[str] = set()
        self.given = dict(PARAMETERS)
        self.now = NOW
        self.slept: list[float] = []
        self.stack = self._read()
        page, api = self.stack.outputs["PageUrl"], self.stack.outputs["ApiUrl"]
        self.practice = replace(PRACTICE, origin=page.rstrip("/"))
        self.pages: dict[str, Answer | None] = {
            page: _answer(302, {"cache-control": "private, no-store", "location": "/en/"}),
            f"{page}en/": _answer(200, {"content-type": HTML}),
            f"https://{DOMAIN}/en/": Answer(301, {"location": f"{page}en/"}),
            f"{page}inbox": _answer(303, {"cache-control": "no-store"}),
            f"{api}/articles?locale=en": _answer(200, {"content-type": JSON}),
            f"{api}/leads": _answer(405, {"content-type": PROBLEM}),
        }
        self.records: dict[tuple[str, str], Sequence[str] | None] = {
            (f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=reject"],
            (f"{TOKEN}._domainkey.{DOMAIN}", "CNAME"): [f"{TOKEN}.dkim.amazonses.com"],
            (HOST, "CNAME"): [self.stack.outputs["DomainTarget"]],
            (f"mail.{DOMAIN}", "TXT"): ["v=spf1 include:amazonses.com ~all"],
        }

    def case(self) -> Case:
        """What the doctor looks at."""
        return Case(
            self.declared,
            self.given,
            self.practice,
            self.stack,
            self.now,
            self.aws,
            self._fetch,
            self._resolve,
            self.slept.append,
            self.rules,
        )

    def deploy(self, **parameters: str) -> None:
        """Let the stack have these parameters, and samconfig.toml as well."""
        self.given |= parameters
        self.stack = replace(self.stack, parameters={**self.stack.parameters, **parameters})

    def change(self, service: str, operation: str, **parts: Any) -> None:
        """Let parts of a stub's answer be others."""
        self.stubs[service, operation] |= parts

    def at(self, service: str) -> Any:
        """A client to change something with; what the service answers from now on is asked of moto anew."""
        self._live.add(service)
        return self._real(service)

    def aws(self, service: str, **options: Any) -> Any:
        """A client as the doctor has it."""
        if service not in self._clients:
            client = aws_client(service, **options)
            ask = client._make_api_call
            client._make_api_call = lambda operation, given: self._answer(service, operation, given, ask)
            self._clients[service] = client
        return self._clients[service]

    def _real(self, service: str) -> Any:
        return aws_client(service)

    def _answer(self, service: str, operation: str, given: Mapping[str, Any], ask: Callable[..., Any]) -> Any:
        self.asked.add((service, operation))
        if (service, operation) in self.stubs:
            answer = self.stubs[service, operation]
            if isinstance(answer, Exception):
                raise answer
            return answer(given) if callable(answer) else copy.deepcopy(answer)
        if service in self._live:
            return ask(operation, given)
        key = f"{service} {operation} {json.dumps(given, sort_keys=True, default=str)}"
        if key not in self._kept:
            self._kept[key] = ask(operation, given)
        return copy.deepcopy(self._kept[key])

    def _read(self) -> Deployed:
        stack = Deployed.read(STACK_NAME, self.aws("cloudformation"))
        assert stack
        return stack

    def _fetch(self, url: str) -> Answer:
        if (answer := self.pages[url]) is None:
            raise Unreachable(f"{url}: timed out")
        return answer

    def _resolve(self, name: str, kind: str) -> Sequence[str]:
        if (records := self.records.get((name, kind), [])) is None:
            raise Unreachable(f"{name} {kind}: no nameservers")
        return records


def canary_proven(table: str, at: str | None) -> None:
    """When the canary came through last, if ever."""
    dynamodb, key = aws_client("dynamodb"), {"pk": {"S": "CANARY"}, "sk": {"S": "LAST"}}
    if at is None:
        dynamodb.delete_item(TableName=table, Key=key)
    else:
        dynamodb.put_item(TableName=table, Item={**key, "proven_at": {"S": at}})


@contextmanager
def healthy_world() -> Iterator[World]:
    """A healthy stage, for as long as the context lasts."""
    with mock_aws():
        yield World()


def _answer(status: int, headers: Mapping[str, str]) -> Answer:
    return Answer(status, {**SECURITY_HEADERS, **headers})
