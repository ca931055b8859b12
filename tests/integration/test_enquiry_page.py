"""The whole page of an enquiry for who is signed in: what it shows, what its buttons do, and what they refuse."""

import re
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.inbox import app
from functions.inbox import buttons as buttons_module
from functions.inbox.pages import FOLDER, Pages
from functions.inbox.routes import enquiry_path
from functions.inbox.troubles import TROUBLES, Code
from shared.facts import bounced, delivered, with_outcome
from shared.lead import Lead, seconds, timestamp
from shared.letterhead import read_mail_parts
from shared.messages import translations
from shared.outcomes import OUTCOMES
from tests.clock import Clock
from tests.inbox import FROM_OURS, MEMBER, ORIGIN, Browser, Shown, signed_in
from tests.integration.conftest import SITE_LOCALES, Stack
from tests.integration.test_leads import ENQUIRY, send

pytestmark = pytest.mark.long

HOSTILE = "<script>alert(1)</script>\u202e=cmd|'/c calc'!A0\"'>&{{7*7}}"
MORNING = "2026-11-24T16:00:00.000Z"  # a Tuesday, 9 in the morning in Phoenix


@dataclass
class Desk:
    """Somebody who is signed in, before the page of one enquiry."""

    browser: Browser
    clock: Clock
    lead_id: str
    shown: str = field(default="", repr=False)

    @property
    def stack(self) -> Stack:
        return self.browser.stack

    def gets(self, query: str = "") -> str:
        return self._shows(self.browser.get(f"{enquiry_path(self.lead_id)}{query}"), 200)

    def presses(self, status: int = 200, **fields: str) -> str:
        """Presses a button of the page that was shown last; what is shown then."""
        version = re.search(r'name="version" value="(\d+)"', self.shown or self.gets())
        assert version
        sent = {"version": version[1], **fields}
        return self._shows(self.browser.post(enquiry_path(self.lead_id), FROM_OURS, **sent), status)

    def lead(self) -> Lead:
        with self.stack.environment_of("inbox"):
            lead = app.wiring.store.read(self.lead_id)
        assert lead is not None
        return lead

    def learns(self, step: Any) -> None:
        """Something becomes known of the enquiry."""
        with self.stack.environment_of("inbox"):
            assert app.wiring.store.change(self.lead_id, step)

    def _shows(self, shown: Shown, status: int) -> str:
        self.shown = shown.body
        assert shown.status == status, text(shown.body)
        assert shown.headers["cache-control"] == "no-store"
        return shown.body


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(seconds(MORNING))
    monkeypatch.setattr("time.time", clock)
    return clock


def opens(stack: Stack, clock: Clock, **fields: Any) -> Desk:
    """The page of an enquiry that comes just now."""
    before = {lead["id"] for lead in stack.leads()}
    send(stack, ENQUIRY | fields)
    (lead_id,) = {lead["id"] for lead in stack.leads()} - before
    return Desk(signed_in(stack), clock, lead_id)


@pytest.fixture
def desk(stack: Stack, clock: Clock) -> Desk:
    return opens(stack, clock)


def buttons(page: str) -> set[tuple[str, str]]:
    return set(re.findall(r'<button[^>]* name="(\w+)" value="([^"]+)"', page))


