"""The page of closed days: a button closes, another undoes it, and the people who were promised an answer are there."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import pytest

from functions.inbox import app
from shared import facts
from shared.acts import MOST_NOTES
from shared.errors import MailRefused, MailUnproven
from shared.lead import timestamp
from shared.mail_items import MailKind, MailStore
from shared.mailer import Mailer
from shared.outcomes import Outcome
from tests.clock import Clock
from tests.inbox import FORM, FROM_OURS, MEMBER, Browser, Shown, signed_in
from tests.integration.conftest import Stack
from tests.integration.test_followup import MORNING, alerted, subjects, tick
from tests.integration.test_leads import ENQUIRY, document, send

pytestmark = pytest.mark.long

PAGE = "/inbox/days"
# MORNING is a Wednesday, nine o'clock in Phoenix, and the practice of these tests is open from eight to six.
TODAY, TOMORROW, SUNDAY = "2026-11-25", "2026-11-26", "2026-11-29"
NIGHT = MORNING - 5 * 3600


@pytest.fixture(autouse=True)
def _environment(stack: Stack, clock: Clock) -> Iterator[None]:
    clock.now = MORNING
    with stack.environment_of("followup"):
        yield


@pytest.fixture
def browser(stack: Stack, clock: Clock) -> Browser:
    return signed_in(stack)


def closes(browser: Browser, day: str = TODAY) -> Shown:
    return browser.post(PAGE, day=day, close="1")


def promised(stack: Stack, **changes: str) -> str:
    answer: str = document(send(stack, ENQUIRY | changes))["answer_by"]
    return answer


def text_of(shown: Shown) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown.body)).split())


# ---- Closing


def test_one_button_closes_the_rest_of_today(stack: Stack, browser: Browser, clock: Clock) -> None:
    page = browser.get(PAGE)
    assert "Open: 8:00\u202fAM – 6:00\u202fPM" in page.body
    assert "Close for the rest of today" in page.body
    clock.now += 700

    told = closes(browser)

    assert "Closed: Wednesday, November 25. No new promise falls on it, and reminders wait." in text_of(told)
    assert f"Closed from 9:00\u202fAM on By {MEMBER}, Wednesday, November 25, 9:11\u202fAM" in unescape(
        re.sub(r"<[^>]+>|\n", "", told.body).replace("onBy", "on By")
    )
    assert "Close for" not in told.body
    assert promised(stack) == "2026-11-26T19:00:00.000Z"


def test_before_it_opens_the_button_closes_all_day(browser: Browser, clock: Clock) -> None:
    clock.now = NIGHT
    assert "Close for today" in browser.get(PAGE).body

    assert "Closed all day" in closes(browser).body


def test_another_date_can_be_closed(stack: Stack, browser: Browser) -> None:
    told = closes(browser, TOMORROW)

    assert "Thursday, November 26" in told.body
    assert "Closed all day" in told.body
    assert "Close for the rest of today" in told.body
    assert promised(stack) == "2026-11-25T20:00:00.000Z"


def test_what_was_closed_can_be_undone(stack: Stack, browser: Browser, clock: Clock) -> None:
    closes(browser)
    clock.now += 61
    assert promised(stack).startswith(TOMORROW)

    told = browser.post(PAGE, reopen=TODAY)
    clock.now += 61

    assert "Open as usual again: Wednesday, November 25." in text_of(told)
    assert "Close for the rest of today" in told.body
    assert promised(stack, name="Li").startswith(TODAY)


def test_two_taps_close_once(browser: Browser, clock: Clock) -> None:
    first = closes(browser)
    clock.now += 3600

    again = closes(browser)

    assert again.status == 200
    assert re.findall("Closed from[^<]*", again.body) == re.findall("Closed from[^<]*", first.body)


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        ("2026-11-24", "That day is over."),
        (SUNDAY, "You are closed then anyway."),
        ("2027-11-27", "Choose a day within a year from now."),
        ("", "Choose a date."),
        ("tomorrow", "Choose a date."),
        ("2026-02-30", "Choose a date."),
        ("<b>", "Choose a date."),
    ],
)
def test_a_day_that_cannot_be_closed_is_said_beside_the_field(browser: Browser, day: str, fault: str) -> None:
    after_another = closes(browser, TOMORROW).path

    shown = browser.post(after_another, day=day, close="1")

    assert shown.status == 422
    assert f'<p class="error" id="day-error">{fault}</p>' in shown.body
    assert f'value="{day.replace("<", "&lt;").replace(">", "&gt;")}"' in shown.body
    assert "No new promise" not in shown.body


def test_after_closing_time_today_cannot_be_closed(browser: Browser, clock: Clock) -> None:
    clock.now += 9 * 3600

    assert "Close for" not in browser.get(PAGE).body
    assert "You are closed then anyway." in closes(browser).body


@pytest.mark.parametrize("query", ["closed=2026-11-26", "closed=x", "reopened=x", "tested=<b>", "closed="])
def test_what_anybody_writes_into_the_address_is_not_said(browser: Browser, query: str) -> None:
    shown = browser.get(f"{PAGE}?{query}")

    assert shown.status == 200
    assert 'class="said"' not in shown.body


def test_no_other_button_does_anything(browser: Browser) -> None:
    assert browser.post(PAGE, open="1").status == 400


# ---- The people


def messages(shown: Shown) -> list[str]:
    """The addresses that open a message, with what they say."""
    return [unescape(each) for each in re.findall(r'href="((?:sms|mailto):[^"]*)"', shown.body)]


def test_who_was_promised_an_answer_that_day_is_there_with_words_to_send(stack: Stack, browser: Browser) -> None:
    promised(stack)
    (lead,) = stack.leads()

    shown = closes(browser)

    assert f'href="/inbox/leads/{lead["id"]}"' in shown.body
    assert lead["reference"] in shown.body
    assert "Ana" in shown.body
    assert "Ruiz" not in shown.body
    assert "Prefers contact: by phone" in shown.body
    sms, mail = messages(shown)
    assert sms.startswith("sms:+16025550100?")
    assert mail.startswith("mailto:ana@example.com?subject=")
    text = parse_qs(sms.partition("?")[2])["body"][0]
    assert text == unquote(mail.rpartition("body=")[2]).replace("\r\n", "\n")
    assert text.startswith("Hola, ")
    assert lead["reference"] in text
    assert "miércoles, 25 de noviembre, 1:00\u202fp.m." in text
    assert "jueves, 26 de noviembre, 12:00\u202fp.m." in text
    assert f'lang="es" dir="ltr">{text}' in unescape(shown.body)
    assert "You will hear from us by Thursday, November 26, 12:00\u202fPM, Phoenix time." in unescape(shown.body)


def test_who_reads_the_practices_language_needs_no_translation(stack: Stack, browser: Browser) -> None:
    promised(stack, locale="en", preferred_contact="email")

    shown = closes(browser)

    assert unescape(shown.body).count("Hello, this is") == 1
    assert [each.partition(":")[0] for each in messages(shown)] == ["mailto", "sms"]
    assert "Prefers contact: by email" in shown.body


def test_who_was_answered_or_promised_another_day_is_not(stack: Stack, browser: Browser, clock: Clock) -> None:
    promised(stack, name="Ana Ruiz")
    promised(stack, name="Bo Lind")
    (answered,) = (lead["id"] for lead in stack.leads() if lead["name"] == "Bo Lind")
    app.wiring.store.change(answered, lambda lead: facts.with_outcome(lead, Outcome.CALLED, clock.now, "x", None))
    clock.now += 6 * 3600
    promised(stack, name="Cy Dorn")

    shown = closes(browser)

    assert [name for name in ("Ana", "Bo", "Cy") if f"<bdi>{name}</bdi>" in shown.body] == ["Ana"]
    assert "People who wait for an answer that was promised for today: 1" not in shown.body


def test_before_closing_the_page_says_how_many_wait_today(stack: Stack, browser: Browser) -> None:
    promised(stack)

    assert "People who wait for an answer that was promised for today: 1" in browser.get(PAGE).body


def test_who_is_past_the_date_until_which_enquiries_are_kept_is_not_shown(
    stack: Stack, browser: Browser, clock: Clock
) -> None:
    promised(stack)
    (lead,) = stack.leads()
    stack.dynamodb.update_item(
        TableName=stack.table,
        Key={"pk": {"S": lead["pk"]}, "sk": {"S": "LEAD"}},
        UpdateExpression="SET expires_at = :now",
        ExpressionAttributeValues={":now": {"N": str(int(clock.now))}},
    )

    assert lead["reference"] not in closes(browser).body


def test_what_a_visitor_wrote_is_shown_as_text(stack: Stack, browser: Browser) -> None:
    promised(stack, name="<script>alert(1)</script>", locale="ar", phone="", preferred_contact="email")

    shown = closes(browser)

    assert "<script" not in shown.body
    assert "&lt;script&gt;" in shown.body
    assert 'lang="ar" dir="rtl"' in shown.body


def names(shown: Shown) -> list[str]:
    """The first names in the two lists, and where the second begins."""
    people = re.findall(r"<bdi>(Ana|Bo)</bdi>|<h4>(Told): ", shown.body)
    return [name or heading for name, heading in people]


def test_who_was_told_is_ticked_off_and_stands_below(stack: Stack, browser: Browser, clock: Clock) -> None:
    promised(stack, name="Ana Ruiz")
    promised(stack, name="Bo Lind")
    (ana,) = (lead["id"] for lead in stack.leads() if lead["name"] == "Ana Ruiz")
    assert sorted(names(closes(browser))) == ["Ana", "Bo"]
    clock.now += 60

    answer = browser.ask("POST", PAGE, f"token={browser.token}&told={ana}&day={TODAY}".encode(), {**FORM, **FROM_OURS})
    assert answer.headers["location"] == f"{PAGE}#tell-{TODAY}"
    shown = browser.get(PAGE)

    assert names(shown) == ["Bo", "Told", "Ana"]
    assert f'id="tell-{TODAY}">Promised an answer on that day, and not told yet: 1<' in shown.body
    assert f"Wednesday, November 25, 9:01 AM {MEMBER}" in text_of(shown)
    enquiry = browser.get(f"/inbox/leads/{ana}").body
    assert "Told that we are closed: Wednesday, November 25" in enquiry
    again = browser.post(PAGE, told=ana, day=TODAY)
    assert (names(again), again.status) == (["Bo", "Told", "Ana"], 200)
    assert len(app.wiring.store.read(ana).notes) == 1  # type: ignore[union-attr]

    assert sorted(names(browser.post(PAGE, untold=ana, day=TODAY))) == ["Ana", "Bo"]
    assert "Told that we are closed" not in browser.get(f"/inbox/leads/{ana}").body


def test_a_new_time_that_somebody_was_told_is_said_beside_the_promise(stack: Stack, browser: Browser) -> None:
    promised(stack)
    (lead,) = stack.leads()
    path = f"/inbox/leads/{lead['id']}"
    later = re.search(r'name="later" value="([^"]+)"', closes(browser).body)
    assert later is not None

    browser.post(PAGE, told=lead["id"], day=TODAY, later=later[1])

    page = text_of(browser.get(path))
    assert "Told: by Thursday, November 26, 12:00 PM promised at first: Wednesday, November 25, 1:00 PM" in page
    assert "closed: Wednesday, November 25. We answer by Thursday, November 26, 12:00 PM" in page
    row = "Told: by tomorrow, 12:00 PM. Promised at first: today, 1:00 PM"
    assert row in text_of(browser.get("/inbox"))

    # That is a promise, too: where the new day is closed, they are to be told anew.
    shown = text_of(closes(browser, TOMORROW))
    assert shown.count("and not told yet: 1") == 1
    assert "cannot contact you about your enquiry" in shown
    assert "by Thursday, November 26, 12:00 PM, Phoenix time, as we promised" in shown

    version = str(app.wiring.store.read(lead["id"]).version)  # type: ignore[union-attr]
    put_off = browser.post(path, version=version, on="date", day="2026-11-30").body
    assert "That is later than what they were told." in put_off
    assert "has not heard from you" not in put_off


def test_a_call_waits_for_the_day_that_is_open_and_the_pages_say_so(stack: Stack, browser: Browser) -> None:
    lead_id = alerted(stack)
    (lead,) = stack.leads()
    browser.post(f"/inbox/leads/{lead_id}", outcome="left_message", version=lead["version"])
    assert "Call again: tomorrow, 8:00 AM" in text_of(browser.get("/inbox"))

    closes(browser, TOMORROW)

    assert "Call again: Friday, 8:00 AM" in text_of(browser.get("/inbox"))
    assert "You are reminded again: Friday, November 27, 8:00 AM" in text_of(browser.get(f"/inbox/leads/{lead_id}"))


def test_who_was_told_of_a_day_that_opens_again_is_counted(stack: Stack, browser: Browser) -> None:
    promised(stack)
    (lead,) = stack.leads()
    assert "Open again" in closes(browser).body
    browser.post(PAGE, told=lead["id"], day=TODAY)

    told = text_of(browser.post(PAGE, reopen=TODAY))

    assert "Open as usual again: Wednesday, November 25. People who were told that you are closed then: 1" in told


@pytest.mark.parametrize("later", ["soon", "9999-12-31T23:59:59Z", "0001-01-01"])
def test_a_time_that_no_message_says_is_not_written_down(stack: Stack, browser: Browser, later: str) -> None:
    promised(stack)
    (lead,) = stack.leads()
    closes(browser)

    assert browser.post(PAGE, told=lead["id"], day=TODAY, later=later).status == 400


def test_of_a_day_that_is_open_nobody_is_told(stack: Stack, browser: Browser) -> None:
    promised(stack)
    (lead,) = stack.leads()

    assert browser.post(PAGE, told=lead["id"], day=TODAY).path == PAGE
    assert app.wiring.store.read(lead["id"]).notes == ()  # type: ignore[union-attr]


def test_where_there_is_no_room_for_a_note_the_enquiry_is_shown(stack: Stack, browser: Browser, clock: Clock) -> None:
    promised(stack)
    (lead,) = stack.leads()
    closes(browser)
    full = tuple({"at": timestamp(clock.now + each), "by": "x", "text": "x"} for each in range(MOST_NOTES))
    app.wiring.store.change(lead["id"], lambda lead: replace(lead, notes=full))

    shown = browser.post(PAGE, told=lead["id"], day=TODAY)

    assert shown.path == f"/inbox/leads/{lead['id']}"
    assert "There is no room for more notes." in shown.body


@pytest.mark.parametrize("field", ["told", "untold"])
@pytest.mark.parametrize("lead_id", ["0" * 32, "x", "x" * 3000])
def test_an_enquiry_that_is_not_there_cannot_be_ticked_off(browser: Browser, field: str, lead_id: str) -> None:
    closes(browser)

    assert browser.post(PAGE, FROM_OURS, **{field: lead_id, "day": TODAY}).status == 410


# ---- The test of the alert


def sends_test(browser: Browser) -> Shown:
    return browser.post(PAGE, test="1")


def by_stream(stack: Stack) -> None:
    """The stream brings notify the test that was asked for."""
    items = stack.dynamodb.scan(TableName=stack.table)["Items"]
    keys = [{"pk": item["pk"], "sk": item["sk"]} for item in items if item.get("kind") == {"S": "test"}]
    records = [{"dynamodb": {"Keys": each, "SequenceNumber": str(number)}} for number, each in enumerate(keys)]
    assert stack.invoke("notify", {"Records": records}) == {"batchItemFailures": []}


def proof(browser: Browser) -> str:
    found = re.search(r"<strong>((?:(?!<strong>).)*?)<p><small>Asked for by", browser.get(PAGE).body, re.DOTALL)
    return re.sub(r"[ \n]+", " ", unescape(re.sub("<[^>]*>", "", found[1]))).strip() if found else ""


def happens(stack: Stack, clock: Clock, fact: str, bounce: str | None = None) -> None:
    """SES says what became of the test's mail."""
    items = stack.dynamodb.scan(TableName=stack.table)["Items"]
    (mail,) = (item["id"]["S"] for item in items if item["sk"] == {"S": "MAIL"} and item["kind"] == {"S": "test"})
    MailStore(stack.table, stack.dynamodb, 0).record_event(mail, fact, timestamp(clock.now), bounce)


