"""Logs Insights, as far as our queries use it: a query's rows of the lines that functions wrote.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

type Line = Mapping[str, Any]

_TEXT: Final = re.compile(r"'[^']*'|\"[^\"]*\"|/[^/ ]+/")
_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "strcontains": lambda text, part: int(part in (text or "")),
    "replace": lambda text, old, new: text.replace(old, new),
}
_AGGREGATES: Final[Mapping[str, Callable[[list[Any]], Any]]] = {
    "count": len,
    "count_distinct": lambda values: len(set(values)),
    "sum": sum,
    "max": lambda values: max(values, default=None),
    "pct": lambda values: sorted(values)[len(values) // 2] if values else None,
}


def lines_of(written: str) -> list[dict[str, Any]]:
    """The lines in what functions wrote to standard output."""
    return [json.loads(line) for line in written.splitlines() if line.startswith("{")]


def ask(query: str, lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The rows that a query gives, in any order.

    Where it says of which log groups (`SOURCE '${LeadsLogs}'`), only the lines of their functions are looked at. All
    lines are taken to be of one day.
    """
    rows: list[dict[str, Any]] = [dict(line) for line in lines]
    if groups := re.findall(r"SOURCE '\$\{(\w+)Logs\}'", query):
        rows = [row for row in rows if row["service"] in {group.lower() for group in groups}]
    for command in re.split(r"\s+\|\s+", query.strip()):
        name, _, said = command.partition(" ")
        match name:
            case "filter":
                rows = [row for row in rows if _value(said, row)]
            case "fields":
                named = [each.rpartition(" as ")[::2] for each in _parts(said)]
                rows = [row | {alias: _value(what or alias, row) for what, alias in named} for row in rows]
            case "stats":
                rows = _counted(said, rows)
            case "SOURCE" | "sort":
                pass
            case _:
                raise NotImplementedError(command)
    return rows


def _counted(said: str, rows: Sequence[Line]) -> list[dict[str, Any]]:
    what, _, by = said.partition(" by ")
    names = [name for name in _parts(by) if not name.startswith("bin(")]
    groups: dict[tuple[Any, ...], list[Line]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(name) for name in names), []).append(row)
    return [
        dict(zip(names, key, strict=True)) | dict(_aggregate(each, group) for each in _parts(what))
        for key, group in groups.items()
    ]


def _aggregate(said: str, group: Sequence[Line]) -> tuple[str, Any]:
    call, _, alias = said.partition(" as ")
    function, _, field = call.rstrip(")").partition("(")
    field = field.partition(",")[0]
    # What a line does not have is in no aggregate.
    values = [row[field] for row in group if row.get(field) is not None] if field != "*" else list(group)
    return alias or call, _AGGREGATES[function](values)


def _parts(said: str) -> list[str]:
    """What commas separate, but for those between parentheses."""
    return [each.strip() for each in re.split(r",(?![^(]*\))", said) if each.strip()]


def _value(said: str, row: Line) -> Any:
    """What an expression gives for a line: it is Python's, but for `=` and `like`."""
    # Strings and patterns are taken out first, so that nothing is changed within them.
    texts: list[Any] = []

    def put_aside(text: re.Match[str]) -> str:
        is_pattern = text[0].startswith("/")
        texts.append(_Pattern(text[0][1:-1]) if is_pattern else text[0][1:-1])
        return f" texts[{len(texts) - 1}] "

    python = _TEXT.sub(put_aside, said)
    python = re.sub(r"\bnot like\b", "!=", python)
    python = re.sub(r"\blike\b|(?<![!<>=])=(?!=)", "==", python)
    return eval(python, {}, _Names(row, texts=texts))  # noqa: S307 - queries of ours alone


class _Names(dict[str, Any]):
    """A line's fields, and functions. What a line does not have is nothing."""

    def __missing__(self, name: str) -> Any:
        return _FUNCTIONS.get(name)


class _Pattern:
    """What a text is `like`, if the pattern is found in it."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __eq__(self, text: object) -> bool:
        return isinstance(text, str) and re.search(self._pattern, text) is not None

    __hash__ = None  # type: ignore[assignment]
