"""What a function reads from its environment, the template gives it, and nothing more."""

import importlib
from dataclasses import fields

import pytest

from infra.build.imports import reachable
from infra.build.package import PACKAGES, ROOT
from shared import telemetry
from tests.template.deployed import Deployed


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_environment_is_exactly_what_the_function_reads(deployed: Deployed, logical_id: str) -> None:
    package = PACKAGES[logical_id]
    given = set(deployed[logical_id].properties.get("Environment", {}).get("Variables", {}))

    app = importlib.import_module(package.handler_module)
    read = [app.Settings] if hasattr(app, "Settings") else []
    if "shared.telemetry" in reachable(package.handler_module, ROOT):
        read.append(telemetry.Settings)

    assert given == {field.name.upper() for settings in read for field in fields(settings)}


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_settings_accept_what_the_template_gives(
    deployed: Deployed, logical_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = importlib.import_module(PACKAGES[logical_id].handler_module)
    for name, value in deployed[logical_id].properties.get("Environment", {}).get("Variables", {}).items():
        monkeypatch.setenv(name, str(value))

    if hasattr(app, "settings"):
        app.settings.cache_clear()
        assert app.settings()
        app.settings.cache_clear()


def test_parameters_without_default_are_the_three_addresses_that_only_the_practice_knows(deployed: Deployed) -> None:
    from samtranslator.yaml_helper import yaml_parse

    parameters = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Parameters"]

    assert {name for name, each in parameters.items() if "Default" not in each} == {
        "AlertRecipient",
        "AlertSender",
        "OpsEmail",
    }
    assert all(each.get("Description") for each in parameters.values())