def test_a_test_alert_takes_the_whole_way_and_shows_its_proof(stack: Stack, browser: Browser, clock: Clock) -> None:
    assert proof(browser) == ""

    told = sends_test(browser)
    assert "A test alert is on its way." in text_of(told)
    assert f"Asked for by {MEMBER}" in text_of(told)
    assert proof(browser) == "It is about to be sent, within a minute."

    by_stream(stack)
    by_stream(stack)
    stack.sweep()
    tick(stack)
    assert subjects(stack) == ["Test: alerts reach you here"]
    assert stack.mails()[0]["To"] == stack.variables["followup"]["ALERT_RECIPIENT"]
    assert proof(browser) == (
        "Handed to the mail service: Wednesday, November 25, 9:00\u202fAM. Your mail server has not answered yet."
    )

    clock.now += 180
    happens(stack, clock, "delivered_at")
    assert proof(browser) == (
        f"Your mail server accepted it for {stack.variables['inbox']['ALERT_RECIPIENT']}, Wednesday, November 25, "
        "9:03\u202fAM. Now look there for “Test: alerts reach you here”, also in the junk folder."
    )
    assert "on its way" not in text_of(browser.get(f"{PAGE}?tested=new"))


def test_the_answer_to_the_button_stands_beside_it_and_says_when_to_look_again(browser: Browser) -> None:
    browser.get(PAGE)
    answer = browser.ask("POST", PAGE, urlencode({"token": browser.token, "test": "1"}).encode(), {**FORM, **FROM_OURS})
    assert answer.headers["location"] == f"{PAGE}?tested=new#test"

    for page in (browser.get(f"{PAGE}?tested=new"), sends_test(browser)):
        (section,) = re.findall(r'<section aria-labelledby="test">.*?</section>', page.body, re.DOTALL)
        assert 'role="status"' in section
        # Another address than that of the page, or nothing would be loaded.
        assert re.search(r'href="/inbox/days\?looked=\d+#test">Look again in a few seconds', section)


