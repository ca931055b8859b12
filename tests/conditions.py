"""DynamoDB's conditions, as far as the stores write them: of an item, with names and values that come beside."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from operator import eq, gt, le, lt
from typing import Any, Final

type Item = dict[str, Any]
type Test = Callable[[Item, Mapping[str, str], Mapping[str, Any]], bool]

_TOKEN: Final = re.compile(r"[(),]|<=|[<>=]|[#:\w.]+")
_COMPARISONS: Final = {"=": eq, "<": lt, "<=": le, ">": gt}


def holds(test: Test, item: Item, request: Mapping[str, Any]) -> bool:
    """Whether a condition holds of an item, with the names and values of a request."""
    return test(item, request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {}))


@cache
def condition(text: str) -> Test:
    """A condition, from how a request writes it."""
    tokens = _TOKEN.findall(text)
    test = _any_of(tokens)
    assert not tokens, text
    return test


def _any_of(tokens: list[str]) -> Test:
    tests = [_all_of(tokens)]
    while tokens[:1] == ["OR"]:
        del tokens[0]
        tests.append(_all_of(tokens))
    return lambda *asked: any(test(*asked) for test in tests)


def _all_of(tokens: list[str]) -> Test:
    tests = [_one(tokens)]
    while tokens[:1] == ["AND"]:
        del tokens[0]
        tests.append(_one(tokens))
    return lambda *asked: all(test(*asked) for test in tests)


def _one(tokens: list[str]) -> Test:
    first = tokens.pop(0)
    if first == "(":
        test = _any_of(tokens)
        tokens.pop(0)
        return test
    if tokens[0] == "(":
        return _function(first, tokens)
    if (sign := tokens.pop(0)) == "BETWEEN":
        low, _, high = (tokens.pop(0) for _ in range(3))
        return lambda *asked: _holds(le, low, first, asked) and _holds(le, first, high, asked)
    second = tokens.pop(0)
    return lambda *asked: _holds(_COMPARISONS[sign], first, second, asked)


def _function(name: str, tokens: list[str]) -> Test:
    arguments = [each for each in tokens[1 : tokens.index(")")] if each != ","]
    del tokens[: tokens.index(")") + 1]
    if name == "begins_with":
        whole, start = arguments
        return lambda *asked: _holds(str.startswith, whole, start, asked)
    is_wanted = {"attribute_exists": True, "attribute_not_exists": False}[name]
    return lambda *asked: (_found(arguments[0], asked) is not None) is is_wanted


def _holds(compare: Callable[[Any, Any], Any], first: str, second: str, asked: Any) -> bool:
    """Whether a comparison holds. Nothing can be said of what is not there, or of another type."""
    one, other = _found(first, asked), _found(second, asked)
    is_alike = one is not None and other is not None and one.keys() == other.keys()
    return is_alike and bool(compare(value(one), value(other)))


def _found(place: str, asked: Any) -> Any:
    item, names, values = asked
    if place.startswith(":"):
        return values[place]
    first, _, inner = place.partition(".")
    found = item.get(names.get(first, first))
    return found["M"].get(names.get(inner, inner)) if inner and found else found


def value(attribute: Mapping[str, Any]) -> Any:
    """An attribute's value, to be compared with another of its type."""
    ((kind, said),) = attribute.items()
    return Decimal(said) if kind == "N" else said
