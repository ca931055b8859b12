"""What visitors do in a real browser: from the start page to the reference, in every language, on every screen.

What the form's script adds of its own is tested in test_form_script.py.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.stack import LocalStack
from tests.browser.pages import LOCALES, PAGES, PRACTICE, Shown, good_fields, landing
from tests.browser.visitor import DESKTOP, PHONE, Visitor, Visits
from tests.stack.conftest import eventually, forget_budget

pytestmark = pytest.mark.long

RIGHT_TO_LEFT = [each for each in LOCALES if each.partition("-")[0] in ("ar", "fa", "he", "ur")]
LANDINGS = [each for each in PAGES if each.kind == "landing"]
EMERGENCY = f"a[href='tel:{PRACTICE.emergency_number}']"
FORM = "form[action='/api/leads']"

with_and_without_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
in_every_language = pytest.mark.parametrize("locale", LOCALES)


def stored(site: LocalStack, name: str) -> list[dict[str, Any]]:
    return [item for item in site.items() if item.get("name") == name]


def path_of(visitor: Visitor) -> str:
    return urlsplit(visitor.page.url).path


# ---- from the start page to the reference


@with_and_without_script
@in_every_language
def test_visitor_reads_sends_the_form_and_the_practice_hears_of_it(
    visit: Visits, site: LocalStack, locale: str, script: bool
) -> None:
    forget_budget(site)  # or the alerts of the tests before would be enough for one mail about several
    name = f"Journey {locale} {script}"
    visitor = visit(locale=locale, java_script_enabled=script).opens("/")
    assert path_of(visitor) == f"/{locale}/"

    visitor.page.locator(f"main a[href='{landing(locale)}']").first.click()
    visitor.page.locator("main a[href='#enquiry']:visible").first.click()
    visitor.fills_in_well(locale, name).sends()

    (lead,) = stored(site, name)
    assert lead["reference"] in visitor.page.inner_text("main")
    assert path_of(visitor).startswith(f"/{locale}/thank-you/{lead['reference']}/2")
    assert (lead["locale"], visitor.page.get_attribute("html", "lang")) == (locale, locale)
    eventually(lambda: [mail for mail in site.mails() if lead["reference"] in mail.subject])
    assert visitor.complaints == []


@in_every_language
def test_without_script_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(
    visit: Visits, site: LocalStack, locale: str
) -> None:
    name, message = f"Mistake {locale}", 'I said: "it hurts" & <b>that</b>.\n\nTwo lines later.'
    visitor = visit(locale=locale, java_script_enabled=False).opens(landing(locale))

    visitor.fills({**good_fields(locale, name), "phone": "12", "message": message, "preferred_time": "afternoon"})
    visitor.page.locator(f"{FORM} [type=submit]").click()

    field = visitor.page.locator("#field-phone")
    assert field.get_attribute("aria-invalid") == "true"
    described = (field.get_attribute("aria-describedby") or "").split()
    assert any(visitor.page.locator(f"#{id_}").is_visible() for id_ in described if id_.endswith("-error"))
    visitor.page.locator("a[href='#field-phone']").click()
    assert field.evaluate("field => field === document.activeElement")
    assert (visitor.page.input_value("#field-name"), visitor.page.input_value("#field-message")) == (name, message)
    assert visitor.page.input_value("#field-preferred_time") == "afternoon"
    assert visitor.page.locator("#field-consent").is_checked()
    assert stored(site, name) == []

    visitor.fills({"phone": "602 555 0142"}).sends()

    (lead,) = stored(site, name)
    assert lead["message"] == message


def test_back_and_reload_send_nothing_twice(visit: Visits, site: LocalStack) -> None:
    locale, name = LOCALES[0], "Back And Forth"
    visitor = visit(java_script_enabled=False).opens(landing(locale))
    visitor.fills_in_well(locale, name).sends()
    first = path_of(visitor)

    visitor.page.reload()
    visitor.page.go_back()
    assert path_of(visitor) == landing(locale)
    visitor.fills_in_well(locale, name).sends()

    assert path_of(visitor) == first
    assert len(stored(site, name)) == 1


@pytest.mark.parametrize("locale", sorted({LOCALES[0], *RIGHT_TO_LEFT}))
def test_keyboard_is_enough_and_shows_where_it_is(visit: Visits, site: LocalStack, locale: str) -> None:
    name = f"Keyboard {locale}"
    visitor = visit(locale=locale, viewport=DESKTOP).opens(landing(locale))
    keyboard = visitor.page.keyboard

    keyboard.press("Tab")
    assert focused(visitor)["href"] == "#main"
    keyboard.press("Enter")
    tabs_to(visitor, "name")
    keyboard.type(name)
    tabs_to(visitor, "phone")
    keyboard.type("602 555 0143")
    tabs_to(visitor, "email")
    keyboard.type("a@example.com")
    tabs_to(visitor, "preferred_contact")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowUp")
    tabs_to(visitor, "topic")
    keyboard.press("ArrowDown")
    tabs_to(visitor, "message")
    tabs_to(visitor, "preferred_time")
    keyboard.press("ArrowDown")
    tabs_to(visitor, "consent")
    keyboard.press("Space")
    tabs_to(visitor, "submit")
    keyboard.press("Enter")
    visitor.page.wait_for_url("**/thank-you/**")

    (lead,) = stored(site, name)
    assert (lead["preferred_contact"], lead["preferred_time"]) == ("phone", "morning")
    assert lead["more"] == {"topic": "first_visit"}


@in_every_language
def test_language_switcher_leads_to_the_same_article(visit: Visits, locale: str) -> None:
    elsewhere = next(each for each in LOCALES if each != locale)
    visitor = visit(locale=elsewhere).opens(landing(elsewhere))

    visitor.page.locator(f"nav a[hreflang='{locale}']").first.click()

    assert path_of(visitor) == landing(locale)
    assert visitor.page.get_attribute("html", "lang") == locale


def test_browser_can_fill_in_what_it_knows(look: Visits) -> None:
    visitor = look().opens(landing(LOCALES[0]))

    said = {
        name: [
            visitor.page.get_attribute(f"{FORM} [name={name}]", each) for each in ("type", "autocomplete", "inputmode")
        ]
        for name in ("name", "phone", "email")
    }

    # HTML, section 4.10.18.7.1: the field names that browsers know.
    assert said == {"name": ["text", "name", None], "phone": ["tel", "tel", "tel"], "email": ["email"] * 3}


# ---- safety first


@pytest.mark.parametrize("shown", LANDINGS, ids=str)
def test_emergency_number_is_there_before_scrolling_and_again_by_the_form(look: Visits, shown: Shown) -> None:
    fold = 664  # what a phone of this size leaves to the page when the browser shows its bars
    visitor = look(locale=shown.locale, viewport={**PHONE, "height": fold}).meets(shown)

    places = [box["y"] for each in visitor.page.locator(f"main {EMERGENCY}").all() if (box := each.bounding_box())]
    form = visitor.page.locator(FORM).bounding_box()

    assert form is not None
    assert min(places) < fold
    assert min(abs(form["y"] - place) for place in places) < PHONE["height"]


# ---- to a source, and back


@in_every_language
def test_who_checks_a_source_sees_which_it_is_and_comes_back_to_the_sentence(look: Visits, locale: str) -> None:
    visitor = look(locale=locale, java_script_enabled=False).opens(f"{landing(locale)}?utm_source=news")
    cited = visitor.page.locator("#evidence ~ p .cite a").last
    cited.scroll_into_view_if_needed()
    place, number = visitor.page.evaluate("scrollY"), cited.inner_text()

    cited.click()
    entry = visitor.page.locator("li:target")
    assert path_of(visitor) == Shown("references", locale).path
    assert "utm_source=news" in visitor.page.url
    assert entry.get_attribute("value") == number
    assert entry.evaluate("each => getComputedStyle(each).backgroundColor") != "rgba(0, 0, 0, 0)"
    box = entry.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < PHONE["height"]

    visitor.page.go_back()
    assert place > PHONE["height"]
    assert visitor.page.evaluate("scrollY") == pytest.approx(place, abs=2)


# ---- whatever the screen


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_nothing_needs_sideways_scrolling(look: Visits, shown: Shown) -> None:
    # WCAG 2.2, 1.4.10: 1280 by 1024 pixels at 400 %.
    visitor = look(locale=shown.locale, viewport={"width": 320, "height": 256}).meets(shown)

    assert sticking_out(visitor) == []
    assert visitor.page.evaluate("document.scrollingElement.scrollWidth") <= 320


@pytest.mark.parametrize("shown", LANDINGS, ids=str)
def test_wider_spacing_of_letters_and_lines_pushes_nothing_out(look: Visits, shown: Shown) -> None:
    # WCAG 2.2, 1.4.12. Only here the page's own policy must not keep us from styling it.
    visitor = look(locale=shown.locale, bypass_csp=True).meets(shown)
    visitor.page.add_style_tag(
        content="""* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
        p { margin-block-end: 2em !important }"""
    )

    assert sticking_out(visitor) == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("locale", RIGHT_TO_LEFT)
def test_right_to_left_page_is_the_mirror_image(look: Visits, locale: str, size: Any) -> None:
    here, there = (look(locale=each, viewport=size).opens(landing(each)) for each in (LOCALES[0], locale))
    where = ".site-name", "label[for=field-name]", "#enquiry", "#field-name", "main li"

    assert [there.page.get_attribute("html", "dir"), here.page.get_attribute("html", "dir")] == ["rtl", "ltr"]
    for selector in where:
        assert distance_from_start(there, selector) == pytest.approx(distance_from_start(here, selector), abs=2)
    # Numbers and addresses are written from left to right everywhere.
    for selector in ("#field-phone", "#field-email", f"{EMERGENCY} bdi"):
        assert there.page.locator(selector).first.evaluate("each => getComputedStyle(each).direction") == "ltr"


@pytest.mark.parametrize("shown", LANDINGS, ids=str)
def test_printed_page_is_the_article_in_black_on_white(look: Visits, shown: Shown) -> None:
    visitor = look(locale=shown.locale, viewport=DESKTOP, color_scheme="dark").meets(shown)

    visitor.page.emulate_media(media="print", color_scheme="dark")

    ink, paper = brightness(visitor, "main p", "color"), brightness(visitor, "body", "backgroundColor")
    assert ink < 0.3
    assert paper > 0.95
    assert visitor.page.locator(f"main {EMERGENCY}").first.is_visible()
    assert visitor.page.locator("h1").is_visible()
    references = Shown("references", shown.locale).path
    assert visitor.page.locator(".on-paper", has_text=references).is_visible()
    for selector in ("nav a[hreflang]", f"{FORM} [type=submit]", f"a[href='{references}']"):  # of no use on paper
        assert not visitor.page.locator(selector).first.is_visible()
    assert visitor.page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("shown", [each for each in PAGES if each.locale == LOCALES[0]], ids=str)
def test_dark_page_is_dark_and_light_page_is_light(look: Visits, shown: Shown) -> None:
    visitor = look(color_scheme="dark").meets(shown)
    dark = brightness(visitor, "main", "color"), brightness(visitor, "body", "backgroundColor")

    visitor.page.emulate_media(color_scheme="light")
    light = brightness(visitor, "main", "color"), brightness(visitor, "body", "backgroundColor")

    assert dark[0] > 0.7
    assert dark[1] < 0.2
    assert light[0] < 0.3
    assert light[1] > 0.85


@pytest.mark.parametrize("shown", [each for each in PAGES if each.locale == LOCALES[0]], ids=str)
def test_nothing_moves_for_those_who_asked_for_rest(look: Visits, shown: Shown) -> None:
    visitor = look(reduced_motion="reduce").meets(shown)

    moving: list[str] = visitor.page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(each => {
          const style = getComputedStyle(each), seconds = value => Math.max(...value.split(",").map(parseFloat));
          return style.scrollBehavior === "smooth" || seconds(style.transitionDuration) > 0.01
            || (style.animationName !== "none" && seconds(style.animationDuration) > 0.01);
        }).map(each => each.outerHTML.slice(0, 100))"""
    )

    assert moving == []


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_browser_complains_of_nothing_and_asks_nobody_else(visit: Visits, origin: str, shown: Shown) -> None:
    visitor = visit(locale=shown.locale).meets(shown)
    visitor.page.wait_for_load_state("networkidle")

    assert visitor.complaints == []
    assert [url for url in visitor.requested if not url.startswith(f"{origin}/")] == []


