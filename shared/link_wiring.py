"""What every function that makes or reads links is made of, beside `shared.wiring`: `leads` is to load none of this."""

from dataclasses import dataclass
from functools import cached_property

from shared.keys import Keys, secrets_manager_client
from shared.links import Links
from shared.wiring import LeadWiring, TableSettings


@dataclass(frozen=True, slots=True)
class LinkSettings(TableSettings):
    """What the template gives each of them."""

    keys_secret: str


class LinkWiring[Settings: LinkSettings](LeadWiring[Settings]):
    """The parts of a function on leads, with keys and links."""

    @cached_property
    def keys(self) -> Keys:
        """The keys."""
        return Keys(self.settings.keys_secret, secrets_manager_client())

    @cached_property
    def links(self) -> Links:
        """The links."""
        return Links(self.keys, self.practice.origin)
