"""Every route leads to a function that exists, and every address that a function knows leads to it."""

import importlib
import json
import re
from pathlib import Path

import pytest

from infra.build.package import PACKAGES
from infra.local import template
from infra.local.routes import Router
from tests.conftest import ROOT
from tests.template.deployed import Deployed


def function_of(deployed: Deployed, method: str, path: str) -> str:
    match = Router(deployed.routes).match(method, path)
    assert match is not None
    return deployed.with_arn(match.route.function_arn).logical_id


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_handler_of_every_function_exists(deployed: Deployed, logical_id: str) -> None:
    module, _, name = deployed[logical_id].properties["Handler"].rpartition(".")

    assert callable(getattr(importlib.import_module(module), name))


def test_every_function_of_the_template_is_packaged_from_its_own_handler(deployed: Deployed) -> None:
    handlers = {function.logical_id: function.properties["Handler"] for function in deployed.functions}

    assert handlers == {name: f"{package.handler_module}.lambda_handler" for name, package in PACKAGES.items()}


def test_pages_that_come_back_from_the_form_name_what_content_has_already() -> None:
    resources = template.load(ROOT / "template.yaml").cloudformation["Resources"]

    assert resources["LeadsFunction"]["DependsOn"] == "ContentFunction"


def test_every_compiled_address_is_answered_by_content(deployed: Deployed, task_root: Path) -> None:
    index = json.loads((task_root / "compiled/site/index.json").read_text("utf-8"))
    paths = {
        *index["paths"],
        *index["negotiated"],
        *index["api"],
        *(f"/{each}/thank-you/2345-6789" for each in index["locales"]),
    }

    assert {path: function_of(deployed, "GET", path) for path in paths} == dict.fromkeys(paths, "ContentFunction")


def test_form_on_every_page_is_sent_to_leads(deployed: Deployed, task_root: Path) -> None:
    forms = [json.loads(path.read_text("utf-8")) for path in (task_root / "compiled/forms").iterdir()]
    actions = {
        action for form in forms for action in re.findall(r'<form[^>]* action="([^"]*)"', "".join(form["pieces"]))
    }

    assert actions
    assert {function_of(deployed, "POST", action) for action in actions} == {"LeadsFunction"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_leads_answers_every_method_at_its_address_itself(deployed: Deployed, method: str) -> None:
    # API Gateway would answer a method without route by a bare 404; the function answers 405 with Allow.
    assert function_of(deployed, method, "/api/leads") == "LeadsFunction"


def test_api_may_call_the_function_of_every_route(deployed: Deployed) -> None:
    callable_by_api = {
        permission.properties["FunctionName"]
        for permission in deployed.of_type("AWS::Lambda::Permission")
        if permission.properties["Principal"] == "apigateway.amazonaws.com"
    }

    assert {deployed.with_arn(route.function_arn).name for route in deployed.routes} <= callable_by_api


def test_functions_behind_the_api_give_up_before_the_api_does(deployed: Deployed) -> None:
    # An HTTP API waits 30 seconds at most; a visitor should then have had our own words.
    timeouts = {deployed.with_arn(route.function_arn).properties["Timeout"] for route in deployed.routes}

    assert max(timeouts) < 30
