"""What a month costs, from what the bench measured and what AWS charges (`prices.toml`)."""

import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from infra.build.package import PACKAGES, ROOT
from infra.local import template
from infra.site.sources.practice_file import load
from tests.bench.cloud import DELAY_MS
from tests.bench.growth import Costs
from tests.metrics import counted_by, counted_by_ses

_DAYS = 30
_MINUTES = _DAYS * 24 * 60
# A processor of its own comes with this much memory, and less with less.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MB_PER_PROCESSOR = 1769
ENQUIRIES_PER_VIEW = 0.005
# How long Lambda keeps an environment that nothing calls. It promises nothing; this is what people see.
IDLE_MINUTES = 6
# Of an invocation in JSON: Lambda's own start and report, and the API's access log; and of an answer: its headers.
LOG_BYTES, ACCESS_LOG_BYTES, _HEADER_BYTES = 700, 260, 900
# A page is fetched by each regional cache once in its five minutes at most.
REGIONAL_CACHES = 13
_PAGE_SECONDS = 300


@dataclass(frozen=True)
class Page:
    """What a first view of the landing page fetches: requests, and bytes as they go over the wire."""

    requests: int
    bytes: int


@dataclass(frozen=True)
class Line:
    """One line of the bill, in US dollars."""

    what: str
    usd: float


@cache
def resources() -> dict[str, Any]:
    """The template's, as SAM translates them."""
    translated: dict[str, Any] = template.load(ROOT / "template.yaml").cloudformation["Resources"]
    return translated


@cache
def prices() -> dict[str, dict[str, Any]]:
    """The price list."""
    return tomllib.loads(Path(__file__).with_name("prices.toml").read_text(encoding="utf-8"))


def page(site: Path) -> Page:
    """The English landing page as compiled below `site`, with what it refers to."""
    index = json.loads((site / "index.json").read_bytes())
    (path,) = (path for path in index["paths"] if path.startswith("/en/articles/"))

    def body(name: str) -> bytes:
        return (site / "bodies" / name).read_bytes()

    def assets(name: str) -> set[str]:
        # Not the picture for links that are shared, which no reader fetches.
        found = re.findall(r'(?:(?:href|src)="|url\(")(/assets/[^"]+)', body(name).decode())
        return {each for each in found if each in index["paths"]}

    rows, pending, seen = index["rows"], [path], set[str]()
    while pending:
        if (each := pending.pop()) not in seen:
            seen.add(each)
            row = rows[index["paths"][each]]
            if row["headers"]["content-type"].startswith("text/"):
                pending += assets(row["body"])
    sent = [rows[index["paths"][each]] for each in seen]
    return Page(len(sent), sum(len(body(row.get("gzip") or row["body"])) + _HEADER_BYTES for row in sent))


def month(
    views: int, landing: Page, results: Mapping[str, Any], costs: Costs, item_bytes: int, *, cdn: bool
) -> list[Line]:
    """The bill for `views` readers who have never been here, of whom 0.5 % send the form; no free allowances."""
    usd = {name: float(price["usd"]) for name, price in prices().items()}
    functions = _Functions(results)
    enquiries = views * ENQUIRIES_PER_VIEW
    from_pages = views * landing.requests + enquiries  # the page that says thank you
    # What never changes is fetched so seldom that it does not count; the page that says thank you is not kept.
    at_origin = min(views, _fetched_by_caches()) + enquiries if cdn else from_pages
    quiet = _share_of_quiet_visits(views)
    bill = {
        "Lambda: pages": functions.cost("ContentFunction", at_origin, quiet),
        "Lambda: form": functions.cost("LeadsFunction", 2 * enquiries, quiet),
        "Lambda: alerts and their schedule": functions.cost("NotifyFunction", enquiries, 0)
        + functions.cost("NotifyFunction", _MINUTES, 0, calls=1),
        "API Gateway": (at_origin + 2 * enquiries) * usd["http_api_request"],
        "DynamoDB": enquiries * (costs.submit_writes + costs.alert_writes) * usd["dynamodb_write"]
        + _MINUTES * costs.sweep_reads * usd["dynamodb_read"]
        + 12 * enquiries * item_bytes / 1e9 * usd["dynamodb_gb_month"],
        "SES": enquiries * usd["ses_mail"],
        "logs": (at_origin + 2 * enquiries) * (LOG_BYTES + ACCESS_LOG_BYTES) / 1e9 * usd["log_gb"]
        + (_MINUTES + enquiries) * LOG_BYTES / 1e9 * usd["log_gb"],
        "traces": (_traced(2 * enquiries) + _traced(enquiries + _MINUTES)) * usd["trace"],
        "alarms and metrics": alarms() * usd["alarm"] + metrics() * usd["metric"],
        "data to readers": views * landing.bytes / 1e9 * usd["cloudfront_gb" if cdn else "internet_gb"],
    }
    if cdn:
        bill["CloudFront: requests"] = (from_pages + 2 * enquiries) * usd["cloudfront_request"]
    return [Line(what, amount) for what, amount in bill.items()]


class _Functions:
    """Billed time, from the bench's: waiting takes as long everywhere, computing by the share of a processor."""

    def __init__(self, results: Mapping[str, Any]) -> None:
        self._measured = {"ContentFunction": results["content"], "LeadsFunction": results["leads"]}
        self._measured["NotifyFunction"] = results["notify"]
        self._memory = {name: int(resources()[name]["Properties"]["MemorySize"]) for name in self._measured}
        self._request, self._gb_second = (float(prices()[f"lambda_{unit}"]["usd"]) for unit in ("request", "gb_second"))

    def cost(self, name: str, invocations: float, cold_share: float, calls: int | None = None) -> float:
        """`calls` is how often it waits for AWS, if that is less often than when it was measured."""
        measured, megabytes = self._measured[name], self._memory[name]
        waits = {"ContentFunction": 0, "LeadsFunction": 1, "NotifyFunction": 3}[name]
        computing = measured["warm_us"] / 1000 - waits * DELAY_MS
        part = 1.0 if calls is None else calls / waits
        warm = math.ceil(part * (waits * DELAY_MS + computing * _MB_PER_PROCESSOR / megabytes))
        # The init phase has a whole processor, and is billed.
        billed = warm + cold_share * measured["cold_ms"]
        gb_seconds = invocations * billed / 1000 * megabytes / 1024
        return float(invocations * self._request + gb_seconds * self._gb_second)


def _share_of_quiet_visits(views: int) -> float:
    """How many visits find no environment that is still kept, if visits come at random."""
    return math.exp(-views / _MINUTES * IDLE_MINUTES)


def _fetched_by_caches() -> float:
    locales = len(load().locales)
    return REGIONAL_CACHES * locales * _DAYS * 86_400 / _PAGE_SECONDS


def _traced(invocations: float) -> float:
    """The first of each second, and 5 % of the rest: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"""
    return min(invocations, _DAYS * 86_400 + 0.05 * invocations)


def metrics() -> int:
    """How many are paid for: those that the functions count, and SES's."""
    return sum(len(counted_by(name)) for name in PACKAGES) + len(counted_by_ses())


def alarms() -> int:
    """How many the template has."""
    return sum(resource["Type"] == "AWS::CloudWatch::Alarm" for resource in resources().values())
