"""Woken every hour: once a day an enquiry of its own goes the whole way of a visitor's."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.init_phase import in_init_phase
from functions.canary.canary import Canary
from functions.canary.errors import CanaryFailed
from functions.canary.heartbeat import Heartbeat
from functions.canary.marks import Marks
from functions.canary.site import Site
from shared.erasure import Erasure
from shared.mail_items import MailStore
from shared.wiring import LeadWiring, TableSettings


@dataclass(frozen=True, slots=True)
class Settings(TableSettings):
    """What the template gives this function."""

    erasures_table: str
    site_address: str
    heartbeat_url: str


class Wiring(LeadWiring[Settings]):
    """What this function is made of. Each part is made on first use and kept between invocations."""

    def __init__(self) -> None:
        super().__init__(Settings)

    @cached_property
    def site(self) -> Site:
        """The site at its public address."""
        return Site(self.settings.site_address)

    @cached_property
    def canary(self) -> Canary:
        """What proves the chain."""
        table, dynamodb = self.settings.table_name, self.dynamodb
        mails = MailStore(table, dynamodb, budget=0)  # it sends none
        return Canary(
            site=self.site,
            store=self.store,
            hours=self.hours,
            marks=Marks(table, dynamodb, self.practice.keep_days),
            erasure=Erasure(table, self.settings.erasures_table, dynamodb, mails, time.time),
            heartbeat=Heartbeat(self.settings.heartbeat_url, self.telemetry),
            clock=time.time,
            sleep=time.sleep,
            telemetry=self.telemetry,
        )


wiring = Wiring()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Prove the chain, if that was not done for a day, or if the event says `anyway`.

    Raises:
        CanaryFailed: It is not proven, which is logged; an hour later it is tried again.
        StoreUnavailable: Nor could that be looked at.
    """
    log = wiring.telemetry.log_of(context)
    wiring.read_closures()
    try:
        wiring.canary.prove(anyway=bool(event.get("anyway")))
    except CanaryFailed as failure:
        log.error("canary not proven", link=failure.link, reason=failure.reason)
        raise
    return {}


@in_init_phase
def prepare() -> None:
    """What every invocation needs."""
    _ = wiring.canary
