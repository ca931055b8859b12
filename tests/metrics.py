"""Which metrics are counted, read from the code and the template: each costs money, and needs somebody who reads it."""

import ast

from infra.build.imports import reachable
from infra.build.package import PACKAGES
from infra.local import template
from tests.conftest import ROOT


def counted_by(logical_id: str) -> set[str]:
    """The metrics that a function counts: the argument of every `telemetry.count(...)` in the modules it leads to."""
    calls = [
        node
        for path in reachable(PACKAGES[logical_id].handler_module, ROOT).values()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("telemetry.count")
    ]
    return {str(name.value) for call in calls if isinstance(name := call.args[0], ast.Constant)}


def counted_by_ses() -> set[str]:
    """The events of mails that SES makes metrics of."""
    resources = template.load(ROOT / "template.yaml").cloudformation["Resources"].values()
    properties = [
        each["Properties"] for each in resources if each["Type"].endswith("::ConfigurationSetEventDestination")
    ]
    to_metrics = [
        each["EventDestination"] for each in properties if "CloudWatchDestination" in each["EventDestination"]
    ]
    return {event for each in to_metrics for event in each["MatchingEventTypes"]}
