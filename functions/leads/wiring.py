"""What the function is made of."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from gettext import NullTranslations

from functions.leads.enquiry import CompiledForm
from functions.leads.page import Pages
from shared.languages import Matcher
from shared.messages import translations
from shared.practice import Practice, read_compiled
from shared.settings import compiled, read_settings
from shared.store import LeadStore, dynamodb_client
from shared.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Settings:
    """What the template gives this function."""

    table_name: str
    lead_retention_days: int


class Wiring:
    """The function's parts. Each is made on first use and kept between invocations."""

    @cached_property
    def settings(self) -> Settings:
        """The settings."""
        return read_settings(Settings)

    @cached_property
    def store(self) -> LeadStore:
        """The lead store."""
        return LeadStore(self.settings.table_name, dynamodb_client())

    @cached_property
    def practice(self) -> Practice:
        """The practice."""
        return read_compiled()

    @cached_property
    def form(self) -> CompiledForm:
        """The form."""
        return CompiledForm(json.loads((compiled() / "form.json").read_bytes()))

    @cached_property
    def pages(self) -> Pages:
        """The pages with a form."""
        return Pages(compiled() / "forms")

    @cached_property
    def languages(self) -> Matcher:
        """The published languages, to find a visitor's among them."""
        return Matcher(json.loads((compiled() / "languages.json").read_bytes()))

    @cached_property
    def catalogue(self) -> Callable[[str], NullTranslations]:
        """The messages in one of the published locales."""
        return cache(translations)

    @cached_property
    def telemetry(self) -> Telemetry:
        """The log and the metrics."""
        return Telemetry()
