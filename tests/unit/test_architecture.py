"""Which way the arrows point: functions -> shared -> libraries, and AWS is called in three files."""

from pathlib import Path

import pytest

from infra.build.imports import DEPLOYED, imports
from tests.conftest import ROOT

OURS = (*DEPLOYED, "infra", "tests")
SDK = {"boto3", "botocore"}
CALL_AWS = {"shared/items.py", "shared/keys.py", "shared/mailer.py"}
CLIENTS = "shared/aws.py"
# The site compiler, from the sources up: a package or a module imports nothing of what stands after it.
COMPILER = (
    *("errors", "places", "tag_places", "table", "sources", "languages", "translations", "views", "edition"),
    *("outputs", "build", "released", "__init__", "__main__"),
)


def _imports(*folders: str) -> dict[str, set[str]]:
    """The modules that each file imports, by its path."""
    paths = sorted(path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {str(path): {each.module for each in imports(ROOT / path, _module(path))} for path in paths}


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


IMPORTS = _imports(*DEPLOYED)
COMPILER_IMPORTS = _imports("infra/site")


def packages_of_ours(path: str) -> set[str]:
    """What of ours a file imports: `shared`, `infra`, `functions.leads`, ..."""
    found = [module for module in IMPORTS[path] if module.split(".")[0] in OURS]
    return {".".join(module.split(".")[: 2 if module.startswith("functions") else 1]) for module in found}


@pytest.mark.parametrize("path", [path for path in IMPORTS if path.startswith("shared/")])
def test_shared_imports_nothing_of_ours_but_itself(path: str) -> None:
    assert packages_of_ours(path) <= {"shared"}


@pytest.mark.parametrize("path", [path for path in IMPORTS if path.count("/") > 1 and path.startswith("functions/")])
def test_a_function_imports_shared_and_itself(path: str) -> None:
    own = ".".join(path.split("/")[:2])

    assert packages_of_ours(path) <= {"shared", own}


@pytest.mark.parametrize("path", COMPILER_IMPORTS)
def test_the_compiler_imports_downwards(path: str) -> None:
    own = COMPILER.index(Path(path).relative_to("infra/site").with_suffix("").parts[0])
    imported = {module.split(".")[2] for module in COMPILER_IMPORTS[path] if module.startswith("infra.site.")}

    assert {part for part in imported & set(COMPILER) if COMPILER.index(part) > own} == set()
    assert not imported - set(COMPILER)


def test_aws_is_reached_through_three_files_alone() -> None:
    uses_sdk = {path for path, found in IMPORTS.items() if SDK & {module.split(".")[0] for module in found}}
    makes_clients = {path for path, found in IMPORTS.items() if "shared.aws" in found}

    assert uses_sdk == CALL_AWS | {CLIENTS}
    assert makes_clients == CALL_AWS
