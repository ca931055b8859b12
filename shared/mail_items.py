"""Mails as items of the table, and the day's budget of them.

Every mail is written down before it is sent, under `pk = MAIL#<id>`, `sk = MAIL`. Its id travels as SES's tag, so that
an event of SES's finds it, and through it the enquiries that it is about. A mail that waits to be sent by itself
carries `queue = MAIL` and `next_at`, and so appears in the index `due`; alerts and reminders wait at their leads.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from shared.errors import LeadErased, StoreUnavailable
from shared.items import DUE_INDEX, Table, attribute, item_of, read_field, value_of
from shared.lead import SECONDS_PER_DAY, timestamp
from shared.store import IS_STORED
from shared.store import key as lead_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.items import Item, Part

_MAIL: Final = "MAIL"
_BUDGET: Final = "BUDGET"
# SES's tags have these letters alone, and so have ids: letters, digits, `_`, `-`.
TAG: Final = "mail"
_KEPT_DAYS: Final = 90
# How often a mail is read again where somebody else writes it at the same time.
_TRIES: Final = 8


class MailKind(StrEnum):
    """What a mail is for."""

    ALERT = "alert"
    BUNDLE = "bundle"
    REMINDER = "reminder"
    SIGN_IN = "sign-in"
    BACKUP = "backup"
    DIGEST = "digest"
    CONFIRMATION = "confirmation"
    TEST = "test"


# How much of a day's budget may be spent when a mail of a kind is still sent.
_SHARES: Final[Mapping[MailKind, float]] = {
    MailKind.ALERT: 1.0,
    MailKind.BUNDLE: 1.0,
    MailKind.BACKUP: 1.0,
    MailKind.REMINDER: 0.9,
    MailKind.SIGN_IN: 0.8,
    MailKind.DIGEST: 0.7,
    MailKind.TEST: 0.7,
    MailKind.CONFIRMATION: 0.5,
}
# After so many alerts in this window and the one before, or this share of the day's budget, alerts are bundled. Five
# hundred enquiries in five minutes are twenty-five mails then: these, and six bundles where two windows meet in them.
BUNDLE_WINDOW_SECONDS: Final = 600
_ALERTS_IN_A_WINDOW: Final = 19
_SHARE_OF_SINGLE_ALERTS: Final = 0.5


@dataclass(frozen=True, slots=True)
class MailItem:
    """A mail. Times are ISO 8601 in UTC, those of events as SES gives them.

    `leads` are the ids of the enquiries that it is about.
    """

    id: str
    kind: str
    created_at: str
    expires_at: int
    leads: tuple[str, ...] = ()
    attempts: int = 0
    next_at: int | None = None  # seconds since the epoch; of a mail that waits to be sent by itself
    accepted_at: str | None = None
    message_id: str | None = None
    error: str | None = None
    sent_at: str | None = None
    delivered_at: str | None = None
    delayed_at: str | None = None
    complained_at: str | None = None
    bounced_at: str | None = None  # for good
    returned_at: str | None = None  # for the time being, or an automatic answer
    rejected_at: str | None = None
    bounce: str | None = None  # in SES's words

    @property
    def left_at(self) -> str | None:
        """When SES took it, by its own answer or by an event; None where nobody knows that it did."""
        return self.accepted_at or self.sent_at or self.delivered_at


class MailStore:
    """The mails in one table. Each method raises StoreUnavailable when DynamoDB cannot do it.

    Args:
        table_name: The table.
        client: DynamoDB.
        budget: How many mails may be sent in a day (UTC).
    """

    def __init__(self, table_name: str, client: "DynamoDBClient", budget: int) -> None:
        self._table = Table(table_name, client)
        self._budget = budget

    def create(
        self, mail_id: str, kind: MailKind, leads: tuple[str, ...], now: float, next_at: int | None = None
    ) -> bool:
        """Write a mail down; with `next_at` it waits to be sent by itself.

        Returns:
            Whether there was none of this id before.

        Raises:
            LeadErased: One of its enquiries is not there (any more). Nothing is written down about it.
        """
        expires_at = int(now) + _KEPT_DAYS * SECONDS_PER_DAY
        values = {"id": mail_id, "kind": kind, "created_at": timestamp(now), "expires_at": expires_at, "leads": leads}
        waiting = {} if next_at is None else {"queue": _MAIL, "next_at": next_at}
        put = self._table.putting({**_key(mail_id), **item_of(values | waiting)}, "attribute_not_exists(pk)")
        return self._beside(put, leads)

    def read(self, mail_id: str) -> MailItem | None:
        """The mail as it is now, or None. Raises ItemUnreadable where the item is none."""
        item = self._table.get(_key(mail_id))
        return None if item is None else _mail(item)

    def due(self, now: float, kinds: Iterable[str]) -> Iterator[str]:
        """The ids of the mails of some kinds that wait to be sent, longest due first; the index may be late."""
        wanted = set(kinds)
        for item in self._table.query(
            IndexName=DUE_INDEX,
            KeyConditionExpression="queue = :mail AND next_at <= :now",
            ExpressionAttributeValues={":mail": {"S": _MAIL}, ":now": attribute(int(now))},
        ):
            if (found := mail_id(item)).partition("-")[0] in wanted:
                yield found

    def claim(self, mail_id: str, now: float, lease: int) -> MailItem | None:
        """Take a mail that waits, until the lease (seconds) is over; None where it does not wait, or is taken."""
        return self._update(
            mail_id,
            {"next_at": attribute(int(now) + lease)},
            "queue = :mail AND next_at <= :now",
            {":mail": {"S": _MAIL}, ":now": attribute(int(now))},
            add={"attempts": attribute(1)},
        )

    def record_leads(self, mail_id: str, leads: tuple[str, ...]) -> None:
        """Write down which enquiries it is about, once that is known. Raises LeadErased as `create` does."""
        self._beside(self._table.updating(_key(mail_id), {"leads": attribute(leads)}, "attribute_exists(pk)"), leads)

    def forget(self, mail_id: str, lead_id: str) -> None:
        """Strip a mail of an enquiry that was erased; where it is about no other, remove it, sent or not."""
        for _ in range(_TRIES):
            mail = self.read(mail_id)
            if mail is None or lead_id not in mail.leads:
                return
            left = tuple(each for each in mail.leads if each != lead_id)
            condition, values = "leads = :were", {":were": attribute(mail.leads)}
            strip = (
                self._table.updating(_key(mail_id), {"leads": attribute(left)}, condition, values)
                if left
                else self._table.deleting(_key(mail_id), condition, values)
            )
            if not self._table.write_all([strip]):
                return
        raise StoreUnavailable("TooManyWriters")

    def record_accepted(self, mail_id: str, message_id: str, now: float) -> None:
        """SES took it, when, and under which id: it waits no more."""
        taken = {"accepted_at": attribute(timestamp(now)), "message_id": attribute(message_id)}
        self._update(mail_id, {**taken, "queue": None, "next_at": None, "error": None})

    def record_failed(self, mail_id: str, reason: str, next_at: int | None = None) -> None:
        """SES did not take it, or nobody knows; why, and when to try again if it waits by itself."""
        again = {} if next_at is None else {"next_at": attribute(next_at)}
        self._update(mail_id, {"error": attribute(reason), **again})

    def record_given_up(self, mail_id: str, reason: str) -> None:
        """It is not to be sent any more, and why."""
        self._update(mail_id, {"error": attribute(reason), "queue": None, "next_at": None})

    def record_event(self, mail_id: str, fact: str, at: str, bounce: str | None = None) -> MailItem | None:
        """Write down what SES published of a mail.

        Args:
            mail_id: The mail.
            fact: A field of `MailItem`, such as `delivered_at`. The first time stays.
            at: When, as SES says it.
            bounce: What SES said of a bounce.

        Returns:
            The mail as it is now, or None where there is no such mail.
        """
        said = {fact: attribute(at)} | ({"bounce": attribute(bounce)} if bounce else {})
        # An event is the proof that it left, whatever became of the sender.
        left = {} if fact == "rejected_at" else {"queue": None, "next_at": None}
        # What is for good outlives what was for the time being, in whatever order they came.
        kept = (fact,) if fact == "bounced_at" else (fact, "bounce")
        return self._update(mail_id, {**said, **left}, once=kept)

    def spend(self, kind: MailKind, now: float) -> bool:
        """Take one mail of a kind from the day's budget; False where none is left for its kind."""
        limit = int(self._budget * _SHARES[kind])
        counts = {"sent": attribute(1)} | ({_window(now): attribute(1)} if kind is MailKind.ALERT else {})
        expires = {"expires_at": attribute(int(now) + _KEPT_DAYS * SECONDS_PER_DAY)}
        condition = "attribute_not_exists(sent) OR sent < :limit"
        spent = self._table.update(_budget_key(now), condition, expires, {":limit": attribute(limit)}, add=counts)
        return spent is not None

    def give_back(self, now: float) -> None:
        """Put back a mail that was taken from the budget of this day and was refused: SES does not count it either."""
        self._table.update(_budget_key(now), "sent > :none", {}, {":none": attribute(0)}, add={"sent": attribute(-1)})

    def is_crowded(self, now: float) -> bool:
        """Whether there were so many alerts lately that the next ones go out as one mail."""
        day = self._counts(now)
        before = now - BUNDLE_WINDOW_SECONDS
        earlier = day if int(before) // SECONDS_PER_DAY == int(now) // SECONDS_PER_DAY else self._counts(before)
        lately = day.get(_window(now), 0) + earlier.get(_window(before), 0)
        is_half_spent = day.get("sent", 0) >= int(self._budget * _SHARE_OF_SINGLE_ALERTS)
        return is_half_spent or lately >= _ALERTS_IN_A_WINDOW

    def _beside(self, part: "Part", leads: tuple[str, ...]) -> bool:
        """Write a part while all of these enquiries are there; False where the part's own condition does not hold."""
        failed = self._table.write_all([part, *(self._table.checking(lead_key(each), IS_STORED) for each in leads)])
        if failed - {0}:
            raise LeadErased
        return not failed

    def _counts(self, now: float) -> dict[str, int]:
        item = self._table.get(_budget_key(now)) or {}
        return {name: value_of(value) for name, value in item.items() if name not in ("pk", "sk")}

    def _update(
        self,
        mail_id: str,
        changes: "Mapping[str, object]",
        condition: str = "attribute_exists(pk)",
        values: "Item | None" = None,
        *,
        add: "Item | None" = None,
        once: tuple[str, ...] = (),
    ) -> MailItem | None:
        item = self._table.update(_key(mail_id), condition, changes, values, add=add, once=once)  # type: ignore[arg-type]
        return None if item is None else _mail(item)


def is_mail(keys: "Item") -> bool:
    """Whether these are a mail's keys."""
    return keys["sk"]["S"] == _MAIL


def mail_id(keys: "Item") -> str:
    """The mail's id from an item's keys, as the index and the stream give them. It begins with its kind."""
    return keys["pk"]["S"].removeprefix(f"{_MAIL}#")


def window(now: float) -> int:
    """When the window of alerts that `now` lies in began, in seconds since the epoch."""
    return int(now) // BUNDLE_WINDOW_SECONDS * BUNDLE_WINDOW_SECONDS


def _window(now: float) -> str:
    return f"alerts_{window(now)}"


def _key(mail_id: str) -> "Item":
    return {"pk": {"S": f"{_MAIL}#{mail_id}"}, "sk": {"S": _MAIL}}


def _budget_key(now: float) -> "Item":
    return {"pk": {"S": f"{_BUDGET}#{timestamp(now)[:10]}"}, "sk": {"S": _BUDGET}}


def _mail(item: "Item") -> MailItem:
    return MailItem(**{field.name: read_field(item, field) for field in fields(MailItem)})
