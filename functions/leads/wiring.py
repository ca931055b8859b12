"""What the function is made of."""

import json
from collections.abc import Callable
from functools import cache, cached_property
from gettext import NullTranslations

from functions.leads.enquiry import CompiledForm
from functions.leads.page import Pages
from shared.languages import Matcher
from shared.messages import translations
from shared.opening_hours import OpeningHours
from shared.settings import compiled
from shared.wiring import LeadWiring, TableSettings


class Wiring(LeadWiring[TableSettings]):
    """The function's parts. Each is made on first use and kept between invocations."""

    def __init__(self) -> None:
        super().__init__(TableSettings)

    @cached_property
    def form(self) -> CompiledForm:
        """The form."""
        return CompiledForm(json.loads((compiled() / "form.json").read_bytes()))

    @cached_property
    def hours(self) -> OpeningHours:
        """When the practice is open."""
        return OpeningHours.of(self.practice)

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
