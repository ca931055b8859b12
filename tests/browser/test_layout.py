"""What stands where on the screen: from a small phone to a desk, with large letters, and in each script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from tests.browser import geometry
from tests.browser.geometry import LARGE, LARGE_AND_WIDE, PHONES, WIDER
from tests.browser.pages import LOCALES, PAGES, PRACTICE, Shown, landing
from tests.browser.visitor import Visitor, Visits

pytestmark = pytest.mark.long

ARABIC = pytest.mark.skipif("ar" not in LOCALES, reason="the practice has no pages in Arabic")
CHINESE = pytest.mark.skipif("zh-Hant" not in LOCALES, reason="the practice has no pages in Chinese")

PLACES = ["#enquiry", ".enquiry .alarm-number", ".enquiry .red-flags p", "label[for=field-name]", "#field-name"]
# How many of the twelve warning signs are wholly in sight before one scrolls, at least, in every language.
SIGNS = {
    (360, 640): 3, (390, 664): 9, (390, 844): 12, (844, 390): 1, (820, 1180): 12, (1280, 900): 12, (1920, 1080): 12,
}  # fmt: skip

SIDEWAYS = WIDER[0]  # too low for the box and a field

Reader = Callable[[str], Visitor]
Readings = Callable[[str], dict[tuple[int, int], Any]]


@pytest.fixture(scope="module")
def reader(browser: Browser, origin: str) -> Iterator[Reader]:
    """Somebody who has an article's page in a language before them; the page is loaded once, and not changed."""
    readers: dict[str, Visitor] = {}

    def reading(locale: str) -> Visitor:
        if locale not in readers:
            readers[locale] = Visitor.arrives(browser, origin, locale=locale).opens(landing(locale))
        return readers[locale]

    yield reading
    for each in readers.values():
        each.leaves()


@pytest.fixture(scope="module")
def readings(reader: Reader) -> Readings:
    """What is in sight on an article's page in a language, for each screen (`geometry.READING`)."""
    found: dict[str, dict[tuple[int, int], Any]] = {}

    def of(locale: str) -> dict[tuple[int, int], Any]:
        if locale not in found:
            visitor = reader(locale)
            found[locale] = {
                screen: visitor.reads_at(*screen).page.evaluate(geometry.READING, PLACES) for screen in PHONES + WIDER
            }
        return found[locale]

    return of


# ---- every page


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_all_is_on_the_screen_whole_and_apart_with_large_letters_too(look: Visits, shown: Shown) -> None:
    visitor = look(locale=shown.locale).meets(shown)
    wrong = []
    for width, letters in LARGE + LARGE_AND_WIDE + [(width, 16) for width, _ in PHONES + WIDER]:
        page = visitor.reads_at(width, 640, letters).page
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{letters}px"
        wrong += [f"{width} px, letters of {letters} px: {each}" for each in page.evaluate(geometry.MISPLACED)]

    assert wrong == []


def test_what_is_too_wide_or_broken_would_be_noticed(look: Visits) -> None:
    page = look().opens(landing(LOCALES[0])).page
    page.locator(".call-or-write .button").first.evaluate("each => { each.style.cssText = 'min-inline-size: 30rem' }")
    page.locator(".alarm-number bdi").first.evaluate(
        "each => { each.textContent = '1 '.repeat(90); each.parentElement.style.whiteSpace = 'normal' }"
    )

    found = "\n".join(page.evaluate(geometry.MISPLACED))

    assert "beyond the screen: A button" in found
    assert "broken number: BDI" in found


@pytest.mark.parametrize("locale", LOCALES)
def test_in_the_dark_all_stands_where_it_stands_in_the_light(reader: Reader, locale: str) -> None:
    page = reader(locale).reads_at(*PHONES[-1]).page
    edges = "() => [...document.querySelectorAll('body *')].map(each => each.getBoundingClientRect().bottom + scrollY)"
    ground = "getComputedStyle(document.body).backgroundColor"
    light, paper = page.evaluate(edges), page.evaluate(ground)

    page.emulate_media(color_scheme="dark")
    dark, slate = page.evaluate(edges), page.evaluate(ground)
    page.emulate_media(color_scheme="light")

    assert paper != slate
    assert light == dark


