"""The practice as its pages show it, in one language."""

from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from functions.leads import phone
from functions.leads.sentences import unbroken
from infra.site.languages.localize import Localizer
from shared.messages import mark as _
from shared.practice import Address, Practice, Practitioner

# A number keeps its order in text that runs from right to left.
_EMERGENCY = Markup('<a class="alarm-number" href="tel:{0}"><bdi dir="ltr">{0}</bdi></a>')
# What is Latin in every language is isolated part by part: as a whole, it would turn the title's direction, too.
_ISOLATED = Markup("<bdi>{}</bdi>")

_SIGNATURE = _("{name}, {title}, {credentials}")
# Translators: between two entries of a list, such as degrees or the numbers of references.
SEPARATOR = _(", ")


@dataclass(frozen=True)
class Opening:
    """One line of the opening hours."""

    days: str
    times: str


@dataclass(frozen=True)
class SiteView:
    """What every template calls `site`.

    `*_uri` are for links, `example_phone` shows how a number is written, `example_abroad` how one from another country
    is; `home` is the practice's page in this language; `emergency` is the link that calls for help, in its own
    direction wherever it stands. `signature` is the practitioner with title and credentials, in the order and with the
    commas of the language.
    """

    name: str
    practitioner: Practitioner
    signature: Markup
    phone: str
    phone_uri: str
    example_phone: str
    example_abroad: str
    emergency: Markup
    language: str
    address: Address
    country: str
    hours: tuple[Opening, ...]
    home: str


def site_view(practice: Practice, localizer: Localizer) -> SiteView:
    """The practice in `localizer`'s language. The phone is written as the practice's own country writes it."""
    country = practice.address.country
    practitioner = replace(practice.practitioner, title=localizer.say(practice.practitioner.title))
    number = phone.as_written(practice.phone, country)
    return SiteView(
        name=practice.name,
        practitioner=practitioner,
        signature=_signature(practitioner, localizer),
        phone=unbroken(number),
        phone_uri=f"tel:{practice.phone}",
        example_phone=phone.example(country) or number,
        example_abroad=phone.example_abroad(localizer.tag, localizer.likely_region) or practice.phone,
        emergency=_EMERGENCY.format(practice.emergency_number),
        language=practice.language,
        address=practice.address,
        country=localizer.country_name(country),
        hours=tuple(
            Opening(localizer.days(each.days), localizer.times(each.opens, each.closes)) for each in practice.hours
        ),
        home=f"/{localizer.tag}/",
    )


def _signature(practitioner: Practitioner, localizer: Localizer) -> Markup:
    """No line ends inside a degree."""
    degrees = [_ISOLATED.format(unbroken(each)) for each in practitioner.credentials]
    return escape(localizer.catalogue.gettext(_SIGNATURE)).format(
        name=_ISOLATED.format(practitioner.name),
        title=practitioner.title,
        credentials=escape(localizer.say(SEPARATOR)).join(degrees),
    )
