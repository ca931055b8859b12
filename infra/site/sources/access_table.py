"""How to get there and in: the optional table `[access]` of the practice file, of choices and names of stops."""

from typing import Annotated, Literal

from pydantic import Field

from infra.site.sources.fields import EACH_ONCE, Https, Text
from infra.site.sources.model import Model

Stop = Literal["bus", "light-rail", "subway", "train"]
Parking = Literal["free", "paid", "street"]


class TransitTable(Model):
    """One `[[access.transit]]`: a stop, and how many minutes from it on foot."""

    kind: Stop
    name: Text
    minutes: Annotated[int, Field(strict=True, gt=0, le=60)] | None = None


class AccessTable(Model):
    """The table `[access]`. What is not given is not spoken of."""

    # A map with the way there.
    directions: Https | None = None
    entrance: Literal["step-free", "steps"] | None = None
    floor: Literal["ground", "elevator", "stairs"] | None = None
    parking: Annotated[tuple[Parking, ...], EACH_ONCE] = ()
    transit: tuple[TransitTable, ...] = ()
