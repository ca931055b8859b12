"""The pages as compiled: what every one must have, in every language."""

import json
import re
import shutil
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from infra.site import ContentError
from infra.site.outputs.compiled_form import choices
from infra.site.sources.article import read_article
from infra.site.translations.stamps import accept
from infra.site.views import audit
from tests.sample import LOCALES, SLUG, Sample

ORIGIN = "https://www.example.com"
TRANSLATED = LOCALES[1:]


class Page(HTMLParser):
    """The elements of a page: their names, attributes and text."""

    def __init__(self, sample: Sample, path: str) -> None:
        super().__init__()
        self.response = sample.get(path)
        self.html = self.response.body.decode()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]

    def one(self, tag: str, **wanted: str) -> dict[str, str]:
        (found,) = self.all(tag, **wanted)
        return found


def landing(sample: Sample, locale: str) -> Page:
    return Page(sample, f"/{locale}/articles/{SLUG}")


def references(sample: Sample, locale: str) -> Page:
    return Page(sample, f"/{locale}/articles/{SLUG}/references")


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("es", "ltr"), ("ar", "rtl")])
def test_language_and_direction_are_those_of_what_is_served(compiled: Sample, locale: str, direction: str) -> None:
    page = landing(compiled, locale)

    assert page.one("html") == {"lang": locale, "dir": direction}
    assert page.response.headers["content-language"] == locale


@pytest.mark.parametrize("locale", TRANSLATED)
@pytest.mark.parametrize(
    "path",
    [
        "/{locale}/",
        "/{locale}/articles/needles",
        "/{locale}/articles/needles/references",
        "/{locale}/thank-you/BCDF-2345",
        "/{locale}/no",
    ],
)
def test_no_english_message_is_left_in_another_language(compiled: Sample, locale: str, path: str) -> None:
    html = Page(compiled, path.format(locale=locale)).html

    for message in ("Languages", "How to reach", "Skip to", "Opening hours", "Phone:"):
        assert html.count(message) == html.count(f"[{locale}] {message}")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", ["", f"articles/{SLUG}", f"articles/{SLUG}/references"])
def test_alternates_are_a_reciprocal_clique_with_a_default(compiled: Sample, locale: str, path: str) -> None:
    page = Page(compiled, f"/{locale}/{path}")

    found = {each["hreflang"]: each["href"] for each in page.all("link", rel="alternate")}

    assert found == {each: f"{ORIGIN}/{each}/{path}" for each in LOCALES} | {"x-default": f"{ORIGIN}/{path}"}
    assert page.one("link", rel="canonical")["href"] == f"{ORIGIN}/{locale}/{path}"


def test_the_switcher_names_each_language_in_itself(compiled: Sample) -> None:
    page = landing(compiled, "en")

    links = {each["hreflang"]: each for each in page.all("a") if "hreflang" in each}

    assert {each: (link["lang"], link["dir"]) for each, link in links.items()} == {
        "en": ("en", "ltr"),
        "es": ("es", "ltr"),
        "ar": ("ar", "rtl"),
    }
    assert links["en"]["aria-current"] == "page"
    assert all(name in page.html for name in (">English<", ">Español<", ">العربية<"))


@pytest.mark.parametrize("locale", LOCALES)
def test_red_flags_and_the_emergency_number_stand_before_the_text_and_beside_the_form(
    compiled: Sample, locale: str
) -> None:
    html = landing(compiled, locale).html

    before_summary, _, rest = html.partition("A needle may help.")
    before_form = rest.partition("<form")[0]

    for part in (before_summary, before_form):
        assert 'href="tel:911"' in part
        assert "numbness in both legs" in part


def test_the_second_level_of_urgency_is_not_in_the_alarm(compiled: Sample) -> None:
    html = landing(compiled, "en").html

    assert html.count("it hurts most at night") == 1
    after_heading = html.partition('<h2 id="see-doctor">')[2]
    assert "it hurts most at night" in after_heading.partition('<h2 id="contraindications">')[0]


@pytest.mark.parametrize("locale", LOCALES)
def test_before_what_to_ask_about_stands_whom_to_ask_and_when(compiled: Sample, locale: str) -> None:
    lead = landing(compiled, locale).html.partition('<h2 id="contraindications">')[2].partition("<ul>")[0]

    said = "If any of these is true for you, ask your doctor, and tell us by phone or when we call, before"
    assert f"<p>{'' if locale == 'en' else f'[{locale}] '}{said}" in lead


