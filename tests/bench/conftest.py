"""One small laboratory for all tests: the runtime, DynamoDB and SES that answer at once, and the compiled site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.build.package import compile_site
from tests.bench import cloud, runtime
from tests.bench.cloud import Cloud
from tests.bench.contestants import Contestant, contestants
from tests.bench.environment import Laboratory
from tests.bench.errors import BenchError
from tests.bench.known_lead import known_lead
from tests.bench.packages import architecture


@pytest.fixture(scope="session")
def everyone() -> dict[str, Contestant]:
    return {each.name: each for each in contestants()}


@pytest.fixture(scope="session", autouse=True)
def _on_linux() -> None:
    try:
        architecture()
    except BenchError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    compile_site(folder)
    return folder


@pytest.fixture(scope="session")
def aws() -> Iterator[Cloud]:
    with cloud.running(delay_ms=0) as aws:
        aws.know_lead(known_lead())
        yield aws


@pytest.fixture(scope="session")
def laboratory(aws: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    return Laboratory(runtime.build(tmp_path_factory.mktemp("runtime")), aws)
