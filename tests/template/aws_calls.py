"""Which AWS operations a function really calls, and on what: its handler is run, and botocore listened to."""

import importlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
from botocore.client import BaseClient

from functions.canary.marks import Marks
from functions.canary.site import Site
from infra.build.package import PACKAGES
from shared import store
from shared.keys import Keys
from shared.lead import identity_of_key, reference_of, timestamp
from shared.mail_items import MailKind, MailStore
from shared.members import member_digest
from shared.sign_ins import SignIns
from tests.conftest import ROOT
from tests.hours import AlwaysOpen
from tests.inbox import MEMBER, event_of
from tests.leads import LEAD
from tests.template.deployed import Deployed

NOON = 1_795_435_200.0  # 2026-11-23T12:00:00Z
# Who sends the forms in events/, by name.
ALERTED, ERASED = "Ana Ruiz", "Noor Haddad"
JUST_AFTER_MIDNIGHT = NOON + 12 * 3600 + 5
# As it is while nobody listens.
_MAKE_CALL: Any = BaseClient._make_api_call  # type: ignore[attr-defined]


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
    asked = _ask_of_a_member(deployed)
    for logical_id in PACKAGES:  # in the template's order: notify finds what leads has stored
        app: Any = importlib.import_module(PACKAGES[logical_id].handler_module)
        with _as_function(deployed, logical_id, task_root) as recorded, _new(app), _proven(deployed):
            for now in (NOON, JUST_AFTER_MIDNIGHT):
                with _at(app, now):
                    _run_all_events(app, PACKAGES[logical_id].function, found, asked, now)
        found[logical_id] = recorded
    return found


def _new(app: Any) -> AbstractContextManager[object]:
    """The function has run for nobody yet."""
    return mock.patch.object(app, "wiring", app.Wiring()) if hasattr(app, "wiring") else nullcontext()


@contextmanager
def _proven(deployed: Deployed) -> Iterator[None]:
    """What the canary sends comes back at once, all done that others do with it: no call of theirs is the canary's.

    An earlier one was stopped, and left its mark.
    """
    table = deployed["LeadTable"].name
    with mock.patch.object(BaseClient, "_make_api_call", _MAKE_CALL):
        Marks(table, boto3.client("dynamodb"), keep_days=1).write("0" * 32, NOON - 3600)

    def enquire(_: Site, key: str, _enquiry: object) -> str:
        with mock.patch.object(BaseClient, "_make_api_call", _MAKE_CALL):
            identity, now = identity_of_key(key), timestamp(NOON)
            known: dict[str, Any] = {"version": 1, "filed_at": now, "alert_sent_at": now, "delivered_at": now}
            lead = replace(LEAD, id=identity.id, reference=reference_of(identity.id), mails=("alert-canary",), **known)
            client = boto3.client("dynamodb")
            store.LeadStore(table, client, AlwaysOpen()).create(lead, identity)
            MailStore(table, client, budget=0).create("alert-canary", MailKind.ALERT, (lead.id,), NOON)
        return lead.reference

    with mock.patch.multiple(Site, article=lambda _: ("an-article", "en"), enquire=enquire):
        yield


def _at(app: Any, now: float) -> AbstractContextManager[object]:
    """The function's clock, if it has one, stands at this time."""
    clock = SimpleNamespace(time=lambda: now, sleep=lambda _: None)
    return mock.patch.object(app, "time", clock) if hasattr(app, "time") else nullcontext()


def _ask_of_a_member(deployed: Deployed) -> dict[str, Any]:
    """The keys of the item of a member who asks to be signed in, as `inbox` has written it."""
    given = deployed["NotifyFunction"].properties["Environment"]["Variables"]
    digest = member_digest(MEMBER, Keys(given["KEYS_SECRET"], boto3.client("secretsmanager")))
    asked = SignIns(given["TABLE_NAME"], boto3.client("dynamodb")).ask(digest, "/inbox", NOON)
    return {"pk": {"S": f"SIGNIN#{asked}"}, "sk": {"S": "SIGNIN"}}


def _run_all_events(
    app: Any, function: str, found: Mapping[str, set[Call]], asked: Mapping[str, Any], now: float
) -> None:
    for path in sorted((ROOT / "events").glob(f"{function}-*.json")):
        event = json.loads(path.read_text("utf-8"))
        if function == "inbox":
            # About the lead that `leads` has stored just now; who is erased is another person.
            name = ERASED if "erase" in path.stem else ALERTED
            lead_id = store.lead_id(_keys_of_a_stored_lead(found["LeadsFunction"], name))
            event = event_of(path.read_text("utf-8"), app.wiring, lead_id, now)
        match event.get("Records"):
            case [{"dynamodb": {"Keys": {"sk": {"S": "SIGNIN"}}} as stored}, *_]:
                stored["Keys"] = asked
            case [{"dynamodb": stored}, *_]:
                # The lead that `leads` has stored just now, so that there is an alert to send.
                stored["Keys"] = _keys_of_a_stored_lead(found["LeadsFunction"])
            case [{"body": body} as message, *_] if body.startswith("{"):
                # The mail that `notify` has sent of it.
                message["body"] = json.dumps(json.loads(body) | {"mail": _id_of_an_alert(found["NotifyFunction"])})
        app.lambda_handler(event, Context())


def _keys_of_a_stored_lead(calls: set[Call], name: str = ALERTED) -> dict[str, Any]:
    writes = [json.loads(call.parameters) for call in calls]
    parts = [part.get("Put", {}) for write in writes for part in [{"Put": write}, *write.get("TransactItems", ())]]
    items = [part["Item"] for part in parts if "Item" in part]
    owed = next(item for item in items if "alert_owed" in item and item["name"]["S"] == name)
    return {"pk": owed["pk"], "sk": owed["sk"]}


def _id_of_an_alert(calls: set[Call]) -> str:
    requests = [json.loads(call.parameters) for call in calls if call.operation == "SendEmail"]
    ids = [tag["Value"] for request in requests for tag in request["EmailTags"] if tag["Name"] == "mail"]
    return next(str(mail_id) for mail_id in ids if mail_id.startswith("alert-"))


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
