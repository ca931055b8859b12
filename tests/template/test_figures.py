"""The dashboard's eight figures: each is drawn from what is counted or logged, and of no person."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.build.imports import reachable
from infra.build.package import PACKAGES
from infra.local.cloud import STACK_NAME
from tests.conftest import ROOT
from tests.metrics import counted_by
from tests.template.deployed import Deployed, deploy

TITLES = ("Enquiries", "Answered", "Alerts proven", "Delay", "Open steps", "Refused", "5xx", "Canary")
# Insights' own, and what Logger puts on every line.
ITS_OWN = {"message", "times", "answered", "enquiries", "sent", "proven", "half", "longest", "count_distinct"}


@pytest.fixture(scope="module")
def widgets(deployed: Deployed) -> list[Any]:
    found: list[Any] = json.loads(deployed["Figures"].properties["DashboardBody"])["widgets"]
    return found


def functions_of(deployed: Deployed, query: str) -> set[str]:
    """The functions whose log groups a query reads."""
    groups = set(re.findall(r"SOURCE '([^']+)'", query))
    assert groups
    found = {each.logical_id for each in deployed.functions if each.properties["LoggingConfig"]["LogGroup"] in groups}
    assert len(found) == len(groups)
    return found


def source_of(logical_id: str) -> str:
    files = reachable(PACKAGES[logical_id].handler_module, ROOT).values()
    return "\n".join(Path(file).read_text("utf-8") for file in files)


def test_there_are_eight(widgets: list[Any]) -> None:
    assert len(widgets) == len(TITLES)
    for widget, title in zip(widgets, TITLES, strict=True):
        assert widget["properties"]["title"].startswith(title)
        assert widget["properties"]["region"] == "us-east-1"


def test_none_lies_on_another(widgets: list[Any]) -> None:
    places = [(each["x"], each["y"], each["width"], each["height"]) for each in widgets]

    assert len({place[:2] for place in places}) == len(places)
    assert all(x + width <= 24 for x, _, width, _ in places)


def test_what_is_queried_is_logged_by_the_functions_whose_logs_are_read(deployed: Deployed, widgets: list[Any]) -> None:
    queries = [each["properties"]["query"] for each in widgets if each["type"] == "log"]
    assert len(queries) == 5
    for query in queries:
        source = "\n".join(source_of(each) for each in functions_of(deployed, query))
        words = set(re.findall(r"'([^']+)'", query)) - set(re.findall(r"SOURCE '([^']+)'", query))
        fields = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", re.sub(r"'[^']*'", "", query))) - ITS_OWN
        for word in words:
            assert f'"{word}"' in source, word
        for field in fields:
            assert re.search(rf'\b{field}=|"{field}":|{field}"', source), field


def test_metrics_are_published_with_these_dimensions(deployed: Deployed, widgets: list[Any]) -> None:
    services = {
        each.properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: each.logical_id
        for each in deployed.functions
        if "Environment" in each.properties
    }
    for widget in (each for each in widgets if each["type"] == "metric"):
        for namespace, name, dimension, value in widget["properties"]["metrics"]:
            if namespace == STACK_NAME:
                assert dimension == "service"
                assert name in counted_by(services[value])
            else:
                assert (namespace, name, dimension) == ("AWS/ApiGateway", "5xx", "ApiId")
                assert value == deployed["HttpApi"].name


def test_there_is_no_budget_unless_one_is_given(deployed: Deployed) -> None:
    assert deployed.of_type("AWS::Budgets::Budget") == []

    with deploy({"MonthlyBudget": "25"}) as stack:
        (budget,) = stack.of_type("AWS::Budgets::Budget")
    assert str(budget.properties["Budget"]["BudgetLimit"]["Amount"]) == "25"
    assert {
        each["Address"] for told in budget.properties["NotificationsWithSubscribers"] for each in told["Subscribers"]
    } == {"ops@example.com"}
