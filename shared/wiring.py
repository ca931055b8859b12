"""What every function that works on leads is made of."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared.closures import Closures
from shared.errors import StoreUnavailable
from shared.items import dynamodb_client
from shared.opening_hours import OpeningHours
from shared.practice import Practice, read_compiled
from shared.settings import read_settings
from shared.store import LeadStore
from shared.telemetry import Telemetry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class TableSettings:
    """What the template gives each of them."""

    table_name: str


class LeadWiring[Settings: TableSettings]:
    """The parts of one function. Each is made on first use and kept between invocations.

    Args:
        settings: The class of the function's settings.
    """

    def __init__(self, settings: type[Settings]) -> None:
        self._settings = settings

    @cached_property
    def settings(self) -> Settings:
        """The settings."""
        return read_settings(self._settings)

    @cached_property
    def store(self) -> LeadStore:
        """The lead store."""
        return LeadStore(self.settings.table_name, self.dynamodb, self.hours)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """The client of every store."""
        return dynamodb_client()

    @cached_property
    def hours(self) -> OpeningHours:
        """The practice's opening hours."""
        return OpeningHours.of(self.practice)

    @cached_property
    def closures(self) -> Closures:
        """The closures that the practice has made by a button; the opening hours follow those that were read last."""
        return Closures(self.settings.table_name, self.dynamodb, self.hours)

    def read_closures(self) -> None:
        """Let the opening hours know of all closures. Where they cannot be read, those known before hold on."""
        now = time.time()
        if self.closures.is_fresh(now):
            return
        try:
            self.closures.read(now)
        except StoreUnavailable as error:
            self.telemetry.log.warning("closures not read", reason=str(error))

    @cached_property
    def practice(self) -> Practice:
        """The practice."""
        return read_compiled()

    @cached_property
    def telemetry(self) -> Telemetry:
        """The log and the metrics."""
        return Telemetry()
