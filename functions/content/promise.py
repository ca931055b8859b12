"""The time in a thank-you page's address: what `leads` has promised, if it can have promised it.

Anybody can write a time into an address, and no page may promise what the practice did not. So it must be a time that
can be promised at all, and near enough to now. `infra/site/outputs/promises.py` describes the document.
"""

from collections.abc import Mapping
from time import gmtime, strftime
from typing import Any

from shared import moments

_DAY = 86_400


def promise(text: str, document: Mapping[str, Any], now: float) -> str:
    """What the page says about a time such as `2026-12-01T1200` at `now`, in HTML; nothing if nobody promised it."""
    date, clock = text.split("T")
    # Going through the days also says that there is such a date, and which day of the week it is.
    for number in range(-document["days_behind"], document["days_ahead"] + 1):
        day = gmtime(now + number * _DAY)
        if strftime("%Y-%m-%d", day) == date:
            times = document["dates"].get(date, document["week"][day.tm_wday])
            return _sentence(document, day.tm_mon, day.tm_mday, day.tm_wday, clock) if clock in times else ""
    return ""


def _sentence(document: Mapping[str, Any], month: int, day: int, weekday: int, clock: str) -> str:
    words = document["words"]
    time = moments.clock(words, int(clock[:2]), int(clock[2:]))
    moment = moments.joined(words, moments.day(words, month, day, weekday), time)
    sentence: str = document["sentence"]
    return sentence.format(moment=moments.zoned(words, moment))
