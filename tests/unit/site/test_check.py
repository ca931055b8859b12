"""`make content-check`: what needs a translator's hand, and saying that it has been seen to."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

from infra.site import ContentError
from infra.site.translations import check
from infra.site.translations.stamps import accept
from tests.sample import SLUG, TODAY, Sample, front_matter


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def lines(sample: Sample, today: date = TODAY) -> list[str]:
    return [line.strip() for line in check.report([sample.read()], today)]


def test_it_lists_every_language_with_its_standing(sample: Sample) -> None:
    assert lines(sample) == [
        SLUG,
        "en       source; next review due 2027-03-07",
        "ar       published; translated 2026-11-23, machine, reviewed by nobody qualified",
        "es       published; translated 2026-11-23, machine, reviewed by nobody qualified",
    ]


def test_it_names_a_language_that_has_no_translation_yet(sample: Sample) -> None:
    said = list(check.report([sample.read()], TODAY, ["en", "es", "ar", "de"]))

    assert said[-1] == "  de       no translation yet"
    assert len(said) == 5


def test_drift_is_shown_as_what_changed_in_the_source(sample: Sample) -> None:
    git(sample.folder, "init")
    git(sample.folder, "add", "articles")
    git(sample.folder, "commit", "-m", "first")
    sample.edit("en.md", "If you cannot feel your legs, **go", "Mind this. If you cannot feel one leg, **go")
    git(sample.folder, "commit", "-am", "second")

    said = lines(sample)

    start = said.index("safety text opening: changed in the source")
    assert said[start + 1 : start + 7] == [
        "--- as translated",
        "+++ now",
        "@@ -1 +1,2 @@",
        "-If you cannot feel your legs, **go to hospital now**.",
        "+Mind this.",
        "+If you cannot feel one leg, **go to hospital now**.",
    ]


def test_it_says_so_where_the_former_text_is_not_to_be_had(sample: Sample) -> None:
    sample.edit("en.md", "A thin needle.", "A thick needle.")

    assert "(the text it was translated from is not in the git history)" in lines(sample)


def test_an_overdue_review_is_listed(sample: Sample) -> None:
    assert "en       source; next review due 2027-03-07 - OVERDUE" in lines(sample, date(2027, 3, 8))


def test_the_exit_status_says_whether_there_is_something_to_do(
    sample: Sample, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check.main([], sources=sample.sources) == 0
    sample.edit("en.md", "Please call.", "Do call.")
    assert check.main([], sources=sample.sources) == 1
    assert "editorial text sections.call: changed in the source" in capsys.readouterr().out

    assert check.main(["--accept", "es"], sources=sample.sources) == 0
    assert check.main(["--accept", "ar", "sections.call"], sources=sample.sources) == 0
    assert check.main([], sources=sample.sources) == 0


def test_accepting_one_block_leaves_the_others_as_they_are(sample: Sample) -> None:
    sample.edit("en.md", "A thin needle.", "A thick needle.")
    sample.edit("en.md", "Please call.", "Do call.")

    changed = accept(sample.read(), "es", ["sections.call"])

    assert changed == ["sections.call"]
    assert [line for line in lines(sample) if line.startswith("clinical text")] == [
        "clinical text sections.what: changed in the source"
    ] * 2  # ar has not been touched


def test_accepting_rewrites_nothing_but_the_record(sample: Sample) -> None:
    path = sample.article / "es.md"
    before = path.read_text(encoding="utf-8")
    sample.edit("en.md", "Please call.", "Do call.")

    accept(sample.read(), "es")

    after = path.read_text(encoding="utf-8")
    different = [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert len(different) == 1
    assert different[0][1].startswith('    sections.call: "')
    assert "  method: machine  # not reviewed\n" in after


def test_accepting_again_changes_no_byte(sample: Sample) -> None:
    before = (sample.article / "es.md").read_bytes()

    assert accept(sample.read(), "es") == []

    assert (sample.article / "es.md").read_bytes() == before


def test_accepting_forgets_blocks_that_are_gone(sample: Sample) -> None:
    for name in ("en.md", "es.md", "ar.md"):
        sample.edit(name, "## Call us {#call .editorial}\n\nPlease call.\n", "")

    accept(sample.read(), "es")

    assert "sections.call" not in front_matter(sample.article / "es.md")["translation"]["sources"]


@pytest.mark.parametrize(
    ("locale", "blocks", "said"),
    [
        ("fr", [], r"fr\.md: translation: there is none"),
        ("en", [], r"en\.md: translation: there is none"),
        ("es", ["sections.no"], r"sections\.no: the source has no such block"),
    ],
)
def test_what_is_not_there_cannot_be_accepted(sample: Sample, locale: str, blocks: list[str], said: str) -> None:
    with pytest.raises(ContentError, match=said):
        accept(sample.read(), locale, blocks)


def test_a_translation_with_another_number_cannot_be_accepted(sample: Sample) -> None:
    sample.edit("en.md", "37%", "38%")
    before = (sample.article / "es.md").read_bytes()

    with pytest.raises(ContentError, match=r"risks\.minor: other numbers"):
        accept(sample.read(), "es")

    assert (sample.article / "es.md").read_bytes() == before
