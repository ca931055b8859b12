"""An article as blocks: units of text with an id and a severity, which are translated and grow stale one by one."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, get_args

from infra.site.errors import ContentError, fault
from infra.site.sources import markdown
from infra.site.sources.model import FrontMatter, Severity, WhenStale
from infra.site.sources.yaml_file import Loc, MarkdownFile

OPENING: Final = "opening"
SECTIONS: Final = "sections"

# Running text without markup: it goes into <title> and <meta>, where a citation or a star would be shown as it is.
PLAIN: Final = ("title", "description")
# Shown on pages that belong to no article, too.
UNCITED: Final = (*PLAIN, "red_flags")

# More than one paragraph.
LONG: Final = ("evidence",)

# No text of the article's.
_NO_TEXT: Final = ("status", "translation")


def _severities() -> dict[str, Severity]:
    """The severity of each text of the front matter, in its order. Raises TypeError for one that has none."""
    found: dict[str, Severity] = {}
    for name, field in FrontMatter.model_fields.items():
        stale = next((each for each in field.metadata if isinstance(each, WhenStale)), None)
        if stale:
            found[name] = stale.severity
        elif name not in _NO_TEXT:
            raise TypeError(f"{name} of the front matter has no severity: write Annotated[..., WhenStale(...)]")
    return found


FRONT_SEVERITY: Final[Mapping[str, Severity]] = _severities()

_HEADING = re.compile(r"(?P<heading>\S.*?)\s+\{#(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*) \.(?P<severity>[a-z]+)\}")


@dataclass(frozen=True)
class Block:
    """One unit of text. `text` is as written, `heading` is a section's; `line` counts from 1 in its file."""

    id: str
    severity: Severity
    text: str
    line: int
    tokens: markdown.Tokens
    heading: str = ""

    @property
    def citations(self) -> tuple[str, ...]:
        """The references cited, in order, with repeats."""
        return markdown.citations(self.tokens)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What the practice file fills in, in order, with repeats."""
        return markdown.placeholders(self.tokens)

    @property
    def links(self) -> tuple[str, ...]:
        """Where its links lead, in order, with repeats."""
        return markdown.links(self.tokens)

    @property
    def whole(self) -> str:
        """Heading and text: what a translator translates."""
        return f"{self.heading}\n\n{self.text}" if self.heading else self.text

    @property
    def fingerprint(self) -> str:
        """A short hash of the text, blind to line breaks and spacing: re-wrapping a paragraph is no change."""
        words = " ".join(unicodedata.normalize("NFC", self.whole).split())
        return sha256(words.encode()).hexdigest()[:12]


def read_blocks(file: MarkdownFile, front: FrontMatter) -> dict[str, Block]:
    """Every block of a file by its id, in reading order. Raises ContentError for all that is wrong in them."""
    faults: list[str] = []
    blocks: dict[str, Block] = {}
    for block in (*_front_blocks(file, front), *_body_blocks(file, faults)):
        if block.id in blocks:
            faults.append(fault(file.path, block.line, block.id, "this id is there twice"))
        blocks[block.id] = block
        faults.extend(_flaws(file, block))
    if not blocks[OPENING].text:
        faults.append(
            fault(file.path, file.body_line, OPENING, "the body must open with a paragraph before any heading")
        )
    if faults:
        raise ContentError(faults)
    return blocks


def _front_blocks(file: MarkdownFile, front: FrontMatter) -> Iterator[Block]:
    for name, severity in FRONT_SEVERITY.items():
        value = getattr(front, name)
        if isinstance(value, str):
            yield _front_block(file, name, severity, value, (name,))
        else:
            for index, item in enumerate(value):
                yield _front_block(file, f"{name}.{item.id}", severity, item.text, (name, index, "text"))


def _front_block(file: MarkdownFile, id_: str, severity: Severity, text: str, loc: Loc) -> Block:
    parse = markdown.parse if id_ in LONG else markdown.parse_inline
    return Block(id_, severity, text, file.front.line(loc), parse(text))


def _body_blocks(file: MarkdownFile, faults: list[str]) -> Iterator[Block]:
    """Cut the body at its second-level headings. What precedes the first one is the opening."""
    lines = file.body.splitlines()
    tokens = markdown.parse(file.body)
    starts = [index for index, token in enumerate(tokens) if token.type == "heading_open"]
    ends = [*starts, len(tokens)]
    first_line = tokens[starts[0]].map[0] if starts else len(lines)  # type: ignore[index]
    # The opening holds the sentence that sends an emergency to hospital.
    yield Block(OPENING, "safety", _cut(lines, 0, first_line), file.body_line, tokens[: ends[0]])
    for index, end in zip(starts, ends[1:], strict=True):
        start_line, body_start = tokens[index].map or (0, 0)
        following = tokens[end].map if end < len(tokens) else None
        text = _cut(lines, body_start, following[0] if following else len(lines))
        yield _section(
            file, faults, tokens[index : index + 2], text, file.body_line + start_line, tokens[index + 3 : end]
        )


def _section(
    file: MarkdownFile, faults: list[str], head: markdown.Tokens, text: str, line: int, tokens: markdown.Tokens
) -> Block:
    match = _HEADING.fullmatch(head[1].content)
    severity = match["severity"] if match else ""
    if not match or head[0].tag != "h2" or severity not in get_args(Severity.__value__):
        faults.append(
            fault(file.path, line, "heading", "must look like `## Heading {#id .clinical}` (or .editorial, .safety)")
        )
        return Block(f"{SECTIONS}.line-{line}", "safety", text, line, tokens)
    if not text:
        faults.append(fault(file.path, line, match["id"], "the section is empty"))
    return Block(f"{SECTIONS}.{match['id']}", severity, text, line, tokens, match["heading"])  # type: ignore[arg-type]


def _cut(lines: list[str], start: int, end: int) -> str:
    return "\n".join(lines[start:end]).strip()


def _flaws(file: MarkdownFile, block: Block) -> Iterator[str]:
    in_body = block.id == OPENING or block.id.startswith(f"{SECTIONS}.")
    for flaw in markdown.flaws(block.tokens):
        line = file.body_line + flaw.line if in_body else block.line
        yield fault(file.path, line, block.id, flaw.message)
    if block.id.partition(".")[0] in UNCITED and block.citations:
        yield fault(file.path, block.line, block.id, "cannot hold a citation")
    if block.id in PLAIN and block.placeholders:
        yield fault(file.path, block.line, block.id, "cannot hold a placeholder")
