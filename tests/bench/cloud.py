"""DynamoDB, Secrets Manager and SES as far as the measured functions call them: every answer takes the same time.

moto would do more for a call than the function that makes it. Of DynamoDB's conditions this one knows the one on a put:
that there is no such item yet. The others are those of functions that nobody races, and hold.
"""

import json
import re
import time
import zlib
from collections import Counter
from dataclasses import replace
from http.server import ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any, Self

from shared.items import item_of
from shared.lead import Identity
from shared.mail_items import MailKind
from shared.store import LeadStore
from tests.bench.http_handler import Handler
from tests.bench.jobs import OPEN_ENQUIRIES
from tests.hours import AlwaysOpen
from tests.inbox import MEMBER
from tests.leads import LEAD

# About what DynamoDB takes from a function in the same region.
DELAY_MS = 5.0

type Item = dict[str, Any]
type Reply = tuple[int, dict[str, Any]]
type _Key = tuple[str, str]

# The secret as CloudFormation makes it.
_KEYS = json.dumps({"person": "p" * 64})
# What the day's mails are counted in.
_BUDGET = {"S": "BUDGET"}
# Whoever asks is signed in, until the year 2100.
_SESSION = item_of({"member": MEMBER, "started_at": "2026-11-23T15:00:00.000Z", "expires_at": 4_102_444_800})
# When the canary came through: always just now.
_PROVEN = {"proven_at": {"S": "2100-01-01T00:00:00.000Z"}}
# An update's clauses, and what each of them names.
_PARTS = re.compile(r"(SET|REMOVE|ADD) (.*?)(?= (?:SET|REMOVE|ADD) |$)")
_PLACES = {
    "SET": re.compile(r"([#\w]+) = (?:(if_not_exists)\([#\w]+, )?(:\w+)"),
    "REMOVE": re.compile(r"[#\w]+"),
    "ADD": re.compile(r"([#\w]+) (:\w+)"),
}


class Cloud(ThreadingHTTPServer):
    """AWS on a port of this machine, for as long as the context lasts.

    Args:
        delay_ms: How long after its arrival each call is answered, so that nothing but the caller's own work differs.
    """

    def __init__(self, delay_ms: float = DELAY_MS) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.delay_ns = delay_ms * 1e6
        self._lead = _lead_item()
        self.forget()

    def forget(self) -> None:
        """Start with an empty table, but for the leads that are new in it, and count the calls anew."""
        self.items: dict[_Key, Item] = {}
        self.calls: Counter[str] = Counter()

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def reply(self, operation: str, asked: dict[str, Any]) -> Reply:
        """The status and the document that answer a call."""
        self.calls[operation] += 1
        document: dict[str, Any] = {}
        match operation:
            case "PutItem":
                return self._put_item(asked)
            case "GetItem":
                found = self._item(asked["Key"])
                document = {"Item": found} if found else {}
            case "UpdateItem":
                item = self._update_item(asked)
                document = {"Attributes": item} if asked.get("ReturnValues") == "ALL_NEW" else {}
            case "TransactWriteItems":  # leads looks whether DynamoDB is there, and notify writes pointers
                puts = [each["Put"]["Item"] for each in asked["TransactItems"] if "Put" in each]
                self.items.update((_key(item), item) for item in puts)
            case "BatchGetItem":
                found = {name: [self._item(key) for key in of["Keys"]] for name, of in asked["RequestItems"].items()}
                document = {"Responses": found, "UnprocessedKeys": {}}
            case "Query":
                items = self._found(asked)
                document = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
            case "GetSecretValue":
                document = {"Name": "keys", "SecretString": _KEYS}
            case "SendEmail":
                document = {"MessageId": f"{self.calls[operation]:016x}-bench"}
            case _:
                return _error("UnknownOperationException")
        return 200, document

    def _put_item(self, put: dict[str, Any]) -> Reply:
        stored = self.items.setdefault(_key(put["Item"]), put["Item"])
        if stored is put["Item"]:
            return 200, {}
        wants_item = put.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        return _error("ConditionalCheckFailedException", **({"Item": stored} if wants_item else {}))

    def _update_item(self, update: dict[str, Any]) -> Item:
        item = _updated(self._item(update["Key"]) or update["Key"], update)
        # Nobody counts the day's mails: alerts come faster here than in a practice, and would be gathered in one mail.
        if item["sk"] != _BUDGET:
            self.items[_key(item)] = item
        return item

    def _item(self, key: Item) -> Item | None:
        """An item as it is now. Each lead, alert and session that nobody has written is somebody else's new one."""
        kind, _, item_id = key["pk"]["S"].partition("#")
        if (stored := self.items.get(_key(key))) or kind not in ("LEAD", "MAIL", "MEMBER", "CANARY"):
            return stored
        if kind == "CANARY":
            return {**key, **_PROVEN} if key["sk"]["S"] == "LAST" else None
        if kind == "MAIL":
            return {**key, **_mail_item(item_id)}
        if kind == "MEMBER":
            return {**key, **_SESSION}
        person = {"phone": {"S": f"+1602{item_id[-7:]}"}, "email": {"S": f"{item_id}@example.com"}}
        promised = {"answer_by": {"S": f"2026-11-23T19:{int(item_id, 16) * 7 % 60:02}:00.000Z"}}
        return {**self._lead, **person, **promised, "id": {"S": item_id}, **key}

    def _found(self, query: dict[str, Any]) -> list[Item]:
        """Nothing is due, and some is open; each person has the pointers that were written."""
        if "IndexName" not in query:
            values = query["ExpressionAttributeValues"]
            pk = values.get(":pk") or values[":canary"]
            return [item for item in self.items.values() if item["pk"] == pk]
        if "next_at" in query["KeyConditionExpression"]:
            return []
        return [{"pk": {"S": f"LEAD#{number:032x}"}, "sk": {"S": "LEAD"}} for number in range(OPEN_ENQUIRIES)]


