"""An article: its facts, and its text in each language."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from infra.site.errors import ContentError, fault
from infra.site.sources.blocks import Block, read_blocks
from infra.site.sources.model import Facts, FrontMatter
from infra.site.sources.yaml_file import Document, MarkdownFile, read_markdown, read_yaml
from shared.messages import SOURCE_LOCALE


@dataclass(frozen=True)
class ArticleText:
    """An article in one language. `blocks` are in reading order."""

    locale: str
    file: MarkdownFile
    front: FrontMatter
    blocks: Mapping[str, Block]

    @property
    def revision(self) -> str:
        """A short hash of everything said, so that a lead can tell what its sender had read."""
        return sha256("\0".join(block.fingerprint for block in self.blocks.values()).encode()).hexdigest()[:12]

    def section_ids(self) -> Iterator[str]:
        """The ids of the sections, in order, as in `#id`."""
        return (id_.removeprefix("sections.") for id_ in self.blocks if id_.startswith("sections."))

    def group(self, name: str) -> Iterator[tuple[str, Block]]:
        """The blocks of a list such as `red_flags` or `sections`, each with its own short id."""
        prefix = f"{name}."
        return ((id_.removeprefix(prefix), block) for id_, block in self.blocks.items() if id_.startswith(prefix))


@dataclass(frozen=True)
class Article:
    """One article. `texts` holds the source and whichever of the wanted locales exist."""

    slug: str
    facts: Facts
    document: Document
    texts: Mapping[str, ArticleText]

    @property
    def source(self) -> ArticleText:
        """The text the others are translated from."""
        return self.texts[SOURCE_LOCALE]

    @property
    def numbers(self) -> dict[str, int]:
        """The number each reference is cited by."""
        return {reference.id: number for number, reference in enumerate(self.facts.references, start=1)}


def read_articles(folder: Path, locales: Iterable[str]) -> list[Article]:
    """Read every article below `folder` in the source language and in those of `locales` it has.

    Raises ContentError with the faults of all articles together.
    """
    wanted = {SOURCE_LOCALE, *locales}
    articles: list[Article] = []
    faults: list[str] = []
    for path in sorted(each.parent for each in folder.glob("*/article.yaml")):
        try:
            articles.append(read_article(path, wanted))
        except ContentError as error:
            faults.extend(error.faults)
    if not articles and not faults:
        faults.append(fault(folder, None, "articles", "there is none: an article is a folder with an article.yaml"))
    if faults:
        raise ContentError(faults)
    return articles


def read_article(folder: Path, locales: Iterable[str]) -> Article:
    """Read one article. Raises ContentError for everything wrong in any of its files."""
    document = read_yaml(folder / "article.yaml")
    faults: list[str] = []
    texts: dict[str, ArticleText] = {}
    try:
        facts = document.validate(Facts)
    except ContentError as error:
        raise ContentError([*error.faults, *_text_faults(folder, locales)]) from error
    for locale in sorted(locales, key=lambda each: (each != SOURCE_LOCALE, each)):
        if locale == SOURCE_LOCALE or (folder / f"{locale}.md").exists():
            try:
                texts[locale] = read_text(folder / f"{locale}.md", locale)
            except ContentError as error:
                faults.extend(error.faults)
    faults.extend(_reference_faults(document, facts, texts))
    faults.extend(_invitation_faults(document, facts, texts))
    if faults:
        raise ContentError(faults)
    return Article(folder.name, facts, document, texts)


def read_text(path: Path, locale: str) -> ArticleText:
    """Read one `<locale>.md`. Raises ContentError."""
    return parse_text(read_markdown(path), locale)


def parse_text(file: MarkdownFile, locale: str) -> ArticleText:
    """The text in a file that has been read. Raises ContentError."""
    front = file.front.validate(FrontMatter)
    if (front.translation is None) != (locale == SOURCE_LOCALE):
        message = "is missing" if front.translation is None else "must not be there: this is the source"
        raise ContentError([file.front.fault(("translation",), message)])
    return ArticleText(locale, file, front, read_blocks(file, front))


def _text_faults(folder: Path, locales: Iterable[str]) -> Iterator[str]:
    for path in sorted(folder / f"{locale}.md" for locale in locales):
        if path.exists():
            try:
                read_text(path, path.stem)
            except ContentError as error:
                yield from error.faults


def _invitation_faults(document: Document, facts: Facts, texts: Mapping[str, ArticleText]) -> Iterator[str]:
    if facts.invitation and SOURCE_LOCALE in texts:
        known = list(texts[SOURCE_LOCALE].section_ids())
        if facts.invitation not in known:
            yield document.fault(("invitation",), f"is no section of the article; there are {', '.join(known)}")


def _reference_faults(document: Document, facts: Facts, texts: Mapping[str, ArticleText]) -> Iterator[str]:
    known = [reference.id for reference in facts.references]
    for index, id_ in enumerate(known):
        if id_ in known[:index]:
            yield document.fault(("references", index, "id"), f"{id_!r} is there twice")
    cited: set[str] = set()
    for text in texts.values():
        for block in text.blocks.values():
            for id_ in dict.fromkeys(block.citations):
                cited.add(id_)
                if id_ not in known:
                    yield fault(
                        text.file.path, block.line, block.id, f"cites {id_!r}, which article.yaml does not list"
                    )
    for index, id_ in enumerate(known):
        if id_ not in cited and SOURCE_LOCALE in texts:
            yield document.fault(("references", index, "id"), f"{id_!r} is cited nowhere")
