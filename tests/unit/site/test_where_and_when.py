"""Where and when: hours beside the number, the way there, and in which languages the practice answers."""

from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest

from infra.site.languages.localize import Localizer
from infra.site.sources.access_table import AccessTable
from infra.site.sources.practice_file import read_file
from infra.site.views.access_view import access_view
from infra.site.views.practice_view import site_view
from tests.practice import PRACTICE, PRACTICE_FILE, assert_one_fault, write_full_practice
from tests.sample import LOCALES, SLUG, Sample
from tests.unit.site.test_pages import Page, graph_of

SOURCE = PRACTICE_FILE.read_text(encoding="utf-8")
MONDAY = "<span>Monday to Thursday 8:00\u202fAM to 6:00\u202fPM</span>"
HEADING = '<p class="hours"><strong data-open>Opening hours</strong>'
MAP = '<a href="https://maps.example.org/?q=Phoenix" rel="noreferrer">Directions (a map on another site)</a>'


@pytest.fixture
def full(sample: Sample) -> Sample:
    write_full_practice(sample.sources.practice)
    sample.compile()
    return sample


# ---- Hours


@pytest.mark.parametrize("path", [f"/en/articles/{SLUG}", "/en/", "/en/thank-you/BCDF-2345", "/en/no"])
def test_hours_stand_beside_the_number_to_call(compiled: Sample, path: str) -> None:
    main = compiled.get(path).body.decode().partition("<main")[2].partition("</main>")[0]
    number, _, rest = main.partition(HEADING)

    assert "tel:+16025550187" in number
    assert rest.lstrip().startswith(MONDAY)


def test_at_the_form_the_hours_fold_under_the_number(compiled: Sample) -> None:
    form = compiled.get(f"/en/articles/{SLUG}").body.decode().partition("<form")[2].partition("<input")[0]

    assert (
        form.index("tel:+16025550187") < form.index("<summary data-open>Opening hours</summary>") < form.index(MONDAY)
    )


@pytest.mark.parametrize("path", [f"/es/articles/{SLUG}", "/es/", "/es/thank-you/BCDF-2345"])
def test_what_the_script_says_of_them_is_in_the_pages_language(compiled: Sample, path: str) -> None:
    page = Page(compiled, path)

    assert page.one("script", id="timetable")
    words = compiled.get(page.one("script", id="words")["src"])
    assert '"until":"[es] Open until {time}"' in words.body.decode()
    assert [each for each in page.all("script") if "/promise." in each.get("src", "")]


# ---- The way there


@pytest.mark.parametrize("path", [f"/en/articles/{SLUG}", "/en/", "/en/no"])
def test_with_nothing_given_there_is_the_address_and_no_link(compiled: Sample, path: str) -> None:
    html = compiled.get(path).body.decode()

    assert "<bdi>100 Example Street, Suite 4</bdi><br>" in html
    assert not [word for word in ("Directions", "Entrance", "Parking", "Public transport") if word in html]


@pytest.mark.parametrize("path", ["/en/", "/en/no"])
def test_with_everything_given_one_can_get_there_and_in(full: Sample, path: str) -> None:
    footer = full.get(path).body.decode().partition("<footer")[2]

    for text in (
        MAP,
        "<dt>Entrance</dt><dd>no steps</dd>",
        "<dt>Floor</dt><dd>upper floor, elevator</dd>",
        "<dt>Parking</dt><dd>free and on the street</dd>",
        "<dt>Public transport</dt><dd>Light rail stop <bdi>Example Street</bdi>, 5 minutes on foot</dd>",
    ):
        assert text in footer


def test_home_leads_to_the_map_at_its_top(full: Sample, compiled: Sample) -> None:
    for site, is_there in (full, True), (compiled, False):
        top = site.get("/en/").body.decode().partition("<h1>")[2].partition("</header>")[0]
        assert (MAP in top) is is_there


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"entrance": "steps"}, {"Entrance": "steps"}),
        ({"floor": "ground"}, {"Floor": "ground floor"}),
        ({"floor": "stairs"}, {"Floor": "upper floor, stairs only"}),
        ({"parking": ["paid"]}, {"Parking": "paid"}),
        (
            {"transit": [{"kind": "bus", "name": "A & B"}, {"kind": "train", "name": "C"}]},
            {"Public transport": "Bus stop <bdi>A &amp; B</bdi><br>Train station <bdi>C</bdi>"},
        ),
        ({"directions": "https://maps.example.org/"}, {}),
        ({}, {}),
    ],
)
def test_what_is_given_alone_stands_alone(fields: dict[str, Any], said: dict[str, str]) -> None:
    view = access_view(AccessTable.model_validate(fields), Localizer("en", NullTranslations()))

    assert {each.label: each.html for each in view} == said


