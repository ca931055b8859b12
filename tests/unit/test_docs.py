"""What the documents must name, they name: every parameter, output, setting, metric, verb and alarm."""

import re
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from functions.leads.codes import FieldCode, RequestCode
from infra.build.package import PACKAGES

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
DOCUMENTS = [str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]]
DECISIONS = sorted(ROOT.glob("docs/decisions/0*.md"))
TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))


def named(pattern: str, *paths: Path) -> set[str]:
    return {name for path in paths for name in re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)}


def test_every_parameter_and_output_is_explained_to_ops() -> None:
    for name in [*TEMPLATE["Parameters"], *TEMPLATE["Outputs"]]:
        assert f"`{name}`" in OPERATIONS, name


def test_every_setting_is_named() -> None:
    # tests/template/test_settings.py compares them with what the functions read.
    for logical_id in PACKAGES:
        for name in TEMPLATE["Resources"][logical_id]["Properties"].get("Environment", {}).get("Variables", {}):
            assert f"`{name}`" in OPERATIONS, name


def test_the_metrics_in_the_document_are_those_that_are_counted() -> None:
    counted = named(r'telemetry\.(?:count|measure)(?:\(|, )"(\w+)"', *(ROOT / "functions").rglob("*.py"))

    functions = "|".join(package.function for package in PACKAGES.values())
    assert set(re.findall(rf"^\| (?:{functions}) \| `(\w+)`", OPERATIONS, re.MULTILINE)) == counted


@pytest.mark.parametrize("code", [*FieldCode, *RequestCode])
def test_every_code_of_an_error_is_in_the_api_s_document(code: str) -> None:
    assert f"`{code}`" in (ROOT / "docs/api.md").read_text(encoding="utf-8").partition("Errors are RFC 9457")[2]


def test_every_verb_is_in_the_document() -> None:
    verbs = named(r"^([a-z-]+):.*##", ROOT / "Makefile")

    assert set(re.findall(r"^\| `make ([a-z-]+)`", OPERATIONS, re.MULTILINE)) == verbs


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_to_a_heading_of_the_same_page_lead_to_one(document: str) -> None:
    headings = named(r"^#+ (.+)$", ROOT / document)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    assert named(r"\]\(#([^)]+)\)", ROOT / document) <= anchors


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_and_picture_leads_somewhere(document: str) -> None:
    folder = (ROOT / document).parent
    targets = named(r"\]\(([^)#]+)[^)]*\)", ROOT / document)

    for target in targets:
        assert target.startswith("https://") or (folder / target).exists(), target


@pytest.mark.parametrize(
    ("document", "heading"), [("README.md", "The tree"), ("docs/architecture.md", "What stands where")]
)
def test_a_tree_in_a_document_is_the_tree(document: str, heading: str) -> None:
    tree = (ROOT / document).read_text(encoding="utf-8").split(f"## {heading}")[1].split("```")[1]
    folder = ROOT
    for indent, name in re.findall(r"^( *)([\w./]+)", tree, re.MULTILINE):
        path = (folder if indent else ROOT) / name
        assert path.exists(), path
        folder = folder if indent else path


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name[:4])
def test_a_decision_has_its_number_a_date_and_three_parts(path: Path) -> None:
    head = rf"# {int(path.name[:4])}\. [^\n]+\n\n\d{{4}}-\d\d-\d\d(\. Replaced by [^\n]+)?\n\n"
    parts = r"## Context\n.+## Decision\n.+## What it costs\n.+"

    assert re.fullmatch(head + parts, path.read_text(encoding="utf-8"), re.DOTALL)


def test_the_index_has_every_decision_once_under_its_title_and_date() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d+) \| \[([^]]+)\]\(([^)]+)\)[^|]* \| ([\d-]+) \|$", index, re.MULTILINE)

    heads = {path.name: path.read_text(encoding="utf-8").splitlines()[:3] for path in DECISIONS}
    assert sorted((f"# {number}. {title}", name, day) for number, title, name, day in listed) == sorted(
        (head[0], name, head[2][:10]) for name, head in heads.items()
    )
