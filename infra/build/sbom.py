"""A package's bill of materials: which libraries are in it, of which licence, and where they came from (CycloneDX 1.5).

It lies in the package as `sbom.cdx.json`, so that whoever has a zip of years ago can still ask what was in it. uv
writes it from uv.lock. What differs from one build to the next is left out, so that equal sources give equal bytes, and
so is what was removed from the package.
"""

import json
import re
from collections.abc import Mapping
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any, Final

from infra.build import dependencies
from infra.build.errors import BuildError

NAME: Final = "sbom.cdx.json"
# What may be in a package: each asks for no more than that its text stays with it, as it does in the `dist-info`.
# MPL-2.0 asks for changes to its own files, of which there are none.
ALLOWED: Final = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Unlicense"}
)
# What libraries say of themselves in words, or in a classifier, by the SPDX license list.
_SPDX: Final[Mapping[str, str]] = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: The Unlicense (Unlicense)": "Unlicense",
}


def write(group: str, files: Path, project: Path) -> None:
    """Write the bill of what a dependency group left in a package.

    Args:
        group: The function's dependency group.
        files: The unpacked package.
        project: Where pyproject.toml and uv.lock are.

    Raises:
        BuildError: uv fails, or a library has no licence that is allowed.
    """
    document = json.loads(dependencies.export(group, project, "--format", "cyclonedx1.5"))
    there = {_normal(metadata["Name"]): metadata for metadata in _installed(files)}
    components = [
        _component(each, there[each["name"]]) for each in document.get("components", ()) if each["name"] in there
    ]
    if unknown := there.keys() - {each["name"] for each in components}:
        raise BuildError(f"uv.lock does not know {', '.join(sorted(unknown))}, which is in the package of {group}.")
    refs = {each["bom-ref"]: each["purl"] for each in document.get("components", ()) if each["name"] in there}
    bill = {
        "bomFormat": document["bomFormat"],
        "specVersion": document["specVersion"],
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": group, "name": f"needlepoint-{group}"}},
        "components": components,
        "dependencies": [{"ref": group, "dependsOn": sorted(refs.values())}, *_dependencies(document, refs)],
    }
    (files / NAME).write_text(f"{json.dumps(bill, indent=1, ensure_ascii=False)}\n", encoding="utf-8")


def licence(metadata: Message) -> str:
    """The SPDX expression of a library's licence, by its METADATA; raises BuildError where it is not allowed."""
    classified = [_SPDX[each] for each in metadata.get_all("Classifier", ()) if each in _SPDX]
    words = metadata.get("License-Expression") or metadata.get("License", "")
    # An author's choice of several is one that is allowed; "Dual License" says nothing, and its classifiers do.
    expression = words if words and words != "Dual License" else " OR ".join(sorted(set(classified)))
    if not set(re.split(r" OR | AND ", expression)) <= ALLOWED:
        raise BuildError(f"{metadata['Name']} has the licence {expression or 'of nobody knows what'}, not allowed.")
    return str(expression)


def _installed(files: Path) -> list[Message]:
    found = sorted(files.glob("*.dist-info/METADATA"))
    return [HeaderParser().parsestr(path.read_text(encoding="utf-8"), headersonly=True) for path in found]


def _component(found: Mapping[str, Any], metadata: Message) -> dict[str, Any]:
    licences = [{"expression": licence(metadata)}]
    return {**found, "bom-ref": found["purl"], "licenses": licences}


def _dependencies(document: Mapping[str, Any], refs: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"ref": refs[each["ref"]], "dependsOn": sorted(refs[on] for on in each.get("dependsOn", ()) if on in refs)}
        for each in document.get("dependencies", ())
        if each["ref"] in refs
    ]


def _normal(name: str) -> str:
    """A library's name as indexes compare it (PyPA, "Names and normalization")."""
    return re.sub(r"[-_.]+", "-", name).lower()
