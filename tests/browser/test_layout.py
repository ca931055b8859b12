"""What stands where on the screen: large letters, the warning signs, and what each script asks for."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.pages import LOCALES, PAGES, PRACTICE, Shown, landing
from tests.browser.visitor import Visitor, Visits

ARABIC = pytest.mark.skipif("ar" not in LOCALES, reason="the practice has no pages in Arabic")
CHINESE = pytest.mark.skipif("zh-Hant" not in LOCALES, reason="the practice has no pages in Chinese")

# Widths of phones, and the size of letters that a reader has chosen in the browser, in CSS pixels; 16 is the usual one.
LARGE = [(320, 24), (360, 24), (320, 32), (360, 32)]
PHONES = [(390, 844), (390, 664), (360, 640)]
THUMB = 44

# What is wider than the screen, cut off, or broken; what can be tapped and is too small or under something else.
MISPLACED = """thumb => {
  const wrong = [], screen = document.documentElement.clientWidth;
  const name = each => `${each.tagName} ${each.getAttribute("class")} ${each.textContent.trim().slice(0, 30)}`;
  const seen = each => !each.closest(".unseen, .skip, .band, script") && each.getClientRects().length > 0;
  const isNumber = each => each.matches("bdi, .number, .alarm-number") && each.closest("[href^='tel:']");
  if (document.documentElement.scrollWidth > screen) wrong.push(`page: ${document.documentElement.scrollWidth} px`);
  for (const each of [...document.body.querySelectorAll("*")].filter(seen)) {
    const { left, right, width, height } = each.getBoundingClientRect();
    if (left < -0.5 || right > screen + 0.5) wrong.push(`beyond the screen: ${name(each)}`);
    // What begins a line may leave an empty box at the end of the one before.
    const pieces = [...each.getClientRects()].filter(({ width }) => width > 0);
    if (isNumber(each) && pieces.length > 1) wrong.push(`broken number: ${name(each)}`);
    if (each.matches(".button, .call") && (width < thumb || height < thumb)) wrong.push(`small: ${name(each)}`);
    const button = each.parentElement.closest(".button")?.getBoundingClientRect();
    if (button && (left < button.left || right > button.right)) wrong.push(`cut off: ${name(each)}`);
  }
  const parts = ".site-name, .call, .languages a, .button, .field > :is(label, input, select, textarea)";
  const boxes = [...document.querySelectorAll(parts)].filter(seen).map(each => [each, each.getBoundingClientRect()]);
  for (const [one, a] of boxes)
    for (const [other, b] of boxes)
      if (one !== other && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) wrong.push(`${name(one)} over ${name(other)}`);
  return wrong;
}"""

# The signs in the window that something else lies over, at each place on the way down to the end of their box.
COVERED = """() => {
  const box = document.querySelector("[aria-labelledby=red-flags-top]"), covered = [];
  for (let y = 0; y <= box.getBoundingClientRect().bottom + scrollY; y += 40) {
    scrollTo(0, y);
    for (const part of box.querySelectorAll("h2, p, li")) {
      const { left, right, top, bottom } = part.getBoundingClientRect();
      for (let at = Math.max(top + 1, 1); at < Math.min(bottom, innerHeight) - 1; at += 8)
        if (!box.contains(document.elementFromPoint((left + right) / 2, at))) covered.push(`${y}: ${part.textContent}`);
    }
  }
  return covered;
}"""

# Each character that is seen, with the line that it stands on (its lower edge in pixels) and its left edge.
CHARACTERS = """element => {
  const found = [], range = document.createRange(), walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode())
    for (let at = 0; at < walker.currentNode.length; at++) {
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + 1);
      const box = range.getClientRects()[0];
      const { data, parentElement } = walker.currentNode;
      if (box?.width && data[at].trim() && !parentElement.closest(".unseen"))
        found.push({ text: data[at], bottom: box.bottom, left: box.left, right: box.right,
                     raised: Boolean(parentElement.closest("sup")) });
    }
  return found;
}"""


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_with_letters_twice_as_large_all_is_on_the_screen_whole_and_apart(look: Visits, shown: Shown) -> None:
    visitor = look(locale=shown.locale)
    wrong = []
    for width, letters in LARGE:
        visitor.reads_at(width, 640, letters)
        visitor.meets(shown)
        assert visitor.page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{letters}px"
        wrong += [f"{width} px, letters of {letters} px: {each}" for each in visitor.page.evaluate(MISPLACED, THUMB)]

    assert wrong == []


def test_what_is_too_wide_or_broken_would_be_noticed(look: Visits) -> None:
    page = look().opens(landing(LOCALES[0])).page
    page.locator(".call-or-write .button").first.evaluate("each => { each.style.cssText = 'min-inline-size: 30rem' }")
    page.locator(".alarm-number bdi").first.evaluate(
        "each => { each.textContent = '1 '.repeat(90); each.parentElement.style.whiteSpace = 'normal' }"
    )

    found = "\n".join(page.evaluate(MISPLACED, THUMB))

    assert "beyond the screen: A button" in found
    assert "broken number: BDI" in found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("width", "height"), PHONES)
def test_nothing_lies_over_the_warning_signs_and_who_came_to_call_still_can(
    look: Visits, locale: str, width: int, height: int
) -> None:
    visitor = look(locale=locale)
    visitor.reads_at(width, height)
    page = visitor.opens(landing(locale)).page
    call = page.locator(".call")

    assert call.get_attribute("href") == f"tel:{PRACTICE.phone}"
    assert 0 <= edges(call)["top"] < edges(call)["bottom"] <= height
    assert page.evaluate(COVERED) == []
    page.evaluate("scrollTo(0, document.querySelector('.summary').getBoundingClientRect().bottom + scrollY)")
    assert edges(page.locator(".call-or-write"))["bottom"] == pytest.approx(height, abs=1)


def test_what_covers_a_warning_sign_would_be_noticed(look: Visits) -> None:
    visitor = look()
    visitor.reads_at(360, 640)
    page = visitor.opens(landing(LOCALES[0])).page
    page.locator(".call-or-write").evaluate("each => { each.style.cssText = 'position: fixed; inset-inline: 0' }")

    assert page.evaluate(COVERED)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("width", "height"), PHONES)
def test_who_comes_to_write_finds_the_number_and_a_field_on_the_screen(
    look: Visits, locale: str, width: int, height: int
) -> None:
    visitor = look(locale=locale)
    visitor.reads_at(width, height)
    page = visitor.opens(landing(locale)).page
    signs = page.locator("#red-flags-top ~ ul > li").count()

    page.evaluate("document.querySelector('.summary').scrollIntoView()")
    way, button = page.locator(".call-or-write a[href='#enquiry']"), page.locator("form > .button")
    assert way.inner_text() == button.inner_text()
    across = {style(each, "width") for each in (page.locator("form"), button, page.locator("#field-phone"))}
    assert len(across) == 1
    assert all(edges(each)["height"] < 50 for each in page.locator(".call-or-write .button").all())  # one line
    way.click()
    page.wait_for_function("document.querySelector('#enquiry').getBoundingClientRect().top < 100")

    for place in (
        "#enquiry",
        ".enquiry .alarm-number",
        ".enquiry .red-flags p",
        "label[for=field-name]",
        "#field-name",
    ):
        assert 0 <= edges(page.locator(place).first)["top"] < edges(page.locator(place).first)["bottom"] <= height, (
            place
        )
    folded = page.locator(".enquiry .red-flags li")
    assert (folded.count(), folded.first.is_visible()) == (signs, False)
    page.locator(".enquiry .red-flags summary").click()
    assert all(each.is_visible() for each in folded.all())


@pytest.mark.parametrize("locale", LOCALES)
def test_beside_the_form_on_a_desk_the_signs_are_open(look: Visits, locale: str) -> None:
    page = opened(look, locale, 1280)

    assert page.locator(".enquiry .red-flags summary").is_hidden()
    assert all(each.is_visible() for each in page.locator(".enquiry .red-flags li").all())


# ---- Arabic


@ARABIC
@pytest.mark.parametrize("width", [360, 390, 1280])
def test_a_citation_in_arabic_stands_after_its_sentence_whatever_that_ends_with(look: Visits, width: int) -> None:
    page = opened(look, "ar", width)
    page.evaluate(
        """() => {
          const cite = document.querySelector(".cite").outerHTML, summary = document.querySelector(".summary");
          for (const end of ["هيئة NICE.", "NICE 2021", "CCSP®", "في 24 ساعة.", "(NHS)."]) {
            const said = summary.cloneNode();
            said.innerHTML = end + cite;
            summary.after(said);
          }
        }"""
    )

    for shown in each_of(page, "p:has(> .cite), li:has(> .cite)"):
        for before, first in pairwise(shown):
            # Digits of one number run from left to right, and what comes after a citation is not asked about here.
            if first["raised"] and not before["raised"] and abs(before["bottom"] - first["bottom"]) < 20:
                sentence = [each for each in shown[: shown.index(first)] if abs(each["bottom"] - before["bottom"]) < 5]
                assert first["right"] <= min(each["left"] for each in sentence) + 1, "".join(lines_of(shown))


@ARABIC
@pytest.mark.parametrize("place", [".byline", ".author p", "#contact ~ p"])
def test_degrees_in_arabic_follow_each_other_from_right_to_left(look: Visits, place: str) -> None:
    page = opened(look, "ar", 1280)
    first, second = (
        page.locator(place).locator("bdi", has_text=each).first for each in PRACTICE.practitioner.credentials[:2]
    )

    assert edges(first)["left"] > edges(second)["right"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("width", [320, 360, 390, 412, 820])
def test_no_line_ends_inside_a_degree_or_begins_with_a_comma(look: Visits, locale: str, width: int) -> None:
    page = opened(look, locale, width)
    lines = [line for each in each_of(page, ".byline, .author p") for line in lines_of(each)]
    page.goto(f"/{locale}/")
    lines += [line for each in each_of(page, ".byline") for line in lines_of(each)]

    assert [line for line in lines if line[0] in ",،、，"] == []
    for degree in PRACTICE.practitioner.credentials:
        assert sum(degree.replace(" ", "") in line for line in lines) == 3


@ARABIC
@pytest.mark.parametrize("name", ["name", "message"])
def test_a_field_in_arabic_begins_at_the_right_before_anything_is_typed(look: Visits, name: str) -> None:
    field = opened(look, "ar", 390).locator(f"#field-{name}")

    assert style(field, "direction") == "rtl"
    field.fill("Ann")
    assert (style(field, "direction"), aligned(field)) == ("ltr", "right")
    field.fill("ليلى")
    assert (style(field, "direction"), aligned(field)) == ("rtl", "right")


def test_a_field_elsewhere_begins_at_the_left_and_follows_what_is_typed(look: Visits) -> None:
    field = opened(look, LOCALES[0], 390).locator("#field-name")

    assert (style(field, "direction"), aligned(field)) == ("ltr", "left")
    field.fill("ليلى")
    assert (style(field, "direction"), aligned(field)) == ("rtl", "right")


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
@pytest.mark.parametrize("width", [320, 360, 375, 390, 412, 820, 1280])
def test_no_chinese_paragraph_ends_in_a_line_of_one_character(look: Visits, width: int) -> None:
    page = opened(look, "zh-Hant", width)
    paragraphs = [lines_of(each) for each in each_of(page, "main :is(p, li):not(:has(p, li, input))")]

    assert max(map(len, paragraphs)) > 1
    assert [lines for lines in paragraphs if len(lines) > 1 and sum(map(str.isalnum, lines[-1])) < 2] == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("width", [320, 360, 390, 1280])
def test_a_heading_of_two_sentences_breaks_between_them_first(look: Visits, locale: str, width: int) -> None:
    page = look(locale=locale).meets(Shown("thanks", locale)).page
    page.set_viewport_size({"width": width, "height": 844})
    sentences = [lines_of(each) for each in each_of(page, "h1 > *")]
    whole = [line for each in each_of(page, "h1") for line in lines_of(each)]

    assert len(whole) == 1 or len(whole) == sum(map(len, sentences)) or not sentences
    if locale == LOCALES[0]:
        assert len(sentences) == 2


# ---- helpers


def opened(look: Visits, locale: str, width: int) -> Page:
    """The landing page, in a window of that width."""
    visitor: Visitor = look(locale=locale)
    visitor.page.set_viewport_size({"width": width, "height": 844})
    return visitor.opens(landing(locale)).page


def each_of(page: Page, selector: str) -> list[list[dict[str, Any]]]:
    """The characters of each element."""
    found: list[list[dict[str, Any]]] = page.locator(selector).evaluate_all(f"all => all.map({CHARACTERS})")
    return found


def edges(element: Any) -> dict[str, float]:
    """Where an element is in the window."""
    found: dict[str, float] = element.evaluate("each => each.getBoundingClientRect().toJSON()")
    return found


def style(element: Any, name: str) -> str:
    """A computed style."""
    return str(element.evaluate("(each, name) => getComputedStyle(each)[name]", name))


def aligned(field: Any) -> str:
    """The side at which a field's text begins or ends."""
    return {"start": {"ltr": "left", "rtl": "right"}[style(field, "direction")]}.get(
        style(field, "textAlign"), style(field, "textAlign")
    )


def lines_of(characters: list[dict[str, Any]]) -> list[str]:
    """The text line by line, without raised characters and spaces."""
    lines: list[tuple[float, str]] = []
    for each in characters:
        if each["raised"]:
            continue
        if lines and abs(lines[-1][0] - each["bottom"]) < 8:
            lines[-1] = (lines[-1][0], lines[-1][1] + each["text"])
        else:
            lines.append((each["bottom"], each["text"]))
    return [text for _, text in lines]
