"""DynamoDB and SES as far as the measured functions call them: every answer takes the same time.

moto would do more for a call than the function that makes it. Of DynamoDB's conditions this one knows the one on a put:
that there is no such item yet.
"""

import json
import time
import zlib
from collections import Counter
from http.server import ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any, Self

from shared.lead import Identity
from shared.store import LeadStore
from tests.bench.http_handler import Handler
from tests.leads import LEAD

# About what DynamoDB takes from a function in the same region.
DELAY_MS = 5.0

type Item = dict[str, Any]
type Reply = tuple[int, dict[str, Any]]


class Cloud(ThreadingHTTPServer):
    """DynamoDB and SES on a port of this machine, for as long as the context lasts.

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
        """Start with an empty table, and count the calls anew."""
        self.items: dict[str, Item] = {}
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
        match operation:
            case "PutItem":
                return self._put_item(asked)
            case "UpdateItem":
                attributes = {**self._lead, **asked["Key"], "alert_attempts": {"N": "1"}}
                return 200, {"Attributes": attributes} if asked.get("ReturnValues") == "ALL_NEW" else {}
            case "TransactWriteItems":  # leads looks whether DynamoDB is there
                return 200, {}
            case "Query":
                return 200, {"Items": [], "Count": 0, "ScannedCount": 0}
            case "SendEmail":
                return 200, {"MessageId": f"{self.calls[operation]:016x}-bench"}
        return _error("UnknownOperationException")

    def _put_item(self, put: dict[str, Any]) -> Reply:
        stored = self.items.setdefault(put["Item"]["pk"]["S"], put["Item"])
        if stored is put["Item"]:
            return 200, {}
        wants_item = put.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        return _error("ConditionalCheckFailedException", **({"Item": stored} if wants_item else {}))


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
    LeadStore("bench", client=recorder).create(LEAD, Identity(LEAD.id))
    item: Item = puts[0]["Item"]
    return item


def _error(code: str, **details: Any) -> Reply:
    return 400, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "", **details}
