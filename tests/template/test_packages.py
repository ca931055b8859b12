"""What `sam build` puts into each zip."""

import importlib.util
import json
import marshal
import os
import re
import subprocess
import sys
from pathlib import Path
from types import CodeType
from typing import get_args

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra.build import sbom
from infra.build.dependencies import Architecture, install
from infra.build.imports import reachable
from infra.build.package import PACKAGES
from shared.mail import Block
from shared.mail_bodies import as_html
from tests.conftest import ROOT
from tests.mails import every_block
from tests.template import packages
from tests.template.packages import HERE

pytestmark = [pytest.mark.long, pytest.mark.sam]

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
def built_for_here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`ARCH=... sam build`, for the machine that the tests run on: from a checkout elsewhere, with another README."""
    return packages.built_for_here(tmp_path_factory)


@pytest.fixture(scope="module")
def zips(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each function's zip for arm64."""
    folder = tmp_path_factory.mktemp("zips")
    return {logical_id: packages.zipped(built / logical_id, folder) for logical_id in PACKAGES}


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
    there = {path.name for path in (built / "ContentFunction").iterdir()}
    assert there == {"compiled", "functions", "shared", sbom.NAME}


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_each_has_a_bill_of_what_is_in_it(built: Path, logical_id: str) -> None:
    text = (built / logical_id / sbom.NAME).read_text("utf-8")
    bill = json.loads(text)

    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(text) is None
    listed = {f"{each['name'].replace('-', '_')}-{each['version']}.dist-info" for each in bill["components"]}
    assert listed == {path.name.lower() for path in (built / logical_id).glob("*.dist-info")}
    assert all(each["licenses"] for each in bill["components"])
    # Nothing of the machine that built it, and of the moment: another test compares the bytes of two builds.
    assert not re.search(r"/(home|root|tmp|Users|work)/|serialNumber|timestamp", text)


@pytest.mark.parametrize(
    ("logical_id", "parts"),
    [
        ("CanaryFunction", {"practice.json"}),
        ("ContentFunction", {"site"}),
        ("DeliveryFunction", {"practice.json"}),
        ("LeadsFunction", {"form.json", "forms", "languages.json", "locales", "practice.json"}),
        ("InboxFunction", {"inbox", "locales", "mail.json", "practice.json"}),
        ("NotifyFunction", {"locales", "mail.json", "practice.json"}),
    ],
)
def test_each_carries_the_compiled_parts_that_it_reads(built: Path, logical_id: str, parts: set[str]) -> None:
    assert {path.name for path in (built / logical_id / "compiled").iterdir()} == parts


@pytest.mark.parametrize("logical_id", [name for name, package in PACKAGES.items() if "mail.json" in package.compiled])
def test_what_sends_mail_carries_a_piece_of_html_for_every_kind_of_block(built: Path, logical_id: str) -> None:
    layout = json.loads((built / logical_id / "compiled/mail.json").read_bytes())["layout"]

    html = as_html(every_block("words"), layout, language="en", direction="ltr")

    assert html.count("words") >= 16
    blocks = {kind.__name__.lower() for kind in get_args(Block.__value__)} - {"entries"}
    assert layout.keys() == blocks | {"page", "row", "entry", "line", "link", "quiet_button"}


def test_of_the_sdk_they_bring_what_their_calls_need(built: Path) -> None:
    assert not [path for path in built.glob("*/*") if path.name in ("boto3", "s3transfer")]
    services = {
        package.name: {path.name for path in (package / "botocore/data").iterdir() if path.is_dir()}
        for package in built.glob("*Function")
        if (package / "botocore").exists()
    }
    assert services == {name: set(package.calls) for name, package in PACKAGES.items() if package.calls}


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


@pytest.mark.parametrize("logical_id", PACKAGES)
def test_checkouts_in_other_folders_with_other_readmes_give_the_same_bytes(
    zips: dict[str, Path], built_for_here: Path, tmp_path: Path, logical_id: str
) -> None:
    elsewhere = packages.zipped(built_for_here / logical_id, tmp_path)

    assert packages.entries_for_any_processor(zips[logical_id]) == packages.entries_for_any_processor(elsewhere)


def test_zips_stay_small(zips: dict[str, Path]) -> None:
    limits = {name: (8 if package.calls else 2) * MEGABYTE for name, package in PACKAGES.items()}
    limits["FollowupFunction"] = 11 * MEGABYTE  # apprise knows a hundred services, and nobody waits for this function

    sizes = {name: zipped.stat().st_size for name, zipped in zips.items()}
    assert {name: size for name, size in sizes.items() if size > limits[name]} == {}


def split(bytecode: bytes) -> tuple[bytes, CodeType]:
    code = marshal.loads(bytecode[16:])  # noqa: S302 - it was written here a moment ago
    assert isinstance(code, CodeType)
    return bytecode[:16], code