def test_breach_of_the_security_policy_would_be_noticed(visit: Visits) -> None:
    visitor = visit().meets(Shown("home", LOCALES[0]))

    visitor.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")

    assert any("Content Security Policy" in each for each in visitor.complaints)


# ---- what the visitor's eyes and fingers find


def focused(visitor: Visitor) -> dict[str, Any]:
    """The element that has the focus, whether something shows that, and whether something covers it."""
    found: dict[str, Any] = visitor.page.evaluate(
        """() => {
          const focused = document.activeElement, style = getComputedStyle(focused);
          const box = focused.getClientRects()[0];
          const top = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return {
            name: focused.type === "submit" ? "submit" : focused.name || "",
            href: focused.getAttribute("href"),
            html: focused.outerHTML.slice(0, 120),
            isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
            isSeen: !!top && (focused.contains(top) || top.contains(focused) || top.control === focused),
          };
        }"""
    )
    return found


def tabs_to(visitor: Visitor, name: str) -> None:
    """Presses Tab until the field has the focus. On the way the focus is never hidden (WCAG 2.2, 2.4.7 and 2.4.11)."""
    for _ in range(120):
        visitor.page.keyboard.press("Tab")
        found = focused(visitor)
        assert found["isMarked"], f"no sign of focus: {found['html']}"
        assert found["isSeen"], f"covered: {found['html']}"
        assert found["name"] != "aside", "the trap for machines caught a person"
        if found["name"] == name:
            return
    pytest.fail(f"no way to {name}")


