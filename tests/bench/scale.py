"""docs/scale.md: what a month costs, which limit is met first, and what a full table changes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

from tests.bench import cost, growth
from tests.bench.cloud import DELAY_MS
from tests.bench.cost import ENQUIRIES_PER_VIEW, Line, Page
from tests.bench.growth import Costs

READERS = (1_000, 100_000, 10_000_000)
_SECONDS = 30 * 86_400
_PEAK = 10
_SANDBOX_MAILS_A_DAY = 200


def as_page(results: Sequence[Mapping[str, Any]], site: Path, today: date) -> str:
    """The page, from the bench's results and the site compiled below `site`."""
    by_name = {each["name"]: each for each in results}
    landing, costs = cost.page(site), [growth.measure(size) for size in growth.SIZES]

    def bill(readers: int, *, cdn: bool) -> list[Line]:
        return cost.month(readers, landing, by_name, costs[-1], growth.item_bytes(), cdn=cdn)

    return Template(Path(__file__).with_suffix(".md").read_text(encoding="utf-8")).substitute(
        date=today.isoformat(),
        requests=landing.requests,
        kilobytes=round(landing.bytes / 1000),
        bill=_bill([(readers, cdn, bill(readers, cdn=cdn)) for readers in READERS for cdn in (False, True)]),
        pays_from=f"{_pays_from(bill):,}",
        alarms=cost.alarms(),
        metrics=cost.metrics(),
        memory=_memory(),
        delay=f"{DELAY_MS:g}",
        idle=cost.IDLE_MINUTES,
        log_bytes=cost.LOG_BYTES,
        access_log_bytes=cost.ACCESS_LOG_BYTES,
        prices="\n".join(_price(each) for each in cost.prices().values()),
        limits="\n".join(_limit(readers, landing) for readers in READERS),
        owed=growth.OWED,
        growth=_growth(costs),
    )


def _bill(bills: Sequence[tuple[int, bool, list[Line]]]) -> str:
    parts = list(dict.fromkeys(line.what for *_, lines in bills for line in lines))
    headings = [f"{readers:,}" + (", CloudFront" if cdn else "") for readers, cdn, _ in bills]
    amounts = [{line.what: line.usd for line in lines} for *_, lines in bills]
    rows = [[part, *(_dollars(each[part]) if part in each else "" for each in amounts)] for part in parts]
    total = ["**together**", *(f"**{_dollars(sum(each.values()))}**" for each in amounts)]
    return _table(["readers a month", *headings], [*rows, total])


def _dollars(amount: float) -> str:
    return f"{amount:.2f}" if amount >= 0.005 else "0.00"


def _pays_from(bill: Callable[..., list[Line]]) -> int:
    """The first number of readers, in steps of a thousand, at which CloudFront is cheaper."""

    def total(readers: int, *, cdn: bool) -> float:
        return sum(line.usd for line in bill(readers, cdn=cdn))

    steps = range(1_000, max(READERS), 1_000)
    return next(readers for readers in steps if total(readers, cdn=True) < total(readers, cdn=False))


def _memory() -> str:
    sizes = {name: each["Properties"].get("MemorySize") for name, each in cost.resources().items()}
    return ", ".join(f"`{name}` {size} MB" for name, size in sizes.items() if size)


def _price(price: Mapping[str, Any]) -> str:
    usd = float(price["usd"])
    dollars = f"{usd:g}" if usd >= 0.01 else f"{usd * 1e6:g} a million"
    return f"| {price['unit']} | {dollars} | {price['seen']} | <{price['source']}> |"


def _limit(readers: int, landing: Page) -> str:
    peak = readers * landing.requests / _SECONDS * _PEAK
    mails = readers * ENQUIRIES_PER_VIEW / 30
    throttle = _throttle()
    if mails > _SANDBOX_MAILS_A_DAY:
        first, remedy = f"SES's sandbox, then the API's throttle of {throttle}", "production access; `ContentDelivery`"
    elif peak > throttle:
        first, remedy = f"the API's throttle of {throttle} a second", "`ThrottlingRateLimit`"
    else:
        first, remedy = "none; in a new account a burst meets Lambda's concurrency", "Service Quotas"
    return f"| {readers:,} | {_rounded(peak)} | {_rounded(mails)} | {first} | {remedy} |"


def _rounded(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1g}"


def _throttle() -> int:
    (stage,) = (each for each in cost.resources().values() if each["Type"] == "AWS::ApiGatewayV2::Stage")
    return int(stage["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"])


def _growth(costs: Sequence[Costs]) -> str:
    headings = [
        "leads stored",
        "submit: write units",
        "alert: write units",
        "look at the work list: read units",
        "items looked at by all three",
        "reading the table instead: read units",
    ]
    rows = [
        [
            f"{each.stored:,}",
            f"{each.submit_writes:g}",
            f"{each.alert_writes:g}",
            f"{each.sweep_reads:g}",
            f"{each.looked_at:g}",
            f"{each.scan_reads:,g}",
        ]
        for each in costs
    ]
    return _table(headings, rows)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(headings) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, rule, *rows))
