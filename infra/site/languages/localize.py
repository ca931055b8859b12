"""A locale as pages need it: names, dates and times by CLDR, and its message catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from gettext import NullTranslations

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time, get_day_names
from babel.lists import format_list

from shared.messages import catalogue_folder
from shared.messages import mark as _

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Translators: days in a row, such as "Monday to Friday".
_DAYS = _("{first} to {last}")
# Translators: opening hours, such as "8:00 AM to 6:00 PM".
_TIMES = _("{opens} to {closes}")


@dataclass(frozen=True)
class Localizer:
    """One locale (a BCP 47 tag) and its translations."""

    tag: str
    catalogue: NullTranslations

    @cached_property
    def _cldr(self) -> Locale:
        return Locale.parse(catalogue_folder(self.tag))

    @cached_property
    def direction(self) -> str:
        """`ltr` or `rtl`, for `dir`."""
        return "rtl" if self._cldr.character_order == "right-to-left" else "ltr"

    @cached_property
    def endonym(self) -> str:
        """The language's name in itself, as it stands in a menu: `Español`, `繁體中文`."""
        name = self.language_name(self.tag)
        return name[:1].upper() + name[1:]

    @cached_property
    def open_graph(self) -> str:
        """The locale as Open Graph writes it, which always wants a region: `es_ES`, `zh_TW`."""
        return f"{self._likely.language}_{self._likely.territory}"

    @property
    def likely_region(self) -> str:
        """The region that is written or, where none is, the likely one (ISO 3166-1 alpha-2)."""
        return self._likely.territory or ""

    @cached_property
    def _likely(self) -> Locale:
        return Locale.parse(get_global("likely_subtags").get(catalogue_folder(self.tag), str(self._cldr)))

    def language_name(self, tag: str) -> str:
        """What `tag`'s language is called here."""
        folder = catalogue_folder(tag)
        name: str | None = self._cldr.languages.get(folder) or Locale.parse(folder).get_display_name(self._cldr)
        return name or tag

    def country_name(self, code: str) -> str:
        """What a country (ISO 3166-1 alpha-2) is called here."""
        return str(self._cldr.territories[code])

    def date(self, day: date) -> str:
        """A date as a sentence would have it."""
        return format_date(day, "long", self._cldr)

    def days(self, names: Sequence[str]) -> str:
        """Days of the week (English names): three or more in a row become `Monday to Thursday`."""
        cldr_names = get_day_names("wide", "stand-alone", self._cldr)
        numbers = sorted(WEEK.index(name) for name in names)
        shown = [cldr_names[number] for number in numbers]
        if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
            return self.say(_DAYS, first=shown[0], last=shown[-1])
        return format_list(shown, locale=self._cldr)

    def times(self, opens: str, closes: str) -> str:
        """From one `HH:MM` to another."""
        first, last = (format_time(time.fromisoformat(each), "short", locale=self._cldr) for each in (opens, closes))
        return self.say(_TIMES, opens=first, closes=last)

    def say(self, message: str, **values: object) -> str:
        """A message in this language, with its `{placeholders}` filled."""
        return self.catalogue.gettext(message).format(**values)
