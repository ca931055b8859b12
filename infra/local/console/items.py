"""DynamoDB items as plain JSON."""

from typing import Any


def decode(item: dict[str, Any]) -> dict[str, Any]:
    """An item without DynamoDB's type tags; binary values stay base64, sets become lists."""
    return {name: _value(tagged) for name, tagged in item.items()}


def _value(tagged: dict[str, Any]) -> Any:
    ((tag, value),) = tagged.items()
    match tag:
        case "N":
            return _number(value)
        case "NS":
            return [_number(number) for number in value]
        case "NULL":
            return None
        case "M":
            return decode(value)
        case "L":
            return [_value(element) for element in value]
        case _:
            return value


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
