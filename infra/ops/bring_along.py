"""What comes along into a table that takes another's place; `infra.ops.restore` says when.

Enquiries come first, then those are erased again that have to be, and only then what leads to enquiries: it comes under
the condition that its enquiry is there, so that it leads to nobody who was erased. The second time the target is in
use, and what was removed there must not come back.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from functions.inbox.session_store import is_session
from infra.ops.new_table import Tables
from shared.closures import KEY as CLOSURES
from shared.items import Table, attribute
from shared.ledger import is_by_people
from shared.pointers import is_pointer, lead_at
from shared.sign_ins import is_sign_in
from shared.store import IS_STORED, is_lead, is_tombstone, key

if TYPE_CHECKING:
    from shared.items import Item

_NEVER: Final[Any] = {"N": "0"}


def bring_enquiries(client: Any, tables: Tables) -> tuple[int, list[str]]:
    """Copy the enquiries that the target lacks.

    Returns:
        How many there were, and the references of others on which people wrote something that is in the source alone.
    """
    source, target = Table(tables.source, client), Table(tables.target, client)
    came, told = 0, list[str]()
    for item in source.scan():
        if not is_lead(item):
            continue
        if target.put(item):
            came += not is_tombstone(item)
        elif _is_told_more(item, target.get(_keys(item)) or {}):
            told.append(item["reference"]["S"])
    return came, sorted(told)


def bring_the_rest(client: Any, tables: Tables, *, replacing: bool) -> list[str]:
    """Copy whatever is no enquiry, but for sessions and sign-ins: one that was ended would be alive again.

    Args:
        client: DynamoDB.
        tables: From which table into which.
        replacing: Whether it is better known in the source, because nobody works on the target yet.

    Returns:
        The days that are closed in the source, and otherwise in the target, where they were changed later.
    """
    source, target = Table(tables.source, client), Table(tables.target, client)
    closed = list[str]()
    for item in source.scan():
        if is_lead(item) or is_session(item) or is_sign_in(item):
            continue
        if replacing and not is_pointer(item):  # a pointer is the same wherever it is
            _put(item, target)
        elif _keys(item) == CLOSURES:
            closed += _bring_closures(item, target)
        elif target.get(_keys(item)) is None:
            _put(item, target)
    # Duties were derived by the closures of another time.
    target.update(CLOSURES, "attribute_exists(pk)", {"settled": None})
    return closed


def _put(item: "Item", target: Table) -> None:
    """Write a pointer or a mail while its enquiries are there, a mail about fewer of them if need be; else anything."""
    leads = _leads(item)
    if not leads:
        target.put(item, None)
        return
    gone = target.write_all([target.putting(item), *(target.checking(key(each), IS_STORED) for each in leads)])
    left = [each for number, each in enumerate(leads, 1) if number not in gone]
    if gone and left:
        _put({**item, "leads": attribute(left)}, target)


def _leads(item: "Item") -> list[str]:
    """The ids of the enquiries that a pointer leads to, or that a mail is about."""
    about: Any = item.get("leads", {}).get("L", ())
    return [lead_at(item["sk"]["S"])] if is_pointer(item) else [each["S"] for each in about]


def _bring_closures(item: "Item", target: Table) -> list[str]:
    """Let the later change win. Nobody changes the source any more once the target is in use."""
    condition = "attribute_not_exists(changed) OR changed < :changed"
    if target.write_all([target.putting(item, condition, {":changed": item.get("changed", _NEVER)})]):
        return sorted(_days(item) - _days(target.get(CLOSURES) or {}))
    return []


def _days(item: "Item") -> set[str]:
    """The days of an item of closures, with the time from which on each is closed."""
    days: Any = item.get("days", {}).get("M", {})
    return {f"{day} from {each['M']['until']['S']}" for day, each in days.items()}


def _is_told_more(item: "Item", was: "Item") -> bool:
    """Whether people wrote something on an enquiry, and not on the same one as it was."""
    known = list(_lines_of_people(was))
    return not is_tombstone(was) and any(line not in known for line in _lines_of_people(item)) and "reference" in item


def _lines_of_people(item: "Item") -> Iterator[Any]:
    ledger: Any = item.get("ledger", {}).get("L", ())
    return (line for line in ledger if is_by_people(line.get("M", {}).get("what", {}).get("S", "")))


def _keys(item: "Item") -> "Item":
    return {name: item[name] for name in ("pk", "sk")}