# ---- warning signs, and the way to the form


@pytest.mark.parametrize("locale", LOCALES)
def test_warning_signs_are_in_sight_at_first_and_who_came_to_call_still_can(readings: Readings, locale: str) -> None:
    for screen, seen in readings(locale).items():
        assert seen["signs"] >= SIGNS[screen], screen
        assert seen["call"] is (screen[0] < 1024), screen


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_lies_over_the_warning_signs_and_then_comes_the_bar(
    reader: Reader, readings: Readings, locale: str
) -> None:
    for screen in PHONES:
        assert reader(locale).reads_at(*screen).page.evaluate(geometry.COVERED) == []
        assert readings(locale)[screen]["bar"] == pytest.approx(0, abs=1)


def test_what_covers_a_warning_sign_would_be_noticed(look: Visits) -> None:
    page = look().reads_at(360, 640).opens(landing(LOCALES[0])).page
    page.locator(".call-or-write").evaluate("each => { each.style.cssText = 'position: fixed; inset-inline: 0' }")

    assert page.evaluate(geometry.COVERED)


@pytest.mark.parametrize("locale", LOCALES)
def test_who_comes_to_write_finds_the_number_and_a_field_on_the_screen(readings: Readings, locale: str) -> None:
    for screen, seen in readings(locale).items():
        assert len(set(seen["words"])) == 2, screen  # what leads to the form, and what sends it
        assert seen["unseen"] == [] or screen == SIDEWAYS, screen
        # Folded on a phone and a tablet, open beside the form on a desk.
        assert seen["folded"] == (12 if screen[0] < 1024 else 0), screen


@pytest.mark.parametrize("locale", LOCALES)
def test_buttons_are_one_line_high_as_wide_as_a_phone_and_no_wider_than_a_hand_elsewhere(
    readings: Readings, locale: str
) -> None:
    for screen, seen in readings(locale).items():
        assert all(height < 50 for _, height in seen["buttons"]), screen
        if screen in PHONES:
            assert len(set(seen["across"])) == 1, screen
        elif screen[0] < 1024:
            assert all(width < 272 for width, _ in seen["buttons"]), screen


@pytest.mark.parametrize("locale", LOCALES)
def test_between_a_phone_and_a_desk_the_text_stands_in_the_middle(readings: Readings, locale: str) -> None:
    for screen, seen in readings(locale).items():
        if screen[0] < 1024:
            assert seen["column"]["left"] == pytest.approx(seen["column"]["right"], abs=1), screen


def test_folded_signs_unfold(reader: Reader) -> None:
    page = reader(LOCALES[0]).reads_at(*PHONES[-1]).page
    summary, signs = page.locator(".enquiry .red-flags summary"), page.locator(".enquiry .red-flags li")

    summary.click()
    assert all(each.is_visible() for each in signs.all())
    summary.click()
    assert not signs.first.is_visible()


# ---- lines


@pytest.mark.parametrize("locale", LOCALES)
def test_no_line_ends_inside_a_degree_or_begins_with_a_comma(reader: Reader, look: Visits, locale: str) -> None:
    home = look(locale=locale).opens(f"/{locale}/")
    for width in (320, 360, 390, 412, 820):
        pages = [each.reads_at(width, 844).page for each in (reader(locale), home)]
        lines = [line for page in pages for each in page.evaluate(geometry.LINES, ".byline, .person") for line in each]

        assert [line for line in lines if line[0] in ",،、，"] == [], width
        for degree in PRACTICE.practitioner.credentials:
            assert sum(degree.replace(" ", "") in line for line in lines) == 4, width


@pytest.mark.parametrize("locale", LOCALES)
def test_a_heading_of_two_sentences_breaks_between_them_first(look: Visits, locale: str) -> None:
    visitor = look(locale=locale).meets(Shown("thanks", locale))
    for width in (320, 360, 390, 1280):
        page = visitor.reads_at(width, 844).page
        sentences = page.evaluate(geometry.LINES, "h1 > *")
        (whole,) = page.evaluate(geometry.LINES, "h1")

        assert len(whole) == 1 or len(whole) == sum(map(len, sentences)) or not sentences
        if locale == LOCALES[0]:
            assert len(sentences) == 2


