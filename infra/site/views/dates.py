"""When an article was written, read again and changed, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from infra.site.languages.localize import Localizer
from infra.site.sources.model import Facts
from shared.messages import mark as _

_WRITTEN_AND_REVIEWED: Final = _("Written and last reviewed by the author on {date}.")
_WRITTEN: Final = _("Written on {date}.")
_REVIEWED: Final = _("Last reviewed by the author on {date}.")
_CHANGED: Final = _("Last changed on {date}.")
_NEXT: Final = _("Next review by {date}.")
_TIME: Final = Markup('<time datetime="{}">{}</time>')


@dataclass(frozen=True)
class DateView:
    """A day, for machines and for people."""

    iso: str
    text: str

    def __html__(self) -> str:
        return _TIME.format(self.iso, self.text)


def date_view(day: date, localizer: Localizer) -> DateView:
    """The day in `localizer`'s language."""
    return DateView(day.isoformat(), localizer.date(day))


def reviewed(facts: Facts, localizer: Localizer) -> Markup:
    """Who read it last, and when: its author, and so it is no second person's review."""
    message = _WRITTEN_AND_REVIEWED if facts.published == facts.last_reviewed else _REVIEWED
    return localizer.html(message, date=date_view(facts.last_reviewed, localizer))


def history(facts: Facts, localizer: Localizer) -> Markup:
    """All of its days, each once."""
    return Markup(" ").join(_sentences(facts, localizer))


def _sentences(facts: Facts, localizer: Localizer) -> Iterator[Markup]:
    if facts.published != facts.last_reviewed:
        yield localizer.html(_WRITTEN, date=date_view(facts.published, localizer))
    yield reviewed(facts, localizer)
    if facts.modified not in (facts.published, facts.last_reviewed):
        yield localizer.html(_CHANGED, date=date_view(facts.modified, localizer))
    yield localizer.html(_NEXT, date=date_view(facts.next_review_due, localizer))
