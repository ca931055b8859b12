"""Which locales of an article are published, and with what caveat: staleness that acts.

Every block of a translation carries the fingerprint of the source block it was made from. Where the source has moved
on, the block's severity decides: editorial drift is a small notice, clinical drift a banner, and a locale whose safety
text has drifted is withheld.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from infra.site.errors import ContentError
from infra.site.sources.article import Article, ArticleText
from infra.site.sources.model import Severity
from infra.site.translations import parity
from shared.messages import SOURCE_LOCALE

type NoticeKind = Literal["draft", "clinical", "editorial", "review_overdue"]
type Status = Literal["published", "drifted", "withheld", "draft"]
type Change = Literal["changed in the source", "added to the source", "removed from the source", "not yet confirmed"]


@dataclass(frozen=True)
class Drift:
    """A block whose source is not the text it was translated from."""

    block: str
    severity: Severity
    change: Change

    def __str__(self) -> str:
        """As the report says it."""
        return f"{self.severity} text {self.block}: {self.change}"


@dataclass(frozen=True)
class Publication:
    """What becomes of one article in one locale, and why."""

    article: Article
    locale: str
    status: Status
    reasons: tuple[str, ...] = ()
    notices: tuple[NoticeKind, ...] = ()

    @property
    def text(self) -> ArticleText:
        """The text, where there is one."""
        return self.article.texts[self.locale]

    @property
    def has_drifted(self) -> bool:
        """Whether some of it was made from another text of the source."""
        return bool({"clinical", "editorial"} & set(self.notices))


def drifts(source: ArticleText, translation: ArticleText) -> list[Drift]:
    """The blocks of a translation that were not made from the source as it is now."""
    stamps = translation.front.translation.sources if translation.front.translation else {}
    found = []
    for id_, block in source.blocks.items():
        if id_ not in stamps:
            found.append(
                Drift(id_, block.severity, "not yet confirmed" if id_ in translation.blocks else "added to the source")
            )
        elif stamps[id_] != block.fingerprint:
            found.append(Drift(id_, block.severity, "changed in the source"))
    for id_, block in translation.blocks.items():
        if id_ not in source.blocks and id_ in stamps:
            found.append(Drift(id_, block.severity, "removed from the source"))
    return found


def publications(article: Article, locales: Sequence[str], today: date) -> list[Publication]:
    """One for each of `locales`, in their order.

    Raises ContentError where a translation differs from the very text it claims to be made from.
    """
    differences = [
        each
        for locale, text in article.texts.items()
        if locale != SOURCE_LOCALE
        for each in parity.faults(
            article.source, text, ignoring={drift.block for drift in drifts(article.source, text)}
        )
    ]
    if differences:
        raise ContentError(differences)
    return [_publication(article, locale, today) for locale in locales]


def _publication(article: Article, locale: str, today: date) -> Publication:
    if locale not in article.texts:
        return Publication(article, locale, "withheld", ("there is no translation yet",))
    text = article.texts[locale]
    drifted = drifts(article.source, text) if locale != SOURCE_LOCALE else []
    reasons = [str(drift) for drift in drifted]
    notices: list[NoticeKind] = []
    severities = {drift.severity for drift in drifted}
    if "clinical" in severities:
        notices.append("clinical")
    elif "editorial" in severities:
        notices.append("editorial")
    if article.facts.next_review_due < today:
        notices.append("review_overdue")
        reasons.append(f"review was due by {article.facts.next_review_due}")
    status: Status = "drifted" if drifted else "published"
    if "safety" in severities:
        status = "withheld"
    elif "draft" in (article.facts.status, text.front.status):
        status, notices = "draft", ["draft", *notices]
    return Publication(article, locale, status, tuple(reasons), tuple(notices))
