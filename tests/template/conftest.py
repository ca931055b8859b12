"""The stack as the template makes it, for the stages."""

from pathlib import Path

import pytest

from infra.site import compile_all
from tests.template.deployed import Deployed, deploy


@pytest.fixture(scope="session")
def deployed() -> Deployed:
    """The stack with every parameter at its default, but for the addresses."""
    with deploy() as stack:
        return stack


@pytest.fixture(scope="session")
def production() -> Deployed:
    """The stack as the stage prod has it."""
    with deploy({"Stage": "prod"}) as stack:
        return stack


@pytest.fixture(scope="session")
def task_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the compiler writes for the functions to read."""
    root = tmp_path_factory.mktemp("task-root")
    # With drafts, a message that is not translated yet is no fault here; it has tests of its own.
    compile_all(root, drafts=True)
    return root
