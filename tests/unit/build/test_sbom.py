"""The bill of materials: what licence a library has, and that one which is not allowed is not built."""

import tomllib
from email.message import Message
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.build.errors import BuildError
from infra.build.package import PACKAGES
from infra.build.sbom import licence, write
from tests.conftest import ROOT


def metadata(**headers: str) -> Message:
    message = Message()
    message["Name"] = "a-library"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message


@pytest.mark.parametrize(
    ("headers", "expression"),
    [
        ({"License_Expression": "MIT"}, "MIT"),
        ({"License_Expression": "Apache-2.0 OR BSD-3-Clause"}, "Apache-2.0 OR BSD-3-Clause"),
        ({"License": "BSD-2-Clause"}, "BSD-2-Clause"),
        ({"License": "Apache-2.0", "Classifier": "License :: OSI Approved :: Apache Software License"}, "Apache-2.0"),
        ({"Classifier": "License :: OSI Approved :: BSD License"}, "BSD-3-Clause"),
        ({"License": "Dual License", "Classifier": "License :: OSI Approved :: BSD License"}, "BSD-3-Clause"),
    ],
)
def test_a_licence_is_an_expression_of_spdx(headers: dict[str, str], expression: str) -> None:
    assert licence(metadata(**headers)) == expression


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"License": "Dual License"},
        {"License_Expression": "GPL-3.0-only"},
        {"License_Expression": "MIT AND AGPL-3.0-or-later"},
        {"Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"},
    ],
)
def test_what_is_not_allowed_is_not_built(headers: dict[str, str]) -> None:
    with pytest.raises(BuildError, match=r"a-library has the licence .* not allowed"):
        licence(metadata(**headers))


@pytest.mark.parametrize("group", [package.function for package in PACKAGES.values()])
def test_every_library_of_a_function_and_of_those_has_an_allowed_licence(group: str) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    pending, seen = list(groups[group]), set[str]()
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            pending += groups[each["include-group"]]
            continue
        requirement = Requirement(each)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        if (name := canonicalize_name(requirement.name)) not in seen:
            seen.add(name)
            found = distribution(name)
            assert licence(found.metadata), name  # type: ignore[arg-type]  # a message but in name
            pending += found.requires or ()
    assert seen or group == "content"


def test_a_library_that_uv_does_not_know_is_not_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "smuggled-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: Smuggled\nLicense-Expression: MIT\n", "utf-8")

    with pytest.raises(BuildError, match=r"uv\.lock does not know smuggled"):
        write("content", tmp_path, ROOT)
