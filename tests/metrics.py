"""Which metrics are counted, read from the code and the template: each costs money, and needs somebody who reads it."""

import ast
from functools import cache
from itertools import pairwise

from infra.build.imports import reachable
from infra.build.package import PACKAGES
from infra.local import template
from tests.conftest import ROOT


@cache
def counted_by(logical_id: str) -> frozenset[str]:
    """The metrics of a function: what the modules that it leads to name beside `telemetry.count` or `.measure`."""
    calls = [
        node
        for path in reachable(PACKAGES[logical_id].handler_module, ROOT).values()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
    ]
    # It is called, or put off for a part of a sweep: then it is the first argument, and the name the second.
    written = [(ast.unparse(each), beside) for call in calls for each, beside in pairwise([call.func, *call.args])]
    return frozenset(
        str(name.value)
        for what, name in written
        if what.endswith(("telemetry.count", "telemetry.measure")) and isinstance(name, ast.Constant)
    )


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
