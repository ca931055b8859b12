"""Which enquiries a list shows: of one language, about one article, of one day; all that its address says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from shared.lead import SECONDS_PER_DAY, Lead, timestamp
from shared.time_zone import TimeZone, day_number


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty texts and None narrow nothing.

    Attributes:
        language: A locale.
        article: An article's name in its address.
        day: An ISO date, by the practice's clock.
    """

    language: str = ""
    article: str = ""
    day: str | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        """What an address asks for. Anybody can write anything there: what is no day narrows nothing."""
        return cls(query.get("language", ""), query.get("article", ""), _day(query.get("day", "")))

    def take(self, lead: Lead) -> bool:
        """Whether a lead is of this language and about this article."""
        enquiry = lead.enquiry
        return self.language in ("", enquiry.locale) and self.article in ("", enquiry.article)

    def address(self, path: str, **more: str) -> str:
        """The address of the same list."""
        named = {"day": self.day, "language": self.language, "article": self.article, **more}
        query = urlencode({name: value for name, value in named.items() if value})
        return f"{path}?{query}" if query else path

    def span(self, zone: TimeZone, first: float, last: float) -> tuple[str, str] | None:
        """From when to when enquiries are looked for.

        Args:
            zone: The practice's.
            first: When the earliest came that is kept, in seconds since the epoch.
            last: When the newest may have come.

        Returns:
            Two times in ISO 8601; None where nothing can have come.
        """
        if self.day:
            number = day_number(self.day)
            starts, ends = (zone.instant(each * SECONDS_PER_DAY) for each in (number, number + 1))
            first, last = max(first, starts), min(last, ends)
        return (timestamp(first), timestamp(last)) if first < last else None


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None
