"""A month's bill, from `prices.toml`, the template, and what the bench and our stores on moto gave."""

import json
import math
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from infra.build.package import PACKAGES, ROOT
from infra.local import template
from infra.site.sources.practice_file import load
from infra.site.views.article_view import REFERENCES
from tests.bench import growth
from tests.bench.cloud import DELAY_MS
from tests.bench.figures import Figures
from tests.bench.growth import Costs
from tests.metrics import counted_by, counted_by_ses

DAYS = 30
MINUTES = DAYS * 24 * 60
ENQUIRIES_PER_VIEW = 0.005
# How long Lambda keeps an environment that nothing calls. It promises nothing; this is what people see.
IDLE_MINUTES = 6
# Of an invocation in JSON: Lambda's own start and report, and the API's access log.
LOG_BYTES, ACCESS_LOG_BYTES = 700, 260
# An alert and a reminder, of each of which SES publishes two events; and the link's page, a button, and the page again.
MAILS, EVENTS_OF_A_MAIL, INBOX_REQUESTS = 2, 2, 3
# So many long polls of twenty seconds Lambda has under way at a queue in which nothing is: an estimate.
POLLERS, POLLS_A_MINUTE = 5, 3
# Once a day the canary asks for the list of articles and sends an enquiry, and looks every two seconds how far it is:
# an estimate, where most functions start cold. Every hour it looks whether that is due.
CANARY_REQUESTS, CANARY_SECONDS, CANARY_LOOKS = 2, 20, 10
LOOKS_A_DAY = 24
# Estimates too: units for its marks and its erasure, where each item counts twice, and for what it reads every hour.
_CANARY_WRITES, _CANARY_READS_AT_A_LOOK = 25, 3
CANARY = "the canary, all that it sets in motion"
OWN_LINES, TRACES, ALARMS = "logs: Lambda's own lines", "traces", "alarms and metrics"
# What every account has for nothing.
_FREE_ALARMS = _FREE_METRICS = 10
# What is paid for from the first on.
_NEVER_FREE = ("API Gateway", "DynamoDB", "SES", "secrets", CANARY)
# A processor of its own comes with this much memory, and less with less.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MB_PER_PROCESSOR = 1769
# Of an answer: its headers.
_HEADER_BYTES = 900
# A page is fetched by each regional cache once in its five minutes at most.
_REGIONAL_CACHES, _PAGE_MINUTES = 13, 5
# What notify calls where nothing is due: a query of each index.
_NOTIFY_LOOKS = 2

# US dollars by what they are for.
type Bill = Mapping[str, float]


class Page(NamedTuple):
    """What a first view of the landing page fetches: requests, and bytes as they go over the wire."""

    requests: int
    bytes: int


@cache
def resources() -> dict[str, Any]:
    """The template's, as SAM translates them."""
    translated: dict[str, Any] = template.load(ROOT / "template.yaml").cloudformation["Resources"]
    return translated


@cache
def prices() -> dict[str, dict[str, Any]]:
    """The price list."""
    return tomllib.loads(Path(__file__).with_name("prices.toml").read_text(encoding="utf-8"))


def landing_page(site: Path) -> Page:
    """The English landing page as compiled below the task root `site`, with what it refers to."""
    compiled = site / "compiled" / "site"
    index = json.loads((compiled / "index.json").read_bytes())
    rows = {path: index["rows"][number] for path, number in index["paths"].items()}
    articles = [path for path in rows if path.startswith("/en/articles/") and not path.endswith(REFERENCES)]
    pending, sent = articles, dict[str, int]()
    while pending:
        path = pending.pop()
        row = rows[path]
        body = (compiled / "bodies" / row["body"]).read_bytes()
        name = ".".join([row["body"], *row.get("codings", ())[:1]])
        sent[path] = _HEADER_BYTES + (compiled / "bodies" / name).stat().st_size
        if row["headers"]["content-type"].startswith("text/"):
            # Not the picture for links that are shared, which no reader fetches.
            found = re.findall(r'(?:(?:href|src)="|url\(")(/assets/[^"]+)', body.decode())
            pending += [each for each in found if each in rows and each not in sent]
    return Page(len(sent), sum(sent.values()))


