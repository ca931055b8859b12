"""HTML as a search engine reads it: links, texts with their languages, and what the head says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

# Elements without an end tag (HTML, section 13.1.2).
_VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905
_SILENT: Final = {"script", "style", "template"}
# Names and numbers, and what a visitor typed: of no language that the page could tell.
_ANYBODYS: Final = {"bdi", "cite", "textarea"}
# Parts of a sentence.
_INLINE: Final = frozenset("a abbr b br cite code em i input mark q small span strong sub sup time wbr".split())  # noqa: SIM905


@dataclass
class Element:
    """An element with its attributes; `language` is that of the nearest `lang` on the way up, its own first."""

    tag: str
    attributes: dict[str, str]
    language: str
    children: "list[Element | str]" = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def walk(self) -> "Iterator[Element]":
        """This element and every one inside it, in document order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str, **attributes: str) -> "list[Element]":
        """The elements inside with this tag and these attributes."""
        found = (each for each in self.walk() if each.tag == tag)
        return [each for each in found if all(each[name] == value for name, value in attributes.items())]

    def text(self) -> str:
        """What is to be read, without spare white space."""
        return _tidy(self._texts())

    def phrases(self) -> "Iterator[tuple[str, str]]":
        """Each text that is to be read as one, with its language; an inline element in another one is its own text."""
        for element in self.walk():
            skipped = _SILENT | _ANYBODYS | (_INLINE if element.language == self.language else set())
            if element.tag not in skipped and (text := _tidy(element._phrase(element.language))):
                yield element.language, text

    def _texts(self) -> Iterator[str]:
        if self.tag not in _SILENT:
            for child in self.children:
                yield from (child._texts() if isinstance(child, Element) else [child])

    def _phrase(self, language: str) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag in _INLINE and child.language == language:
                yield from child._phrase(language)


def parse(html: str) -> Element:
    """The root element."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.root.all("html")[0]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {}, "")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag, attributes, attributes.get("lang", self._open[-1].language))
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def _tidy(texts: Iterator[str]) -> str:
    return " ".join("".join(texts).split())