@pytest.mark.parametrize("locale", TRANSLATED)
def test_beside_the_red_flags_a_translation_says_that_nobody_checked_it(compiled: Sample, locale: str) -> None:
    alarms = landing(compiled, locale).html.split('<section class="red-flags"')[1:]

    for alarm in (each.partition("</section>")[0] for each in alarms):
        assert f"[{locale}] Machine translation, not checked by a medical professional." in alarm
        assert f'href="/en/articles/{SLUG}"' in alarm
    assert "translat" not in landing(compiled, "en").html


def test_a_checked_translation_needs_no_such_line(sample: Sample) -> None:
    sample.edit("es.md", "reviewer: null", "reviewer: {name: Ana Ruiz, credentials: MD}")
    sample.compile()

    assert "medical professional" not in landing(sample, "es").html


def test_the_emergency_number_in_the_text_is_the_practices(sample: Sample) -> None:
    text = "**go to hospital now**"
    for locale in LOCALES:
        sample.edit(f"{locale}.md", text, f"{text} or call {{emergency_number}}")
    sample.accept(*TRANSLATED)
    practice = sample.sources.practice
    practice.write_text(
        practice.read_text("utf-8").replace('emergency_number = "911"', 'emergency_number = "112"'), "utf-8"
    )
    sample.compile()

    page = landing(sample, "ar")
    data = json.loads(sample.get(f"/api/articles/{SLUG}", {"locale": "ar"}).body)

    assert 'or call <a class="alarm-number" href="tel:112"><bdi dir="ltr">112</bdi></a>' in page.html
    assert "911" not in page.html
    assert data["opening"]["text"].endswith("go to hospital now or call 112.")


def test_the_practitioner_in_the_text_is_the_practices_and_each_degree_keeps_its_place(sample: Sample) -> None:
    for locale in LOCALES:
        sample.edit(f"{locale}.md", "Please call.", "I am {practitioner}.")
    sample.accept(*TRANSLATED)
    practice = sample.sources.practice
    practice.write_text(practice.read_text("utf-8").replace('"FR® Spine"', '"FR® <Spine>"'), "utf-8")
    sample.compile()

    data = json.loads(sample.get(f"/api/articles/{SLUG}", {"locale": "ar"}).body)

    degrees = "<bdi>DACBSP®</bdi>[ar] , <bdi>FR®\u00a0&lt;Spine&gt;</bdi>"
    assert f"I am [ar] <bdi>Rosa Quill</bdi>, [ar] Chiropractor, {degrees}." in landing(sample, "ar").html
    said = "I am [ar] Rosa Quill, [ar] Chiropractor, DACBSP®[ar], FR® <Spine>."
    assert data["sections"][-1]["text"] == said


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", ["/{locale}/no", "/{locale}/articles/no"])
def test_every_error_page_says_whom_to_call_in_an_emergency(compiled: Sample, locale: str, path: str) -> None:
    html = Page(compiled, path.format(locale=locale)).html

    assert 'In an emergency, call <a class="alarm-number" href="tel:911">' in html
    assert "You can also call the practice:" in html


def test_home_leads_to_help_and_to_the_form_of_the_first_article(compiled: Sample) -> None:
    title = Page(compiled, "/es/").html.partition("<h1>")[2].partition("</header>")[0]

    assert '[es] In an emergency, call <a class="alarm-number" href="tel:911">' in title
    assert f'href="/es/articles/{SLUG}#enquiry"' in title
    assert "<h2>[es] Articles</h2>" in Page(compiled, "/es/").html


def test_home_leads_to_no_form_in_another_language(sample: Sample) -> None:
    (sample.article / "ar.md").unlink()
    sample.compile()

    assert "#enquiry" not in Page(sample, "/ar/").html
    assert "#enquiry" in Page(sample, "/es/").html


@pytest.mark.parametrize("locale", LOCALES)
def test_every_citation_leads_to_its_number_on_the_page_of_the_references(compiled: Sample, locale: str) -> None:
    path, there = f"/{locale}/articles/{SLUG}/references", references(compiled, locale)

    found = re.findall(r'href="([^"#]*)#ref-([^"]*)"[^>]*>(\d)</a>', landing(compiled, locale).html)

    assert {each["id"]: each["value"] for each in there.all("li") if "id" in each} == {
        "ref-one2020": "1",
        "ref-two2021": "2",
    }
    assert set(found) == {(path, "one2020", "1"), (path, "two2021", "2")}
    assert f'<sup class="cite"><a href="{path}#ref-one2020" aria-label="' in landing(compiled, locale).html