def text(page: str) -> str:
    """What a reader sees."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


# ---- what it shows


def test_everything_that_was_written_is_shown_each_in_its_own_direction(stack: Stack, clock: Clock) -> None:
    wrote = {"name": "محمد علي", "message": "ظهري يؤلمني\nمنذ أسبوع", "locale": "ar", "email": "bo@müller.example"}
    desk = opens(stack, clock, **wrote, source={"utm_campaign": "newsletter"})

    page = desk.gets()

    for value in (wrote["name"], wrote["message"], "newsletter"):
        assert f'<bdi dir="auto" class="words">{value}</bdi>' in page
    assert "(602) 555-0100" in page
    assert 'href="tel:+16025550100"' in page
    assert "bo@müller.example" in page
    for value in ("by phone", "in the morning", desk.lead().reference, "Arabic"):
        assert value in text(page)


@pytest.mark.parametrize("name", ["name", "message"])
def test_a_visitors_text_is_shown_harmlessly_whatever_it_is(stack: Stack, clock: Clock, name: str) -> None:
    desk = opens(stack, clock, **{name: f"Ana {HOSTILE}"})

    page = desk.gets()

    assert "<script" not in page
    assert "\u202e" not in page
    assert "{{7*7}}" in page
    assert "&lt;script&gt;" in page


def test_text_that_another_hand_has_put_into_the_table_is_shown_harmlessly_too(desk: Desk) -> None:
    desk.gets()
    item = desk.stack.dynamodb.scan(TableName=desk.stack.table)["Items"][0]
    names = ["name", "phone_as_written", "phone_as_typed", "locale", "article", "article_revision", "bounce"]
    forged = {name: {"S": HOSTILE} for name in names}
    more = {"more": {"M": {HOSTILE: {"S": HOSTILE}}}, "source": {"M": {HOSTILE: {"S": HOSTILE}}}}
    at = {"S": MORNING}
    ledger = {"ledger": {"L": [{"M": {"at": at, "what": {"S": HOSTILE}, "by": {"S": f"{HOSTILE}@"}}}]}}
    notes = {"notes": {"L": [{"M": {"at": at, "text": {"S": HOSTILE}, "by": {"S": HOSTILE}}}]}}
    desk.stack.dynamodb.put_item(
        TableName=desk.stack.table, Item={**item, **forged, **more, **ledger, **notes, "bounced_at": at}
    )

    page = desk.gets()

    assert "<script" not in page
    assert page.count("&lt;script&gt;") > len(forged)


def test_a_mail_to_the_person_is_begun_in_their_language_with_the_reference(desk: Desk) -> None:
    page = desk.gets()

    reference = desk.lead().reference
    assert f'href="mailto:ana@example.com?subject=Su%20mensaje%20{reference}"' in page


@pytest.mark.parametrize(("preferred", "first", "second"), [("phone", "tel:", "mailto:"), ("email", "mailto:", "tel:")])
def test_the_way_that_the_person_prefers_comes_first_as_the_large_button(
    stack: Stack, clock: Clock, preferred: str, first: str, second: str
) -> None:
    page = opens(stack, clock, preferred_contact=preferred).gets()

    ways = re.findall(r'<a class="(button|button quiet)" href="(tel:|mailto:)', page)
    assert ways[:2] == [("button", first), ("button quiet", second)]


def test_what_was_read_and_agreed_to_is_shown_as_it_was(desk: Desk) -> None:
    page = text(desk.gets())

    assert "[es] Needles and backs" in page
    assert desk.lead().article_revision in page
    assert "Acepto que" in page
    assert "enquiry-contact 2026-11-25" in page


def test_an_older_consent_is_shown_in_its_own_words_and_an_unknown_one_as_unknown(stack: Stack, clock: Clock) -> None:
    assert "me contacte au sujet de ma demande" in opens(stack, clock, locale="fr", consent_version="2026-11-23").gets()
    assert "not on record here" in opens(stack, clock, name="Eva", consent_version="2020-01-01").gets()


def test_replies_are_in_the_visitors_language_with_the_practices_own_beside_it(desk: Desk) -> None:
    page = desk.gets()

    assert "Volveremos a intentarlo pronto" in page
    assert "We will try again soon" in page
    assert re.search(r'href="sms:\+16025550100\?&amp;body=Hola', page)
    assert re.search(r'href="mailto:ana@example.com\?subject=Su%20mensaje[^"]+&amp;body=Hola', page)


def test_where_the_language_is_the_practices_own_a_reply_is_there_once(stack: Stack, clock: Clock) -> None:
    assert opens(stack, clock, locale="en").gets().count("We will try again soon") == 1


def test_who_left_no_number_is_not_told_that_somebody_called(stack: Stack, clock: Clock) -> None:
    page = opens(stack, clock, phone="", preferred_contact="email").gets()

    assert "Please call us" in page
    assert "We tried to call you" not in page
    assert "When may we call?" not in page


def test_notes_are_read_before_the_person_is_called(desk: Desk) -> None:
    page = text(desk.presses(write="note", note="Ask for her sister"))

    assert page.index("Ask for her sister") < page.index("What became of it?") < page.index("New note")


# ---- the three facts, and the alert


def test_what_is_known_of_the_alert_is_said_in_plain_words(desk: Desk) -> None:
    assert "The alert is on its way." in desk.gets()
    desk.stack.notify()
    assert "Nothing proves yet that it has reached you." in desk.gets()

    desk.learns(lambda lead: delivered(lead, "2026-11-24T21:03:00.000Z"))
    assert "Accepted by your mail server Tuesday, November 24, 2:03 PM" in text(desk.gets())

    desk.learns(lambda lead: bounced(lead, "2026-11-24T21:05:00.000Z", "Permanent General 5.1.1"))
    assert "Turned away by your mail server for good" in desk.gets()
    assert "Permanent General 5.1.1" in desk.shown


def test_the_alert_is_sent_again_the_whole_way_and_once_for_two_taps(desk: Desk) -> None:
    desk.stack.notify()
    assert ("alert", "again") not in buttons(desk.gets())  # it may still be proven
    desk.learns(lambda lead: delivered(lead, timestamp(desk.clock.now)))
    desk.clock.now += 3600
    page = desk.gets()
    assert ("alert", "again") in buttons(page)

    assert "Saved: “Asked for the alert once more”" in desk.presses(alert="again")
    desk.shown = page
    assert "Nothing has changed" in desk.presses(alert="again")
    desk.stack.sweep()
    desk.stack.sweep()

    mails = desk.stack.mails()
    assert len(mails) == 2
    assert "you may have this mail already" in mails[1].as_string()
    lead = desk.lead()
    assert lead.alert_mail_id == f"alert-{lead.id}-2"
    assert (lead.delivered_at, lead.alert_sent_at) == (None, timestamp(desk.clock.now))
    assert ("alert", "again") not in buttons(desk.gets())
    desk.clock.now += 1000
    assert ("alert", "again") in buttons(desk.gets())


# ---- outcomes


@pytest.mark.parametrize("outcome", [name for name, meaning in OUTCOMES.items() if meaning.has_button])
def test_an_outcome_is_said_by_the_member_and_undone_at_any_time(desk: Desk, outcome: str) -> None:
    page = desk.presses(outcome=outcome)

    assert f"Saved: “{OUTCOMES[outcome].label}”" in page  # type: ignore[index]
    at = desk.lead().outcomes[0]["at"]
    assert (desk.lead().outcomes[0]["by"], ("undo", at)) == (MEMBER, max(buttons(page) & {("undo", at)}))

    desk.clock.now += 90 * 86_400
    desk.browser = signed_in(desk.stack)
    desk.gets()
    assert "is undone" in desk.presses(undo=at)
    assert desk.lead().outcome is None


def test_two_taps_are_one(desk: Desk) -> None:
    page = desk.gets()
    desk.presses(outcome="booked")
    desk.shown = page

    assert "Nothing has changed" in desk.presses(outcome="booked")
    assert len(desk.lead().outcomes) == 1


def test_what_somebody_else_did_meanwhile_is_shown_first_and_the_text_is_kept(desk: Desk) -> None:
    other = Desk(signed_in(desk.stack), desk.clock, desk.lead_id)
    desk.gets()
    other.presses(outcome="booked")

    page = desk.presses(409, write="note", note="She wants <mornings>")

    assert "has changed since you opened it" in page
    assert "Booked a visit" in text(page).partition("press the button again")[0]
    assert MEMBER in text(page).partition("press the button again")[0]
    assert "She wants &lt;mornings&gt;</textarea>" in page
    assert desk.lead().notes == ()
    assert "Saved" in desk.presses(write="note", note="She wants <mornings>")
    assert [each["text"] for each in desk.lead().notes] == ["She wants <mornings>"]


def test_what_the_service_did_by_itself_meanwhile_stands_in_nobodys_way(desk: Desk) -> None:
    desk.gets()
    desk.stack.notify()

    assert "Saved" in desk.presses(outcome="called")


# ---- calling again


def test_times_to_call_again_are_offered_by_the_opening_hours(desk: Desk) -> None:
    page = text(desk.gets())

    for choice in ("Later today Tuesday, November 24, 11:00", "Tomorrow morning Wednesday, November 25, 8:00"):
        assert choice in page
    assert "Thursday morning Thursday, November 26, 8:00" in page
    assert "Next week Monday, November 30, 8:00" in page


def test_a_chosen_time_wakes_whatever_the_outcome_was(desk: Desk) -> None:
    (thursday,) = [at for name, at in buttons(desk.gets()) if name == "again" and at.startswith("2026-11-26")]

    assert "To be called again" in text(desk.presses(again=thursday))
    assert desk.stack.leads()[0]["duties"]["again"] == {"N": str(int(seconds(thursday)))}
    desk.presses(outcome="called")
    assert "again" not in desk.stack.leads()[0].get("duties", {})
    desk.presses(again=thursday)
    assert [each["outcome"] for each in desk.lead().outcomes] == ["not_reached", "called"]
    assert desk.stack.leads()[0]["duties"]["again"] == {"N": str(int(seconds(thursday)))}

    desk.presses(never="1")
    assert desk.lead().outcome == {"outcome": "called", "at": timestamp(desk.clock.now), "by": MEMBER}


def test_a_date_means_its_opening_or_the_next(desk: Desk) -> None:
    desk.presses(on="date", day="2026-12-05")  # a Saturday

    assert (desk.lead().outcome or {})["again_at"] == "2026-12-07T15:00:00.000Z"
    # They were promised an answer before that, and wait.
    assert "later than the answer that was promised" in desk.shown
    assert '<a href="#replies">Let them know</a>' in desk.shown
    assert "You are closed on Saturday, December 5: moved to Monday, December 7." in desk.shown
    desk.presses(outcome="left_message")
    desk.presses(on="date", day="2026-12-05")
    assert "later than the answer that was promised" not in desk.shown

    desk.presses(on="date", day="2026-12-08")
    assert "moved to" not in desk.shown
    assert "moved to" not in desk.gets("?chosen=2026-12-05")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"on": "date", "day": "2026-11-23"}, "That time is over."),
        ({"on": "date", "day": "tomorrow"}, "Choose a date."),
        ({"on": "date"}, "Choose a date."),
        ({"on": "date", "day": "2028-01-01"}, "not kept for so long"),
        ({"again": "2026-11-24T15:00:00.000Z"}, "That time is over."),
        ({"again": "9999-12-31T00:00:00.000Z"}, "not kept for so long"),
        ({"write": "note"}, "Write the note first."),
        ({"write": "note", "note": " \n\u200b "}, "Write the note first."),
        ({"write": "note", "note": "x" * 1001}, "at most 1,000 characters"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field_and_kept(desk: Desk, fields: dict[str, str], said: str) -> None:
    page = desk.presses(422, **fields)

    assert said in text(page)
    assert all(value.strip() in page for name, value in fields.items() if name == "note" or value == "2028-01-01")
    assert desk.lead().version == 1


# ---- notes


def test_a_note_says_who_wrote_it_and_when_and_can_be_deleted(desk: Desk) -> None:
    page = desk.presses(write="note", note="Line one\r\n<b>two</b>")

    assert "Line one\n&lt;b&gt;two&lt;/b&gt;" in page
    assert MEMBER in page
    assert "Deleted a note" in desk.presses(delete=desk.lead().notes[0]["at"])
    assert "Line one" not in desk.shown


def test_emoji_and_other_scripts_are_a_note_like_any_other(desk: Desk) -> None:
    note = "😀" * 1000

    assert note in desk.presses(write="note", note=note)


# ---- what was kept back


def test_what_was_kept_back_is_rescued_and_alerts_once(stack: Stack, clock: Clock) -> None:
    desk = opens(stack, clock, aside="x")
    page = desk.gets()
    assert {("rescue", "1"), ("outcome", "advertising")} <= buttons(page)
    assert ("alert", "again") not in buttons(page)
    assert "a hidden field was filled in" in page
    assert "honeypot" not in page

    desk.presses(rescue="1")
    stack.sweep()
    desk.shown = page
    desk.presses(rescue="1")
    stack.sweep()

    assert len(stack.mails()) == 1


# ---- the same person


def test_other_enquiries_of_the_person_are_linked_until_somebody_says_that_they_are_anothers(
    stack: Stack, clock: Clock
) -> None:
    first = opens(stack, clock)
    second = opens(stack, clock, name="Eva Ruiz", message="Once more")
    stack.notify()
    ours, theirs = enquiry_path(first.lead_id), enquiry_path(second.lead_id)
    assert theirs in first.gets()
    assert ours in second.gets()

    page = second.presses(apart=first.lead_id)
    assert ("together", first.lead_id) in buttons(page)
    assert ("together", second.lead_id) in buttons(first.gets())

    first.presses(together=second.lead_id)
    assert ("apart", second.lead_id) in buttons(first.shown)
    assert ("apart", first.lead_id) in buttons(second.gets())
    assert first.lead().enquiry.name == "Ana Ruiz"


def test_an_enquiry_that_corrects_another_leads_to_it_and_back(stack: Stack, clock: Clock) -> None:
    before = {lead["id"] for lead in stack.leads()}
    send(stack, ENQUIRY, idempotency_key='"the first"')
    (first_id,) = {lead["id"] for lead in stack.leads()} - before
    clock.now += 60
    second, first = (
        opens(stack, clock, name="Ana Ruiz Soto", replaces="the first"),
        Desk(signed_in(stack), clock, first_id),
    )
    stack.notify()

    assert f'It corrects the enquiry <a href="{enquiry_path(first_id)}">' in second.gets()
    assert f'The enquiry <a href="{enquiry_path(second.lead_id)}">' in first.gets()
    assert "There is a later enquiry from this number or address" in first.shown


# ---- every language


@pytest.mark.parametrize("locale", SITE_LOCALES)
def test_the_page_is_there_in_every_language_of_a_practice(
    stack: Stack, clock: Clock, task_root: Path, locale: str
) -> None:
    desk, other = opens(stack, clock, locale="ar"), opens(stack, clock, name="Eva")
    stack.notify()
    desk.presses(outcome="left_message")
    desk.presses(write="note", note="A note")
    desk.learns(lambda lead: bounced(lead, timestamp(clock.now), "Permanent General"))
    desk.presses(apart=other.lead_id)
    with stack.environment_of("inbox"):
        practice = replace(app.wiring.practice, language=locale)
        app.wiring.pages = Pages(task_root / "compiled" / FOLDER, practice, read_mail_parts())

    page = desk.gets()

    say = translations(locale).gettext
    assert f'<html lang="{locale}" dir="{"rtl" if locale == "ar" else "ltr"}">' in page
    for message in ("Left a message", "Wrote a note", "Turned away by your mail server for good", "Call again"):
        assert say(message) in unescape(page)
    assert page.count("<button") > 10


# ---- what does not work


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*buttons_module._BUTTONS, "version", "note", "day"]), st.text(min_size=1)),
    st.sampled_from([{}, {"version": "1"}]),
)
def test_whatever_is_sent_is_answered(desk: Desk, fields: dict[str, str], more: dict[str, str]) -> None:
    shown = desk.browser.post(enquiry_path(desk.lead_id), FROM_OURS, **{**fields, **more})

    assert shown.status < 500


@pytest.mark.parametrize(
    "fields",
    [{}, {"outcome": "won"}, {"outcome": "not_reached"}, {"outcome": "called", "x": "y"}, {"apart": "x"}],
    ids=str,
)
def test_what_no_button_sends_changes_nothing(desk: Desk, fields: dict[str, str]) -> None:
    desk.gets()

    desk.presses(TROUBLES[Code.NO_BUTTON].status, **fields)

    assert desk.lead().version == 1


def test_what_is_past_its_date_is_not_shown(desk: Desk) -> None:
    desk.gets()
    (item,) = [each for each in desk.stack.dynamodb.scan(TableName=desk.stack.table)["Items"] if "stored_at" in each]
    desk.stack.dynamodb.put_item(
        TableName=desk.stack.table, Item={**item, "expires_at": {"N": str(int(desk.clock.now))}}
    )

    shown = desk.shown
    for answer in (desk.browser.get(enquiry_path(desk.lead_id)), desk.browser.post(enquiry_path(desk.lead_id))):
        assert answer.status == TROUBLES[Code.NOT_KEPT].status
        assert "Ana Ruiz" not in answer.body
    assert "Ana Ruiz" in shown


@pytest.mark.parametrize("lead_id", ["", "x", "0" * 31, "a" * 3000, "%00", "%2e%2e"])
def test_an_id_that_nobody_has_given_is_no_page(desk: Desk, lead_id: str) -> None:
    for answer in (desk.browser.get(enquiry_path(lead_id)), desk.browser.post(enquiry_path(lead_id), outcome="called")):
        assert answer.status == TROUBLES[Code.NO_SUCH_PAGE].status


def test_nobody_sees_or_presses_anything_without_a_session(desk: Desk) -> None:
    stranger = Browser(desk.stack)

    answers = [
        stranger.ask("GET", enquiry_path(desk.lead_id)),
        stranger.post(enquiry_path(desk.lead_id), version="1", outcome="called"),
    ]

    assert [each.status for each in answers] == [303, 403]
    assert not [each for each in answers if "Ana Ruiz" in each.body]
    assert desk.lead().version == 1


def test_the_link_of_a_mail_leads_on_whoever_is_signed_in_and_others_to_the_sign_in(desk: Desk) -> None:
    with desk.stack.environment_of("inbox"):
        link = (app.wiring.links.to_enquiry(desk.lead_id, "alert-1") or "").removeprefix(ORIGIN)

    whole = enquiry_path(desk.lead_id)
    assert desk.browser.get(link).path == whole
    assert desk.browser.get(f"{link}?saved=called").path == whole
    desk.browser.post(link, outcome="called")
    assert f'href="{whole}">Name, number and message' in desk.browser.get(f"{link}?saved=called").body
    assert f'href="{whole}">Sign in' in Browser(desk.stack).get(link).body
    assert Browser(desk.stack).get(whole).path.startswith("/inbox/sign-in")


def test_nothing_of_a_person_is_logged(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.presses(write="note", note="Her left leg hurts")
    desk.presses(outcome="called")

    logged = capsys.readouterr().out
    assert "told by a member" in logged
    assert not [word for word in ("Ana", "left leg", MEMBER) if word in logged]


def test_the_timeline_says_what_happened_and_who_did_it(desk: Desk) -> None:
    desk.stack.notify()
    desk.learns(lambda lead: with_outcome(lead, "called", desk.clock.now, "alert-1"))
    desk.presses(outcome="booked")

    said = text(desk.gets()).partition("What happened")[2]
    found = [
        said.index(each) for each in ("The enquiry was stored", "The alert was sent", "We spoke", "Booked a visit")
    ]
    assert found == sorted(found)
    assert "by the link of a mail" in said
    assert MEMBER in said
