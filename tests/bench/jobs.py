"""The work that is measured: its events, one after the other, and how to tell that it was really done."""

import itertools
import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.build.package import ROOT
from tests.codings import decoded

type Event = dict[str, Any]

# What a small practice has on a busy day.
OPEN_ENQUIRIES = 20


@dataclass(frozen=True)
class Job:
    """One kind of work.

    Attributes:
        events: The events of one process, without end and the same for everybody.
        has_done: Whether an answer is that of work done.
        calls: How often each invocation calls AWS, by operation.
    """

    name: str
    events: Callable[[], Iterator[Event]]
    has_done: Callable[[Any], bool]
    calls: Mapping[str, int] = field(default_factory=dict)


def _pages() -> Iterator[Event]:
    """A reader opens the landing page."""
    return itertools.repeat(_event("content-page"))


def _enquiries() -> Iterator[Event]:
    """Enquiries, each of somebody else: another key, another name, another number."""
    for number in itertools.count(1):
        event = _event("leads-json")
        event["headers"]["idempotency-key"] = f'"{number:08x}-2f0f-4a77-9d0e-6f2c1c9a7a10"'
        enquiry = json.loads(event["body"])
        enquiry |= {"name": f"Ana Ruiz {number}", "phone": f"(602) 555-{number % 10_000:04}"}
        event["body"] = json.dumps(enquiry)
        yield event


def _stream_records() -> Iterator[Event]:
    """The stream brings one new lead after the other."""
    for number in itertools.count(1):
        event = _event("notify-stream")
        (record,) = event["Records"]
        record["dynamodb"]["Keys"]["pk"]["S"] = record["dynamodb"]["NewImage"]["pk"]["S"] = f"LEAD#{number:032x}"
        record["dynamodb"]["SequenceNumber"] = f"{number:021}"
        yield event


def _ticks() -> Iterator[Event]:
    """The schedule, and nothing is due."""
    return itertools.repeat(_event("followup-schedule"))


def _mail_events() -> Iterator[Event]:
    """SES says of the alerts of one lead after the other that they are delivered."""
    for number in itertools.count(1):
        event = _event("delivery-delivery")
        *_, record = event["Records"]
        record["body"] = json.dumps({**json.loads(record["body"]), "mail": f"alert-{number:032x}-1"})
        yield {"Records": [record]}


def _looks() -> Iterator[Event]:
    """Somebody at the practice, who is signed in, looks at what is open."""
    event = _event("inbox-open")
    event["cookies"] = [each.replace("SESSION", f"{'d' * 32}.{'t' * 43}") for each in event["cookies"]]
    return itertools.repeat(event)


def _hours() -> Iterator[Event]:
    """The canary's schedule, and the chain was proven within the day."""
    return itertools.repeat(_event("canary-schedule"))


def page_of(answer: Any) -> bytes:
    """The page in an answer that carries it compressed."""
    return decoded(b64decode(answer["body"]), _coding(answer))


def _coding(answer: Any) -> str:
    headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
    coding: str = headers["content-encoding"]
    return coding


def _is_compressed_page(answer: Any) -> bool:
    # Ours are compressed with Brotli beforehand, the others' with gzip as they are asked for.
    return bool(answer["statusCode"] == 200 and _coding(answer) in ("br", "gzip") and answer["isBase64Encoded"])


def listed(answer: Any) -> list[str]:
    """The ids of the enquiries in an answer that lists them, in their order."""
    return re.findall('href="/inbox/leads/([0-9a-f]{32})"', page_of(answer).decode())


NOTHING = Job("nothing", _pages, lambda answer: answer["statusCode"] == 200)
CONTENT = Job("content", _pages, _is_compressed_page)
LEADS = Job("leads", _enquiries, lambda answer: answer["statusCode"] == 201, {"PutItem": 1})
NOTIFY = Job("notify", _stream_records, lambda answer: answer == {"batchItemFailures": []}, {"SendEmail": 1})
FOLLOWUP = Job("followup", _ticks, lambda answer: answer == {}, {"Query": 2})
DELIVERY = Job("delivery", _mail_events, lambda answer: answer == {"batchItemFailures": []}, {"UpdateItem": 2})
CANARY = Job("canary", _hours, lambda answer: answer == {}, {"Query": 1})
INBOX = Job(
    "inbox",
    _looks,
    lambda answer: _is_compressed_page(answer) and len(listed(answer)) == OPEN_ENQUIRIES,
    {"BatchGetItem": 1, "Query": 1},
)


def as_rest_api(event: Event) -> Event:
    """The same request in payload format 1.0, as a REST API hands it over: Chalice understands no other.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    context, path = event["requestContext"], event["rawPath"]
    method = context["http"]["method"]
    page = re.fullmatch("/(?P<locale>[^/]+)/articles/(?P<slug>[^/]+)", path)
    resource = "/{locale}/articles/{slug}" if page else path
    return {
        "version": "1.0",
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": event["headers"],
        "multiValueHeaders": {name: [value] for name, value in event["headers"].items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": page.groupdict() if page else None,
        "stageVariables": None,
        "requestContext": {**context, "httpMethod": method, "path": path, "resourcePath": resource, "identity": {}},
        "body": event.get("body"),
        "isBase64Encoded": event["isBase64Encoded"],
    }


def _event(name: str) -> Event:
    event: Event = json.loads((ROOT / "events" / f"{name}.json").read_bytes())
    return event