def sticking_out(visitor: Visitor) -> list[str]:
    """What is to be seen and reaches over the sides of the window. What is clipped to nothing is for screen readers."""
    found: list[str] = visitor.page.evaluate(
        """() => [...document.body.querySelectorAll("*")].filter(each => {
          const box = each.getBoundingClientRect();
          const isSeen = each.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1;
          const isOver = box.left < -1 || box.right > document.documentElement.clientWidth + 1;
          return isSeen && isOver && !each.closest("[aria-hidden=true]");
        }).map(each => each.outerHTML.slice(0, 150))"""
    )
    return found


def distance_from_start(visitor: Visitor, selector: str) -> float:
    """How far the beginning of an element's first line is from the side of the window where lines begin, in pixels."""
    found: float = visitor.page.locator(selector).first.evaluate(
        """each => {
          const range = document.createRange();
          range.selectNodeContents(each);
          const box = range.getClientRects()[0] ?? each.getBoundingClientRect();
          return getComputedStyle(document.documentElement).direction === "rtl"
            ? document.documentElement.clientWidth - box.right : box.left;
        }"""
    )
    return found


def brightness(visitor: Visitor, selector: str, style: str) -> float:
    """Of a computed colour, from 0 to 1; a transparent background is that of the paper or the canvas."""
    colour = visitor.page.locator(selector).first.evaluate(f"each => getComputedStyle(each).{style}")
    channels = [float(each) for each in re.findall(r"[\d.]+", colour)]
    if len(channels) == 4 and channels[3] == 0:
        return 1.0
    if not colour.startswith("rgb"):
        pytest.fail(f"{selector}: cannot read the colour {colour}")
    red, green, blue = channels[:3]
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
