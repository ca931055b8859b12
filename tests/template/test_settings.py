"""What a function reads from its environment, the template gives it, and nothing more."""

import importlib
from dataclasses import fields
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra.build.package import PACKAGES, ROOT
from infra.local.template import parameter_fault
from infra.site.sources import practice_file
from tests.template.deployed import Deployed


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_environment_is_exactly_what_the_function_reads(
    deployed: Deployed, logical_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = deployed[logical_id].properties.get("Environment", {}).get("Variables", {})
    for name, value in given.items():
        monkeypatch.setenv(name, str(value))
    app = importlib.import_module(PACKAGES[logical_id].handler_module)

    wiring: Any = getattr(app, "Wiring", object)()
    read = [wiring.settings] if hasattr(wiring, "settings") else []
    if hasattr(wiring, "telemetry"):
        read.append(wiring.telemetry.settings)

    assert given.keys() == {field.name.upper() for settings in read for field in fields(settings)}


def test_the_time_zone_of_schedules_is_the_practices_own() -> None:
    parameters = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Parameters"]

    assert parameters["TimeZone"]["Default"] == practice_file.load().time_zone


def test_parameters_without_default_are_the_three_addresses_that_only_the_practice_knows(deployed: Deployed) -> None:
    parameters = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Parameters"]

    assert {name for name, each in parameters.items() if "Default" not in each} == {
        "AlertRecipient",
        "AlertSender",
        "OpsEmail",
    }
    assert all(each.get("Description") for each in parameters.values())


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("", True),
        ("https://hc-ping.com/5d3a9f04-0000-4000-8000-000000000000", True),
        ("https://status.example.com:8443/beat?of=needlepoint", True),
        ("http://hc-ping.com/5d3a9f04", False),
        ("https://", False),
        ("https://user:secret@example.com/", False),
        ("https://example.com/a b", False),
        ("none", False),
    ],
)
def test_a_sign_of_life_goes_by_https_or_nowhere(url: str, is_allowed: bool) -> None:
    spec = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Parameters"]["HeartbeatUrl"]

    assert (parameter_fault(spec, url) is None) == is_allowed
