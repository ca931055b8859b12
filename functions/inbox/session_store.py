"""Sessions as items of the table, so that they can be ended: `pk = MEMBER#<member's digest>`, `sk = SESSION#<id>`.

The token is in one browser and nowhere else. Its SHA-256 is the session's id: who reads the table cannot sign in.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from functions.inbox.visit import Session
from shared.items import Table, item_of, read_field
from shared.lead import SECONDS_PER_DAY, timestamp
from shared.members import Members

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.items import Item

KEPT_SECONDS: Final = 30 * SECONDS_PER_DAY
_MEMBER: Final = "MEMBER#"
_SESSION: Final = "SESSION#"
# A member's digest, and 32 bytes in URL-safe base64.
_COOKIE: Final = re.compile(r"([0-9a-f]{32})\.([\w-]{43})", re.ASCII)
_STORED: Final = tuple(field for field in fields(Session) if field.name not in ("id", "digest", "form_token"))


class SessionStore:
    """The sessions in one table. Each method raises StoreUnavailable when DynamoDB cannot do it.

    Args:
        table_name: The table.
        client: DynamoDB.
        members: Whose sessions count.
    """

    def __init__(self, table_name: str, client: "DynamoDBClient", members: Members) -> None:
        self._table = Table(table_name, client)
        self._members = members

    def start(self, member: str, digest: str, now: float, browser: str | None = None) -> tuple[str, Session]:
        """Let a member, whose address has this digest, be signed in; `browser` says where, if that is known.

        Returns:
            What their browser is to hold, and the session.
        """
        token = secrets.token_urlsafe(32)
        began = {"started_at": timestamp(now), "expires_at": int(now) + KEPT_SECONDS}
        values = {"member": member, "browser": browser, **began}
        item: Item = {**_key(digest, _id(token)), **item_of(values)}
        self._table.put(item)
        return f"{digest}.{token}", _session(item, _form_token(token))

    def read(self, cookie: str, now: float) -> Session | None:
        """The session that a browser holds the cookie of; None where it is none, was ended, or counts no more."""
        found = _COOKIE.fullmatch(cookie)
        if found is None:
            return None
        digest, token = found.groups()
        item = self._table.get(_key(digest, _id(token)))
        session = None if item is None else _session(item, _form_token(token))
        return session if session and self._counts(session, now) else None

    def of_member(self, digest: str, now: float) -> list[Session]:
        """The sessions of the member whose address has this digest, the newest first."""
        items = self._table.query(
            KeyConditionExpression="pk = :member AND begins_with(sk, :session)",
            ExpressionAttributeValues={":member": {"S": f"{_MEMBER}{digest}"}, ":session": {"S": _SESSION}},
            ConsistentRead=True,
        )
        sessions = [session for item in items if self._counts(session := _session(item), now)]
        return sorted(sessions, key=lambda session: session.started_at, reverse=True)

    def end(self, digest: str, session_id: str) -> None:
        """End a session of the member whose address has this digest, if there is one of this id."""
        self._table.delete(_key(digest, session_id))

    def end_all(self) -> int:
        """End every session of everybody, also of those who are members no more, by reading the whole table.

        Returns:
            How many there were.
        """
        return self._table.delete_each("begins_with(sk, :session)", {":session": {"S": _SESSION}})

    def _counts(self, session: Session, now: float) -> bool:
        # DynamoDB deletes what has expired when it finds the time for it.
        return now < session.expires_at and session.member in self._members


def is_session(keys: "Item") -> bool:
    """Whether these are a session's keys."""
    return keys["sk"]["S"].startswith(_SESSION)


def _key(digest: str, session_id: str) -> "Item":
    return {"pk": {"S": f"{_MEMBER}{digest}"}, "sk": {"S": f"{_SESSION}{session_id}"}}


def _id(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _form_token(token: str) -> str:
    """What shows that a form is from a page of this session. It tells nothing of the token that it comes from."""
    return hmac.digest(token.encode(), b"form", "sha256").hex()[:32]


def _session(item: "Item", form_token: str = "") -> Session:
    stored = {field.name: read_field(item, field) for field in _STORED}
    digest, session_id = (item[name]["S"].partition("#")[2] for name in ("pk", "sk"))
    return Session(id=session_id, digest=digest, form_token=form_token, **stored)
