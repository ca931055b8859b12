"""What an article must have, as types: `Facts` is its `article.yaml`, `FrontMatter` that of each `<locale>.md`."""

from datetime import date
from typing import Annotated, Final, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.messages import mark as _

type Severity = Literal["editorial", "clinical", "safety"]
type PublicationState = Literal["published", "draft"]

# The kinds of study that a reference can be, as pages name them.
DESIGNS: Final = {
    "guideline": _("guideline"),
    "systematic review": _("systematic review"),
    "scoping review": _("scoping review"),
    "narrative review": _("narrative review"),
    "review": _("review"),
    "trial": _("trial"),
    "prospective survey": _("prospective survey"),
    "case report": _("case report"),
    "clinical commentary": _("clinical commentary"),
    "consensus framework": _("consensus framework"),
}


def _is_known(design: str) -> str:
    if design not in DESIGNS:
        raise ValueError(f"must be one of: {', '.join(sorted(DESIGNS))}")
    return design


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")]
Pmid = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,8}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]


class Model(BaseModel):
    """Frozen, and closed: a misspelt field is an error, not a comment."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reference(Model):
    """A source the text cites. At least one of `doi`, `pmid` and `url` says where to find it."""

    id: Slug
    authors: Text
    year: Annotated[int, Field(ge=1800, le=2200)]
    title: Text
    source: Text
    design: Annotated[str, AfterValidator(_is_known)]
    doi: Doi | None = None
    pmid: Pmid | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] | None = None

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if not (self.doi or self.pmid or self.url):
            raise ValueError("needs a doi, a pmid or a url")
        return self

    @property
    def link(self) -> str:
        """Where a reader finds it."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/" if self.pmid else str(self.url)


class Person(Model):
    """Someone who vouches for a text, and by what right."""

    name: Text
    credentials: Text


class Facts(Model):
    """What is the same in every language.

    `invitation` is the section with which the article invites: it and those after it stand after the risks.
    """

    status: PublicationState = "published"
    published: date
    modified: date
    last_reviewed: date
    next_review_due: date
    author: Slug
    reviewer: Person | None
    service_region: Region
    invitation: Slug | None = None
    references: Annotated[tuple[Reference, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.modified < self.published:
            raise ValueError("modified is before published")
        if self.next_review_due <= self.last_reviewed:
            raise ValueError("next_review_due is not after last_reviewed")
        return self


class Item(Model):
    """One entry of a list in the front matter; `id` is the same in every language."""

    id: Slug
    text: Text


Items = Annotated[tuple[Item, ...], Field(min_length=1)]


class WhenStale(NamedTuple):
    """How much it matters that a translation of a text was made from an earlier one."""

    severity: Severity


class Translation(Model):
    """How a translation came about, and which text of the source it was made from.

    `sources` maps block ids to `blocks.fingerprint` of the source block; `translations.check --accept` fills it.
    """

    method: Literal["human", "machine", "machine+human"]
    translator: Person | None
    reviewer: Person | None
    date: date
    sources: dict[str, Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]]


class FrontMatter(Model):
    """The typed part of an article in one language. `translation` is there exactly where it is one.

    `red_flags` are emergencies, and nothing else: whoever has one calls for help now. `see_doctor` are signs that a
    doctor should look at in the next days, before any treatment. `captions` stand below the pictures of the
    sections whose ids they have.
    """

    status: PublicationState = "published"
    title: Annotated[Text, WhenStale("editorial")]
    description: Annotated[Text, WhenStale("editorial")]
    summary: Annotated[Text, WhenStale("clinical")]
    takeaways: Annotated[Items, WhenStale("clinical")]
    red_flags: Annotated[Items, WhenStale("safety")]
    see_doctor: Annotated[Items, WhenStale("safety")]
    contraindications: Annotated[Items, WhenStale("safety")]
    risks: Annotated[Items, WhenStale("clinical")]
    evidence: Annotated[Text, WhenStale("clinical")]
    alternatives: Annotated[Items, WhenStale("clinical")]
    captions: Annotated[tuple[Item, ...], WhenStale("editorial")] = ()
    conflict_of_interest: Annotated[Text, WhenStale("editorial")]
    disclaimer: Annotated[Text, WhenStale("clinical")]
    translation: Translation | None = None
