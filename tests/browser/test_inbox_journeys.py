"""A day of a practice in its inbox: on a phone and at a desk, in two languages, directly and by CloudFront."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from infra.local.stack import LocalStack
from tests.browser.inbox import House, Member, enquires, house
from tests.browser.pages import PRACTICE
from tests.browser.visitor import DESKTOP, Visits
from tests.stack.conftest import forget_budget

pytestmark = pytest.mark.long

ZONE: Final = ZoneInfo(PRACTICE.time_zone)
NOTE: Final = "Wants a Friday.\nيتصل هو بنا."

DIRECT, BY_CLOUDFRONT = False, True
PHONE: Final[dict[str, Any]] = {}
DESK: Final[dict[str, Any]] = {"viewport": DESKTOP}
# The practice's language and whether CloudFront is in between; the screen; whether scripts run. Every two of them meet,
# but for CloudFront and the screen, which have nothing to do with each other.
WAYS: Final = {
    "en-phone-script": (("en", DIRECT), PHONE, True),
    "en-desk-no-script-cloudfront": (("en", BY_CLOUDFRONT), DESK, False),
    "ar-phone-no-script": (("ar", DIRECT), PHONE, False),
    "ar-desk-script-cloudfront": (("ar", BY_CLOUDFRONT), DESK, True),
}


@pytest.fixture(scope="module")
def at(site: LocalStack, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[House]:
    language, by_cloudfront = request.param
    with house(site, language, tmp_path_factory.mktemp("practice"), by_cloudfront=by_cloudfront) as opened:
        yield opened


@pytest.mark.parametrize(
    ("at", "screen", "script", "number"),
    [(*way, number) for number, way in enumerate(WAYS.values())],
    ids=list(WAYS),
    indirect=["at"],
)
def test_a_day_in_the_inbox(visit: Visits, at: House, screen: dict[str, Any], script: bool, number: int) -> None:
    forget_budget(at.site)  # or the alerts of the days before would be enough for one mail about several
    options = {"base_url": at.origin, "java_script_enabled": script, "locale": at.language, **screen}
    member, other = Member(visit(**options), at), Member(visit(**options), at)
    caller = enquires(member, f"Zoë Iñárritu {number}", phone=f"(602) 555-016{number}")
    caught = enquires(member, f"Kept Back {number}", phone=f"(602) 555-017{number}", aside="https://x.example")

    member.signs_in_by_link()
    member.sees("Open enquiries")
    books_and_takes_it_back(member, caller)
    writes_a_note(member)
    calls_again_on_a_date(member, caller)
    rescues(member, caught)
    searches(member, caller)
    closes_the_day_and_opens_it_again(member, caught)
    exports_and_erases(member, caller)
    signs_out_everywhere_while_a_note_is_typed(member, other, caught)

    assert [each for each in (*member.visitor.complaints, *other.visitor.complaints) if "status of 4" not in each] == []


def books_and_takes_it_back(member: Member, lead: dict[str, Any]) -> None:
    member.opens(member.at.link(member.at.alert(lead["reference"])))
    expect(member.page.locator("h1")).to_have_text(lead["name"])
    assert member.page.locator("main a[href^='tel:']").first.get_attribute("href") == f"tel:{lead['phone']}"

    member.presses("Booked a visit")
    member.is_told("Saved: “%(outcome)s”", outcome="Booked a visit")
    member.follows("Enquiries")
    member.sees("Open enquiries")
    expect(member.row(lead["reference"])).to_have_count(0)

    member.follows("Answered")
    member.row(lead["reference"]).get_by_role("link").first.click()
    member.presses("Undo")
    member.is_told("“%(outcome)s” is undone.", outcome="Booked a visit")


def writes_a_note(member: Member) -> None:
    member.types("note", NOTE)
    member.presses("Save the note")
    expect(member.page.locator(".notes .words")).to_have_text(NOTE, use_inner_text=True)


def calls_again_on_a_date(member: Member, lead: dict[str, Any]) -> None:
    day = datetime.now(ZONE).date() + timedelta(days=9)
    member.types("day", day.isoformat())
    member.presses("Call again then")
    member.is_told("Saved: “%(outcome)s”", outcome="To be called again")
    (outcome,) = [each for each in member.at.lead(lead["name"])["outcomes"] if "undone_at" not in each]
    assert datetime.fromisoformat(outcome["again_at"]).astimezone(ZONE).date() >= day
    member.follows("Enquiries")
    expect(member.row(lead["reference"])).to_contain_text(member.at.say("To be called again"))


def rescues(member: Member, lead: dict[str, Any]) -> None:
    member.follows("Kept back")
    member.row(lead["reference"]).get_by_role("link").first.click()
    member.presses("This is a real enquiry: alert us")
    expect(member.page.get_by_role("status")).to_be_visible()
    member.at.site.schedule.wake()  # or it would be alerted within a minute
    assert lead["reference"] in member.at.alert(lead["reference"]).subject


def searches(member: Member, lead: dict[str, Any]) -> None:
    """By what somebody reads out, and by what they can spell; and goes back from what was found to the others."""
    area, prefix, line = lead["phone"][2:5], lead["phone"][5:8], lead["phone"][8:]
    for text in (lead["reference"].lower(), f"001 {area}.{prefix}.{line}", "zoe inarritu"):
        member.follows("Search")
        member.types("text", text)
        with member.page.expect_navigation():  # the page before may show the same
            member.presses("Search")
        expect(member.row(lead["reference"])).to_have_count(1)
    member.row(lead["reference"]).get_by_role("link").first.click()
    expect(member.page.locator("h1")).to_have_text(lead["name"])
    member.page.go_back()
    expect(member.row(lead["reference"])).to_have_count(1)


def closes_the_day_and_opens_it_again(member: Member, lead: dict[str, Any]) -> None:
    """The day on which somebody was promised an answer."""
    day = datetime.fromisoformat(lead["answer_by"]).astimezone(ZONE).date()
    member.follows("Closed days")
    member.types("day", day.isoformat())
    member.presses("Close this day")
    expect(member.page.get_by_role("status")).to_be_visible()
    waiting = member.row(lead["reference"])
    assert (
        waiting.get_by_role("link", name=member.at.say("As a text message")).get_attribute("href") or ""
    ).startswith("sms:")
    # The whole button can be tapped: nothing of another lies over it.
    waiting.get_by_role("button", name=member.at.say("Mark as told")).click()
    expect(member.page.locator(".facts").filter(has_text=lead["reference"])).to_be_visible()
    waiting.get_by_role("button", name=member.at.say("Undo")).click()
    expect(member.page.locator(".facts")).to_have_count(0)

    member.presses("Open again")
    expect(member.page.get_by_role("status")).to_be_visible()
    expect(waiting).to_have_count(0)


def exports_and_erases(member: Member, lead: dict[str, Any]) -> None:
    member.opens(f"/inbox/leads/{lead['id']}")
    member.follows("All that is kept of this person: print it, take it along, erase it")
    member.sees("All that is kept of this person")
    expect(member.page.locator("main")).to_contain_text(lead["name"])
    with member.page.expect_download() as download:
        member.follows("Take it along as a file")
    (enquiry,) = json.loads(download.value.path().read_text("utf-8"))["enquiries"]
    assert (enquiry["entered"]["name"], enquiry["notes"][0]["text"]) == (lead["name"], NOTE)

    member.follows("Erase this person")
    member.sees("Erase this person?")
    expect(member.row(lead["reference"])).to_have_count(1)
    member.presses("Erase for good")
    member.sees("Erased")

    member.opens(f"/inbox/leads/{lead['id']}")
    member.sees("This enquiry is no longer kept")
    assert member.at.lead(lead["name"]) == {}


def signs_out_everywhere_while_a_note_is_typed(member: Member, other: Member, lead: dict[str, Any]) -> None:
    """Who types it gets it back, and saves it once they have signed in again."""
    member.opens(f"/inbox/leads/{lead['id']}")
    member.types("note", NOTE)
    other.opens("/inbox")
    other.signs_in_by_code()
    other.follows("Where you are signed in")
    other.presses("Sign out everywhere but here")
    other.is_told("Signed out there.")

    member.presses("Save the note")
    member.sees("Nothing is saved yet")
    expect(member.page.locator(".typed")).to_have_text(NOTE, use_inner_text=True)
    member.signs_in_by_code()
    member.presses("Save it now")
    expect(member.page.locator(".notes .words")).to_have_text(NOTE, use_inner_text=True)

    for each in (member, other):
        each.presses("Sign out", within="footer")
        each.is_told("You are signed out.")
        each.opens("/inbox")
        each.sees("Sign in")
