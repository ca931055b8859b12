"""docs/scale.md: what a month costs, which limit is met first, and what a full table changes."""

import json
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from infra.build.package import PACKAGES, ROOT
from infra.local import template
from infra.site.sources.practice_file import load
from tests.bench import growth
from tests.bench.cloud import DELAY_MS
from tests.bench.figures import Figures
from tests.bench.growth import Costs
from tests.bench.report import table
from tests.metrics import counted_by, counted_by_ses

READERS = (1_000, 100_000, 10_000_000)
_PEAK = 10
_SANDBOX_MAILS_A_DAY = 200
_DAYS = 30
_MINUTES = _DAYS * 24 * 60
# A processor of its own comes with this much memory, and less with less.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MB_PER_PROCESSOR = 1769
_ENQUIRIES_PER_VIEW = 0.005
# How long Lambda keeps an environment that nothing calls. It promises nothing; this is what people see.
_IDLE_MINUTES = 6
# Of an invocation in JSON: Lambda's own start and report, and the API's access log; and of an answer: its headers.
_LOG_BYTES, _ACCESS_LOG_BYTES, _HEADER_BYTES = 700, 260, 900
# A page is fetched by each regional cache once in its five minutes at most.
_REGIONAL_CACHES, _PAGE_MINUTES = 13, 5
# How often an invocation waits for AWS.
_WAITS = {"content": 0, "leads": 1, "notify": 3}

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
    pending, sent = [path for path in rows if path.startswith("/en/articles/")], dict[str, int]()
    while pending:
        path = pending.pop()
        row = rows[path]
        body = (compiled / "bodies" / row["body"]).read_bytes()
        sent[path] = _HEADER_BYTES + len((compiled / "bodies" / (row.get("gzip") or row["body"])).read_bytes())
        if row["headers"]["content-type"].startswith("text/"):
            # Not the picture for links that are shared, which no reader fetches.
            found = re.findall(r'(?:(?:href|src)="|url\(")(/assets/[^"]+)', body.decode())
            pending += [each for each in found if each in rows and each not in sent]
    return Page(len(sent), sum(sent.values()))


def month(views: int, landing: Page, measured: Mapping[str, Figures], costs: Costs, *, cdn: bool) -> Bill:
    """The bill for `views` readers who have never been here, of whom 0.5 % send the form; no free allowances."""
    usd = {name: float(price["usd"]) for name, price in prices().items()}
    enquiries = views * _ENQUIRIES_PER_VIEW
    from_pages = views * landing.requests + enquiries  # the page that says thank you
    # What never changes is fetched so seldom that it does not count; the page that says thank you is not kept.
    fetched_by_caches = _REGIONAL_CACHES * len(load().locales) * _MINUTES / _PAGE_MINUTES
    at_origin = min(views, fetched_by_caches) + enquiries if cdn else from_pages
    # How many visits find no environment that is still kept, if visits come at random.
    quiet = math.exp(-views / _MINUTES * _IDLE_MINUTES)

    def functions(name: str, invocations: float, cold_share: float = 0, waits: int | None = None) -> float:
        return invocations * (usd["lambda_request"] + _lambda_usd(name, measured[name], cold_share, waits))

    bill = {
        "Lambda: pages": functions("content", at_origin, quiet),
        "Lambda: form": functions("leads", 2 * enquiries, quiet),
        "Lambda: alerts and their schedule": functions("notify", enquiries) + functions("notify", _MINUTES, waits=1),
        "API Gateway": (at_origin + 2 * enquiries) * usd["http_api_request"],
        "DynamoDB": enquiries * (costs.submit_writes + costs.alert_writes) * usd["dynamodb_write"]
        + _MINUTES * costs.look_reads * usd["dynamodb_read"]
        + 12 * enquiries * costs.item_bytes / 1e9 * usd["dynamodb_gb_month"],
        "SES": enquiries * usd["ses_mail"],
        "logs": (at_origin + 2 * enquiries) * (_LOG_BYTES + _ACCESS_LOG_BYTES) / 1e9 * usd["log_gb"]
        + (_MINUTES + enquiries) * _LOG_BYTES / 1e9 * usd["log_gb"],
        "traces": (_traced(2 * enquiries) + _traced(enquiries + _MINUTES)) * usd["trace"],
        "alarms and metrics": alarms() * usd["alarm"] + metrics() * usd["metric"],
        "data to readers": views * landing.bytes / 1e9 * usd["cloudfront_gb" if cdn else "internet_gb"],
    }
    return bill | ({"CloudFront: requests": (from_pages + 2 * enquiries) * usd["cloudfront_request"]} if cdn else {})


