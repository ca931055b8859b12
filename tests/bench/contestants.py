"""Who is measured, at which job, in which package, with which settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from infra.build.package import PACKAGES, ROOT
from infra.local import template
from infra.local.process_environment import FunctionSpec
from tests.bench.jobs import CONTENT, LEADS, NOTHING, NOTIFY, Event, Job, as_rest_api
from tests.bench.packages import BARE, FLOOR, PUT, RUNTIME_SDK, Packaging

_PEER_HANDLER = "app.lambda_handler"


@dataclass(frozen=True)
class Contestant:
    """One row of the table.

    Attributes:
        name: As in the results: `leads`, `fastapi-leads-sam`.
        title: As people read it.
        package: The package it is in; a peer has one for both jobs.
        spec: Handler and environment variables.
        translate: What makes of an event the one that it understands.
    """

    name: str
    title: str
    job: Job
    package: str
    spec: FunctionSpec
    translate: Callable[[Event], Event] = lambda event: event

    @property
    def is_peer(self) -> bool:
        """Whether it does one of our jobs as others would."""
        return self.package.partition("-")[0] not in (*PACKAGES, *BARE)


_OURS: Mapping[str, Job] = {"ContentFunction": CONTENT, "LeadsFunction": LEADS, "NotifyFunction": NOTIFY}
PEER_TITLES: Mapping[str, str] = {
    "fastapi": "FastAPI, Mangum",
    "flask": "Flask, apig-wsgi",
    "chalice": "Chalice",
    "powertools": "Powertools, validation",
}


def contestants() -> list[Contestant]:
    """Everyone: what is bare, our functions with their own SDK and with the runtime's, and each peer at both jobs in
    both packagings.
    """
    specs = function_specs()
    peer_spec = replace(specs["LeadsFunction"], logical_id="PeerFunction", name="peer", handler=_PEER_HANDLER)
    floor_spec = replace(specs["ContentFunction"], logical_id="FloorFunction", name="floor", handler=_PEER_HANDLER)
    floor = Contestant("floor", "a handler without imports", NOTHING, FLOOR, floor_spec)
    put = Contestant(PUT, "one PutItem and nothing else", LEADS, PUT, replace(peer_spec, name=PUT))
    ours = [Contestant(job.name, "Needlepoint", job, id_, specs[id_]) for id_, job in _OURS.items()]
    leaner = [_with_runtime_sdk(each) for each in ours if PACKAGES[each.package].calls]
    peers = [
        _peer(name, job, packaging, peer_spec)
        for job in (CONTENT, LEADS)
        for name in PEER_TITLES
        for packaging in Packaging
    ]
    return [floor, *ours, *leaner, put, *peers]


def _with_runtime_sdk(contestant: Contestant) -> Contestant:
    return replace(
        contestant,
        name=f"{contestant.name}-{RUNTIME_SDK}",
        title="Needlepoint, with the runtime's SDK",
        package=f"{contestant.package}-{RUNTIME_SDK}",
    )


def _peer(name: str, job: Job, packaging: Packaging, spec: FunctionSpec) -> Contestant:
    peer = Contestant(f"{name}-{job.name}-{packaging}", PEER_TITLES[name], job, f"{name}-{packaging}", spec)
    return replace(peer, translate=as_rest_api) if name == "chalice" else peer


def function_specs() -> dict[str, FunctionSpec]:
    """Our functions as the template describes them, by logical id. What AWS would name is named `bench-<LogicalId>`."""
    translated = template.load(ROOT / "template.yaml")
    resources = translated.cloudformation["Resources"]
    return {id_: _spec(id_, resources[id_]["Properties"], translated.parameters) for id_ in _OURS}


def _spec(logical_id: str, properties: Mapping[str, Any], parameters: Mapping[str, str]) -> FunctionSpec:
    variables = properties.get("Environment", {}).get("Variables", {})
    return FunctionSpec(
        logical_id=logical_id,
        name=f"bench-{logical_id}",
        arn=f"arn:aws:lambda:{template.REGION}:123456789012:function:bench-{logical_id}",
        handler=properties["Handler"],
        runtime=properties["Runtime"],
        timeout=float(properties["Timeout"]),
        memory=int(properties["MemorySize"]),
        environment={name: _value(value, parameters) for name, value in variables.items()},
        log_group=f"bench-{logical_id}",
        log_format=properties["LoggingConfig"]["LogFormat"],
        log_level=None,
    )


def _value(value: Any, parameters: Mapping[str, str]) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    # Only a reference has a name to go by; whatever else the template makes of names has no meaning here.
    name = value.get("Ref", "unnamed")
    return parameters.get(name, f"bench-{name}")