def month(views: int, landing: Page, measured: Mapping[str, Figures], costs: Costs, *, cdn: bool) -> Bill:
    """The bill for `views` readers who have never been here, of whom 0.5 % send the form; no free allowances."""
    usd = {name: float(price["usd"]) for name, price in prices().items()}
    enquiries = views * ENQUIRIES_PER_VIEW
    mails, to_inbox = MAILS * enquiries, INBOX_REQUESTS * enquiries
    events = EVENTS_OF_A_MAIL * mails
    from_pages = views * landing.requests + enquiries  # the page that says thank you
    # What never changes is fetched so seldom that it does not count; the page that says thank you is not kept.
    fetched_by_caches = _REGIONAL_CACHES * len(load().locales) * MINUTES / _PAGE_MINUTES
    at_origin = min(views, fetched_by_caches) + enquiries if cdn else from_pages
    requests = at_origin + 2 * enquiries + to_inbox
    mailing = enquiries + events + 2 * MINUTES

    def functions(name: str, invocations: float, visits: float | None = None, waits: int | None = None) -> float:
        # How many visits find no environment that is still kept, if visits come at random.
        cold_share = 0.0 if visits is None else math.exp(-visits / MINUTES * IDLE_MINUTES)
        return invocations * (usd["lambda_request"] + _lambda_usd(name, measured[name], cold_share, waits))

    bill = {
        "Lambda: pages": functions("content", at_origin, views),
        "Lambda: form": functions("leads", 2 * enquiries, views),
        "Lambda: alerts and their schedule": functions("notify", enquiries)
        + functions("notify", MINUTES, waits=_NOTIFY_LOOKS),
        "Lambda: proof, reminders and their schedule": functions("delivery", events, enquiries)
        + functions("followup", MINUTES),
        "Lambda: inbox": functions("inbox", to_inbox, enquiries),
        "API Gateway": requests * usd["http_api_request"],
        "DynamoDB": _dynamodb_usd(enquiries, costs, usd),
        "SES": mails * usd["ses_mail"],
        "events and their queue": events * usd["event"]
        + (POLLERS * POLLS_A_MINUTE * MINUTES + 3 * events) * usd["sqs_request"],
        "secrets": secrets() * usd["secret"] + 3 * enquiries * usd["secret_call"],
        OWN_LINES: (requests + mailing) * LOG_BYTES / 1e9 * usd["log_gb"],
        "logs: the API's accesses": requests * ACCESS_LOG_BYTES / 1e9 * usd["log_gb"],
        TRACES: sum(map(_traced, (2 * enquiries, to_inbox, enquiries + MINUTES, events, MINUTES))) * usd["trace"],
        ALARMS: alarms() * usd["alarm"] + metrics() * usd["metric"],
        CANARY: _canary_usd(measured, costs, usd, cdn=cdn),
        "data to readers": views * landing.bytes / 1e9 * usd["cloudfront_gb" if cdn else "internet_gb"],
    }
    viewed = from_pages + 2 * enquiries + to_inbox
    return bill | ({"CloudFront: requests": viewed * usd["cloudfront_request"]} if cdn else {})


def after_allowances(bill: Bill) -> float:
    """What is left of a small practice's bill once the allowances are taken off that every account has each month."""
    usd = {name: float(price["usd"]) for name, price in prices().items()}
    beyond = max(0, alarms() - _FREE_ALARMS) * usd["alarm"] + max(0, metrics() - _FREE_METRICS) * usd["metric"]
    return sum(bill[part] for part in _NEVER_FREE) + beyond


def alarms_of(service: str) -> float:
    """What the alarms on a function's own metrics cost, with these metrics."""
    usd = {name: float(price["usd"]) for name, price in prices().items()}
    read = [
        each
        for each in resources().values()
        if each["Type"] == "AWS::CloudWatch::Alarm"
        and {"Name": "service", "Value": service} in each["Properties"].get("Dimensions", ())
    ]
    return len(read) * usd["alarm"] + len(counted_by(f"{service.title()}Function")) * usd["metric"]


def metrics() -> int:
    """How many are paid for: those that the functions count, and SES's."""
    return sum(len(counted_by(name)) for name in PACKAGES) + len(counted_by_ses())


def alarms() -> int:
    """How many the template has."""
    return _count("AWS::CloudWatch::Alarm")


