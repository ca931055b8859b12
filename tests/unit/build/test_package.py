"""Putting a package together, from a small project of the test's own."""

from pathlib import Path

import pytest

from infra.build import dependencies
from infra.build.__main__ import main
from infra.build.dependencies import Architecture
from infra.build.errors import BuildError
from infra.build.package import Package, build, packages

LEADS = Package("leads", ("forms", "practice.json"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    sources = {
        "functions/leads/app.py": "from shared import lead\n",
        "functions/leads/unused.py": "",
        "functions/notify/app.py": "",
        "shared/__init__.py": "",
        "shared/lead.py": "",
        "shared/mail.py": "",
        "README.md": "",
    }
    for name, source in sources.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)

    def install(group: str, target: Path, architecture: Architecture, project: Path) -> None:
        (target / f"{group}-{architecture}.txt").touch()

    monkeypatch.setattr(dependencies, "install", install)
    monkeypatch.setattr(dependencies, "export", lambda *_: '{"bomFormat": "CycloneDX", "specVersion": "1.5"}')
    return tmp_path / "project"


def compile_site(out: Path) -> None:
    for name in ("site/index.json", "forms/article.en.json", "practice.json"):
        path = out / "compiled" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


def files(folder: Path) -> set[str]:
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return {name for name in found if "__pycache__" not in name}


def test_of_powertools_a_package_brings_what_its_function_imports(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(group: str, target: Path, architecture: Architecture, project: Path) -> None:
        for name in ("event_handler", "utilities/batch", "utilities/jmespath_utils"):
            (target / "aws_lambda_powertools" / name).mkdir(parents=True)
            (target / "aws_lambda_powertools" / name / "code.py").touch()

    def brought(source: str) -> set[str]:
        (project / "functions/leads/app.py").write_text(source)
        build(LEADS, tmp_path / "out", Architecture.ARM64, root=project, compile_site=compile_site)
        return {name.split("/")[-2] for name in files(tmp_path / "out") if name.startswith("aws_")}

    monkeypatch.setattr(dependencies, "install", install)

    assert brought("from aws_lambda_powertools import Logger\n") == {"jmespath_utils"}
    assert brought("from aws_lambda_powertools.utilities.batch import X\n") == {"jmespath_utils", "batch"}
    assert brought("import aws_lambda_powertools.event_handler\n") == {"jmespath_utils", "event_handler"}


def test_package_is_code_libraries_and_compiled_parts_of_one_function(project: Path, tmp_path: Path) -> None:
    build(LEADS, tmp_path / "out", Architecture.ARM64, root=project, compile_site=compile_site)

    assert files(tmp_path / "out") == {
        "compiled/forms/article.en.json",
        "compiled/practice.json",
        "functions/leads/app.py",
        "leads-arm64.txt",
        "sbom.cdx.json",
        "shared/__init__.py",
        "shared/lead.py",
    }


def test_building_again_leaves_nothing_behind(project: Path, tmp_path: Path) -> None:
    build(LEADS, tmp_path / "out", Architecture.ARM64, root=project, compile_site=compile_site)
    (tmp_path / "out/stale.py").touch()

    build(LEADS, tmp_path / "out", Architecture.ARM64, root=project, compile_site=compile_site)

    assert "stale.py" not in files(tmp_path / "out")


def test_a_part_that_the_compiler_did_not_write_is_named(project: Path, tmp_path: Path) -> None:
    wants_more = Package("leads", ("languages.json",))

    with pytest.raises(BuildError, match=r"languages\.json, which leads reads"):
        build(wants_more, tmp_path / "out", Architecture.ARM64, root=project, compile_site=compile_site)


@pytest.mark.parametrize("folder", ["", "shared", ".."])
def test_it_never_empties_a_folder_that_is_no_package(project: Path, folder: str) -> None:
    with pytest.raises(BuildError, match="neither empty nor an earlier build"):
        build(LEADS, project / folder, Architecture.ARM64, root=project, compile_site=compile_site)

    assert (project / "shared/lead.py").exists()


TEMPLATE = """
Resources:
  Table: { Type: AWS::DynamoDB::Table }
  LeadsFunction: { Type: AWS::Serverless::Function, Properties: { Handler: functions.leads.app.lambda_handler } }
  NewFunction: { Type: AWS::Serverless::Function, Properties: { Handler: functions.new.app.lambda_handler } }
"""


def test_the_functions_are_those_of_the_template_each_described_in_its_own_folder(project: Path) -> None:
    (project / "template.yaml").write_text(TEMPLATE)
    (project / "functions/leads/package.toml").write_text('compiled = ["forms"]\ncalls.dynamodb = ["PutItem"]')

    assert packages(project) == {
        "LeadsFunction": Package("leads", ("forms",), {"dynamodb": ("PutItem",)}),
        "NewFunction": Package("new", ()),
    }


def test_a_word_that_says_nothing_about_a_package_is_named(project: Path) -> None:
    (project / "template.yaml").write_text(TEMPLATE)
    (project / "functions/leads/package.toml").write_text('compield = ["forms"]')

    with pytest.raises(BuildError, match="compield"):
        packages(project)


def test_what_is_wrong_is_said_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "something").touch()

    status = main(["LeadsFunction", str(tmp_path)])

    assert status == 1
    assert "neither empty nor an earlier build" in capsys.readouterr().err


def test_an_unknown_function_or_architecture_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["OtherFunction", "out"])
    with pytest.raises(SystemExit):
        main(["LeadsFunction", "out", "--arch", "mips"])