def _lambda_usd(name: str, measured: Figures, cold_share: float, waits: int | None) -> float:
    """What an invocation's time costs: waiting takes as long everywhere, computing by the share of a processor.

    `waits` is how often it waits for AWS, if that is less often than when it was measured.
    """
    megabytes = int(resources()[f"{name.title()}Function"]["Properties"]["MemorySize"])
    waiting = _WAITS[name] * DELAY_MS
    computing = (measured.warm_ms.median - waiting) * _MB_PER_PROCESSOR / megabytes
    warm = math.ceil((1.0 if waits is None else waits / _WAITS[name]) * (waiting + computing))
    # The init phase has a whole processor, and is billed.
    seconds = (warm + cold_share * measured.cold_ms.median) / 1000
    return seconds * megabytes / 1024 * float(prices()["lambda_gb_second"]["usd"])


def _traced(invocations: float) -> float:
    """The first of each second, and 5 % of the rest: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html"""
    return min(invocations, _MINUTES * 60 + 0.05 * invocations)


def metrics() -> int:
    """How many are paid for: those that the functions count, and SES's."""
    return sum(len(counted_by(name)) for name in PACKAGES) + len(counted_by_ses())


def alarms() -> int:
    """How many the template has."""
    return sum(resource["Type"] == "AWS::CloudWatch::Alarm" for resource in resources().values())


def as_page(measured: Mapping[str, Figures], site: Path, today: date) -> str:
    """The page, from the bench's figures and the site compiled below the task root `site`."""
    landing, costs = landing_page(site), [growth.measure(size) for size in growth.SIZES]

    def bill(readers: int, *, cdn: bool) -> Bill:
        return month(readers, landing, measured, costs[-1], cdn=cdn)

    sizes = {name: each["Properties"].get("MemorySize") for name, each in resources().items()}
    return Template(Path(__file__).with_suffix(".md").read_text(encoding="utf-8")).substitute(
        date=today.isoformat(),
        requests=landing.requests,
        kilobytes=round(landing.bytes / 1000),
        bill=_bills(bill),
        pays_from=f"{_pays_from(bill):,}",
        alarms=alarms(),
        metrics=metrics(),
        memory=", ".join(f"`{name}` {size} MB" for name, size in sizes.items() if size),
        delay=f"{DELAY_MS:g}",
        idle=_IDLE_MINUTES,
        log_bytes=_LOG_BYTES,
        access_log_bytes=_ACCESS_LOG_BYTES,
        prices=table([("price", "US dollars", "as of", "source"), *map(_price, prices().values())]),
        limits=table([_LIMITS, *(_limit(readers, landing) for readers in READERS)]),
        owed=growth.OWED,
        growth=table([_GROWTH, *map(_growth, costs)]),
        scan=f"{costs[-1].scan_reads(1_000_000):,.0f}",
    )


def _bills(bill: Callable[..., Bill]) -> str:
    bills = {
        f"{readers:,}" + (", CloudFront" if cdn else ""): bill(readers, cdn=cdn)
        for readers in READERS
        for cdn in (False, True)
    }
    parts = dict.fromkeys(part for each in bills.values() for part in each)
    rows = [[part, *(f"{each[part]:.2f}" if part in each else "" for each in bills.values())] for part in parts]
    total = ["**together**", *(f"**{sum(each.values()):.2f}**" for each in bills.values())]
    return table([["readers a month", *bills], *rows, total])


def _pays_from(bill: Callable[..., Bill]) -> int:
    """The first number of readers, in steps of a thousand, at which CloudFront is cheaper."""
    steps = range(1_000, max(READERS), 1_000)
    return next(each for each in steps if sum(bill(each, cdn=True).values()) < sum(bill(each, cdn=False).values()))


def _price(price: Mapping[str, Any]) -> tuple[str, ...]:
    usd = float(price["usd"])
    dollars = f"{usd:g}" if usd >= 0.01 else f"{usd * 1e6:g} a million"
    return price["unit"], dollars, price["seen"], f"<{price['source']}>"


_LIMITS = ("readers a month", "requests a second at the peak", "enquiries a day", "the first limit", "what moves it")


def _limit(readers: int, landing: Page) -> tuple[str, ...]:
    peak = readers * landing.requests / _MINUTES / 60 * _PEAK
    mails = readers * _ENQUIRIES_PER_VIEW / _DAYS
    (stage,) = (each for each in resources().values() if each["Type"] == "AWS::ApiGatewayV2::Stage")
    throttle = stage["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"]
    if mails > _SANDBOX_MAILS_A_DAY:
        first, remedy = f"SES's sandbox, then the API's throttle of {throttle}", "production access; `ContentDelivery`"
    elif peak > throttle:
        first, remedy = f"the API's throttle of {throttle} a second", "`ThrottlingRateLimit`"
    else:
        first, remedy = "none; in a new account a burst meets Lambda's concurrency", "Service Quotas"
    numbers = (f"{each:,.0f}" if each >= 10 else f"{each:.1g}" for each in (peak, mails))
    return f"{readers:,}", *numbers, first, remedy


_GROWTH = ("leads stored", "submit: write units", "alert: write units", "look at the work list: read units")


def _growth(costs: Costs) -> tuple[str, ...]:
    units = (costs.submit_writes, costs.alert_writes, costs.look_reads)
    return f"{costs.stored:,}", *(f"{each:g}" for each in units)
