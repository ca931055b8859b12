"""Every file in events/ runs through its handler and comes to what its name says."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.build.package import PACKAGES
from tests.integration.conftest import Stack

EVENTS = Path(__file__).parents[2] / "events"

# What each event comes to: a status for a request, the records to bring again for a stream.
OUTCOMES: dict[str, Any] = {
    "content-api": 200,
    "content-negotiate": 302,
    "content-not-found": 404,
    "content-page": 200,
    "content-thank-you": 200,
    "leads-form": 303,
    "leads-form-invalid": 422,
    "leads-invalid": 422,
    "leads-json": 201,
    "leads-spam": 201,
    "leads-warm-up": 204,
    "notify-schedule": {},
    "notify-stream": {"batchItemFailures": []},
}


def test_every_event_has_an_outcome_and_every_function_an_event() -> None:
    assert {path.stem for path in EVENTS.iterdir()} == set(OUTCOMES)
    assert {name.partition("-")[0] for name in OUTCOMES} == {package.function for package in PACKAGES.values()}


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_an_event_comes_to_what_its_name_says(stack: Stack, name: str) -> None:
    event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    function = name.partition("-")[0]

    result = stack.invoke(function, event)

    assert result.get("statusCode", result) == OUTCOMES[name]
