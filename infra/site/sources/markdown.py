"""Markdown for articles: CommonMark without raw HTML and images, plus citations such as `[@boyce2020; @hu2018]`.

`{emergency_number}` and `{practitioner}` stand for what the practice file says: no text has to change with it, and no
translator has to know the number of a country.

A text is parsed once into tokens; checking, comparing and rendering all work on those.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from functions.leads.sentences import unbroken
from infra.site.sources.typography import close_gaps, keep_last_two

type Tokens = Sequence[Token]

PLACEHOLDERS = ("emergency_number", "practitioner")

_CITATION = re.compile(r"\[(@[\w-]+(?:;\s*@[\w-]+)*)\]")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_LINK = re.compile(r"https://|tel:|#|/(?!/)")
_ALLOWED = {
    "blockquote_close", "blockquote_open", "bullet_list_close", "bullet_list_open", "citation", "em_close", "em_open",
    "hardbreak", "heading_close", "heading_open", "inline", "link_close", "link_open", "list_item_close",
    "list_item_open", "ordered_list_close", "ordered_list_open", "paragraph_close", "paragraph_open", "placeholder",
    "softbreak", "strong_close", "strong_open", "text",
}  # fmt: skip


class Flaw(NamedTuple):
    """Something an article must not contain; `line` counts from 0 within the parsed text."""

    line: int
    message: str


class Style(NamedTuple):
    """How a text is written out: what its language and its article decide.

    A citation is shown as the number of its reference, and read out as `label` says; `separator` stands between two.
    `references` is the address of the page that lists them. `values` are what placeholders stand for; what is not
    Markup among them is escaped.
    """

    numbers: Mapping[str, int]
    label: Callable[[int], str]
    references: str
    values: Mapping[str, str]
    separator: str = ", "


def parse(text: str) -> Tokens:
    """Parse block Markdown."""
    return _PARSER.parse(text)


def parse_inline(text: str) -> Tokens:
    """Parse one line of running text, where nothing starts a list or a heading."""
    return _PARSER.parseInline(text)


def flaws(tokens: Tokens) -> Iterator[Flaw]:
    """Find what is not allowed: HTML, images, code, links to anything but https, tel, or a place on this site."""
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        for each in (token, *(token.children or ())):
            if each.type not in _ALLOWED:
                yield Flaw(line, f"{each.type.removesuffix('_open').replace('_', ' ')} is not allowed here")
            elif each.type == "link_open" and not _LINK.match(str(each.attrGet("href"))):
                yield Flaw(line, f"link to {each.attrGet('href')!r}: only https, tel, or a place on this site")
            elif each.type == "placeholder" and each.content not in PLACEHOLDERS:
                yield Flaw(line, f"{{{each.content}}} stands for nothing; there is {{{'}, {'.join(PLACEHOLDERS)}}}")


def citations(tokens: Tokens) -> tuple[str, ...]:
    """The ids of all references cited, in order, with repeats."""
    found: list[str] = []
    for token in _inline(tokens):
        if token.type == "citation":
            found.extend(token.meta["ids"])
    return tuple(found)


def placeholders(tokens: Tokens) -> tuple[str, ...]:
    """The names of all placeholders, in order, with repeats."""
    return tuple(token.content for token in _inline(tokens) if token.type == "placeholder")


def links(tokens: Tokens) -> tuple[str, ...]:
    """Where all links lead, in order, with repeats."""
    return tuple(str(token.attrGet("href")) for token in _inline(tokens) if token.type == "link_open")


def plain(tokens: Tokens, values: Mapping[str, str]) -> str:
    """The text as it is read aloud: no markup, no citations, placeholders filled, blocks apart by a line break."""
    blocks = ["".join(_words(token.children or (), values)).strip() for token in tokens if token.type == "inline"]
    return re.sub(r" +(?=[.,;:]|$)", "", "\n".join(map(close_gaps, blocks)), flags=re.MULTILINE)


def render(tokens: Tokens, style: Style) -> Markup:
    """HTML. A citation becomes superscript links to `#ref-<id>` on the page of the references."""
    html = _PARSER.renderer.render(tokens, _PARSER.options, {"style": style})
    return Markup(close_gaps(html).strip())  # noqa: S704


def _inline(tokens: Tokens) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def _words(tokens: Tokens, values: Mapping[str, str]) -> Iterator[str]:
    for token in tokens:
        if token.type == "text":
            yield token.content
        elif token.type == "placeholder":
            yield values[token.content]
        elif token.type in ("softbreak", "hardbreak"):
            yield " "


def _read_citation(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    match = _CITATION.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        # A space before a citation would let it fall onto the next line, away from its sentence.
        state.pending = state.pending.rstrip(" ")
        token = state.push("citation", "", 0)
        token.meta["ids"] = [each.strip().removeprefix("@") for each in match[1].split(";")]
    state.pos = match.end()
    return True


def _keep_numbers(state: StateCore) -> None:
    """Let no line end inside a telephone number, which is what a link to `tel:` says."""
    for block in state.tokens:
        is_number = False
        for token in block.children or ():
            if token.type in ("link_open", "link_close"):
                is_number = str(token.attrGet("href")).startswith("tel:")
            elif is_number:
                token.content = unbroken(token.content)


def _write_text(_self: RendererHTML, tokens: Tokens, index: int, _options: OptionsDict, _env: Any) -> str:
    text = str(escape(tokens[index].content))
    is_last = all(token.type != "text" for token in tokens[index + 1 :])
    return keep_last_two(text) if is_last else text


def _write_citation(_self: RendererHTML, tokens: Tokens, index: int, _options: OptionsDict, env: Any) -> str:
    style: Style = env["style"]
    links = []
    for reference in tokens[index].meta["ids"]:
        number, address = style.numbers[reference], f"{style.references}#ref-{reference}"
        links.append(f'<a href="{address}" aria-label="{escape(style.label(number))}">{number}</a>')
    return f'<sup class="cite">{str(escape(style.separator)).join(links)}</sup>'


def _read_placeholder(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    match = _PLACEHOLDER.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("placeholder", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _write_placeholder(_self: RendererHTML, tokens: Tokens, index: int, _options: OptionsDict, env: Any) -> str:
    return str(escape(env["style"].values[tokens[index].content]))


def _build() -> MarkdownIt:
    # Raw HTML is parsed so that it can be refused; with it switched off it would turn into visible text.
    parser = MarkdownIt("commonmark", {"html": True})
    parser.inline.ruler.before("link", "citation", _read_citation)
    parser.inline.ruler.before("link", "placeholder", _read_placeholder)
    parser.core.ruler.push("numbers", _keep_numbers)
    parser.add_render_rule("citation", _write_citation)
    parser.add_render_rule("placeholder", _write_placeholder)
    parser.add_render_rule("text", _write_text)
    return parser


_PARSER = _build()
