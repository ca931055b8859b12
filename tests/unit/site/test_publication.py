"""Staleness acts: what drifted decides whether a translation is published, and with what caveat."""

from datetime import date

import pytest

from infra.site import ContentError, Report
from tests.sample import SLUG, Sample

pytestmark = pytest.mark.long

PAGE = f"/es/articles/{SLUG}"
SAFETY = ("numbness in both legs", "numbness in one leg")
CLINICAL = ("A thin needle.", "A very thin needle.")
EDITORIAL = ("Please call.", "Please do call.")


def status(report: Report) -> dict[str, str]:
    return {row.locale: row.status for row in report.rows}


def reasons(report: Report, locale: str) -> tuple[str, ...]:
    return next(row.reasons for row in report.rows if row.locale == locale)


def test_confirmed_translations_are_published(sample: Sample) -> None:
    assert status(sample.compile()) == {"en": "published", "es": "published", "ar": "published"}


def test_one_changed_safety_sentence_withholds_every_translation_and_says_so(sample: Sample) -> None:
    sample.edit("en.md", *SAFETY)

    report = sample.compile()

    assert status(report) == {"en": "published", "es": "withheld", "ar": "withheld"}
    assert reasons(report, "es") == ("safety text red_flags.numb: changed in the source",)


def test_changing_it_back_publishes_them_again(sample: Sample) -> None:
    sample.edit("en.md", *SAFETY)
    sample.compile()

    sample.edit("en.md", *reversed(SAFETY))

    assert set(status(sample.compile()).values()) == {"published"}


def test_mending_the_translation_and_accepting_it_publishes_it_again(sample: Sample) -> None:
    sample.edit("en.md", *SAFETY)
    sample.edit("es.md", *SAFETY)

    sample.accept("es")

    assert status(sample.compile()) == {"en": "published", "es": "published", "ar": "withheld"}


def test_a_withheld_page_says_so_in_its_language_and_leads_to_the_others(sample: Sample) -> None:
    sample.edit("en.md", *SAFETY)
    sample.compile()

    response = sample.get(PAGE)

    page = response.body.decode()
    assert response.status == 404
    assert sample.get(f"{PAGE}/references")._replace(codings=response.codings) == response
    assert "[es] This article is not available in this language at the moment" in page
    assert f'href="/en/articles/{SLUG}"' in page
    assert f'href="/ar/articles/{SLUG}"' not in page


def test_a_withheld_locale_is_nowhere_linked_to(sample: Sample) -> None:
    sample.edit("en.md", *SAFETY)
    sample.compile()

    english = sample.get(f"/en/articles/{SLUG}").body.decode()
    sitemap = sample.get("/sitemap.xml").body.decode()

    assert PAGE not in english + sitemap
    assert [path.name for path in (sample.out / "compiled" / "forms").iterdir()] == [f"{SLUG}.en.json"]


def test_clinical_drift_is_a_banner_that_leads_to_the_source(sample: Sample) -> None:
    sample.edit("en.md", *CLINICAL)

    report = sample.compile()

    assert status(report)["es"] == "drifted"
    banner = sample.get(PAGE).body.decode().partition('class="notice notice-clinical"')[2].partition("</p>")[0]
    assert f'href="/en/articles/{SLUG}"' in banner


def test_editorial_drift_is_a_small_notice(sample: Sample) -> None:
    sample.edit("en.md", *EDITORIAL)

    report = sample.compile()

    page = sample.get(PAGE).body.decode()
    assert status(report)["es"] == "drifted"
    assert "notice-editorial" in page
    assert "notice-clinical" not in page


def test_the_source_itself_never_drifts(sample: Sample) -> None:
    for change in (SAFETY, CLINICAL, EDITORIAL):
        sample.edit("en.md", *change)
    sample.compile()

    assert 'class="notice' not in sample.get(f"/en/articles/{SLUG}").body.decode()


def test_rewrapping_the_source_is_no_change(sample: Sample) -> None:
    sample.edit("en.md", "If you cannot feel your legs, **go", "If you cannot feel\nyour legs,  **go")

    assert status(sample.compile())["es"] == "published"


def test_a_translation_that_was_never_confirmed_is_withheld(sample: Sample) -> None:
    text = (sample.article / "es.md").read_text(encoding="utf-8")
    stamped, _, body = text.partition("  sources:\n")
    (sample.article / "es.md").write_text(
        stamped + "  sources: {}\n---\n" + body.partition("---\n")[2], encoding="utf-8"
    )

    report = sample.compile()

    assert status(report)["es"] == "withheld"
    assert "safety text opening: not yet confirmed" in reasons(report, "es")