def secrets() -> int:
    """How many the template has."""
    return _count("AWS::SecretsManager::Secret")


def _count(kind: str) -> int:
    return sum(resource["Type"] == kind for resource in resources().values())


def _canary_usd(measured: Mapping[str, Figures], costs: Costs, usd: Mapping[str, float], *, cdn: bool) -> float:
    """Its hourly looks, and once a day an enquiry with all that follows, each function of which starts cold.

    Its alarms and metrics are counted with the others.
    """

    def functions(name: str, invocations: float) -> float:
        return invocations * (usd["lambda_request"] + _lambda_usd(name, measured[name], 1, None))

    looks, units = DAYS * LOOKS_A_DAY, costs.units
    megabytes = int(resources()["CanaryFunction"]["Properties"]["MemorySize"])
    waiting = DAYS * CANARY_SECONDS * megabytes / 1024 * usd["lambda_gb_second"]
    others = {"content": 1, "leads": 1, "notify": 1, "delivery": EVENTS_OF_A_MAIL}
    invoked = looks + DAYS * sum(others.values())
    steps = [units[name] for name in (growth.SUBMIT, growth.FILING, growth.ALERT, growth.SEND, growth.DELIVERY)]
    writes = DAYS * (_CANARY_WRITES + units[growth.OUTCOME].writes + sum(each.writes for each in steps))
    reads = (looks + DAYS) * _CANARY_READS_AT_A_LOOK + DAYS * (CANARY_LOOKS + sum(each.reads for each in steps))
    requests = DAYS * CANARY_REQUESTS
    return (
        functions("canary", looks)
        + waiting
        + sum(functions(name, DAYS * times) for name, times in others.items())
        + requests * (usd["http_api_request"] + (usd["cloudfront_request"] if cdn else 0))
        + DAYS * usd["ses_mail"]
        + DAYS * EVENTS_OF_A_MAIL * (usd["event"] + 3 * usd["sqs_request"])
        + writes * usd["dynamodb_write"]
        + reads * usd["dynamodb_read"]
        + DAYS * 2 * usd["secret_call"]
        + (invoked * LOG_BYTES + requests * ACCESS_LOG_BYTES) / 1e9 * usd["log_gb"]
        + (invoked - DAYS) * usd["trace"]  # of pages there are none
    )


def _dynamodb_usd(enquiries: float, costs: Costs, usd: Mapping[str, float]) -> float:
    """Each enquiry from the submit to its outcome, the looks of every minute, the scan of every day, and storage."""
    units = costs.units
    once = [units[name] for name in (growth.SUBMIT, growth.FILING, growth.ALERT, growth.REMINDER, growth.OUTCOME)]
    once += MAILS * [units[growth.SEND], units[growth.DELIVERY]]
    looks = units[growth.NOTIFY_LOOK].reads + units[growth.FOLLOWUP_LOOK].reads
    writes = enquiries * sum(each.writes for each in once)
    reads = enquiries * sum(each.reads for each in once) + MINUTES * looks + DAYS * costs.scan_reads(12 * enquiries)
    stored = 12 * enquiries * costs.lead_bytes / 1e9
    return writes * usd["dynamodb_write"] + reads * usd["dynamodb_read"] + stored * usd["dynamodb_gb_month"]


def _lambda_usd(name: str, measured: Figures, cold_share: float, waits: int | None) -> float:
    """What an invocation's time costs: waiting takes as long everywhere, computing by the share of a processor.

    `waits` is how often it waits for AWS, if that is less often than when it was measured.
    """
    megabytes = int(resources()[f"{name.title()}Function"]["Properties"]["MemorySize"])
    waiting = measured.calls * DELAY_MS
    computing = (measured.warm_ms.median - waiting) * _MB_PER_PROCESSOR / megabytes
    warm = math.ceil((1.0 if waits is None else waits / measured.calls) * (waiting + computing))
    # The init phase has a whole processor, and is billed.
    seconds = (warm + cold_share * measured.cold_ms.median) / 1000
    return seconds * megabytes / 1024 * float(prices()["lambda_gb_second"]["usd"])


def _traced(invocations: float) -> float:
    """The first of each second, and 5 % of the rest: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"""
    return min(invocations, MINUTES * 60 + 0.05 * invocations)