@pytest.mark.parametrize("locale", LOCALES)
def test_citations_in_the_api_lead_there_from_any_website(compiled: Sample, locale: str) -> None:
    article = json.loads(compiled.get(f"/api/articles/{SLUG}", {"locale": locale}).body)

    address = f"{ORIGIN}/{locale}/articles/{SLUG}/references"
    assert f'<sup class="cite"><a href="{address}#ref-two2021"' in article["sections"][0]["html"]
    assert article["sections"][0]["citations"] == ["two2021"]
    assert 'href="/' not in json.dumps(article).replace("\\", "")


def test_the_page_of_the_references_lists_them_unfolded_and_leads_back_to_the_article(compiled: Sample) -> None:
    page = references(compiled, "es")

    assert page.one("h1") == {}
    assert f'[es] Back to the article: <a href="/es/articles/{SLUG}">[es] Needles and backs</a>' in page.html
    assert page.one("a", href="https://doi.org/10.1000/one")
    assert page.one("a", href="https://pubmed.ncbi.nlm.nih.gov/12345/")
    assert '<span lang="en" dir="ltr">One A (2020). <cite>First</cite>. J 1:1. ' in page.html
    assert '<span class="design">[es] ' in page.html
    assert page.all("details") == []


def test_an_articles_page_leads_to_all_of_its_references_and_on_paper_says_where_they_are(compiled: Sample) -> None:
    section = landing(compiled, "es").html.partition('<h2 id="references">')[2].partition("</section>")[0]

    assert f'<a href="/es/articles/{SLUG}/references">[es] Show all 2</a>' in section
    assert f'<p class="on-paper"><bdi dir="ltr">{ORIGIN}/es/articles/{SLUG}/references</bdi></p>' in section
    assert "10.1000/one" not in landing(compiled, "es").html


def test_the_page_says_how_its_translation_was_made(compiled: Sample) -> None:
    assert "[es] No qualified person has reviewed the translation yet." in landing(compiled, "es").html
    assert "translat" not in landing(compiled, "en").html


# name: what the field must be for autofill, keyboards and the server
FIELDS = {
    "name": {"autocomplete": "name", "required": ""},
    "phone": {"type": "tel", "autocomplete": "tel", "inputmode": "tel", "dir": "ltr"},
    "email": {"type": "email", "autocomplete": "email", "inputmode": "email", "dir": "ltr"},
    "consent": {"type": "checkbox", "value": "true", "required": ""},
    "aside": {"tabindex": "-1", "autocomplete": "off"},
    "locale": {"type": "hidden", "value": "es"},
    "article": {"type": "hidden", "value": SLUG},
}


def test_the_form_has_the_fields_of_the_contract(compiled: Sample) -> None:
    page = landing(compiled, "es")

    for name, wanted in FIELDS.items():
        assert wanted.items() <= page.one("input", name=name).items()
    assert [each["value"] for each in page.all("input", name="preferred_contact")] == ["phone", "email"]
    times = ["any", "morning", "afternoon"]  # the practice closes at six
    assert [each["value"] for each in page.all("option")] == ["", *choices()["topic"], *times]
    # A browser would cut what is pasted, and say nothing.
    assert not any("maxlength" in each for each in (*page.all("input"), page.one("textarea")))
    form = page.one("form")
    assert (form["method"], form["action"], form["accept-charset"]) == ("post", "/api/leads", "utf-8")
    # The browser would speak its own language; the server speaks the page's.
    assert "novalidate" in form


def test_the_form_says_for_how_long_it_is_kept_and_whom_to_call_to_have_it_deleted(
    sample: Sample, compiled: Sample
) -> None:
    practice = sample.sources.practice
    practice.write_text(practice.read_text(encoding="utf-8").replace("= 365", "= 90"), encoding="utf-8")
    sample.compile()

    for each, kept in (compiled, "1 year"), (sample, "3 months"):
        words = landing(each, "en").html.partition("The practice reads what you send")[2].partition("</p>")[0]
        assert words.startswith(f" and deletes it after {kept}, or sooner if you call ")
        assert '<bdi dir="ltr">(602)\u00a0555\u20110187</bdi>' in words


