"""What every function that works on leads is made of."""

from dataclasses import dataclass
from functools import cached_property

from shared.practice import Practice, read_compiled
from shared.settings import read_settings
from shared.store import LeadStore, dynamodb_client
from shared.telemetry import Telemetry


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
        return LeadStore(self.settings.table_name, dynamodb_client())

    @cached_property
    def practice(self) -> Practice:
        """The practice."""
        return read_compiled()

    @cached_property
    def telemetry(self) -> Telemetry:
        """The log and the metrics."""
        return Telemetry()
