"""Each page of the inbox in each state, as axe, the HTML checkers and a small phone judge it."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Response

from infra.local.stack import LocalStack
from tests.browser.checkers import advised, checked
from tests.browser.geometry import MISPLACED
from tests.browser.inbox import Member, enquires, house
from tests.browser.pages import PRACTICE
from tests.browser.test_accessibility import SIZES, violations
from tests.browser.visitor import PHONE, Visits
from tests.stack.conftest import forget_budget, table_of

pytestmark = pytest.mark.long

# Chosen by the reader of a small phone, in CSS pixels; 16 is the usual size.
LETTERS = (16, 24)
# One of each layout that a wide screen has.
ALSO_AT_A_DESK = (
    "code-fault",
    "list",
    "list-ar",
    "enquiry-noted",
    "enquiry-ar",
    "search-found",
    "days-closed",
    "person",
    "csv",
)
LONG_AGO = "2001-01-01T00:00:00.000Z"
LONG_ADDRESS = "rosalind.gonzalez-fernandez@physiotherapy.example.com"


@dataclass
class Look:
    """A member before the pages, and what is wrong with those that were looked at, each kept in `folder` as it came."""

    member: Member
    axe: str
    folder: Path
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.member.page.on("response", self._keep)

    def _keep(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status != 303:
            self._shown = response

    def at(self, state: str) -> None:
        """Looks at the page that is shown, with all that unfolds."""
        page = self.member.page
        page.wait_for_load_state()
        (self.folder / f"{state}.html").write_bytes(self._shown.body())
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        sizes = SIZES if state in ALSO_AT_A_DESK else {"phone": PHONE}
        self.wrong += [f"{state}: {each}" for each in violations(self.member.visitor, self.axe, sizes)]
        for letters in LETTERS:
            self.member.visitor.reads_at(320, 640, letters)
            self.wrong += [f"{state}, letters of {letters} px: {each}" for each in page.evaluate(MISPLACED)]
        self.member.visitor.reads_at(PHONE["width"], PHONE["height"])

    def open(self, path: str, state: str) -> None:
        """Opens a page and looks at it."""
        self.member.opens(path)
        self.at(state)

    def press(self, message: str, state: str, within: str = "main") -> None:
        """Presses a button, whatever the browser thinks of what was entered, and looks at what comes of it."""
        self.member.page.evaluate("for (const each of document.forms) each.noValidate = true")
        with self.member.page.expect_navigation():
            self.member.presses(message, within)
        self.at(state)


@pytest.fixture
def looks(visit: Visits, node_modules: Path, tmp_path: Path) -> Any:
    axe = (node_modules / "axe-core/axe.min.js").read_text("utf-8")
    return lambda at: Look(Member(visit(viewport=PHONE, locale=at.language), at), axe, tmp_path)


def forget_leads(site: LocalStack) -> None:
    with table_of(site) as table:
        for item in site.items():
            if item.get("sk") == "LEAD":
                table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})


def is_late(site: LocalStack, lead: dict[str, Any]) -> None:
    with table_of(site) as table:
        table.update_item(
            Key={"pk": lead["pk"], "sk": lead["sk"]},
            UpdateExpression="SET answer_by = :past",
            ExpressionAttributeValues={":past": LONG_AGO},
        )


def test_every_page_in_every_state(
    looks: Any, visit: Visits, site: LocalStack, tmp_path: Path, node_modules: Path
) -> None:
    forget_budget(site)
    forget_leads(site)
    with house(site, "en", tmp_path) as at:
        look: Look = looks(at)
        signs_in(look)
        finds_nothing(look)
        late, twice, caught = (
            enquires(look.member, "Rosalind Late", phone="(602) 555-0180", message="First line.\n\nSecond line."),
            enquires(look.member, "Rosalind Twice", phone="(602) 555-0180", email=LONG_ADDRESS),
            enquires(look.member, "Caught By Honey", phone="(602) 555-0181", aside="https://x.example"),
        )
        is_late(site, late)
        at.alert(twice["reference"])
        look.open("/inbox", "list")
        look.open(f"/inbox?language={late['locale']}", "list-narrowed")
        works_one(look, f"/inbox/leads/{twice['id']}")
        look.open(f"/inbox/leads/{late['id']}", "enquiry-late")
        look.open(f"/inbox/leads/{caught['id']}", "enquiry-kept-back")
        for name in ("answered", "kept-back", "all"):
            look.open(f"/inbox/{name}", f"list-{name}")
        searches(look)
        closes(
            look, datetime.fromisoformat(twice["answer_by"]).astimezone(ZoneInfo(PRACTICE.time_zone)).date().isoformat()
        )
        erases(look, f"/inbox/leads/{twice['id']}")
        look.open("/inbox/csv", "csv")
        look.open("/inbox/no-such-page", "no-such-page")
        is_signed_out(look, Member(visit(), at), f"/inbox/leads/{caught['id']}")

    assert not look.wrong, "\n\n".join(look.wrong)
    assert {name: said for name, said in checked(tmp_path, node_modules).items() if said} == {}
    # The style keeps a number in one line here, and it can be copied as it is dialled.
    advice = {
        name: [each for each in said if "tel-non-breaking" not in each]
        for name, said in advised(tmp_path, node_modules).items()
    }
    assert {name: said for name, said in advice.items() if said} == {}


def signs_in(look: Look) -> None:
    look.open("/inbox", "sign-in")
    look.member.types("address", "frontdesk")
    look.press("Send me a code", "sign-in-fault")
    link = look.member.at.link(look.member.asks())
    look.at("code")
    look.member.types("code", "0000")
    look.press("Sign in", "code-fault")
    look.open(link, "sign-in-link")
    look.press("Sign in", "list-empty")
    look.open(link, "sign-in-link-spent")


def finds_nothing(look: Look) -> None:
    look.open("/inbox/kept-back", "list-kept-back-empty")
    look.open("/inbox/days", "days")
    look.open("/inbox/sessions", "sessions-one")


def works_one(look: Look, path: str) -> None:
    look.open(path, "enquiry")
    look.press("Save the note", "enquiry-note-fault")
    look.member.types("day", "2001-01-01")
    look.press("Call again then", "enquiry-day-fault")
    look.member.types("note", "Wants a Friday.")
    look.press("Save the note", "enquiry-noted")
    look.press("Left a message", "enquiry-answered")
    elsewhere = look.member.page.context.new_page()
    elsewhere.goto(path)
    elsewhere.get_by_role("button", name="Undo").first.click()
    elsewhere.get_by_role("status").wait_for()
    elsewhere.close()
    look.press("Booked a visit", "enquiry-changed-meanwhile")


def searches(look: Look) -> None:
    look.open("/inbox/search", "search")
    for text, state in (("Rosalind", "search-found"), ("nobody@example.com", "search-nothing")):
        look.member.types("text", text)
        look.press("Search", state)


def closes(look: Look, day: str) -> None:
    look.member.opens("/inbox/days")
    look.member.types("day", day)
    look.press("Close this day", "days-closed")
    look.press("Close this day", "days-fault")
    look.press("Open again", "days-reopened")
    look.press("Send a test alert", "days-test")


def erases(look: Look, path: str) -> None:
    look.open(f"{path}/person", "person")
    look.open(f"{path}/person?erase=1", "erase")
    look.press("Erase for good", "erased")
    look.open(path, "not-kept")


def is_signed_out(look: Look, other: Member, path: str) -> None:
    """What is typed meanwhile comes along."""
    other.opens("/inbox")
    other.signs_in_by_code()
    look.open("/inbox/sessions", "sessions")
    look.member.opens(path)
    look.member.types("note", "Is on the road\nuntil six.")
    other.follows("Where you are signed in")
    other.presses("Sign out everywhere but here")
    look.press("Save the note", "sign-in-kept")
    mail = look.member.asks()
    look.at("code-kept")
    look.member.types("code", mail.subject[:6])
    look.press("Sign in", "once-more")
    look.press("Save it now", "enquiry-saved-again")
    look.press("Sign out", "sign-in-out", within="footer")


def test_the_list_and_an_enquiry_in_arabic(looks: Any, site: LocalStack, tmp_path: Path) -> None:
    forget_budget(site)
    forget_leads(site)
    with house(site, "ar", tmp_path) as at:
        look: Look = looks(at)
        look.member.signs_in_by_link()
        late = enquires(look.member, "سلمى حداد", locale="ar", email="salma@example.com", message="هل لديكم وقت؟")
        is_late(site, late)
        enquires(look.member, "Jordan Reyes", locale="en")
        look.open("/inbox", "list-ar")
        look.open(f"/inbox/leads/{late['id']}", "enquiry-ar")

    assert not look.wrong, "\n\n".join(look.wrong)
