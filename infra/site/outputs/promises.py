"""The promise of a time: what the page after the form and the form's script need to know of it.

Of each locale the content function has a document with

    days_behind, days_ahead     how far from now a promise may be, in days
    week                        for each day of the week, from Monday, the times that can be promised (`1200`)
    dates                       those of dates (`2026-12-24`) that differ from their day of the week
    words                       how the language writes a moment (`shared.moments`)
    sentence                    HTML with the `{moment}` in it

All of it is `shared.opening_hours`, with which `leads` makes the promise.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from markupsafe import Markup, escape

from infra.site.edition import Edition
from infra.site.table import Table
from shared.messages import mark as _
from shared.opening_hours import GRID, HORIZON, LONGEST_PROMISE, OpeningHours
from shared.time_zone import DAY, TimeZone, day_number

# For who opens the page once more, to see what was promised.
_DAYS_BEHIND: Final = 7
# The first Monday after the epoch and the days after it.
_ONE_WEEK: Final = range(4, 11)
_FIRST_DAY: Final = date(1970, 1, 1)
# In seconds since midnight. The evening begins at six, as CLDR has it in English.
_TIMES_OF_DAY: Final = {"morning": (0, 43_200), "afternoon": (43_200, 64_800), "evening": (64_800, DAY)}
_HTML: Final = Markup('<p class="promise">{}</p>')
_MOMENT: Final = Markup("<strong>{moment}</strong>")

_PROMISE: Final = _("The practice will contact you by {moment}.")
_WOULD_PROMISE: Final = _("If you send this now, the practice will contact you by {moment}.")
# By what is known: whether it is open now, and a time that the reader's clock shows too.
_OPENING: Final = {
    "until": _("Open until {time}"),
    "closed": _("We are closed now"),
    # Translators: {moment} is such as "Monday, 8:00 AM", or "2:00 PM" on the same day.
    "opens": _("Closed until {moment}"),
}


def promise_documents(edition: Edition, table: Table) -> dict[str, str]:
    """Add the documents to the table; returns their bodies' names, by locale."""
    times = {
        "days_behind": _DAYS_BEHIND,
        # The day after: dates are the practice's, and the function's those of UTC.
        "days_ahead": LONGEST_PROMISE // DAY + 1,
        "week": [_times(_without_dates(edition.hours), day) for day in _ONE_WEEK],
        "dates": dict(_other_dates(edition.hours, edition.today)),
    }
    return {locale: table.add_document({**times, **_said(edition, locale)}) for locale in edition.locales}


def promise_words(edition: Edition, locale: str) -> dict[str, Any]:
    """How `assets/promise.js` says what would be promised now, and whether the practice is open, in its usual week."""
    localizer = edition.localizers[locale]
    return {
        **usual_hours(edition.hours),
        "words": localizer.moment_words(edition.practice.time_zone),
        "sentence": localizer.catalogue.gettext(_WOULD_PROMISE),
        "opening": {name: localizer.catalogue.gettext(each) for name, each in _OPENING.items()},
    }


def usual_hours(hours: OpeningHours) -> dict[str, Any]:
    """Of the opening hours what is the same on every day, as `assets/promise.js` counts in them."""
    return {
        "within": hours.answer_within,
        "grid": GRID,
        "horizon": HORIZON,
        "longest": LONGEST_PROMISE,
        "week": hours.week,
    }


def dated_hours(hours: OpeningHours, today: date) -> dict[str, Any]:
    """Of the opening hours the dates that differ, and the offsets of the zone, from `today` on."""
    first_day = day_number(str(today))
    offsets = hours.zone.utc_offsets
    # The offset that holds now, and those to come.
    first = max([index for index, (start, _) in enumerate(offsets) if start <= first_day * DAY], default=0)
    return {
        "dates": {day: windows for day, windows in sorted(hours.dates.items()) if day >= first_day},
        "offsets": offsets[first:],
    }


def open_times(hours: OpeningHours) -> list[str]:
    """The times of the day, as the form calls them, at which the practice is open on some day of the week."""
    windows = [window for day in hours.week for window in day]
    return [name for name, (begins, ends) in _TIMES_OF_DAY.items() if any(o < ends and begins < c for o, c in windows)]


def _said(edition: Edition, locale: str) -> dict[str, Any]:
    localizer = edition.localizers[locale]
    words = localizer.moment_words(edition.practice.time_zone)
    sentence = escape(localizer.catalogue.gettext(_PROMISE)).format(moment=_MOMENT)
    return {"words": {name: _escaped(each) for name, each in words.items()}, "sentence": _HTML.format(sentence)}


def _escaped(said: Any) -> Any:
    return [escape(each) for each in said] if isinstance(said, list) else escape(said)


def _other_dates(hours: OpeningHours, today: date) -> Iterator[tuple[str, list[str]]]:
    """Those on which other times can be promised, closed ones and those of a change of the clock too."""
    usual, first = _without_dates(hours), day_number(str(today)) - _DAYS_BEHIND
    changes = {day for start, _ in hours.zone.utc_offsets for day in (start // DAY - 1, start // DAY, start // DAY + 1)}
    for day in sorted(changes | set(hours.dates)):
        times = _times(hours, day)
        if day >= first and times != _times(usual, day):
            yield str(_FIRST_DAY + timedelta(days=day)), times


def _without_dates(hours: OpeningHours) -> OpeningHours:
    """The same hours where clocks never change."""
    return OpeningHours(
        TimeZone(((0, 0),)), hours.week, {}, answer_within=hours.answer_within, remind_after=hours.remind_after
    )


def _times(hours: OpeningHours, day: int) -> list[str]:
    return [f"{hours.zone.time(at):%H%M}" for at in hours.grid(day)]
