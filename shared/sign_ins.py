"""Signing in, as items of the table: what is written down when somebody asks, and what makes it count.

    pk = SIGNIN#<id>, sk = SIGNIN                     an ask: a digest of the address that was typed, what came of it
    pk = MEMBER#<member's digest>, sk = MAILS#<day>   how many mails a member was sent, by day and by window

An ask is the same for everybody, whoever typed whichever address. Its id is in the cookie of the browser that asked,
and signed in the link of the mail; the code in that mail follows from it (`shared.links`). Neither is stored.
"""

import secrets
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from shared.items import Table, attribute, item_of, read_field, value_of
from shared.lead import SECONDS_PER_DAY, timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.items import Item

_SIGN_IN: Final = "SIGNIN"
# Mail is late by ten minutes now and then.
GOOD_SECONDS: Final = 20 * 60
TRIES: Final = 5
# Of mails that nobody used. Each gives five tries for a code of six digits, so that whoever tries all day long, every
# day, and fills the practice's mailbox with it, needs some thirty years for an even chance.
MAILS_IN_A_WINDOW: Final = 3
MAILS_IN_A_DAY: Final = 12


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody asked to be signed in.

    Attributes:
        id: Its id.
        digest: What stands for the address that was typed.
        to: The page that they wanted, a path.
        created_at: When, in ISO 8601.
        expires_at: Until when link and code are good, in seconds since the epoch.
        tries: How often a code was tried.
        mailed_at: When its mail was sent, in ISO 8601, or its link was handed over without one; None for who is no
            member, or has had mails enough.
        used_at: When it was used, which is the end of link and code.
    """

    id: str
    digest: str
    to: str
    created_at: str
    expires_at: int
    tries: int = 0
    mailed_at: str | None = None
    used_at: str | None = None


class SignIns:
    """The asks in one table. Each method raises StoreUnavailable when DynamoDB cannot do it.

    Args:
        table_name: The table.
        client: DynamoDB.
    """

    def __init__(self, table_name: str, client: "DynamoDBClient") -> None:
        self._table = Table(table_name, client)

    def ask(self, digest: str, to: str, now: float, *, mailed: bool = False) -> str:
        """Write down that somebody asked, whose address has this digest; no mail follows where it is `mailed` already.

        Returns:
            The ask's id.
        """
        mailed_at = timestamp(now) if mailed else None
        ask = Ask(secrets.token_hex(16), digest, to, timestamp(now), int(now) + GOOD_SECONDS, mailed_at=mailed_at)
        values = {field.name: getattr(ask, field.name) for field in fields(Ask)}
        self._table.put({**_key(ask.id), **item_of(values)})
        return ask.id

    def read(self, ask_id: str, now: float) -> Ask | None:
        """The ask, while it is good; None where there is none, or it was used, or its time is over."""
        item = self._table.get(_key(ask_id))
        ask = None if item is None else _ask(item)
        return ask if ask and ask.used_at is None and now < ask.expires_at else None

    def count_try(self, ask_id: str, now: float) -> Ask | None:
        """Take one of an ask's tries for a code, before it is compared: those who try at once take one each.

        Returns:
            The ask; None where it is not good, or its tries are used up.
        """
        good = "expires_at > :now AND attribute_not_exists(used_at) AND tries < :most"
        values: Item = {":now": attribute(int(now)), ":most": attribute(TRIES)}
        item = self._table.update(_key(ask_id), good, {}, values, add={"tries": attribute(1)})
        return None if item is None else _ask(item)

    def use(self, ask_id: str, now: float) -> bool:
        """Use an ask, which ends its link and its code; False where it is not good."""
        good, values = "expires_at > :now AND attribute_not_exists(used_at)", {":now": attribute(int(now))}
        return self._table.update(_key(ask_id), good, {"used_at": attribute(timestamp(now))}, values) is not None

    def mail(self, ask_id: str, until: int, now: float) -> bool:
        """Write down that an ask gets its mail, and until when that is good; False where it had one, or is not good."""
        good = "expires_at > :now AND attribute_not_exists(used_at) AND attribute_not_exists(mailed_at)"
        changes = {"mailed_at": attribute(timestamp(now)), "expires_at": attribute(until)}
        return self._table.update(_key(ask_id), good, changes, {":now": attribute(int(now))}) is not None

    def void_all(self) -> int:
        """Void every ask, whatever is left of its time, by reading the whole table. Returns how many there were."""
        return self._table.delete_each("sk = :ask", {":ask": {"S": _SIGN_IN}})

    def take_mail(self, digest: str, now: float) -> int | None:
        """Take one of the mails that a member may be sent.

        Returns:
            Until when it is good, in seconds since the epoch. The day's last one is good until there are new ones, so
            that nobody can keep a member out by asking in their name. None where there is none left.
        """
        window = _window(now)
        counts = self._table.update(
            _mails_key(digest, now),
            f"(attribute_not_exists(sent) OR sent < :day) AND (attribute_not_exists({window}) OR {window} < :window)",
            {"expires_at": attribute(int(now) + 2 * SECONDS_PER_DAY)},
            {":day": attribute(MAILS_IN_A_DAY), ":window": attribute(MAILS_IN_A_WINDOW)},
            add={"sent": attribute(1), window: attribute(1)},
        )
        if counts is None:
            return None
        is_last = value_of(counts["sent"]) >= MAILS_IN_A_DAY
        return (_tomorrow(now) if is_last else int(now)) + GOOD_SECONDS

    def give_mail_back(self, digest: str, now: float) -> None:
        """Let a member have another mail in the place of one that was used, or not sent."""
        window, values = _window(now), {":none": attribute(0)}
        for counted in (("sent", window), ("sent",)):
            condition = " AND ".join(f"{name} > :none" for name in counted)
            less: Item = {name: attribute(-1) for name in counted}
            if self._table.update(_mails_key(digest, now), condition, {}, values, add=less):
                return


def is_sign_in(keys: "Item") -> bool:
    """Whether these are an ask's keys."""
    return keys["sk"]["S"] == _SIGN_IN


def ask_id(keys: "Item") -> str:
    """The ask's id from an item's keys, as the stream gives them."""
    return keys["pk"]["S"].removeprefix(f"{_SIGN_IN}#")


def _key(ask_id: str) -> "Item":
    return {"pk": {"S": f"{_SIGN_IN}#{ask_id}"}, "sk": {"S": _SIGN_IN}}


def _mails_key(digest: str, now: float) -> "Item":
    return {"pk": {"S": f"MEMBER#{digest}"}, "sk": {"S": f"MAILS#{timestamp(now)[:10]}"}}


def _window(now: float) -> str:
    return f"window_{int(now) // GOOD_SECONDS}"


def _tomorrow(now: float) -> int:
    return (int(now) // SECONDS_PER_DAY + 1) * SECONDS_PER_DAY


def _ask(item: "Item") -> Ask:
    return Ask(**{field.name: read_field(item, field) for field in fields(Ask)})
