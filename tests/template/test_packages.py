"""What `sam build` puts into each zip."""

import importlib.util
import marshal
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import CodeType

import pytest

from infra.build.dependencies import Architecture, install
from infra.build.imports import reachable
from infra.build.package import PACKAGES
from tests.conftest import ROOT
from tests.template import packages
from tests.template.packages import HERE

pytestmark = pytest.mark.sam

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sam")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packages.clone(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def built(checkout: Path, home: Path) -> Path:
    """`sam build`, for Lambda's arm64."""
    packages.sam("build", project=checkout, home=home)
    return checkout / ".aws-sam/build"


@pytest.fixture(scope="module")
def built_elsewhere(checkout: Path, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same from a checkout in another folder, with another README."""
    elsewhere = tmp_path_factory.mktemp("a") / "deeper folder" / "checkout"
    shutil.copytree(checkout, elsewhere, ignore=shutil.ignore_patterns(".aws-sam"))
    (elsewhere / "README.md").write_text("Something else.\n", "utf-8")
    (elsewhere / "docs/operations.md").write_text("Something else.\n", "utf-8")
    packages.sam("build", project=elsewhere, home=home)
    return elsewhere / ".aws-sam/build"


@pytest.fixture(scope="module")
def built_for_here(checkout: Path, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`ARCH=... sam build`, for the machine that the tests run on."""
    return packages.build_for_here(project=checkout, home=home, folder=tmp_path_factory.mktemp("here"))


def test_template_is_valid(home: Path) -> None:
    assert "is a valid SAM Template" in packages.sam("validate", "--lint", project=ROOT, home=home)


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_our_own_code_in_it_is_what_the_handler_leads_to(built: Path, checkout: Path, logical_id: str) -> None:
    package = built / logical_id
    ours = {path.relative_to(package) for name in ("functions", "shared") for path in (package / name).rglob("*.*")}

    sources = {file.relative_to(checkout) for file in reachable(PACKAGES[logical_id].handler_module, checkout).values()}
    assert {path for path in ours if path.suffix != ".pyc"} == sources


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_nothing_in_it_is_for_building_or_testing(built: Path, logical_id: str) -> None:
    package = built / logical_id
    ours = (package, *(package / name for name in ("compiled", "functions", "shared")))
    names = {path.name for folder in ours for path in folder.glob("*" if folder == package else "**/*")}

    assert not names & {"articles", "compiler", "docs", "infra", "templates", "tests", "Makefile", "README.md"}
    assert not [path for path in package.rglob("*") if path.suffix in (".po", ".pyi", ".toml")]


def test_content_brings_no_library(built: Path) -> None:
    assert {path.name for path in (built / "ContentFunction").iterdir()} == {"compiled", "functions", "shared"}


@pytest.mark.parametrize(
    ("logical_id", "parts"),
    [
        ("ContentFunction", {"site"}),
        ("LeadsFunction", {"form.json", "forms", "languages.json", "locales", "practice.json"}),
        ("NotifyFunction", {"language_names.json", "locales", "practice.json"}),
    ],
)
def test_each_carries_the_compiled_parts_that_it_reads(built: Path, logical_id: str, parts: set[str]) -> None:
    assert {path.name for path in (built / logical_id / "compiled").iterdir()} == parts


def test_of_the_sdk_they_bring_what_their_calls_need(built: Path) -> None:
    assert not [path for path in built.glob("*/*") if path.name in ("boto3", "s3transfer")]
    services = {
        package.name: {path.name for path in (package / "botocore/data").iterdir() if path.is_dir()}
        for package in built.glob("*Function")
        if (package / "botocore").exists()
    }
    assert services == {"LeadsFunction": {"dynamodb"}, "NotifyFunction": {"dynamodb", "sesv2"}}


def test_binaries_are_for_arm64_alone(built: Path) -> None:
    assert {name for package in PACKAGES for name in packages.architectures(built / package)} == {"arm64"}


def test_arch_builds_for_the_other_processor(built_for_here: Path) -> None:
    assert {name for package in PACKAGES for name in packages.architectures(built_for_here / package)} == {HERE}


@pytest.mark.parametrize("architecture", Architecture)
def test_a_library_with_binaries_is_installed_for_lambdas_processor(tmp_path: Path, architecture: Architecture) -> None:
    install("leads", tmp_path, architecture, ROOT)

    assert packages.architectures(tmp_path) == {architecture}


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_its_handler_starts_with_nothing_else_around(built_for_here: Path, logical_id: str) -> None:
    package = built_for_here / logical_id
    program = (
        f"import sys; sys.path.insert(0, {str(package)!r}); sys.dont_write_bytecode = True\n"
        f"from {PACKAGES[logical_id].handler_module} import lambda_handler\n"
        "assert callable(lambda_handler)\n"
    )

    # -S keeps the packages installed here out of it, -I the environment and the working folder.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath},
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_every_source_has_bytecode_that_lambda_accepts(built: Path, logical_id: str) -> None:
    package = built / logical_id
    sources = list(package.rglob("*.py"))

    for source in sources:
        header, code = split(Path(importlib.util.cache_from_source(str(source))).read_bytes())
        # PEP 552: bits 0 and 1 mean "checked by the source's hash", which SAM's dates of 1980 cannot void.
        assert header == importlib.util.MAGIC_NUMBER + b"\3\0\0\0" + importlib.util.source_hash(source.read_bytes())
        assert code.co_filename == f"/var/task/{source.relative_to(package)}"
    assert sources


def test_checkouts_in_other_folders_with_other_readmes_give_the_same_bytes(built: Path, built_elsewhere: Path) -> None:
    assert packages.digests(built) == packages.digests(built_elsewhere)


def test_zips_stay_small(built: Path) -> None:
    packages.digests(built)
    limits = {name: (8 if package.calls else 2) * MEGABYTE for name, package in PACKAGES.items()}

    assert {name: size for name, size in packages.zip_sizes(built).items() if size > limits[name]} == {}


def split(bytecode: bytes) -> tuple[bytes, CodeType]:
    code = marshal.loads(bytecode[16:])  # noqa: S302 - it was written here a moment ago
    assert isinstance(code, CodeType)
    return bytecode[:16], code
