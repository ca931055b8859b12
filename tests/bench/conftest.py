"""One laboratory for all tests: the runtime, an AWS that answers at once, and the compiled site."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.build.errors import BuildError
from infra.build.package import ROOT, compile_site
from tests.bench import packages
from tests.bench.cloud import Cloud
from tests.bench.contestants import contestants
from tests.bench.environment import observe

type Answers = list[dict[str, Any]]


@pytest.fixture(scope="session", autouse=True)
def _on_linux() -> None:
    try:
        packages.architecture()
    except BuildError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    compile_site(folder)
    return folder


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    with Cloud(delay_ms=0) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def answers_of(cloud: Cloud, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Answers]:
    """Builds a contestant's package, and has it do its job twice."""
    python = packages.build_runtime(tmp_path_factory.mktemp("runtime"))
    built = tmp_path_factory.mktemp("packages")
    # This checkout stands for another one as well: a variant is built and run like anybody.
    everyone = {each.name: each for each in contestants(site, {"again": ROOT})}

    def answers_of(name: str) -> Answers:
        contestant = everyone[name]
        folder = built / contestant.package
        if not folder.exists():
            contestant.build(folder)
        return observe(contestant, folder, python, cloud, 1)[1]

    return answers_of
