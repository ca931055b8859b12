"""botocore's data, cut down: what is called still works, and nothing else is left."""

import json
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.session import Session

from infra.build.errors import BuildError
from infra.build.package import PACKAGES
from infra.build.sdk import Calls, trim

SOURCE = Path(botocore.__file__).parent / "data"
FOR_ALL = ("_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """botocore's data as installed, but for the services that nobody here calls."""
    data = tmp_path / "botocore" / "data"
    data.mkdir(parents=True)
    for name in {*FOR_ALL, "s3", *(service for package in PACKAGES.values() for service in package.calls)}:
        (data / name).symlink_to(SOURCE / name)
    return tmp_path


def client(packages: Path, service: str, region: str = "us-east-1") -> Any:
    session = Session()
    session.get_component("data_loader")._search_paths[:] = [str(packages / "botocore" / "data")]
    return session.create_client(service, region, aws_access_key_id="x", aws_secret_access_key="x")


@pytest.mark.parametrize("calls", [package.calls for package in PACKAGES.values() if package.calls])
def test_a_client_can_make_its_calls_and_no_others(installed: Path, calls: Calls) -> None:
    trim(installed, calls)

    for service, operations in calls.items():
        assert client(installed, service).meta.service_model.operation_names == sorted(operations)


def test_a_call_is_described_as_before(installed: Path) -> None:
    before = client(installed, "dynamodb").meta.service_model.operation_model("PutItem")

    trim(installed, {"dynamodb": ("PutItem",)})

    after = client(installed, "dynamodb").meta.service_model.operation_model("PutItem")
    assert after.http == before.http
    assert list(after.input_shape.members) == list(before.input_shape.members)
    assert {shape.name for shape in after.error_shapes} == {shape.name for shape in before.error_shapes}
    assert after.service_model.metadata == before.service_model.metadata


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "mx-central-1"])
def test_every_region_has_its_endpoint(installed: Path, region: str) -> None:
    before = client(installed, "dynamodb", region).meta.endpoint_url

    trim(installed, {"dynamodb": ("PutItem",)})

    assert client(installed, "dynamodb", region).meta.endpoint_url == before


def test_nothing_is_left_that_no_client_reads(installed: Path) -> None:
    trim(installed, {"dynamodb": ("PutItem",)})

    left = sorted(path.name for path in (installed / "botocore" / "data").iterdir())
    assert left == sorted((*FOR_ALL, "dynamodb"))
    assert "documentation" not in (installed / "botocore/data/dynamodb/2012-08-10/service-2.json").read_text()


def test_a_member_called_documentation_is_kept(tmp_path: Path) -> None:
    # given a service with such a member
    data = tmp_path / "botocore" / "data"
    member = {"shape": "Text", "documentation": "prose"}
    model = {
        "metadata": {"endpointPrefix": "notes"},
        "operations": {"Put": {"name": "Put", "input": {"shape": "PutInput"}, "documentation": "prose"}},
        "shapes": {"PutInput": {"type": "structure", "members": {"documentation": member}}, "Text": {"type": "string"}},
    }
    (data / "notes" / "2020-01-01").mkdir(parents=True)
    (data / "notes/2020-01-01/service-2.json").write_text(json.dumps(model))
    (data / "notes/2020-01-01/endpoint-rule-set-1.json").write_text("{}")
    for name in FOR_ALL:
        (data / name).write_text('{"partitions": []}')

    trim(tmp_path, {"notes": ("Put",)})

    shapes = json.loads((data / "notes/2020-01-01/service-2.json").read_text())["shapes"]
    assert shapes == {
        "PutInput": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
        "Text": {"type": "string"},
    }


@pytest.mark.parametrize("calls", [{"dynamodb": ("PutThing",)}, {"s4": ("PutObject",)}])
def test_what_botocore_does_not_know_is_named(installed: Path, calls: Calls) -> None:
    with pytest.raises(BuildError, match=r"PutThing|s4"):
        trim(installed, calls)