class _Call(Handler):
    server: Cloud

    def do_POST(self) -> None:  # noqa: N802 - the standard library's name
        target = self.headers.get("X-Amz-Target", "")
        operation = "SendEmail" if self.path == "/v2/email/outbound-emails" else target.rpartition(".")[2]
        status, document = self.server.reply(operation, json.loads(self.read_body()))
        body = json.dumps(document, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "x-amzn-RequestId": "0" * 52}
        if target:
            headers |= {"Content-Type": "application/x-amz-json-1.0", "x-amz-crc32": str(zlib.crc32(body))}
        time.sleep(max(0.0, (self.arrived_at + self.server.delay_ns - time.perf_counter_ns()) / 1e9))
        self.answer(status, body, headers)


def _lead_item() -> Item:
    """The lead that `notify` finds in the table, as our own store has stored it."""
    puts: list[dict[str, Any]] = []
    recorder: Any = SimpleNamespace(put_item=lambda **put: puts.append(put))
    lead = replace(LEAD, answer_by="2026-11-23T19:30:00.000Z", version=1)
    LeadStore("bench", recorder, AlwaysOpen()).create(lead, Identity(lead.id))
    item: Item = puts[0]["Item"]
    return item


def _mail_item(mail_id: str) -> Item:
    """The alert that `delivery` finds in the table."""
    _, lead_id, _ = mail_id.split("-")
    written = {"id": mail_id, "kind": MailKind.ALERT, "created_at": LEAD.stored_at, "expires_at": LEAD.expires_at}
    return item_of({**written, "leads": (lead_id,)})


def _key(item: Item) -> _Key:
    return item["pk"]["S"], item["sk"]["S"]


def _updated(item: Item, update: dict[str, Any]) -> Item:
    """An item after an update, as far as ours write them: SET (also if_not_exists), REMOVE and ADD of numbers.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
    """
    names, values = update.get("ExpressionAttributeNames", {}), update.get("ExpressionAttributeValues", {})
    parts = {verb: _PLACES[verb].findall(part) for verb, part in _PARTS.findall(update["UpdateExpression"])}
    changed = dict(item)
    for place, keeps, value in parts.get("SET", ()):
        name = names.get(place, place)
        if not (keeps and name in changed):
            changed[name] = values[value]
    for place in parts.get("REMOVE", ()):
        changed.pop(names.get(place, place), None)
    for place, value in parts.get("ADD", ()):
        name = names.get(place, place)
        changed[name] = {"N": str(int(changed.get(name, {"N": "0"})["N"]) + int(values[value]["N"]))}
    return changed


def _error(code: str, **details: Any) -> Reply:
    return 400, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "", **details}
