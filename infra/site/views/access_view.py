"""How to get there and in, as pages show it in one language."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from markupsafe import Markup

from infra.site.languages.localize import Localizer
from infra.site.sources.access_table import AccessTable, TransitTable
from infra.site.views.detail import Detail
from shared.messages import mark as _

_ENTRANCE: Final = _("Entrance")
_FLOOR: Final = _("Floor")
_PARKING: Final = _("Parking")
_TRANSIT: Final = _("Public transport")
# Translators: a stop, and for how long one walks from it, such as "Bus stop Main Street, 5 minutes on foot".
_ON_FOOT: Final = _("{stop}, {minutes} on foot")

_ENTRANCES: Final[Mapping[str, str]] = {"step-free": _("no steps"), "steps": _("steps")}
_FLOORS: Final[Mapping[str, str]] = {
    "ground": _("ground floor"),
    "elevator": _("upper floor, elevator"),
    "stairs": _("upper floor, stairs only"),
}
_PARKINGS: Final[Mapping[str, str]] = {"free": _("free"), "paid": _("paid"), "street": _("on the street")}
_STOPS: Final[Mapping[str, str]] = {
    "bus": _("Bus stop {name}"),
    "light-rail": _("Light rail stop {name}"),
    "subway": _("Subway station {name}"),
    "train": _("Train station {name}"),
}


def access_view(access: AccessTable, localizer: Localizer) -> tuple[Detail, ...]:
    """The table in `localizer`'s language, without the address of its map."""
    return tuple(_details(access, localizer))


def _details(access: AccessTable, localizer: Localizer) -> Iterator[Detail]:
    if access.entrance:
        yield Detail(localizer.say(_ENTRANCE), localizer.say(_ENTRANCES[access.entrance]))
    if access.floor:
        yield Detail(localizer.say(_FLOOR), localizer.say(_FLOORS[access.floor]))
    if access.parking:
        yield Detail(
            localizer.say(_PARKING), localizer.listed(localizer.say(_PARKINGS[each]) for each in access.parking)
        )
    if access.transit:
        stops = Markup("<br>").join(_stop(each, localizer) for each in access.transit)
        yield Detail(localizer.say(_TRANSIT), stops)


def _stop(transit: TransitTable, localizer: Localizer) -> Markup:
    name = Markup("<bdi>{}</bdi>").format(transit.name)
    stop = localizer.html(_STOPS[transit.kind], name=name)
    if transit.minutes is None:
        return stop
    minutes = localizer.duration(timedelta(minutes=transit.minutes), "minute")
    return localizer.html(_ON_FOOT, stop=stop, minutes=minutes)