def test_two_taps_send_one(stack: Stack, browser: Browser, clock: Clock) -> None:
    sends_test(browser)
    clock.now += 100
    again = sends_test(browser)
    stack.sweep()

    assert "Nothing was sent a second time." in text_of(again)
    assert len(stack.mails()) == 1

    clock.now += 30
    sends_test(browser)
    stack.sweep()
    assert len(stack.mails()) == 2


def test_a_test_that_the_stream_does_not_bring_is_sent_by_the_tick(stack: Stack, browser: Browser) -> None:
    sends_test(browser)

    tick(stack)
    assert stack.mails() == []
    stack.sweep()
    assert len(stack.mails()) == 1


def test_an_interrupted_test_is_not_sent_twice_and_says_so(stack: Stack, browser: Browser, clock: Clock) -> None:
    sends_test(browser)
    (mail_id,) = MailStore(stack.table, stack.dynamodb, 0).due(clock.now, ["test"])
    MailStore(stack.table, stack.dynamodb, 0).claim(mail_id, clock.now, 120)  # by who is killed then

    by_stream(stack)
    assert stack.mails() == []
    clock.now += 120
    stack.sweep()

    assert stack.mails() == []
    assert "The mail service said: Interrupted" in proof(browser)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MailRefused("MessageRejected", permanent=True), "The mail service did not take it. Send another one."),
        (MailRefused("ThrottlingException", permanent=False), "The mail service said: ThrottlingException"),
        (MailUnproven("ReadTimeoutError"), "The mail service said: ReadTimeoutError"),
    ],
    ids=str,
)
def test_what_ses_says_is_shown_and_tried_once(
    stack: Stack, browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    sends_test(browser)
    tries: list[str] = []

    def refuse(*_: Any, mail_id: str, **__: Any) -> str:
        tries.append(mail_id)
        raise error

    monkeypatch.setattr(Mailer, "send", refuse)
    by_stream(stack)
    clock.now += 3600
    stack.sweep()

    assert len(tries) == 1
    assert said in re.sub("[\u2068\u2069]", "", proof(browser))


@pytest.mark.parametrize(
    ("fact", "bounce", "said"),
    [
        (
            "bounced_at",
            "Permanent General 5.1.1",
            "does not exist, or refuses mail: no alert arrives there. Until this is mended, look into",
        ),
        ("returned_at", "Transient MailboxFull 5.2.2", "The mail service said: Transient MailboxFull 5.2.2"),
        ("rejected_at", None, "The mail service took it for unsafe and sent it to nobody."),
    ],
)
def test_a_test_that_came_back_says_why(
    stack: Stack, browser: Browser, clock: Clock, fact: str, bounce: str | None, said: str
) -> None:
    sends_test(browser)
    by_stream(stack)

    happens(stack, clock, fact, bounce)

    assert said in re.sub("[\u2068\u2069]", "", proof(browser))


def test_a_test_of_which_nothing_is_heard_is_not_called_good(stack: Stack, browser: Browser, clock: Clock) -> None:
    sends_test(browser)
    by_stream(stack)

    clock.now += 900

    assert "Nothing proves that it arrived." in proof(browser)


def test_a_spent_budget_keeps_room_for_alerts(stack: Stack, browser: Browser, clock: Clock) -> None:
    mails = MailStore(stack.table, stack.dynamodb, 200)
    for _ in range(140):
        mails.spend(MailKind.ALERT, clock.now)

    sends_test(browser)
    stack.sweep()

    assert stack.mails() == []
    assert proof(browser) == "Not sent: as many mails were sent today as may be."


def test_a_test_changes_nothing_of_an_enquiry(stack: Stack, browser: Browser, clock: Clock) -> None:
    alerted(stack)
    before = stack.leads()

    sends_test(browser)
    by_stream(stack)
    happens(stack, clock, "bounced_at", "Permanent General 5.1.1")

    assert stack.leads() == before
