"""docs/scale.md: what a month costs, which limit is met first, and what a full table changes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

from tests.bench import bill as bills
from tests.bench import growth, wire
from tests.bench.bill import Bill, Page
from tests.bench.cloud import DELAY_MS
from tests.bench.figures import Figures
from tests.bench.growth import Costs
from tests.bench.report import Table, table

READERS = (1_000, 100_000, 10_000_000)
_PEAK = 10
_SANDBOX_MAILS_A_DAY = 200
# What one partition of an index takes in a second.
_PARTITION_WRITES = 1_000


def as_page(measured: Mapping[str, Figures], site: Path, today: date) -> str:
    """The page, from the bench's figures and the site compiled below the task root `site`."""
    landing, costs = bills.landing_page(site), [growth.measure(size) for size in growth.SIZES]

    def bill(readers: int, *, cdn: bool) -> Bill:
        return bills.month(readers, landing, measured, costs[-1], cdn=cdn)

    sizes = {name: each["Properties"].get("MemorySize") for name, each in bills.resources().items()}
    due_entries = sum(costs[-1].units[each].due_entries for each in (growth.SUBMIT, growth.FILING, growth.ALERT))
    return Template(Path(__file__).with_suffix(".md").read_text(encoding="utf-8")).substitute(
        date=today.isoformat(),
        requests=landing.requests,
        kilobytes=round(landing.bytes / 1000),
        bill=_bills(bill),
        cheapest=_cheapest(bill),
        canary_costs=f"{bills.alarms_of('canary') + bill(READERS[0], cdn=False)[bills.CANARY]:.2f}",
        canary_alarms=f"{bills.alarms_of('canary'):.2f}",
        all_alarms=f"{bill(READERS[0], cdn=False)[bills.ALARMS]:.2f}",
        wire=table(wire.as_table(site)),
        canary_requests=bills.CANARY_REQUESTS,
        canary_seconds=bills.CANARY_SECONDS,
        left=f"{bills.after_allowances(bill(READERS[0], cdn=False)):.2f}",
        pays_from=f"{_pays_from(bill):,}",
        alarms=bills.alarms(),
        metrics=bills.metrics(),
        secrets=bills.secrets(),
        pollers=bills.POLLERS,
        memory=", ".join(f"`{name}` {size} MB" for name, size in sizes.items() if size),
        delay=f"{DELAY_MS:g}",
        idle=bills.IDLE_MINUTES,
        log_bytes=bills.LOG_BYTES,
        access_log_bytes=bills.ACCESS_LOG_BYTES,
        prices=table([("price", "US dollars", "as of", "source"), *map(_price, bills.prices().values())]),
        limits=table([_LIMITS, *(_limit(readers, landing) for readers in READERS)]),
        due_entries=due_entries,
        enquiries_a_second=_PARTITION_WRITES // due_entries,
        owed=growth.OWED,
        growth=table(_growth(costs)),
        lead_bytes=f"{costs[-1].lead_bytes:,}",
        scan=f"{costs[-1].scan_reads(1_000_000):,.0f}",
    )


def _bills(bill: Callable[..., Bill]) -> str:
    by_readers = {
        f"{readers:,}" + (", CloudFront" if cdn else ""): bill(readers, cdn=cdn)
        for readers in READERS
        for cdn in (False, True)
    }
    parts = dict.fromkeys(part for each in by_readers.values() for part in each)
    rows = [[part, *(f"{each[part]:.2f}" if part in each else "" for each in by_readers.values())] for part in parts]
    total = ["**together**", *(f"**{sum(each.values()):.2f}**" for each in by_readers.values())]
    return table([["readers a month", *by_readers], *rows, total])


def _cheapest(bill: Callable[..., Bill]) -> str:
    """From everything on to the cheapest that is safe, by readers a month."""
    rows: dict[str, list[float]] = {}
    for readers in READERS:
        whole, plain = bill(readers, cdn=True), bill(readers, cdn=False)
        cheaper = min(whole, plain, key=lambda each: sum(each.values()))
        less = {name: cheaper[part] for name, part in _LEFT_OUT.items()}
        total, left = sum(whole.values()), sum(cheaper.values())
        steps = {
            "everything on, with CloudFront": total,
            "less CloudFront, where it is not cheaper": total - left,
            **less,
            "**the cheapest that is safe**": left - sum(less.values()),
        }
        for name, usd in steps.items():
            rows.setdefault(name, []).append(usd)
    head = ["readers a month", *(f"{readers:,}" for readers in READERS)]
    return table([head, *([name, *(f"{usd:.2f}" for usd in each)] for name, each in rows.items())])


_LEFT_OUT: Mapping[str, str] = {"less traces": bills.TRACES, "less Lambda's own lines": bills.OWN_LINES}


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
    peak = readers * landing.requests / bills.MINUTES / 60 * _PEAK
    enquiries = readers * bills.ENQUIRIES_PER_VIEW / bills.DAYS
    (stage,) = (each for each in bills.resources().values() if each["Type"] == "AWS::ApiGatewayV2::Stage")
    throttle = stage["Properties"]["DefaultRouteSettings"]["ThrottlingRateLimit"]
    if enquiries * bills.MAILS > _SANDBOX_MAILS_A_DAY:
        remedy = "production access and `DailyMailBudget`; `ContentDelivery`"
        first = f"SES's sandbox, then the API's throttle of {throttle}"
    elif peak > throttle:
        first, remedy = f"the API's throttle of {throttle} a second", "`ThrottlingRateLimit`"
    else:
        first, remedy = "none; in a new account a burst meets Lambda's concurrency", "Service Quotas"
    numbers = (f"{each:,.0f}" if each >= 10 else f"{each:.1g}" for each in (peak, enquiries))
    return f"{readers:,}", *numbers, first, remedy


def _growth(costs: list[Costs]) -> Table:
    """A row for each thing that happens, with its units by how many leads are stored."""
    head: Sequence[str] = ("", *(f"{kind}, {each.stored:,} stored" for each in costs for kind in ("writes", "reads")))
    rows: Table = [
        (name, *(f"{number:g}" for each in costs for number in (each.units[name].writes, each.units[name].reads)))
        for name in costs[0].units
    ]
    return [head, *rows]
