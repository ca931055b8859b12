"""An article as its page shows it, in one language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from markupsafe import Markup

from infra.site.languages.localize import Localizer
from infra.site.sources import markdown
from infra.site.sources.article import Article, ArticleText
from infra.site.sources.assets import Asset
from infra.site.sources.blocks import Block
from infra.site.sources.model import DESIGNS, Person, Reference
from infra.site.translations.publication import NoticeKind
from infra.site.views.dates import DateView, date_view, history, reviewed
from infra.site.views.detail import SEPARATOR
from infra.site.views.practice_view import SiteView
from shared.messages import mark as _
from shared.practice import Practitioner

# Behind an article's address: the page of its references.
REFERENCES: Final = "/references"

_REFERENCE = _("Reference {number}")


@dataclass(frozen=True)
class ItemView:
    """One entry of a list, as HTML without a paragraph around it."""

    id: str
    html: Markup


@dataclass(frozen=True)
class PictureView:
    """A picture; `width` and `height` in CSS pixels, and `caption` what it shows, in words."""

    path: str
    width: int
    height: int
    caption: Markup


@dataclass(frozen=True)
class SectionView:
    """One section; `id` is the fragment that leads to it, `html` what follows its heading."""

    id: str
    severity: str
    heading: str
    html: Markup
    picture: PictureView | None


@dataclass(frozen=True)
class TranslationView:
    """How the translation came about."""

    method: Literal["human", "machine", "machine+human"]
    translator: Person | None
    reviewer: Person | None
    date: DateView


@dataclass(frozen=True)
class ReferenceView:
    """An entry of the references; its element's id is `ref-<id>`, and `design` says what kind of study it is."""

    number: int
    reference: Reference
    design: str


@dataclass(frozen=True)
class ArticleView:
    """What templates call `article`.

    `reviewed` is the last of its author's readings, and `history` has all of its days, in sentences about the original.
    `facts` and `invitation` are its sections in two parts: what a reader should know, and what stands after the risks.
    `notices` come by weight; `source_url` is None where no source is published; `cover` is the first of its pictures.
    """

    slug: str
    locale: str
    url: str
    title: str
    description: str
    summary: Markup
    takeaways: tuple[ItemView, ...]
    red_flags: tuple[ItemView, ...]
    see_doctor: tuple[ItemView, ...]
    contraindications: tuple[ItemView, ...]
    risks: tuple[ItemView, ...]
    evidence: Markup
    alternatives: tuple[ItemView, ...]
    conflict_of_interest: Markup
    disclaimer: Markup
    opening: Markup
    facts: tuple[SectionView, ...]
    invitation: tuple[SectionView, ...]
    cover: PictureView | None
    references: tuple[ReferenceView, ...]
    references_url: str
    author: Practitioner
    reviewer: Person | None
    published: DateView
    modified: DateView
    last_reviewed: DateView
    next_review_due: DateView
    reviewed: Markup
    history: Markup
    translation: TranslationView | None
    notices: tuple[NoticeKind, ...]
    source_url: str | None
    revision: str

    @property
    def sections(self) -> tuple[SectionView, ...]:
        """All of them, in the order of the text."""
        return self.facts + self.invitation


def article_view(
    article: Article,
    text: ArticleText,
    localizer: Localizer,
    practice: SiteView,
    *,
    notices: Sequence[NoticeKind] = (),
    source_url: str | None = None,
    pictures: Mapping[str, Asset] | None = None,
) -> ArticleView:
    """`text` rendered for its page; `pictures` as `read_pictures` gives them."""
    url = f"/{text.locale}/articles/{article.slug}"
    style = markdown.Style(
        article.numbers,
        lambda number: localizer.say(_REFERENCE, number=number),
        url + REFERENCES,
        {"emergency_number": practice.emergency, "practitioner": practice.signature},
        separator=localizer.say(SEPARATOR),
    )

    def html(block: Block) -> Markup:
        return markdown.render(block.tokens, style)

    def items(name: str) -> tuple[ItemView, ...]:
        return tuple(ItemView(id_, html(block)) for id_, block in text.group(name))

    day = partial(date_view, localizer=localizer)
    facts, blocks = article.facts, text.blocks

    def picture(section: str) -> PictureView | None:
        asset, caption = (pictures or {}).get(f"{section}.svg"), blocks.get(f"captions.{section}")
        # A translation that lags behind has no words for a new picture.
        return PictureView(asset.path, *asset.size, html(caption)) if asset and asset.size and caption else None

    sections = tuple(
        SectionView(id_, block.severity, block.heading, html(block), picture(id_))
        for id_, block in text.group("sections")
    )
    ids = [each.id for each in sections]
    invites_from = ids.index(facts.invitation) if facts.invitation else len(ids)
    return ArticleView(
        slug=article.slug,
        locale=text.locale,
        url=url,
        title=text.front.title,
        description=text.front.description,
        summary=html(blocks["summary"]),
        takeaways=items("takeaways"),
        red_flags=items("red_flags"),
        see_doctor=items("see_doctor"),
        contraindications=items("contraindications"),
        risks=items("risks"),
        evidence=html(blocks["evidence"]),
        alternatives=items("alternatives"),
        conflict_of_interest=html(blocks["conflict_of_interest"]),
        disclaimer=html(blocks["disclaimer"]),
        opening=html(blocks["opening"]),
        facts=sections[:invites_from],
        invitation=sections[invites_from:],
        cover=next((each.picture for each in sections if each.picture), None),
        references=tuple(
            ReferenceView(number, each, localizer.say(DESIGNS[each.design]))
            for number, each in enumerate(facts.references, start=1)
        ),
        references_url=url + REFERENCES,
        author=practice.practitioner,
        reviewer=facts.reviewer,
        published=day(facts.published),
        modified=day(facts.modified),
        last_reviewed=day(facts.last_reviewed),
        next_review_due=day(facts.next_review_due),
        reviewed=reviewed(facts, localizer),
        history=history(facts, localizer),
        translation=TranslationView(
            text.front.translation.method,
            text.front.translation.translator,
            text.front.translation.reviewer,
            day(text.front.translation.date),
        )
        if text.front.translation
        else None,
        notices=tuple(notices),
        source_url=source_url,
        revision=text.revision,
    )
