"""Reading YAML and Markdown sources without losing the line each value stands on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from infra.site.errors import ContentError, fault

type Loc = tuple[str | int, ...]

_FENCE = "---"


class _Loader(yaml.SafeLoader):
    """YAML without its own idea of dates: a 31st of February is the model's to refuse, with a line and a field."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own name and type
        letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class Document:
    """A YAML mapping as plain values, with the line (counted from 1) of every value by its location."""

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[Loc, int]

    def line(self, loc: Loc) -> int:
        """The line of `loc`, or of the nearest value around it where it is missing."""
        while loc not in self.lines:
            loc = loc[:-1]
        return self.lines[loc]

    def fault(self, loc: Loc, message: str) -> str:
        """One line of a ContentError about the value at `loc`."""
        return fault(self.path, self.line(loc), field_name(loc), message)

    def validate[Model: BaseModel](self, model: type[Model]) -> Model:
        """The data as `model`. Raises ContentError with one fault for each thing that pydantic refuses."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            raise ContentError(
                self.fault(item["loc"], item["msg"].removeprefix("Value error, ")) for item in error.errors()
            ) from error


@dataclass(frozen=True)
class MarkdownFile:
    """A `<locale>.md` file: its front matter, and its body with the line on which the body starts."""

    front: Document
    body: str
    body_line: int

    @property
    def path(self) -> Path:
        """The file."""
        return self.front.path


def field_name(loc: Loc) -> str:
    """A location as people write it: `risks[2].text`."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return name.removeprefix(".") or "file"


def read_yaml(path: Path) -> Document:
    """Read a YAML file. Raises ContentError where it is missing, malformed, or names a key twice."""
    return parse_yaml(_read(path), path)


def read_markdown(path: Path) -> MarkdownFile:
    """Read a Markdown file with front matter. Raises ContentError where either is malformed."""
    return parse_markdown(_read(path), path)


def parse_markdown(text: str, path: Path) -> MarkdownFile:
    """Split `text` at its front matter fences; `path` is for messages."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].rstrip() != _FENCE:
        raise ContentError([fault(path, 1, "front matter", f"the file must start with a line {_FENCE!r}")])
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            front = parse_yaml("".join(lines[1:number]), path, first_line=2)
            return MarkdownFile(front, "".join(lines[number + 1 :]), number + 2)
    raise ContentError([fault(path, 1, "front matter", f"no closing line {_FENCE!r}")])


def parse_yaml(text: str, path: Path, *, first_line: int = 1) -> Document:
    """Read YAML from `text`, whose first line is line `first_line` of the file at `path`."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ContentError([fault(path, first_line, "file", "must be a mapping of names to values")])
        lines = dict(_walk(node, (), path, first_line))
        return Document(path, loader.construct_document(node), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + first_line if mark else None
        raise ContentError([fault(path, line, "YAML", error.problem or "cannot be read")]) from error


def _walk(node: yaml.Node, loc: Loc, path: Path, first_line: int) -> Iterator[tuple[Loc, int]]:
    """Yield the line of every value in the tree. YAML itself lets a later key silently replace an earlier one."""
    yield loc, node.start_mark.line + first_line
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(item, (*loc, index), path, first_line)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + first_line
                raise ContentError([fault(path, line, field_name(loc), "a name must be plain text")])
            if key.value in seen:
                raise ContentError(
                    [fault(path, key.start_mark.line + first_line, field_name((*loc, key.value)), "is there twice")]
                )
            seen.add(key.value)
            for found, line in _walk(value, (*loc, key.value), path, first_line):
                # The key's line, not its value's: a folded text starts a line below the name one looks for.
                yield found, key.start_mark.line + first_line if len(found) == len(loc) + 1 else line


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ContentError([fault(path, None, "file", "is missing")]) from error
    except UnicodeDecodeError as error:
        raise ContentError([fault(path, None, "file", f"is not UTF-8 at byte {error.start}")]) from error
