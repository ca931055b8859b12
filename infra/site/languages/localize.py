"""A locale as pages need it: names, dates and times by CLDR, and its message catalogue."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cached_property
from gettext import NullTranslations
from typing import Final, Literal

from babel import Locale, localedata
from babel.core import get_global
from babel.dates import format_date, format_time, format_timedelta, get_day_names, get_timezone_location, match_skeleton
from babel.lists import format_list
from babel.numbers import parse_pattern
from markupsafe import Markup, escape

from shared.messages import catalogue_folder
from shared.messages import mark as _
from shared.moments import Words
from shared.practice import WEEK

# Translators: days in a row, such as "Monday to Friday".
_DAYS = _("{first} to {last}")
# Translators: opening hours, such as "8:00 AM to 6:00 PM".
_TIMES = _("{opens} to {closes}")
# Translators: a range of prices, such as "$95 to $140".
_PRICES = _("{low} to {high}")
# Translators: a date and a time in the practice's time zone, such as "Tuesday, December 1, 2:03 PM, Phoenix time".
_ZONED = _("{moment}, {city} time")

# More of one unit than anybody counts: from here on, Babel would take the next larger one.
_NEVER: Final = 1_000_000


@dataclass(frozen=True)
class Localizer:
    """One locale (a BCP 47 tag) and its translations.

    `country` (ISO 3166-1 alpha-2) is the practice's: clocks and numbers are written as the language is written there,
    where CLDR knows that. What is `18:00` to readers in Spain is `6:00 p. m.` to readers of Spanish in the US.
    """

    tag: str
    catalogue: NullTranslations
    country: str = ""

    @cached_property
    def _cldr(self) -> Locale:
        language = catalogue_folder(self.tag)
        there = f"{language}_{self.country}"
        return Locale.parse(there if localedata.exists(there) else language)

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
        """Days (English names) as they begin a line: three or more in a row become `Monday to Thursday`."""
        cldr_names = get_day_names("wide", "stand-alone", self._cldr)
        numbers = sorted(WEEK.index(name) for name in names)
        shown = [cldr_names[number] for number in numbers]
        if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
            said = self.say(_DAYS, first=shown[0], last=shown[-1])
        else:
            said = format_list(shown, locale=self._cldr)
        return said[:1].upper() + said[1:]

    def times(self, opens: str, closes: str) -> str:
        """From one `HH:MM` to another."""
        first, last = (format_time(time.fromisoformat(each), "short", locale=self._cldr) for each in (opens, closes))
        return self.say(_TIMES, opens=first, closes=last)

    def duration(self, of: timedelta, unit: Literal["minute", "hour", "day", "month", "year"]) -> str:
        """Such as `60 minutes`, however many hours they are."""
        return format_timedelta(of, granularity=unit, threshold=_NEVER, locale=self._cldr)

    def period(self, days: int) -> str:
        """So many days; as years, or months of thirty, where they are whole ones: `1 year`, `3 months`, `100 days`."""
        unit: Literal["day", "month", "year"] = "day" if days % 30 else "month"
        return self.duration(timedelta(days=days), unit if days % 365 else "year")

    def price(self, low: Decimal, high: Decimal, currency: str) -> str:
        """One price, or from one to another (ISO 4217), without `.00` where both are whole."""
        pattern = str(self._cldr.currency_formats["standard"].pattern)
        if low % 1 == high % 1 == 0:
            pattern = pattern.replace("0.00", "0")
        first, last = (self._money(each, pattern, currency) for each in (low, high))
        return first if low == high else self.say(_PRICES, low=first, high=last)

    def _money(self, amount: Decimal, pattern: str, currency: str) -> str:
        written = str(parse_pattern(pattern).apply(amount, self._cldr, currency=currency, currency_digits=False))
        # Isolated: among letters that run the other way, the sign of `US$` would change its side.
        return written if self.direction == "ltr" else f"\u2066{written.replace('\u200f', '')}\u2069"

    def listed(self, items: Iterable[str]) -> Markup:
        """As a sentence lists them: `a, b, and c`; what is not Markup is escaped."""
        return Markup(format_list([str(escape(each)) for each in items], locale=self._cldr))  # noqa: S704

    def languages(self, tags: Iterable[str]) -> Markup:
        """Their names, listed, as they stand alone."""
        names = self.listed(map(self.language_name, tags))
        return names[:1].upper() + names[1:]

    def moment_words(self, time_zone: str) -> Words:
        """What `shared.moments` writes dates and times with; `time_zone` is the practice's."""
        months, hours = (date(2000, month, 1) for month in range(1, 13)), (time(hour, 1) for hour in range(24))
        minutes = str(self._cldr.time_formats["short"].pattern).replace("mm", "'{minute}'")
        joined = str(self._cldr.datetime_formats["medium"]).format("{time}", "{date}")
        city = get_timezone_location(time_zone, locale=self._cldr, return_city=True)
        weekdays = get_day_names("wide", "format", self._cldr)
        return {
            "weekdays": [weekdays[number] for number in range(len(WEEK))],
            "dates": [format_date(month, self._day_pattern, self._cldr) for month in months],
            "hours": [format_time(hour, minutes, locale=self._cldr) for hour in hours],
            "joined": joined,
            "zoned": self.say(_ZONED, moment="{moment}", city=city),
        }

    def months_with_year(self) -> list[str]:
        """Each month of a year, as in `January {year}`."""
        return self._months(str(self._cldr.datetime_skeletons["yMMMM"].pattern))

    def dates_with_year(self) -> list[str]:
        """A date of each month, as in `January {day}, {year}`."""
        return self._months(str(self._cldr.date_formats["long"].pattern))

    def _months(self, pattern: str) -> list[str]:
        dated = re.sub(r"(?<!')d+", "'{day}'", re.sub(r"y+", "'{year}'", pattern, count=1), count=1)
        return [format_date(date(2000, month, 1), dated, self._cldr) for month in range(1, 13)]

    @property
    def _day_pattern(self) -> str:
        """The pattern of a day without its year, the weekday and the day as placeholders.

        The nearest skeleton that CLDR has, its fields widened to what was asked for (UTS 35 part 4, "Matching
        Skeletons"); a month that stands there as a number stays one.
        """
        skeletons = self._cldr.datetime_skeletons
        pattern = str(skeletons[match_skeleton("MMMMEEEEd", skeletons)].pattern)
        widened = re.sub(r"MMM+", "MMMM", pattern)
        return re.sub(r"E+", "'{weekday}'", re.sub(r"d+", "'{day}'", widened, count=1), count=1)

    def say(self, message: str, **values: object) -> str:
        """A message in this language, with its `{placeholders}` filled."""
        return self.catalogue.gettext(message).format(**values)

    def html(self, message: str, **values: object) -> Markup:
        """The same as HTML; a value that is not Markup is escaped."""
        return escape(self.catalogue.gettext(message)).format(**values)
