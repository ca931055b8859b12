"""Confirming a translation: writing into its front matter which source text it was made from."""

from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from infra.site.errors import ContentError, fault
from infra.site.sources.article import Article
from infra.site.translations import parity

_INDENT = "    "


def accept(article: Article, locale: str, blocks: Collection[str] = ()) -> list[str]:
    """Record the source as it is now for `blocks` (default: all) of a translation; returns the ids that changed.

    Only the `sources` mapping in the file is rewritten. Raises ContentError, and writes nothing, where there is no such
    translation or block, or the translation does not match the source in what can be compared.
    """
    text = article.texts.get(locale)
    folder = article.document.path.parent
    if text is None or text.front.translation is None:
        raise ContentError([fault(folder / f"{locale}.md", None, "translation", "there is none")])
    if unknown := [each for each in blocks if each not in article.source.blocks]:
        raise ContentError([fault(text.file.path, None, each, "the source has no such block") for each in unknown])
    chosen = set(blocks or article.source.blocks)
    if faults := list(parity.faults(article.source, text, ignoring=set(article.source.blocks) - chosen)):
        raise ContentError(faults)
    old = text.front.translation.sources
    new = {
        id_: block.fingerprint if id_ in chosen else old[id_]
        for id_, block in article.source.blocks.items()
        if id_ in chosen or id_ in old
    }
    _rewrite(text.file.path, new)
    return [id_ for id_ in {**old, **new} if old.get(id_) != new.get(id_)]


def _rewrite(path: Path, sources: Mapping[str, str]) -> None:
    """Put `sources` where the file has its mapping of that name, and leave every other character as it is."""
    content = path.read_text(encoding="utf-8")
    start, end = _span(content)
    entries = "".join(f"\n{_INDENT}{id_}: {stamp!r}" for id_, stamp in sources.items()).replace("'", '"')
    path.write_text(f"{content[:start].rstrip(' \n')}{entries or ' {}'}{content[end:]}", encoding="utf-8")


def _span(content: str) -> tuple[int, int]:
    """Where the value of `translation: sources:` stands in a file that has been read without fault."""
    front = content.index("\n") + 1
    close = content.index("\n---", front)
    root = yaml.compose(content[front:close], Loader=yaml.SafeLoader)
    node = _value(_value(root, "translation"), "sources")
    # A block mapping ends for YAML where the next token begins; its text ends with its last value.
    last = node.value[-1][1] if node.value and not node.flow_style else node
    return front + node.start_mark.index, front + last.end_mark.index


def _value(node: yaml.Node | None, name: str) -> yaml.MappingNode:
    found = (
        next(value for key, value in node.value if key.value == name) if isinstance(node, yaml.MappingNode) else None
    )
    if not isinstance(found, yaml.MappingNode):
        raise TypeError(f"{name} is no mapping")  # the file has been validated before
    return found