# ---- Languages


@pytest.mark.parametrize(
    ("locale", "answers_in", "interpreter", "said"),
    [
        ("en", "", False, ""),
        ("en", "en", True, ""),
        ("en", "en es", True, "We answer in English and Spanish."),
        ("es", "", False, "We answer in inglés."),
        ("es", "en es", True, "We answer in inglés y español."),
        ("ar", "en es", False, "We answer in الإنجليزية والإسبانية."),
        ("ar", "en es", True, "We answer in الإنجليزية والإسبانية. We can arrange an interpreter."),
        ("es", "es-419", True, ""),
    ],
)
def test_it_is_said_where_it_is_not_just_the_pages_own(
    locale: str, answers_in: str, interpreter: bool, said: str
) -> None:
    file = read_file(PRACTICE_FILE).model_copy(
        update={"answers_in": tuple(answers_in.split()), "interpreter": interpreter}
    )

    assert site_view(PRACTICE, file, Localizer(locale, NullTranslations())).answers == said


@pytest.mark.parametrize("locale", LOCALES[1:])
def test_a_translated_page_says_so_below_its_title_and_by_the_button(compiled: Sample, locale: str) -> None:
    html = compiled.get(f"/{locale}/articles/{SLUG}").body.decode()
    byline = html.partition('<p class="byline">')[2].partition("</p>")[0]
    button = html.partition("data-promise></p>")[2].partition("<button")[0]

    assert f"[{locale}] Machine translation, not checked by a medical professional. [{locale}] We answer in" in byline
    assert f"<p>[{locale}] We answer in" in button
    assert f"<p>[{locale}] We answer in" in compiled.get(f"/{locale}/").body.decode()
    assert f"[{locale}] We answer in" in compiled.get(f"/{locale}/thank-you/BCDF-2345").body.decode()


def test_the_practices_own_language_is_nothing_to_speak_of(compiled: Sample) -> None:
    assert "We answer in" not in compiled.get(f"/en/articles/{SLUG}").body.decode()


# ---- What is wrong, and search engines


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('[access]\ndirections = "maps.example.org"', "access.directions: 'maps.example.org' should look like 'https"),
        ('[access]\nentrance = "ramp"', "access.entrance: .*'step-free' or 'steps'"),
        ("[access]\nfloor = 3", "access.floor: .*'ground'"),
        ('[access]\nparking = "free"', "access.parking: .*tuple"),
        ("[access]\nlift = true", "access.lift: .*not permitted"),
        ('[[access.transit]]\nkind = "ferry"\nname = "A"', r"access.transit.0.kind: .*'bus'"),
        ('[[access.transit]]\nkind = "bus"', r"access.transit.0.name: .*required"),
        ('[[access.transit]]\nkind = "bus"\nname = "A"\nminutes = 0', r"access.transit.0.minutes: .*greater than 0"),
        ('answers_in = ["English"]', r"answers_in.0: 'English' should look like 'zh-Hant'"),
        ('answers_in = ["en", "en"]', "answers_in: 'en' is named twice"),
        ('interpreter = "ar"', "interpreter: .*boolean"),
    ],
)
def test_a_fault_is_named_by_file_and_field(tmp_path: Path, lines: str, fault: str) -> None:
    text = f"{SOURCE}\n{lines}\n" if lines.startswith("[") else f"{lines}\n{SOURCE}"

    assert_one_fault(tmp_path, text, fault)


def test_search_engines_hear_what_their_vocabulary_has(full: Sample, compiled: Sample) -> None:
    business, bare = (graph_of(Page(each, "/en/"))["MedicalBusiness"] for each in (full, compiled))

    assert business["hasMap"] == "https://maps.example.org/?q=Phoenix"
    assert (business["knowsLanguage"], bare["knowsLanguage"]) == (["en", "es"], ["en"])
    assert "hasMap" not in bare
