"""A person's rights, in the inbox: all that is kept of them, as a page and as a file; and their erasure."""

import json
import re
from typing import Any

import pytest

from functions.inbox import app
from functions.inbox.troubles import TROUBLES, Code
from shared.acts import apart, noted
from shared.lead import seconds
from tests.clock import Clock
from tests.inbox import Browser, Shown, signed_in
from tests.integration.conftest import Stack
from tests.integration.test_leads import ENQUIRY, send

BEN = {"name": "Ben Okafor", "phone": "(602) 555-0142", "email": "ben@example.com"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(seconds("2026-11-24T16:00:00.000Z"))
    monkeypatch.setattr("time.time", clock)
    return clock


@pytest.fixture
def browser(stack: Stack, clock: Clock) -> Browser:
    return signed_in(stack)


def enquire(stack: Stack, clock: Clock, **fields: Any) -> str:
    """An enquiry that is alerted and filed; its id."""
    clock.now += 60
    before = {lead["pk"] for lead in stack.leads()}
    assert send(stack, ENQUIRY | fields)["statusCode"] == 201
    stack.notify()
    (new,) = {lead["pk"] for lead in stack.leads()} - before
    return str(new).removeprefix("LEAD#")


def page_of(lead_id: str) -> str:
    return f"/inbox/leads/{lead_id}/person"


def document(browser: Browser, lead_id: str) -> dict[str, Any]:
    answer = browser.get(f"{page_of(lead_id)}.json")
    assert answer.status == 200
    return dict(json.loads(answer.body))


def erase(browser: Browser, lead_id: str) -> Shown:
    """Look at what goes, and press the second button."""
    page = browser.get(f"{page_of(lead_id)}?erase=1")
    return browser.post(page_of(lead_id), erase=seal_of(page))


def seal_of(page: Shown) -> str:
    (found,) = re.findall(r'name="erase" value="(\w+)"', page.body)
    return str(found)


def left(stack: Stack) -> str:
    """Everything in the table but tombstones, sessions and counters."""
    items = stack.dynamodb.scan(TableName=stack.table)["Items"]
    return json.dumps(
        [each for each in items if "erased_at" not in each and each["sk"]["S"].partition("#")[0] != "SESSION"]
    )


# ---- what is kept


def test_the_page_shows_every_enquiry_of_the_same_number_or_address_and_no_others(
    stack: Stack, browser: Browser, clock: Clock
) -> None:
    first = enquire(stack, clock)
    enquire(stack, clock, phone="(602) 555-0199", message="By my address.")
    enquire(stack, clock, phone="(602) 555-0199", email=None, preferred_contact="phone", message="By that number.")
    enquire(stack, clock, **BEN)

    page = browser.get(page_of(first))

    for words in ("My left leg hurts", "By my address.", "By that number.", "Acepto que", "The alert was sent"):
        assert words in page.body
    assert "Ben" not in page.body
    assert page.body.count("November 24, 2027") == 3
    assert page.headers["cache-control"] == "no-store"


def test_one_that_is_another_persons_is_left_out_with_all_that_only_it_leads_to(
    stack: Stack, browser: Browser, clock: Clock
) -> None:
    first = enquire(stack, clock)
    family = enquire(stack, clock, name="Ben Ruiz", email="ben@example.com")
    enquire(stack, clock, name="Ben Ruiz", phone="(602) 555-0142", email="ben@example.com")
    with stack.environment_of("inbox"):
        store = app.wiring.store
        lead, other = store.read(first), store.read(family)
        assert lead
        assert other
        store.change(first, lambda lead: apart(lead, other, clock.now, "frontdesk@example.com"))

    assert "Ben Ruiz" not in browser.get(page_of(first)).body
    assert [each["entered"]["name"] for each in document(browser, family)["enquiries"]] == ["Ben Ruiz"] * 2


def test_the_file_has_what_was_entered_agreed_to_noted_and_done(stack: Stack, browser: Browser, clock: Clock) -> None:
    lead_id = enquire(stack, clock, locale="es")
    with stack.environment_of("inbox"):
        app.wiring.store.change(
            lead_id, lambda lead: noted(lead, "Prefers Tuesdays", clock.now, "frontdesk@example.com")
        )

    answer = browser.get(f"{page_of(lead_id)}.json")

    (enquiry,) = json.loads(answer.body)["enquiries"]
    assert enquiry["entered"]["message"] == ENQUIRY["message"]
    assert enquiry["agreed_to"].startswith("Acepto que")
    assert [note["text"] for note in enquiry["notes"]] == ["Prefers Tuesdays"]
    assert [line["what"] for line in enquiry["ledger"]] == ["alert_sent", "noted"]
    # nothing that the table holds of it is missing
    (item,) = stack.leads()
    derived = {"pk", "sk", "duties", "next_at", "queue", "alert_owed"}
    assert set(item) - derived <= set(enquiry) | set(enquiry["entered"])
    assert answer.headers["content-disposition"] == f'attachment; filename="{enquiry["reference"]}.json"'
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_past_its_date_is_not_shown_and_erased_with_the_rest(
    stack: Stack, browser: Browser, clock: Clock
) -> None:
    enquire(stack, clock, message="Long ago.")
    clock.now += 364 * 86_400
    browser = signed_in(stack)
    later = enquire(stack, clock, message="Lately.")
    clock.now += 2 * 86_400

    page = browser.get(page_of(later))

    assert "Lately." in page.body
    assert "Long ago." not in page.body
    assert len(document(browser, later)["enquiries"]) == 1
    erase(browser, later)
    assert all("erased_at" in lead for lead in stack.leads())


# ---- erasing


def test_looking_at_what_goes_erases_nothing(stack: Stack, browser: Browser, clock: Clock) -> None:
    lead_id = enquire(stack, clock)
    before = stack.leads()

    page = browser.get(f"{page_of(lead_id)}?erase=1")

    assert stack.leads()[0]["reference"] in page.body
    assert "for 35 days" in page.body
    assert stack.leads() == before


def test_the_second_button_erases_the_person_and_says_what_is_left_elsewhere(
    stack: Stack, browser: Browser, clock: Clock
) -> None:
    monday = enquire(stack, clock)
    enquire(stack, clock, message="Once more.")
    other = enquire(stack, clock, **BEN)

    page = erase(browser, monday)

    assert page.status == 200
    assert "This enquiry was erased" in page.body
    assert "Enquiries of this person that were erased: 2" in page.body
    assert "for 35 days" in page.body
    assert sum("erased_at" in lead for lead in stack.leads()) == 2
    assert [word for word in ("Ana", "+16025550100", "ana@example.com", monday) if word in left(stack)] == []
    assert other in left(stack)
    record = stack.dynamodb.scan(TableName=stack.record)["Items"]
    assert {item["lead_id"]["S"] for item in record} == {
        lead["pk"].removeprefix("LEAD#") for lead in stack.leads() if "erased_at" in lead
    }
    # and whoever presses it once more is told the same
    assert "This enquiry was erased" in browser.post(page_of(monday), erase="any").body
    assert browser.get(f"{page_of(monday)}.json").status == 410


def test_an_enquiry_that_came_since_is_shown_before_it_is_erased(stack: Stack, browser: Browser, clock: Clock) -> None:
    lead_id = enquire(stack, clock)
    page = browser.get(f"{page_of(lead_id)}?erase=1")
    enquire(stack, clock, message="One more thing.")

    again = browser.post(page_of(lead_id), erase=seal_of(page))

    assert again.status == 409
    assert "has changed since you looked" in again.body
    assert not any("erased_at" in lead for lead in stack.leads())
    assert "This enquiry was erased" in browser.post(page_of(lead_id), erase=seal_of(again)).body


def test_an_erasure_that_was_interrupted_is_gone_on_with(
    stack: Stack, browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = enquire(stack, clock), enquire(stack, clock, message="Once more.")

    def dies(*_: Any) -> None:
        raise RuntimeError

    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(app.MailStore, "forget", dies)
            assert erase(browser, first).status == 500
    assert second not in [lead.get("id") for lead in stack.leads()]

    browser.post(page_of(first), erase="any")

    assert [word for word in (first, "Ana") if word in left(stack)] == []


def test_only_so_many_are_erased_at_a_time_and_the_page_goes_on(
    stack: Stack, browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.inbox.person._AT_ONCE", 2)
    ids = [enquire(stack, clock, message=f"Number {number}.") for number in range(3)]

    page = erase(browser, ids[0])

    assert "Erase for good" in page.body
    assert [lead.get("id") for lead in stack.leads() if "erased_at" not in lead] == [ids[0]]
    assert "This enquiry was erased" in erase(browser, ids[0]).body


# ---- who may not


def test_without_a_session_nobody_reads_or_erases(stack: Stack, browser: Browser, clock: Clock) -> None:
    lead_id = enquire(stack, clock)
    seal = seal_of(browser.get(f"{page_of(lead_id)}?erase=1"))
    stranger = Browser(stack)

    for path in (page_of(lead_id), f"{page_of(lead_id)}?erase=1", f"{page_of(lead_id)}.json"):
        answer = stranger.ask("GET", path)
        assert answer.status == 303
        assert "Ana" not in answer.body
    stranger.token = browser.token
    assert "Ana" not in stranger.post(page_of(lead_id), erase=seal).body
    browser.token = "forged"
    browser.post(page_of(lead_id), erase=seal)
    assert not any("erased_at" in lead for lead in stack.leads())


@pytest.mark.parametrize("lead_id", ["x", "", "0" * 31, "%00", "a" * 3000])
def test_what_names_no_enquiry_is_no_page(browser: Browser, lead_id: str) -> None:
    status, title, _ = TROUBLES[Code.NO_SUCH_PAGE]

    for path in (page_of(lead_id), f"{page_of(lead_id)}.json"):
        answer = browser.get(path)
        assert (answer.status, f"<h1>{title}</h1>" in answer.body) == (status, True)


def test_an_enquiry_that_is_not_there_is_no_longer_kept(browser: Browser) -> None:
    assert browser.get(page_of("0" * 32)).status == 410
    assert browser.post(page_of("0" * 32), erase="any").status == 410
