"""Which way the arrows point: functions -> shared -> libraries, and AWS behind two doors."""

import pytest

from infra.build.imports import DEPLOYED, imports
from tests.conftest import ROOT

OURS = (*DEPLOYED, "infra", "tests")
SDK = {"boto3", "botocore"}
DOORS_TO_AWS = {"shared/store.py", "functions/notify/mailer.py"}
CLIENTS = "shared/aws.py"

SOURCES = sorted(path.relative_to(ROOT) for top in DEPLOYED for path in (ROOT / top).rglob("*.py"))
IMPORTS = {
    str(path): imports(ROOT / path, ".".join(path.with_suffix("").parts).removesuffix(".__init__")) for path in SOURCES
}


def packages_of_ours(path: str) -> set[str]:
    """What of ours a file imports: `shared`, `infra`, `functions.leads`, ..."""
    found = [each.module for each in IMPORTS[path] if each.top_level in OURS]
    return {".".join(module.split(".")[: 2 if module.startswith("functions") else 1]) for module in found}


@pytest.mark.parametrize("path", [path for path in IMPORTS if path.startswith("shared/")])
def test_shared_imports_nothing_of_ours_but_itself(path: str) -> None:
    assert packages_of_ours(path) <= {"shared"}


@pytest.mark.parametrize("path", [path for path in IMPORTS if path.count("/") > 1 and path.startswith("functions/")])
def test_a_function_imports_shared_and_itself(path: str) -> None:
    own = ".".join(path.split("/")[:2])
    # The compiler writes what `leads` shows and the API's description of what it takes, so it reads them there.
    may_read = {"functions.leads"} if "/compiler/" in path else set()

    assert packages_of_ours(path) <= {"shared", own, *may_read}


def test_aws_is_reached_through_two_files_alone() -> None:
    uses_sdk = {path for path, found in IMPORTS.items() if SDK & {each.top_level for each in found}}
    makes_clients = {path for path, found in IMPORTS.items() if "shared.aws" in {each.module for each in found}}

    assert uses_sdk == DOORS_TO_AWS | {CLIENTS}
    assert makes_clients == DOORS_TO_AWS
