"""A message that is missing, unsure, or has other placeholders stops the build."""

import shutil
from pathlib import Path

import pytest

from functions.leads.codes import FieldCode, RequestCode
from infra.site import ContentError
from infra.site.languages.message_files import extract, po_path, read, update
from tests.practice import PRACTICE
from tests.sample import SLUG, Sample


@pytest.fixture
def es(sample: Sample) -> Path:
    """The sample's own copy of the Spanish catalogue."""
    shared = sample.sources.locales.resolve()
    sample.sources.locales.unlink()
    shutil.copytree(shared, sample.sources.locales)
    return po_path(sample.sources.locales, "es")


def edit(po: Path, old: str, new: str) -> None:
    text = po.read_text(encoding="utf-8")
    assert old in text
    po.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('msgstr "[es] Languages"', 'msgstr ""', "'Languages': has no translation"),
        ('msgid "Languages"', 'msgid "Languages of old"', "'Languages': has no translation"),
        ('msgid "Languages"', '#, fuzzy\nmsgid "Languages"', "'Languages': is marked fuzzy"),
        (
            "[es] Reference {number}",
            "[es] Reference {numero}",
            "has other placeholders: ['numero'] instead of ['number']",
        ),
        (
            "[es] In an emergency, call %(number)s",
            "[es] In an emergency, call",
            "has other placeholders: [] instead of ['number']",
        ),
    ],
)
def test_a_faulty_catalogue_stops_the_build(sample: Sample, es: Path, old: str, new: str, said: str) -> None:
    edit(es, old, new)

    with pytest.raises(ContentError) as caught:
        sample.compile()

    assert len(caught.value.faults) == 1
    assert "es/LC_MESSAGES/needlepoint.po" in caught.value.faults[0]
    assert said in caught.value.faults[0]


def test_a_catalogue_that_cannot_be_read_is_named_with_its_line(sample: Sample, es: Path) -> None:
    edit(es, 'msgid "Languages"', 'nonsense\nmsgid "Languages"')

    with pytest.raises(ContentError, match=r"needlepoint\.po:\d+: catalogue: "):
        sample.compile()


def test_a_preview_shows_what_is_untranslated_in_english_and_warns(sample: Sample, es: Path) -> None:
    edit(es, 'msgstr "[es] Languages"', 'msgstr ""')

    report = sample.compile(drafts=True)

    assert len(report.warnings) == 1
    assert 'aria-label="Languages"' in sample.get(f"/es/articles/{SLUG}").body.decode()


def test_an_update_keeps_translations_and_leaves_what_is_new_empty(es: Path, sample: Sample) -> None:
    edit(es, 'msgid "Languages"\nmsgstr "[es] Languages"\n', "")
    folder = sample.sources.locales

    update(folder, "es", extract(PRACTICE))

    catalogue = read(folder, "es")
    assert catalogue["Languages"].string == ""
    assert catalogue["References"].string == "[es] References"


def test_an_update_that_changes_nothing_changes_no_byte(es: Path, sample: Sample) -> None:
    folder, messages = sample.sources.locales, extract(PRACTICE)
    update(folder, "es", messages)
    before = es.read_bytes()

    update(folder, "es", messages)

    assert es.read_bytes() == before


@pytest.mark.parametrize("code", [*FieldCode, *RequestCode])
def test_the_sentence_of_a_code_is_a_message(code: FieldCode | RequestCode) -> None:
    assert code.sentence in extract(PRACTICE)


def test_the_practitioners_title_is_a_message() -> None:
    assert PRACTICE.practitioner.title in extract(PRACTICE)
