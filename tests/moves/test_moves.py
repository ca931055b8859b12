"""What README invites to change can be changed, and the quick tests stay green: tried in a copy of the project."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.repositories import run_tests

# They start from the tests' own practice and article, or from none, and take minutes. So do all tests of the functions
# on moto but one file (tests/integration/conftest.py).
READ_NO_SOURCE = (
    *("unit/build", "unit/delivery", "unit/followup", "unit/inbox", "unit/leads", "unit/local", "unit/notify"),
    "unit/ops",
    *(f"unit/site/test_{each}.py" for each in ("build", "pages", "pictures", "promises", "publication", "released")),
    *(f"unit/site/test_{each}.py" for each in ("practitioner", "visit", "where_and_when")),
    *(
        f"unit/test_{each}.py"
        for each in ("languages", "languages_conformance", "opening_hours", "repository", "verbs")
    ),
)
TESTS = ("tests/unit", "tests/integration/test_own_site.py")
LANGUAGE, LIKE = "de", "fr"
ARTICLES = "functions/content/articles"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's files, those that are not committed yet included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def edit(path: Path, pattern: str, new: str) -> None:
    """Replace the first line that begins so."""
    text, found = re.subn(rf"^{pattern}.*$", new, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert found == 1, f"{path} has no line that begins with {pattern}"
    path.write_text(text, encoding="utf-8")


def rename_the_practice_and_its_practitioner(project: Path) -> None:
    practice = project / "shared/practice.toml"
    edit(practice, "name = ", 'name = "Clinique Étoile & Fils"')
    edit(practice, r"id = ", 'id = "zoe-okafor"')
    text = practice.read_text(encoding="utf-8").partition("[practitioner]")
    practice.write_text(
        text[0] + text[1] + re.sub(r'\nname = ".*"', '\nname = "Zoë Okafor"', text[2], count=1), encoding="utf-8"
    )
    for facts in project.glob(f"{ARTICLES}/*/article.yaml"):
        edit(facts, "author: ", "author: zoe-okafor")


def change_the_phone_number(project: Path) -> None:
    edit(project / "shared/practice.toml", "phone = ", 'phone = "+14805550123"')


def add_an_article(project: Path) -> None:
    (first,) = project.glob(f"{ARTICLES}/*/")
    second = first.with_name("another-article")
    shutil.copytree(first, second)
    edit(second / "article.yaml", "published: ", "published: 2026-01-02")
    edit(second / "article.yaml", "modified: ", "modified: 2026-11-20")


def add_a_language(project: Path) -> None:
    practice = project / "shared/practice.toml"
    (locales,) = re.findall(r"^locales = \[(.*)\]", practice.read_text(encoding="utf-8"), re.MULTILINE)
    edit(practice, "locales = ", f'locales = [{locales}, "{LANGUAGE}"]')
    shutil.copytree(project / "shared/locales" / LIKE, project / "shared/locales" / LANGUAGE)
    for article in project.glob(f"{ARTICLES}/*/"):
        shutil.copy(article / f"{LIKE}.md", article / f"{LANGUAGE}.md")


def test_another_practice_with_another_article_and_language_has_no_test_to_change(copy: Path) -> None:
    rename_the_practice_and_its_practitioner(copy)
    change_the_phone_number(copy)
    add_an_article(copy)
    add_a_language(copy)

    ignored = [f"--ignore=tests/{each}" for each in READ_NO_SOURCE]
    run_tests(copy, "--hypothesis-profile", "once", *ignored, *TESTS)
