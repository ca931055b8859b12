"""What an author gets wrong stops the build and is named by file, line and field."""

from pathlib import Path

import pytest

from infra.site import ContentError
from infra.site.sources.article import read_articles
from tests.sample import Sample

# file, what is there, what is there instead, the line that is named, what is said of it
FAULTS = {
    "a field is missing": (
        "en.md",
        'summary: "A needle may help."\n',
        "",
        'title: "Needles and backs"',
        "summary: Field required",
    ),
    "a field is empty": ("en.md", '"We sell this."', '""', 'conflict_of_interest: ""', "conflict_of_interest: "),
    "a field is misspelt": (
        "en.md",
        "disclaimer:",
        "disclamer:",
        'disclamer: "This is no advice."',
        "disclamer: Extra inputs",
    ),
    "a field has another type": (
        "en.md",
        'title: "Needles and backs"',
        "title: 7",
        "title: 7",
        "title: Input should be",
    ),
    "a field is given twice": (
        "en.md",
        "summary:",
        'title: "Again"\nsummary:',
        'title: "Again"',
        "title: is there twice",
    ),
    "an item has no text": (
        "en.md",
        'text: "Waiting."',
        "note: x",
        "  - id: waiting",
        "alternatives[0].text: Field required",
    ),
    "a list is empty": (
        "en.md",
        'contraindications:\n  - id: fear\n    text: "You are afraid of needles."',
        "contraindications: []",
        "contraindications: []",
        "contraindications: ",
    ),
    "an id is given twice": (
        "en.md",
        "see_doctor:",
        '  - id: numb\n    text: "x"\nsee_doctor:',
        '    text: "x"',
        "red_flags.numb: this id is there twice",
    ),
    "a name is a list": ("en.md", "summary:", "[a, b]: c\nsummary:", "[a, b]: c", "file: a name must be plain text"),
    "YAML cannot be read": (
        "en.md",
        'title: "Needles',
        'title: "Needles": "',
        'title: "Needles": " and backs"',
        "YAML: ",
    ),
    "the front matter is not closed": ("en.md", "---\n\nIf you", "\nIf you", "---", "front matter: no closing line"),
    "the source calls itself a translation": (
        "en.md",
        'disclaimer: "This is no advice."',
        "disclaimer: x\ntranslation: {method: human, translator: null, reviewer: null, date: 2026-01-01, sources: {}}",
        "translation: {method: human, translator: null, reviewer: null, date: 2026-01-01, sources: {}}",
        "translation: must not be there",
    ),
    "a translation does not say how it was made": (
        "es.md",
        "  method: machine  # not reviewed\n",
        "",
        "translation:",
        "translation.method: Field required",
    ),
    "there is no opening": (
        "en.md",
        "If you cannot feel your legs, **go to hospital now**.\n\n",
        "",
        "",
        "opening: the body must open with a paragraph",
    ),
    "a heading has no id": ("en.md", " {#what .clinical}", "", "## What is it?", "heading: must look like"),
    "a heading has an unknown class": (
        "en.md",
        ".clinical",
        ".medical",
        "## What is it? {#what .medical}",
        "heading: must look like",
    ),
    "a heading is of the third level": (
        "en.md",
        "## Call",
        "### Call",
        "### Call us {#call .editorial}",
        "heading: must look like",
    ),
    "a section is empty": (
        "en.md",
        "Please call.\n",
        "",
        "## Call us {#call .editorial}",
        "call: the section is empty",
    ),
    "two sections share an id": (
        "en.md",
        "#call",
        "#what",
        "## Call us {#what .editorial}",
        "sections.what: this id is there twice",
    ),
    "there is HTML": (
        "en.md",
        "A thin needle.",
        "A <b>thin</b> needle.",
        "A <b>thin</b> needle. [@two2021]",
        "sections.what: html inline",
    ),
    "there is an image": (
        "en.md",
        "Please call.",
        "![x](/x.png)",
        "![x](/x.png)",
        "sections.call: image is not allowed",
    ),
    "a link goes elsewhere": (
        "en.md",
        "Please call.",
        "[x](http://x.test)",
        "[x](http://x.test)",
        "sections.call: link to ",
    ),
    "an unknown reference is cited": (
        "en.md",
        "A thin needle. [@two2021]",
        "[@six]",
        "## What is it? {#what .clinical}",
        "sections.what: cites 'six'",
    ),
    "the title cites": (
        "en.md",
        "and backs",
        "[@one2020]",
        'title: "Needles [@one2020]"',
        "title: cannot hold a citation",
    ),
    "a red flag cites": (
        "en.md",
        '"numbness in both legs"',
        '"numbness [@one2020]"',
        '    text: "numbness [@one2020]"',
        "red_flags.numb: cannot hold a citation",
    ),
    "a placeholder stands for nothing": (
        "en.md",
        "Please call.",
        "Please call {phone}.",
        "Please call {phone}.",
        "sections.call: {phone} stands for nothing; there is {emergency_number}, {practitioner}",
    ),
    "the description has a placeholder": (
        "en.md",
        "do for backs",
        "{emergency_number}",
        'description: "What needles {emergency_number}."',
        "description: cannot hold a placeholder",
    ),
    "a reference is cited nowhere": (
        "article.yaml",
        "  - id: two2021",
        '  - {id: x, authors: a, year: 1999, title: t, source: s, design: trial, pmid: "1"}\n  - id: two2021',
        '  - {id: x, authors: a, year: 1999, title: t, source: s, design: trial, pmid: "1"}',
        "references[1].id: 'x' is cited nowhere",
    ),
    "a reference is of no known kind": (
        "article.yaml",
        '    design: "trial"\n',
        '    design: "trail"\n',
        '    design: "trail"',
        "references[0].design: must be one of: case report, clinical commentary,",
    ),
    "the invitation is no section": (
        "article.yaml",
        "service_region: US-AZ\n",
        "service_region: US-AZ\ninvitation: closing\n",
        "invitation: closing",
        "invitation: is no section of the article; there are",
    ),
    "a reference cannot be found": (
        "article.yaml",
        '    doi: "10.1000/one"\n',
        "",
        "  - id: one2020",
        "references[0]: needs a doi, a pmid or a url",
    ),
    "a reference id is given twice": (
        "article.yaml",
        "id: two2021",
        "id: one2020  # again",
        "  - id: one2020  # again",
        "references[1].id: ",
    ),
    "a DOI is none": ("article.yaml", "10.1000/one", "doi:10/one", '    doi: "doi:10/one"', "references[0].doi: "),
    "a date is none": ("article.yaml", "2026-02-06", "2026-02-31", "modified: 2026-02-31", "modified: "),
    "it was modified before it was published": (
        "article.yaml",
        "2026-02-06",
        "2025-02-06",
        "published: 2026-01-05",
        "file: modified is before published",
    ),
    "the next review is due before the last": (
        "article.yaml",
        "2027-03-07",
        "2026-03-07",
        "published: 2026-01-05",
        "file: next_review_due is not after last_reviewed",
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "line", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_by_file_line_and_field(
    sample: Sample, name: str, old: str, new: str, line: str, said: str
) -> None:
    sample.edit(name, old, new)
    number = (sample.article / name).read_text(encoding="utf-8").splitlines().index(line) + 1

    with pytest.raises(ContentError) as caught:
        sample.read()

    assert any(f"{name}:{number}: {said}" in fault for fault in caught.value.faults), caught.value


def test_all_faults_of_all_files_are_told_at_once(sample: Sample) -> None:
    sample.edit("en.md", "A thin needle.", "A <b>thin needle.")
    sample.edit("es.md", "  date: 2026-11-23\n", "")
    sample.edit("article.yaml", "reviewer: null\n", "")

    with pytest.raises(ContentError) as caught:
        read_articles(sample.sources.articles, ["en", "es"])

    assert [fault.split(":")[0].rpartition("/")[2] for fault in caught.value.faults] == [
        "article.yaml",
        "en.md",
        "es.md",
    ]


def test_a_file_that_is_not_utf8_is_named(sample: Sample) -> None:
    (sample.article / "en.md").write_bytes(b"---\ntitle: \xff")

    with pytest.raises(ContentError, match=r"en\.md: file: is not UTF-8 at byte 11"):
        sample.read()


def test_a_folder_without_articles_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="there is none"):
        read_articles(tmp_path, ["en"])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("author: rosa-quill", "author: somebody-else", "'somebody-else' is not the practitioner"),
        ("service_region: US-AZ", "service_region: US-CA", "'US-CA' is not the practice's region"),
    ],
)
def test_an_article_must_fit_the_practice(sample: Sample, field: str, value: str, said: str) -> None:
    sample.edit("article.yaml", field, value)

    with pytest.raises(ContentError, match=said):
        sample.compile()
