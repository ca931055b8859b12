"""A language that is published: the practice's own, and the visitor's in mails and messages that are sent to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations

from shared import moments
from shared.letterhead import Language
from shared.mail import isolated
from shared.messages import translations
from shared.practice import Practice
from shared.time_zone import TimeZone


@dataclass(frozen=True, slots=True)
class Speech:
    """A language that is published.

    Attributes:
        locale: Its tag.
        direction: How it is written: ltr, rtl.
        catalogue: The messages in it.
        moments: How it writes dates and times.
        zone: The practice's time zone.
    """

    locale: str
    direction: str
    catalogue: NullTranslations
    moments: moments.Words
    zone: TimeZone

    def say(self, message: str, **values: str) -> str:
        """A message with its `{placeholders}` filled; from right to left, each keeps its own direction."""
        told = {name: isolated(value) if self.direction == "rtl" else value for name, value in values.items()}
        return self.catalogue.gettext(message).format(**told)

    def day(self, at: float) -> str:
        """The day of a moment (seconds since the epoch) where the practice is."""
        local = self.zone.time(at)
        return moments.day(self.moments, local.month, local.day, local.weekday())

    def clock(self, at: float) -> str:
        """The time of the day of a moment on the practice's clock."""
        local = self.zone.time(at)
        return moments.clock(self.moments, local.hour, local.minute)

    def moment(self, at: float) -> str:
        """A moment on the practice's clock."""
        return moments.moment(self.moments, self.zone.time(at))

    def zoned(self, at: float) -> str:
        """A moment with the name of the practice's time zone, for whoever may be in another."""
        return moments.zoned(self.moments, self.moment(at))


def speech(locale: str, practice: Practice, languages: Mapping[str, Language]) -> Speech:
    """A language, or the practice's own where it is published no more."""
    spoken = locale if locale in languages else practice.language
    language, zone = languages[spoken], TimeZone(practice.utc_offsets)
    return Speech(spoken, language["direction"], _catalogue(spoken), language["moments"], zone)


@lru_cache
def _catalogue(locale: str) -> NullTranslations:
    return translations(locale)