# ---- Arabic


@ARABIC
def test_a_citation_in_arabic_stands_after_its_sentence_whatever_that_ends_with(look: Visits) -> None:
    visitor = look(locale="ar").opens(landing("ar"))
    visitor.page.evaluate(
        """() => {
          const cite = document.querySelector(".cite").outerHTML, summary = document.querySelector(".summary");
          for (const end of ["هيئة NICE.", "NICE 2021", "CCSP®", "في 24 ساعة.", "(NHS)."]) {
            const said = summary.cloneNode();
            said.innerHTML = end + cite;
            summary.after(said);
          }
        }"""
    )

    for width in (360, 390, 1280):
        assert visitor.reads_at(width, 844).page.evaluate(geometry.BEFORE_ITS_SENTENCE) == []
    visitor.page.evaluate("for (const each of document.querySelectorAll('.cite')) each.style.unicodeBidi = 'normal'")
    assert visitor.page.evaluate(geometry.BEFORE_ITS_SENTENCE)


@ARABIC
@pytest.mark.parametrize("place", [".byline", ".person", "#contact ~ p"])
def test_degrees_in_arabic_follow_each_other_from_right_to_left(reader: Reader, place: str) -> None:
    page = reader("ar").reads_at(1280, 844).page
    first, second = (
        page.locator(place).locator("bdi", has_text=each).first.bounding_box()
        for each in PRACTICE.practitioner.credentials[:2]
    )

    assert first
    assert second
    assert first["x"] >= second["x"] + second["width"]


@ARABIC
@pytest.mark.parametrize("name", ["name", "message"])
def test_a_field_in_arabic_begins_at_the_right_before_anything_is_typed(reader: Reader, name: str) -> None:
    field = reader("ar").page.locator(f"#field-{name}")

    assert style(field, "direction") == "rtl"
    field.fill("Ann")
    assert (style(field, "direction"), aligned(field)) == ("ltr", "right")
    field.fill("ليلى")
    assert (style(field, "direction"), aligned(field)) == ("rtl", "right")
    field.fill("")


def test_a_field_elsewhere_begins_at_the_left_and_follows_what_is_typed(reader: Reader) -> None:
    field = reader(LOCALES[0]).page.locator("#field-name")

    assert (style(field, "direction"), aligned(field)) == ("ltr", "left")
    field.fill("ليلى")
    assert (style(field, "direction"), aligned(field)) == ("rtl", "right")
    field.fill("")


# ---- Chinese


@pytest.mark.parametrize("shown", [each for each in PAGES if each.locale == "zh-Hant"], ids=str)
def test_no_space_follows_full_width_punctuation(look: Visits, shown: Shown) -> None:
    page = look(locale=shown.locale).meets(shown).page

    text = "\n".join([page.title(), page.locator("body").inner_text()])

    assert [
        line
        for line in text.splitlines()
        if any(f"{mark}{gap}" in line for mark in "，。：；！？）」" for gap in " \u00a0")
    ] == []


@CHINESE
def test_no_chinese_paragraph_ends_in_a_line_of_one_character(reader: Reader) -> None:
    for width in (320, 360, 375, 390, 412, 820, 1280):
        broken, lonely = reader("zh-Hant").reads_at(width, 844).page.evaluate(geometry.LONELY)

        assert broken > 10
        assert lonely == [], width


# ---- helpers


def style(element: Locator, name: str) -> str:
    """A computed style."""
    return str(element.evaluate("(each, name) => getComputedStyle(each)[name]", name))


def aligned(field: Locator) -> str:
    """The side at which a field's text begins or ends."""
    return {"start": {"ltr": "left", "rtl": "right"}[style(field, "direction")]}.get(
        style(field, "textAlign"), style(field, "textAlign")
    )
