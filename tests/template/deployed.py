"""The stack as CloudFormation would create it: translated by SAM's translator, resolved by moto."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from moto import mock_aws

from infra.local import template
from infra.local.cloud import Cloud
from infra.local.endpoint import AwsEndpoint
from infra.local.routes import Route
from tests.conftest import ROOT


@dataclass(frozen=True)
class Resource:
    """One resource: `properties` have every intrinsic function resolved, `name` is what `Ref` gives."""

    logical_id: str
    type: str
    name: str
    arn: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Deployed:
    """What one set of parameters makes of the template."""

    resources: Mapping[str, Resource]
    routes: list[Route]
    outputs: Mapping[str, str]

    def __getitem__(self, logical_id: str) -> Resource:
        return self.resources[logical_id]

    def of_type(self, resource_type: str) -> list[Resource]:
        return [resource for resource in self.resources.values() if resource.type == resource_type]

    @property
    def functions(self) -> list[Resource]:
        return self.of_type("AWS::Lambda::Function")

    def with_arn(self, arn: str) -> Resource:
        (found,) = (resource for resource in self.resources.values() if resource.arn == arn)
        return found


@contextmanager
def deploy(parameters: Mapping[str, str] | None = None) -> Iterator[Deployed]:
    """Create the stack in moto, for as long as the context lasts."""
    with mock_aws():
        cloud = Cloud(AwsEndpoint())
        cloud.create_stack(template.load(ROOT / "template.yaml", parameters))
        resources = {resource.logical_id: resource_of(resource) for resource in cloud.resources()}
        yield Deployed(resources, cloud.routes(), cloud.outputs())


def resource_of(resource: Any) -> Resource:
    """A resource of a stack that runs in moto."""
    model = resource.model
    names = ("function_arn", "table_arn", "queue_arn", "arn")
    arn = next((str(value) for name in names if (value := getattr(model, name, None))), "")
    return Resource(
        resource.logical_id, resource.type, str(getattr(model, "physical_resource_id", "")), arn, resource.properties
    )
