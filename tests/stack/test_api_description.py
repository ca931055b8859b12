"""`/openapi.json` is true, in both directions: what it allows is taken, and what it does not is refused.

Schemathesis makes up the requests, from seeds that are new each time. To see one again:
`API_SEED=<the seed printed last> python -m pytest tests/stack/test_api_description.py`, or as `schemathesis.toml` says.
"""

import os
import secrets
import subprocess
import sys

import pytest

from infra.local.stack import LocalStack
from tests.conftest import ROOT

pytestmark = pytest.mark.long


def test_service_and_description_agree(running: LocalStack) -> None:
    seed = os.environ.get("API_SEED") or str(secrets.randbits(32))
    description = f"http://127.0.0.1:{running.port}/openapi.json"

    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", description, "--seed", seed, "--max-examples", "40"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    print(done.stdout)
    assert done.returncode == 0, f"API_SEED={seed}\n{done.stdout}\n{done.stderr}"