def test_a_locale_without_translation_is_withheld(sample: Sample) -> None:
    (sample.article / "es.md").unlink()

    report = sample.compile()

    assert status(report)["es"] == "withheld"
    assert reasons(report, "es") == ("there is no translation yet",)
    assert sample.get("/es/").status == 200


def test_a_new_red_flag_withholds_translations_that_lack_it(sample: Sample) -> None:
    sample.edit("en.md", "see_doctor:", '  - id: new\n    text: "a new one"\nsee_doctor:')

    report = sample.compile()

    assert status(report)["es"] == "withheld"
    assert reasons(report, "es") == ("safety text red_flags.new: added to the source",)


def test_a_section_taken_out_of_the_source_is_clinical_drift(sample: Sample) -> None:
    sample.edit("en.md", "## What is it? {#what .clinical}\n\nA thin needle. [@two2021]\n\n- one\n- two\n\n", "")

    report = sample.compile()

    assert status(report)["es"] == "drifted"
    assert reasons(report, "es") == ("clinical text sections.what: removed from the source",)


def test_an_overdue_review_is_said_and_not_shown_as_fresh(sample: Sample) -> None:
    sample.edit("article.yaml", "reviewer: null", "reviewer: {name: Ana Ruiz, credentials: MD}")
    report = sample.compile(today=date(2027, 3, 8))

    page = sample.get(f"/en/articles/{SLUG}").body.decode()
    assert reasons(report, "en") == ("review was due by 2027-03-07",)
    assert "notice-review" in page
    assert '"lastReviewed"' not in page


@pytest.mark.parametrize(
    ("name", "old", "new", "drafts"),
    [
        ("article.yaml", "published: 2026", "status: draft\npublished: 2026", {"en", "es", "ar"}),
        ("es.md", "---\ntitle", "---\nstatus: draft\ntitle", {"es"}),
    ],
)
def test_a_draft_is_shown_only_when_drafts_are_asked_for(
    sample: Sample, name: str, old: str, new: str, drafts: set[str]
) -> None:
    sample.edit(name, old, new)

    hidden = sample.compile()
    assert sample.get(PAGE).status == 404
    assert {locale for locale, each in status(hidden).items() if each == "draft"} == drafts

    sample.compile(drafts=True)
    page = sample.get(PAGE)
    assert b"notice-draft" in page.body
    for each in (page, sample.get(f"{PAGE}/references")):
        assert each.status == 200
        assert b'name="robots" content="noindex"' in each.body
    assert PAGE not in sample.get("/sitemap.xml").body.decode()


# What is changed in es.md, and what is said about it.
DIFFERENCES = {
    "a number": (
        "20,464",
        "20,446",
        "es.md:19: risks.minor: other numbers than in the source: lacks 20464, adds 20446",
    ),
    "a unit": ("37%", "37", "risks.minor: other numbers than in the source: lacks 37%, adds 37"),
    "a citation": (
        " [@one2020; @two2021]",
        " [@one2020]",
        "evidence: other citations than in the source: lacks two2021",
    ),
    "a placeholder": (
        "**go to hospital now**",
        "**go to hospital now**, {emergency_number}",
        "opening: other placeholders than in the source: lacks nothing, adds emergency_number",
    ),
    "a link": (
        "Please call.",
        "Please [call](#what).",
        "sections.call: other links than in the source: lacks nothing, adds #what",
    ),
    "a list item": ("- one\n", "", "sections.what: other list items than in the source"),
    "a class": (".clinical", ".editorial", "sections.what: is editorial; in the source it is clinical"),
    "a missing block": (
        "## Call us {#call .editorial}\n\nPlease call.\n",
        "",
        "sections.call: is in the source and not",
    ),
    "a block of its own": (
        "## Call us",
        "## More {#more .editorial}\n\nx\n\n## Call us",
        "sections.more: is not in the source",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_a_translation_that_says_something_else_stops_the_build(sample: Sample, old: str, new: str, said: str) -> None:
    sample.edit("es.md", old, new)

    with pytest.raises(ContentError) as caught:
        sample.compile()

    assert said in str(caught.value)


def test_blocks_in_another_order_stop_the_build(sample: Sample) -> None:
    text = (sample.article / "es.md").read_text(encoding="utf-8")
    first, second = text.index("## What"), text.index("## Call")
    (sample.article / "es.md").write_text(text[:first] + text[second:] + "\n" + text[first:second], encoding="utf-8")

    with pytest.raises(ContentError, match=r"sections\.call: the source has sections\.what here"):
        sample.compile()


def test_a_number_changed_in_the_source_is_drift_and_no_contradiction(sample: Sample) -> None:
    sample.edit("en.md", "20,464", "20,500")

    assert status(sample.compile())["es"] == "drifted"