def test_structured_data_is_one_graph_that_says_what_the_page_says(compiled: Sample) -> None:
    graph = graph_of(landing(compiled, "es"))

    page = graph["MedicalWebPage"]
    assert page["url"] == f"{ORIGIN}/es/articles/{SLUG}"
    assert page["inLanguage"] == "es"
    assert page["translationOfWork"] == {"@id": f"{ORIGIN}/en/articles/{SLUG}"}
    assert [each["item"] for each in graph["BreadcrumbList"]["itemListElement"]] == [
        f"{ORIGIN}/es/",
        f"{ORIGIN}/es/articles/{SLUG}",
    ]


def test_an_article_names_author_and_publisher_as_the_practices_page_describes_them(compiled: Sample) -> None:
    article, home = graph_of(landing(compiled, "es"))["MedicalWebPage"], graph_of(Page(compiled, "/es/"))

    assert home["MedicalBusiness"]["openingHoursSpecification"][1]["closes"] == "13:00"
    for name, described in (("author", home["Person"]), ("publisher", home["MedicalBusiness"])):
        assert article[name].keys() == {"@type", "@id", "name", "url"}
        assert article[name].items() <= described.items()


def test_the_references_are_part_of_the_article_and_cite_the_studies(compiled: Sample) -> None:
    graph = graph_of(references(compiled, "es"))

    page = graph["WebPage"]
    assert page["@id"] == page["url"] == f"{ORIGIN}/es/articles/{SLUG}/references"
    assert page["isPartOf"] == {"@id": graph_of(landing(compiled, "es"))["MedicalWebPage"]["@id"]}
    assert [each["url"] for each in page["citation"]] == [
        "https://doi.org/10.1000/one",
        "https://pubmed.ncbi.nlm.nih.gov/12345/",
    ]
    assert [each["item"] for each in graph["BreadcrumbList"]["itemListElement"]] == [
        f"{ORIGIN}/es/",
        f"{ORIGIN}/es/articles/{SLUG}",
        page["url"],
    ]


def test_the_authors_own_reading_is_no_review_for_search_engines(compiled: Sample) -> None:
    page = graph_of(landing(compiled, "en"))["MedicalWebPage"]

    assert not {"lastReviewed", "reviewedBy"} & page.keys()
    said = 'Last reviewed by the author on <time datetime="2026-03-07">'
    assert landing(compiled, "en").html.count(said) == 2
    assert landing(compiled, "es").html.count(said) == 1
    assert "[es] The original text: [es] Written on" in landing(compiled, "es").html


def test_a_second_persons_review_is_one_of_the_text_they_read(sample: Sample) -> None:
    sample.edit("article.yaml", "reviewer: null", "reviewer: {name: Ana Ruiz, credentials: MD}")
    sample.compile()

    source, translation = (graph_of(landing(sample, locale))["MedicalWebPage"] for locale in ("en", "es"))

    assert source["lastReviewed"] == "2026-03-07"
    assert source["reviewedBy"] == {"@type": "Person", "name": "Ana Ruiz"}
    assert not {"lastReviewed", "reviewedBy"} & translation.keys()


def test_the_source_names_its_translations(compiled: Sample) -> None:
    page = graph_of(landing(compiled, "en"))["MedicalWebPage"]

    assert page["workTranslation"] == [{"@id": f"{ORIGIN}/{each}/articles/{SLUG}"} for each in TRANSLATED]


def test_text_cannot_end_the_structured_data(sample: Sample) -> None:
    practice = sample.sources.practice
    text = practice.read_text(encoding="utf-8")
    practice.write_text(text.replace('name = "Sample Spine', 'name = "</script><script>alert(1)</script>'), "utf-8")
    sample.compile()

    page = landing(sample, "en")

    assert "<script>alert" not in page.html
    assert graph_of(page)["MedicalWebPage"]["publisher"]["name"].startswith("</script>")


def test_a_thank_you_page_is_kept_by_nobody(compiled: Sample) -> None:
    page = Page(compiled, "/es/thank-you/BCDF-2345")

    assert "BCDF-2345" in page.html
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert page.response.headers["cache-control"] == "no-store"
    assert "etag" not in page.response.headers


@pytest.mark.parametrize("locale", LOCALES)
def test_whoever_waits_for_an_answer_sees_every_red_flag(compiled: Sample, locale: str) -> None:
    html = Page(compiled, f"/{locale}/thank-you/BCDF-2345").html

    alarm = html.partition('<section class="red-flags">')[2].partition("</section>")[0]
    assert 'href="tel:911"' in alarm
    assert "<li>numbness in both legs</li>" in alarm


