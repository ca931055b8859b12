"""The practice as its pages show it, in one language."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from functions.leads import phone
from functions.leads.sentences import unbroken
from infra.site.languages.localize import Localizer
from infra.site.sources.practice_file import PracticeFile
from infra.site.views.access_view import access_view
from infra.site.views.detail import SEPARATOR, Detail
from infra.site.views.person_view import PersonView, person_view
from infra.site.views.visit_view import VisitView, visit_view
from shared.messages import mark as _
from shared.practice import Address, Practice, Practitioner

# A number keeps its order in text that runs from right to left.
_EMERGENCY = Markup('<a class="alarm-number" href="tel:{0}"><bdi dir="ltr">{0}</bdi></a>')
# What is Latin in every language is isolated part by part: as a whole, it would turn the title's direction, too.
_ISOLATED = Markup("<bdi>{}</bdi>")

_SIGNATURE = _("{name}, {title}, {credentials}")
_ANSWERS = _("We answer in {languages}.")
_INTERPRETER = _("We can arrange an interpreter.")


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
    commas of the language. `directions` is the address of a map, and `answers` says in which languages the practice
    answers, where it is not just the page's.
    """

    name: str
    origin: str
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
    visit: VisitView
    person: PersonView
    access: tuple[Detail, ...]
    directions: str | None
    answers: str
    home: str


def site_view(practice: Practice, file: PracticeFile, localizer: Localizer) -> SiteView:
    """The practice in `localizer`'s language. The phone is written as the practice's own country writes it.

    `file` has what only pages show.
    """
    country = practice.address.country
    practitioner = practice.practitioner._replace(title=localizer.say(practice.practitioner.title))
    number = phone.as_written(practice.phone, country)
    return SiteView(
        name=practice.name,
        origin=practice.origin,
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
        visit=visit_view(file, localizer),
        person=person_view(file.practitioner, practice.language, localizer),
        access=access_view(file.access, localizer),
        directions=file.access.directions,
        answers=_answers(file, localizer),
        home=f"/{localizer.tag}/",
    )


def _answers(file: PracticeFile, localizer: Localizer) -> str:
    tags = file.answers_in or (file.language,)
    spoken = {_language(each) for each in tags}
    own = _language(localizer.tag)
    if spoken == {own}:
        return ""
    said = localizer.say(_ANSWERS, languages=localizer.listed(map(localizer.language_name, tags)))
    return f"{said} {localizer.say(_INTERPRETER)}" if file.interpreter and own not in spoken else said


def _language(tag: str) -> str:
    return tag.partition("-")[0]


def _signature(practitioner: Practitioner, localizer: Localizer) -> Markup:
    """No line ends inside a degree."""
    degrees = [_ISOLATED.format(unbroken(each)) for each in practitioner.credentials]
    return escape(localizer.catalogue.gettext(_SIGNATURE)).format(
        name=_ISOLATED.format(practitioner.name),
        title=practitioner.title,
        credentials=escape(localizer.say(SEPARATOR)).join(degrees),
    )
