"""Which AWS operations a function really calls, and on what: its handler is run, and botocore listened to."""

import importlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from botocore.client import BaseClient

from infra.build.package import PACKAGES
from tests.conftest import ROOT
from tests.template.deployed import Deployed

NOON = 1_795_435_200.0  # 2026-11-23T12:00:00Z
JUST_AFTER_MIDNIGHT = NOON + 12 * 3600 + 5


@dataclass(frozen=True)
class Call:
    """One API call: the service's signing name, the operation, and its parameters as JSON."""

    service: str
    operation: str
    parameters: str


@dataclass
class Context:
    """Lambda's context object."""

    aws_request_id: str = "request"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def calls_of_every_function(deployed: Deployed, task_root: Path) -> dict[str, set[Call]]:
    """Run every event in `events/` through its handler, at noon and just after midnight, when leads looks twice."""
    found: dict[str, set[Call]] = {}
    for logical_id in PACKAGES:  # in the template's order: notify finds what leads has stored
        app: Any = importlib.import_module(PACKAGES[logical_id].handler_module)
        with _as_function(deployed, logical_id, task_root) as recorded, _new(app):
            for now in (NOON, JUST_AFTER_MIDNIGHT):
                with _at(app, now):
                    _run_all_events(app, PACKAGES[logical_id].function, found)
        found[logical_id] = recorded
    return found


def _new(app: Any) -> AbstractContextManager[object]:
    """The function has run for nobody yet."""
    return mock.patch.object(app, "wiring", app.Wiring()) if hasattr(app, "wiring") else nullcontext()


def _at(app: Any, now: float) -> AbstractContextManager[object]:
    """The function's clock, if it has one, stands at this time."""
    clock = SimpleNamespace(time=lambda: now)
    return mock.patch.object(app, "time", clock) if hasattr(app, "time") else nullcontext()


def _run_all_events(app: Any, function: str, found: Mapping[str, set[Call]]) -> None:
    for path in sorted((ROOT / "events").glob(f"{function}-*.json")):
        event = json.loads(path.read_text("utf-8"))
        if event.get("Records"):
            # The lead that `leads` has stored just now, so that there is an alert to send.
            event["Records"][0]["dynamodb"]["Keys"] = _keys_of_a_stored_lead(found["LeadsFunction"])
        app.lambda_handler(event, Context())


def _keys_of_a_stored_lead(calls: set[Call]) -> dict[str, Any]:
    items = [json.loads(call.parameters)["Item"] for call in calls if call.operation == "PutItem"]
    owed = next(item for item in items if "alert_owed" in item)
    return {"pk": owed["pk"], "sk": owed["sk"]}


@contextmanager
def _as_function(deployed: Deployed, logical_id: str, task_root: Path) -> Iterator[set[Call]]:
    """The function's environment, and a record of the calls made in it."""
    recorded: set[Call] = set()
    client_class: Any = BaseClient
    make_call = client_class._make_api_call

    def record(client: Any, operation: str, parameters: Any) -> Any:
        text = json.dumps(parameters, default=bytes.decode)
        recorded.add(Call(client.meta.service_model.signing_name, operation, text))
        return make_call(client, operation, parameters)

    given = deployed[logical_id].properties.get("Environment", {}).get("Variables", {})
    environment = {
        **{name: str(value) for name, value in given.items()},
        "LAMBDA_TASK_ROOT": str(task_root),
        # A logger's name, and with it the standard output that it keeps hold of, is not to be another test's.
        "POWERTOOLS_SERVICE_NAME": f"calls-of-{logical_id}",
    }
    with mock.patch.dict(os.environ, environment), mock.patch.object(client_class, "_make_api_call", record):
        yield recorded
