"""The practice's page behind the link of a mail, in a browser: on a phone, on a desk, with scripts and without."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from infra.local.stack import LocalStack
from tests.browser.checkers import advised, checked
from tests.browser.inbox import MEMBER, Member, house
from tests.browser.pages import good_fields
from tests.browser.test_accessibility import violations
from tests.browser.visitor import DESKTOP, Visitor, Visits
from tests.links import links_of
from tests.stack.asking import ask
from tests.stack.conftest import forget_budget

_LINK = re.compile(r"https?://[^\s<>\"]+")
SMALL_PHONE = {"width": 360, "height": 740}


def enquiry(site: LocalStack, name: str) -> dict[str, Any]:
    """What a visitor of this name has sent just now."""
    body = json.dumps(good_fields("en", name) | {"phone": "(602) 555-0177", "consent": True}).encode()
    assert ask(site, "POST", "/api/leads", body, content_type="application/json").status == 201
    return stored(site, name)


def stored(site: LocalStack, name: str) -> dict[str, Any]:
    (lead,) = [each for each in leads(site) if each["name"] == name]
    return lead


def leads(site: LocalStack) -> list[dict[str, Any]]:
    return [item for item in site.items() if item.get("sk") == "LEAD" and "name" in item]


def link(site: LocalStack, lead: dict[str, Any], mail_id: str = "alert-1") -> str:
    address = links_of(site).to_enquiry(lead["id"], mail_id)
    assert address is not None
    return urlsplit(address).path


def acts(site: LocalStack) -> list[Any]:
    """What people did; what the service does meanwhile is nobody's click."""
    return [(each["id"], each.get("outcomes"), each.get("rescued_at")) for each in leads(site)]


def sessions(site: LocalStack) -> list[dict[str, Any]]:
    return [item for item in site.items() if item.get("sk", "").startswith("SESSION#")]


def links_in_mails(site: LocalStack, most: int) -> list[str]:
    """The links in all mails, of one kind (but for tokens and references) so many at most."""
    kinds: dict[str, set[str]] = {}
    for mail in site.mails():
        for part in (mail.text, mail.html):
            for each in _LINK.findall(part or ""):
                address = each.replace("&amp;", "&")
                kind = kinds.setdefault(re.sub(r"[\w.-]*\d[\w.-]*", "", urlsplit(address).path), set())
                if len(kind) < most:
                    kind.add(address)
    return sorted(address for kind in kinds.values() for address in kind)


def test_a_browser_that_opens_every_link_of_every_mail_changes_nothing_signs_nobody_in_and_sees_no_person(
    visit: Visits, site: LocalStack, tmp_path: Path
) -> None:
    forget_budget(site)  # or one mail about several would come instead, and later
    with house(site, "en", tmp_path) as at:
        member = Member(visit(), at)
        member.opens("/inbox")
        entry = at.link(member.asks())
        lead = enquiry(site, "Rosalind Scanned")
        alert = at.link(at.alert(lead["reference"]))
        found = [each for each in links_in_mails(site, most=5) if each.startswith(site.url)]
        before = acts(site), sessions(site)
        scanner = visit(java_script_enabled=True)

        for address in [*found, entry, alert]:
            scanner.opens(address)
            scanner.page.wait_for_load_state("networkidle")
            shown = scanner.page.content()
            assert not [word for word in ("Rosalind", "Scanned", "5550177", "555-0177", MEMBER) if word in shown]

        assert (acts(site), sessions(site)) == before
        assert scanner.page.context.cookies() == []
        # Nobody was kept from using the link, and whoever is signed in is so after following any.
        member.opens(entry)
        member.presses("Sign in")
        for address in (entry, alert, "/inbox/sign-out", "/inbox"):
            member.opens(address)
        member.sees("Open enquiries")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_one_link_and_one_button_mark_an_enquiry_and_one_more_takes_it_back(
    visit: Visits, site: LocalStack, script: bool
) -> None:
    lead = enquiry(site, f"Marked {script}")
    reader = visit(java_script_enabled=script, viewport=SMALL_PHONE).opens(link(site, lead))
    expect(reader.page.locator("h1")).to_contain_text(lead["reference"])

    reader.page.get_by_role("button", name="Booked a visit").click()

    expect(reader.page.get_by_role("status")).to_have_text("Saved: “Booked a visit”")
    assert outcome(site, lead) == ("booked", "alert-1", False)
    reader.page.get_by_role("button", name="Undo").click()
    expect(reader.page.get_by_role("status")).to_have_text("“Booked a visit” is undone.")
    assert outcome(site, lead) == ("booked", "alert-1", True)
    assert reader.complaints == []


def outcome(site: LocalStack, lead: dict[str, Any]) -> tuple[str, str, bool]:
    (said,) = stored(site, lead["name"])["outcomes"]
    return said["outcome"], said["by"], "undone_at" in said


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [{"width": 320, "height": 640}, DESKTOP], ids=str)
def test_the_page_fits_and_its_buttons_are_for_thumbs(
    visit: Visits, site: LocalStack, viewport: Any, scheme: str
) -> None:
    name = f"Thumbs {scheme} {viewport['width']}"
    lead = enquiry(site, name)
    reader = visit(viewport=viewport, color_scheme=scheme).opens(link(site, lead))
    reader.page.get_by_role("button", name="Left a message").click()

    reader.page.wait_for_url("**?saved=*")

    assert reader.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    for button in reader.page.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["width"] >= 44


def test_a_page_of_another_site_cannot_press_a_button(visit: Visits, site: LocalStack) -> None:
    lead = enquiry(site, "Pressed From Elsewhere")
    other: Visitor = visit()
    button = '<button name="outcome" value="booked">x</button>'
    form = f'<form method="post" action="{site.url}{link(site, lead)}">{button}</form>'
    other.page.route("https://other.test/", lambda route: route.fulfill(body=form, content_type="text/html"))
    other.page.goto("https://other.test/")

    other.page.get_by_role("button").click()

    expect(other.page.locator("h1")).to_have_text("Nothing was changed")
    assert "outcomes" not in stored(site, lead["name"])


def test_every_state_of_the_page_is_good_html_and_open_to_everybody(
    visit: Visits, site: LocalStack, node_modules: Path, tmp_path: Path
) -> None:
    axe = (node_modules / "axe-core/axe.min.js").read_text("utf-8")
    lead = enquiry(site, "Every State")
    found: list[str] = []
    reader = visit()

    def look(state: str) -> None:
        (tmp_path / f"{state}.html").write_bytes(ask(site, "GET", reader.page.url.removeprefix(site.url)).body)
        found.extend(f"{state}: {each}" for each in violations(reader, axe))

    reader.opens(link(site, lead))
    look("open")
    reader.page.get_by_role("button", name="Left a message").click()
    reader.page.wait_for_url("**?saved=*")
    look("left_message")
    reader.page.get_by_role("button", name="Undo").click()
    reader.page.wait_for_url("**?undone=*")
    look("undone")
    reader.opens("/inbox/enquiry/x")
    look("trouble")
    (style,) = re.findall(r'href="(/assets/inbox[^"]+)"', reader.page.content())
    (tmp_path / "inbox.css").write_bytes(ask(site, "GET", style).body)

    assert not found, "\n\n".join(found)
    assert {name: said for name, said in checked(tmp_path, node_modules).items() if said} == {}
    assert {name: said for name, said in advised(tmp_path, node_modules).items() if said} == {}
