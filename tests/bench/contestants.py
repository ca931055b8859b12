"""Who is measured, at which job, in which package, with which settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from moto import mock_aws

from infra.build.package import ROOT
from infra.local import template
from infra.local.cloud import Cloud
from infra.local.endpoint import AwsEndpoint
from infra.local.process_environment import FunctionSpec
from tests.bench.jobs import (
    CANARY,
    CONTENT,
    DELIVERY,
    FOLLOWUP,
    INBOX,
    LEADS,
    NOTHING,
    NOTIFY,
    Event,
    Job,
    as_rest_api,
)
from tests.bench.packages import FLOOR, LIST, PUT, Packaging, build_function, build_peer

_OURS: Mapping[str, Job] = {
    "ContentFunction": CONTENT,
    "LeadsFunction": LEADS,
    "NotifyFunction": NOTIFY,
    "InboxFunction": INBOX,
    "DeliveryFunction": DELIVERY,
    "FollowupFunction": FOLLOWUP,
    "CanaryFunction": CANARY,
}
# The end of the name of a function whose package leaves the SDK to the runtime.
RUNTIME_SDK = "-runtime_sdk"
PEER_TITLES: Mapping[str, str] = {
    "fastapi": "FastAPI, Mangum",
    "flask": "Flask, apig-wsgi",
    "chalice": "Chalice",
    "powertools": "Powertools, validation",
}


def _unchanged(event: Event) -> Event:
    return event


@dataclass(frozen=True)
class Contestant:
    """One row of the table.

    Attributes:
        name: As in the results: `leads`, `fastapi-leads-sam`.
        title: As people read it.
        package: The name of the package that it is in; a peer has one for both jobs.
        build: Fills a folder with that package.
        spec: Handler and environment variables.
        packaging: How a peer is packaged; None if it is none.
        translate: What makes of an event the one that it understands.
    """

    name: str
    title: str
    job: Job
    package: str
    build: Callable[[Path], None]
    spec: FunctionSpec
    packaging: Packaging | None = None
    translate: Callable[[Event], Event] = _unchanged


def contestants(site: Path, variants: Mapping[str, Path]) -> list[Contestant]:
    """Everyone: what is bare, our functions with their own SDK and with the runtime's, and each peer at its jobs in
    both packagings.

    Args:
        site: A task root with `compiled/`, for the peers' pages.
        variants: Checkouts by name, whose functions are measured beside this one's.
    """
    spec = replace(_specs(ROOT)["LeadsFunction"], logical_id="PeerFunction", name="peer", handler="app.lambda_handler")
    floor, put = (partial(build_peer, name, Packaging.OURS, site=site) for name in (FLOOR, PUT))
    everyone = [
        Contestant(FLOOR, "a handler without imports", NOTHING, FLOOR, floor, spec),
        *_functions("", "", ROOT, build_function),
    ]
    for name, root in variants.items():
        everyone += _functions(f"-{name}", f", {name}", root, partial(build_function, root=root))
    leaner = _functions(RUNTIME_SDK, ", with the runtime's SDK", ROOT, partial(build_function, brings_sdk=False))
    everyone += [each for each in leaner if each.job in (LEADS, NOTIFY)]
    everyone += [Contestant(PUT, "one PutItem and nothing else", LEADS, PUT, put, spec)]
    for job in (CONTENT, LEADS):
        for name, title in PEER_TITLES.items():
            for packaging in Packaging:
                build = partial(build_peer, name, packaging, site=site)
                translate = as_rest_api if name == "chalice" else _unchanged
                package, row = f"{name}-{packaging}", f"{name}-{job.name}-{packaging}"
                everyone += [Contestant(row, title, job, package, build, spec, packaging, translate)]
    spec = replace(_specs(ROOT)["InboxFunction"], logical_id="PeerFunction", name="peer", handler="app.lambda_handler")
    for packaging in Packaging:
        build, row = partial(build_peer, LIST, packaging, site=site), f"fastapi-{INBOX.name}-{packaging}"
        everyone += [Contestant(row, "FastAPI, Jinja, Mangum", INBOX, f"{LIST}-{packaging}", build, spec, packaging)]
    return everyone


def _functions(suffix: str, note: str, root: Path, build: Callable[[str, Path], None]) -> list[Contestant]:
    """The functions of a checkout."""
    specs = _specs(root)
    return [
        Contestant(job.name + suffix, f"Needlepoint{note}", job, id_ + suffix, partial(build, id_), specs[id_])
        for id_, job in _OURS.items()
        if id_ in specs  # an older checkout has fewer
    ]


@cache
def _specs(root: Path) -> dict[str, FunctionSpec]:
    """A checkout's functions by logical id, as CloudFormation would create them from the template."""
    with mock_aws():
        cloud = Cloud(AwsEndpoint())
        cloud.create_stack(template.load(root / "template.yaml"))
        return {spec.logical_id: spec for spec in cloud.functions()}
