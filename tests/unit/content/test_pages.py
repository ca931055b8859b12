"""The pages as compiled: what every one must have, in every language."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from functions.content.compiler import ContentError, audit
from tests.unit.content.sample import LOCALES, SLUG, Sample

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


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("es", "ltr"), ("ar", "rtl")])
def test_language_and_direction_are_those_of_what_is_served(compiled: Sample, locale: str, direction: str) -> None:
    page = landing(compiled, locale)

    assert page.one("html") == {"lang": locale, "dir": direction}
    assert page.response.headers["content-language"] == locale


@pytest.mark.parametrize("locale", TRANSLATED)
@pytest.mark.parametrize(
    "path", ["/{locale}/", "/{locale}/articles/needles", "/{locale}/thank-you/BCDF-2345", "/{locale}/no"]
)
def test_no_english_message_is_left_in_another_language(compiled: Sample, locale: str, path: str) -> None:
    html = Page(compiled, path.format(locale=locale)).html

    for message in ("Languages", "How to reach", "Skip to", "Opening hours", "Phone:"):
        assert html.count(message) == html.count(f"[{locale}] {message}")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", ["", f"articles/{SLUG}"])
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


def test_citations_lead_to_the_reference_list(compiled: Sample) -> None:
    page = landing(compiled, "en")

    assert (
        '<sup class="cite"><a href="#ref-one2020" aria-label="Reference 1">1</a>, <a href="#ref-two2021"' in page.html
    )
    assert page.one("li", id="ref-one2020")
    assert page.one("a", href="https://doi.org/10.1000/one")
    assert page.one("a", href="https://pubmed.ncbi.nlm.nih.gov/12345/")


def test_the_page_says_how_its_translation_was_made(compiled: Sample) -> None:
    assert "[es] No qualified person has reviewed the translation yet." in landing(compiled, "es").html
    assert "translat" not in landing(compiled, "en").html


# name: what the field must be for autofill, keyboards and the server
FIELDS = {
    "name": {"autocomplete": "name", "required": "", "maxlength": "80"},
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
    assert [each["value"] for each in page.all("option")] == ["any", "morning", "afternoon", "evening"]
    assert page.one("textarea", name="message")["maxlength"] == "1000"
    form = page.one("form")
    assert (form["method"], form["action"], form["accept-charset"]) == ("post", "/api/leads", "utf-8")
    # The browser would speak its own language; the server speaks the page's.
    assert "novalidate" in form


def test_structured_data_is_one_graph_that_says_what_the_page_says(compiled: Sample) -> None:
    graph = graph_of(landing(compiled, "es"))

    page = graph["MedicalWebPage"]
    assert page["url"] == f"{ORIGIN}/es/articles/{SLUG}"
    assert page["inLanguage"] == "es"
    assert page["lastReviewed"] == "2026-03-07"
    assert page["translationOfWork"] == {"@id": f"{ORIGIN}/en/articles/{SLUG}"}
    assert page["citation"][0]["url"] == "https://doi.org/10.1000/one"
    assert graph["MedicalBusiness"]["openingHoursSpecification"][1]["closes"] == "13:00"
    assert [each["item"] for each in graph["BreadcrumbList"]["itemListElement"]] == [
        f"{ORIGIN}/es/",
        f"{ORIGIN}/es/articles/{SLUG}",
    ]


def test_the_source_names_its_translations(compiled: Sample) -> None:
    page = graph_of(landing(compiled, "en"))["MedicalWebPage"]

    assert page["workTranslation"] == [{"@id": f"{ORIGIN}/{each}/articles/{SLUG}"} for each in TRANSLATED]


def test_text_cannot_end_the_structured_data(sample: Sample) -> None:
    practice = sample.sources.practice
    text = practice.read_text(encoding="utf-8")
    practice.write_text(text.replace('name = "Byron Lam Spine', 'name = "</script><script>alert(1)</script>'), "utf-8")
    sample.compile()

    page = landing(sample, "en")

    assert "<script>alert" not in page.html
    assert graph_of(page)["MedicalBusiness"]["name"].startswith("</script>")


def test_a_thank_you_page_is_kept_by_nobody(compiled: Sample) -> None:
    page = Page(compiled, "/es/thank-you/BCDF-2345")

    assert "BCDF-2345" in page.html
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert page.response.headers["cache-control"] == "no-store"
    assert "etag" not in page.response.headers


def test_assets_are_named_by_their_content(compiled: Sample) -> None:
    style = landing(compiled, "en").one("link", rel="stylesheet")["href"]

    response = compiled.get(style)

    assert response.status == 200
    assert response.headers["cache-control"] == "max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<p id="a"></p><p id="a"></p>', "id 'a' is there more than once"),
        ('<a href="#gone">x</a>', "<a href> refers to #gone"),
        ('<label for="gone">x</label>', "<label for> refers to #gone"),
        ('<p style="color: red">x</p>', "<p>: no inline style"),
        ("<style>p {}</style>", "<style>: no inline style"),
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
