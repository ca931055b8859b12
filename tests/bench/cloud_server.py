"""DynamoDB and SES as far as the bench's functions call them, in a process of its own.

    python -m tests.bench.cloud_server DELAY_MS      prints its port; ends when its standard input does

Whatever is asked is answered after the same time, counted from the request's arrival, so that nothing but the caller's
own work differs. Of DynamoDB's conditions it knows the one on a put: that there is no such item yet.
"""

import json
import socket
import sys
import threading
import time
import zlib
from collections import Counter
from typing import Any

from tests.bench.http_wire import Message, Wire

CONTROL = "/bench/"
_AMZ_JSON = "application/x-amz-json-1.0"
_SEND_EMAIL = "/v2/email/outbound-emails"

type Item = dict[str, Any]
type Reply = tuple[int, dict[str, Any]]


class Cloud:
    """What was asked for so far, and the answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lead: Item = {}
        self._items: dict[str, Item] = {}
        self._mails: list[dict[str, Any]] = []
        self._calls: Counter[str] = Counter()

    def answer(self, message: Message) -> Reply:
        """The status and the document for a request to AWS."""
        target = message.headers.get("x-amz-target", "")
        call = "SendEmail" if message.path == _SEND_EMAIL else target.rpartition(".")[2]
        asked = json.loads(message.body)
        with self._lock:
            self._calls[call] += 1
            match call:
                case "PutItem":
                    return self._put_item(asked)
                case "UpdateItem":
                    return self._update_item(asked)
                case "TransactWriteItems":  # leads looks whether DynamoDB is there
                    return 200, {}
                case "Query":
                    return 200, {"Items": [], "Count": 0, "ScannedCount": 0}
                case "SendEmail":
                    return self._send_email(asked)
        return _error("UnknownOperationException")

    def control(self, message: Message) -> Reply:
        """What the bench itself asks for: `lead` is the item that updates answer, `seen` what was stored and sent."""
        with self._lock:
            match message.method, message.path.removeprefix(CONTROL):
                case "PUT", "lead":
                    self._lead = json.loads(message.body)
                    return 200, {}
                case "GET", "seen":
                    return 200, {"calls": self._calls, "items": list(self._items.values()), "mails": self._mails}
                case "DELETE", "seen":
                    self._items, self._mails, self._calls = {}, [], Counter()
                    return 200, {}
        return 404, {}

    def _put_item(self, put: dict[str, Any]) -> Reply:
        item = put["Item"]
        stored = self._items.setdefault(item["pk"]["S"], item)
        if stored is item:
            return 200, {}
        wants_item = put.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        return _error("ConditionalCheckFailedException", **({"Item": stored} if wants_item else {}))

    def _update_item(self, update: dict[str, Any]) -> Reply:
        attributes = {**self._lead, **update["Key"], "alert_attempts": {"N": "1"}}
        return 200, {"Attributes": attributes} if update.get("ReturnValues") == "ALL_NEW" else {}

    def _send_email(self, mail: dict[str, Any]) -> Reply:
        self._mails.append(mail)
        return 200, {"MessageId": f"{len(self._mails):016x}-bench"}


def serve(delay: float) -> socket.socket:
    """Start answering on a free port of the loopback interface, each request `delay` seconds after its arrival."""
    cloud, listener = Cloud(), socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_converse, args=(Wire(connection), cloud, delay), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener


def _converse(wire: Wire, cloud: Cloud, delay: float) -> None:
    while message := wire.read():
        arrived_at = time.perf_counter()
        is_control = message.path.startswith(CONTROL)
        status, document = cloud.control(message) if is_control else cloud.answer(message)
        body = json.dumps(document, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "x-amzn-RequestId": "0" * 52}
        if "x-amz-target" in message.headers:
            headers |= {"Content-Type": _AMZ_JSON, "x-amz-crc32": str(zlib.crc32(body))}
        if not is_control:
            time.sleep(max(0.0, arrived_at + delay - time.perf_counter()))
        wire.write(status, body, headers)
    wire.close()


def _error(code: str, **details: Any) -> Reply:
    return 400, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "", **details}


if __name__ == "__main__":
    with serve(float(sys.argv[1]) / 1000) as server:
        print(server.getsockname()[1], flush=True)
        sys.stdin.read()
