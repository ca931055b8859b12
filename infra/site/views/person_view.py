"""Who treats, as pages show them in one language: what their letters stand for, and where to check it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from markupsafe import Markup, escape

from functions.leads.sentences import unbroken
from infra.site.languages.localize import Localizer
from infra.site.sources.practitioner_table import Credential, PractitionerTable
from infra.site.views.detail import SEPARATOR, Detail
from shared.messages import mark as _

# In the practice's own words, and so in its own language.
_WRITTEN: Final = Markup('<bdi lang="{}">{}</bdi>')
_LINK: Final = Markup('<a href="{}" rel="noreferrer">{}</a>')
_LETTERS: Final = Markup("<bdi>{}</bdi>")
_NUMBER: Final = Markup('<bdi dir="ltr">{}</bdi>')

_DEGREE: Final = _("Degree")
_LICENSE: Final = _("License number")
_REGISTER: Final = _("Check it in the register")
_CERTIFICATION: Final = _("Board certification")
_TRAINING: Final = _("Training in dry needling")
_SINCE: Final = _("In practice since")
_LANGUAGES: Final = _("Languages")


@dataclass(frozen=True)
class PersonView:
    """`details` is what is known of the person beside name and title; of a photograph, that there is one."""

    details: tuple[Detail, ...]
    has_photo: bool


def person_view(person: PractitionerTable, language: str, localizer: Localizer) -> PersonView:
    """The table in `localizer`'s language; `language` is the practice's own."""
    return PersonView(tuple(_details(person, language, localizer)), bool(person.photo))


def _details(person: PractitionerTable, language: str, localizer: Localizer) -> Iterator[Detail]:
    separator = escape(localizer.say(SEPARATOR))
    for each in person.credentials:
        if each.long:
            yield Detail(_LETTERS.format(unbroken(each.short)), separator.join(_in_words(each, language)))
    if person.degree:
        yield Detail(localizer.say(_DEGREE), _WRITTEN.format(language, person.degree))
    if person.license_number:
        yield Detail(localizer.say(_LICENSE), separator.join(_license(person, language, localizer)))
    if person.board_certification:
        yield Detail(localizer.say(_CERTIFICATION), _WRITTEN.format(language, person.board_certification))
    if training := list(_training(person, language, localizer)):
        yield Detail(localizer.say(_TRAINING), separator.join(training))
    if person.practicing_since:
        yield Detail(localizer.say(_SINCE), str(person.practicing_since))
    if person.languages:
        yield Detail(localizer.say(_LANGUAGES), localizer.languages(person.languages))


def _in_words(credential: Credential, language: str) -> Iterator[Markup]:
    words = _WRITTEN.format(language, credential.long)
    yield _LINK.format(credential.url, words) if credential.url else words
    if credential.awarded_by:
        yield _WRITTEN.format(language, credential.awarded_by)


def _license(person: PractitionerTable, language: str, localizer: Localizer) -> Iterator[Markup]:
    yield _NUMBER.format(person.license_number)
    if person.license_issuer:
        yield _WRITTEN.format(language, person.license_issuer)
    if person.license_register:
        yield _LINK.format(person.license_register, localizer.say(_REGISTER))


def _training(person: PractitionerTable, language: str, localizer: Localizer) -> Iterator[str]:
    if person.needling_hours:
        yield localizer.duration(timedelta(hours=person.needling_hours), "hour")
    if person.needling_training:
        yield _WRITTEN.format(language, person.needling_training)