def test_red_flags_of_two_articles_are_all_there_and_each_once(sample: Sample) -> None:
    other = sample.article.with_name("others")
    shutil.copytree(sample.article, other)
    for locale in LOCALES:
        path = other / f"{locale}.md"
        flag = '  - id: numb\n    text: "numbness in both legs"\n'
        path.write_text(path.read_text("utf-8").replace(flag, flag + '  - id: fever\n    text: "a fever"\n'), "utf-8")
        if locale in TRANSLATED:
            accept(read_article(other, LOCALES), locale)
    sample.compile()

    html = Page(sample, "/es/thank-you/BCDF-2345").html

    assert html.count("<li>numbness in both legs</li>") == html.count("<li>a fever</li>") == 1


def test_red_flags_that_are_not_in_this_language_are_shown_in_another(sample: Sample) -> None:
    sample.edit("en.md", "numbness in both legs", "new numbness in both legs")
    sample.compile()

    page = Page(sample, "/ar/thank-you/BCDF-2345")

    assert '<li lang="en" dir="auto">new numbness in both legs</li>' in page.html


PRACTITIONER = {
    "degree": ("Doctor of Chiropractic", "Degree"),
    "license_number": ("DC-12345", "License number"),
    "board_certification": ("Board of Needles", "Board certification"),
    "needling_training": ("54 hours, 2024", "Training in dry needling"),
}


@pytest.mark.parametrize("field", PRACTITIONER)
def test_what_a_practitioner_may_show_is_shown_where_it_is_given(sample: Sample, field: str) -> None:
    value, label = PRACTITIONER[field]
    practice = sample.sources.practice
    practice.write_text(practice.read_text("utf-8").replace("[address]", f'{field} = "{value}"\n[address]'), "utf-8")
    sample.compile()

    author = landing(sample, "es").html.partition('<h2 id="author">')[2].partition("</section>")[0]

    assert f"<dt>[es] {label}</dt>" in author
    assert f">{value}</bdi></dd>" in author
    assert sum(f"<dt>[es] {each}</dt>" in author for _value, each in PRACTITIONER.values()) == 1


def test_nothing_is_claimed_of_a_practitioner_who_gives_nothing(compiled: Sample) -> None:
    html = landing(compiled, "en").html

    assert not [label for _value, label in PRACTITIONER.values() if label in html]
    assert "None" not in html


def test_assets_are_named_by_their_content(compiled: Sample) -> None:
    style = landing(compiled, "en").one("link", media="print")["href"]

    response = compiled.get(style)

    assert response.status == 200
    assert response.headers["cache-control"] == "max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "content_type", "size"),
    [("/favicon.ico", "image/vnd.microsoft.icon", (32, 32)), ("/apple-touch-icon.png", "image/png", (180, 180))],
)
def test_what_browsers_ask_for_at_the_root_is_there_and_asked_for_again_after_a_day(
    compiled: Sample, path: str, content_type: str, size: tuple[int, int]
) -> None:
    response = compiled.get(path)

    assert (response.status, response.headers["content-type"]) == (200, content_type)
    assert response.headers["cache-control"] == "max-age=86400, stale-while-revalidate=31536000"
    assert "etag" in response.headers
    with Image.open(BytesIO(response.body)) as icon:
        assert icon.size == size


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<p id="a"></p><p id="a"></p>', "id 'a' is there more than once"),
        ('<a href="#gone">x</a>', "<a href> refers to #gone"),
        ('<label for="gone">x</label>', "<label for> refers to #gone"),
        ('<p style="color: red">x</p>', "<p>: no inline style"),
        ("<style>p {}</style><style>a {}</style>", "<style>: one without attributes is all"),
        ('<style media="print">p {}</style>', "<style>: one without attributes is all"),
        ("<script>alert(1)</script>", "<script>: no inline script"),
        ('<p onclick="x()">x</p>', "<p onclick>: no inline script"),
        ('<img src="https://elsewhere.test/x.png">', "loads 'https://elsewhere.test/x.png'"),
        ('<script src="//elsewhere.test/x.js"></script>', "loads '//elsewhere.test/x.js'"),
        ('<link rel="stylesheet" href="https://elsewhere.test/x.css">', "loads 'https://elsewhere.test/x.css'"),
    ],
)
def test_what_no_page_may_have_stops_the_build(html: str, said: str) -> None:
    with pytest.raises(ContentError, match=r"page\.html: ") as caught:
        audit.check(html, "page.html")

    assert said in str(caught.value)


def graph_of(page: Page) -> dict[str, Any]:
    text = page.html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    return {node["@type"]: node for node in json.loads(text)["@graph"]}
