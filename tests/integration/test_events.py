"""Every file in events/ runs through its handler and comes to what its name says."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from functions.inbox import app
from infra.build.package import PACKAGES
from tests.inbox import event_of
from tests.integration.chain import Chain
from tests.integration.conftest import Stack
from tests.integration.test_leads import send
from tests.world import World

EVENTS = Path(__file__).parents[2] / "events"
MAIL_EVENTS = (
    "bounce-permanent",
    "bounce-transient",
    "complaint",
    "delivery",
    "delivery-delay",
    "out-of-office",
    "reject",
    "send",
)

# What each event comes to: a status for a request, the records to bring again for a stream or a queue.
OUTCOMES: dict[str, Any] = {
    "canary-schedule": {},
    "content-api": 200,
    "content-negotiate": 302,
    "content-not-found": 404,
    "content-page": 200,
    "content-thank-you": 200,
    **{f"delivery-{each}": {"batchItemFailures": []} for each in MAIL_EVENTS},
    "delivery-unreadable": {
        "batchItemFailures": [{"itemIdentifier": f"0000000{each}-5dd8-4d3b-9c1e-6f0a7b8c9d0e"} for each in (1, 2)]
    },
    "followup-digest": {},
    "followup-repair": {},
    "followup-schedule": {},
    "inbox-all": 200,
    "inbox-days": 200,
    "inbox-enquiry": 200,
    "inbox-erase": 303,
    "inbox-left-message": 303,
    "inbox-month": 200,
    "inbox-note": 303,
    "inbox-open": 200,
    "inbox-search": 303,
    "inbox-search-found": 200,
    "inbox-person": 200,
    "inbox-sessions": 200,
    "inbox-show": 200,
    "inbox-sign-in-ask": 303,
    "inbox-sign-in-code": 422,
    "inbox-sign-in-link": 303,
    "inbox-sign-out": 303,
    "inbox-test-alert": 303,
    "inbox-wrong-link": 404,
    "leads-form": 303,
    "leads-form-invalid": 422,
    "leads-invalid": 422,
    "leads-json": 201,
    "leads-other-person": 201,
    "leads-spam": 201,
    "leads-warm-up": 204,
    "notify-schedule": {},
    "notify-sign-in": {"batchItemFailures": []},
    "notify-stream": {"batchItemFailures": []},
}


def test_every_event_has_an_outcome_and_every_function_an_event() -> None:
    assert {path.stem for path in EVENTS.iterdir()} == set(OUTCOMES)
    assert {name.partition("-")[0] for name in OUTCOMES} == {package.function for package in PACKAGES.values()}


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_an_event_comes_to_what_its_name_says(stack: Stack, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    text, function = (EVENTS / f"{name}.json").read_text(encoding="utf-8"), name.partition("-")[0]
    event = json.loads(text)
    if function == "canary":
        Chain(World(stack, monkeypatch), monkeypatch)
    if function == "inbox":
        send(stack)
        with stack.environment_of("inbox"):
            event = event_of(text, app.wiring, stack.leads()[0]["id"], time.time())

    result = stack.invoke(function, event)

    assert result.get("statusCode", result) == OUTCOMES[name]
