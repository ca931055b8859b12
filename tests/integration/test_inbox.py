"""The practice's pages: a GET changes nothing and shows no person, a POST acts once and can be undone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.inbox import app
from functions.inbox.pages import FOLDER, Pages
from functions.inbox.troubles import TROUBLES, Code
from shared.errors import KeysUnavailable, StoreUnavailable
from shared.lead import seconds, timestamp
from shared.letterhead import read_mail_parts
from shared.messages import translations
from shared.outcomes import OUTCOMES
from shared.practice import read_compiled
from tests.clock import Clock
from tests.inbox import Browser
from tests.integration.conftest import SITE_LOCALES, Stack
from tests.integration.test_leads import ENQUIRY, send

BUTTONS = [outcome for outcome, meaning in OUTCOMES.items() if meaning.is_among_buttons]
PERSON = ("Ana", "Ruiz", "6025550100", "555-0100", "ana@example.com", "My left leg hurts")
MAIL = "alert-1"
OURS = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


@dataclass
class Reader:
    """Somebody at the practice who opened the link of a mail about the newest enquiry."""

    stack: Stack
    path: str

    def gets(self, query: str = "", *, method: str = "GET") -> dict[str, Any]:
        return self._asks(method, f"{self.path}?{query}" if query else self.path)

    def posts(self, fields: Mapping[str, str], headers: Mapping[str, str] = OURS) -> dict[str, Any]:
        return self._asks("POST", self.path, urlencode(fields).encode(), headers)

    def presses(self, **fields: str) -> str:
        """Presses a button and follows; what the page says."""
        answer = self.posts(fields)
        assert answer["statusCode"] == 303
        path, _, query = answer["headers"]["location"].partition("?")
        assert path == self.path
        return str(self.gets(query)["body"])

    def lead(self) -> dict[str, Any]:
        (lead,) = [lead for lead in self.stack.leads() if lead["pk"].removeprefix("LEAD#") in self.path]
        return lead

    def was_promised(self, at: str) -> None:
        """The visitor was told to hear from the practice by then."""
        (item,) = [each for each in self.stack.dynamodb.scan(TableName=self.stack.table)["Items"] if self._is(each)]
        self.stack.dynamodb.put_item(TableName=self.stack.table, Item={**item, "answer_by": {"S": at}})

    def _is(self, item: Any) -> bool:
        return item["sk"]["S"] == "LEAD" and item["id"]["S"] in self.path

    def outcomes(self) -> list[dict[str, str]]:
        """Each that was said, oldest first."""
        return [{name: text["S"] for name, text in each["M"].items()} for each in self.lead().get("outcomes", [])]

    def _asks(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        return Browser(self.stack).result(method, target, body, headers or {})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(seconds("2026-11-24T16:00:00.000Z"))  # a Tuesday, 9 in the morning in Phoenix
    monkeypatch.setattr(app.time, "time", clock)
    return clock


@pytest.fixture
def reader(stack: Stack, clock: Clock) -> Reader:
    return opens(stack)


def opens(stack: Stack, mail_id: str = MAIL, **fields: str) -> Reader:
    """A reader of the mail about an enquiry that came just now."""
    before = {lead["id"] for lead in stack.leads()}
    send(stack, ENQUIRY | fields)
    (lead_id,) = {lead["id"] for lead in stack.leads()} - before
    return Reader(stack, path_of(stack, lead_id, mail_id))


def path_of(stack: Stack, lead_id: str, mail_id: str = MAIL) -> str:
    with stack.environment_of("inbox"):
        address = app.wiring.links.to_enquiry(lead_id, mail_id)
    assert address is not None
    return address.removeprefix("https://needle.test")


def buttons(page: str) -> set[tuple[str, str]]:
    return set(re.findall(r'<button[^>]* name="(\w+)" value="([^"]+)"', page))


# ---- a GET


def test_the_page_shows_reference_promise_and_five_buttons(reader: Reader) -> None:
    reader.was_promised("2026-11-24T19:00:00.000Z")

    page = reader.gets()

    assert page["statusCode"] == 200
    assert reader.lead()["reference"] in page["body"]
    assert "Tuesday, November 24, 12:00\u202fPM, Phoenix time" in page["body"]
    assert buttons(page["body"]) == {("outcome", name) for name in BUTTONS}
    assert "<script" not in page["body"]


def test_the_page_names_no_person_whatever_was_done(reader: Reader) -> None:
    shown = [reader.gets()["body"], reader.presses(outcome="left_message"), reader.presses(outcome="booked")]
    shown.append(reader.presses(undo=reader.outcomes()[-1]["at"]))

    assert [word for word in PERSON for page in shown if word in page] == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(reader: Reader, method: str) -> None:
    before = reader.lead()

    for query in ("", "saved=booked", "outcome=booked", "undo=1"):
        assert reader.gets(query, method=method)["statusCode"] == 200

    assert reader.lead() == before


def test_nobody_keeps_or_lists_the_page_and_its_posts_say_where_they_come_from(reader: Reader) -> None:
    for answer in (reader.gets(), reader.posts({"outcome": "called"}), reader.posts({"outcome": "called"}, {})):
        assert answer["headers"]["cache-control"] == "no-store"
        assert answer["headers"]["referrer-policy"] == "same-origin"
    assert "noindex" in reader.gets()["headers"]["x-robots-tag"]


@pytest.mark.parametrize("told", ["saved", "before", "undone"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.one_of(st.sampled_from([*OUTCOMES, "rescued"]), st.text(max_size=20)))
def test_a_forged_address_makes_the_page_say_nothing(reader: Reader, told: str, value: str) -> None:
    plain = reader.gets()["body"]

    assert reader.gets(urlencode({told: value}))["body"] == plain


def test_a_promise_that_is_over_is_shown_as_such_until_there_is_an_outcome(reader: Reader, clock: Clock) -> None:
    reader.was_promised(timestamp(clock.now + 60))
    assert "That time is over." not in reader.gets()["body"]

    clock.now += 61

    assert "That time is over." in reader.gets()["body"]
    assert "That time is over." not in reader.presses(outcome="called")


# ---- a POST


@pytest.mark.parametrize("outcome", BUTTONS)
def test_a_button_says_what_became_of_it_by_the_link_of_its_mail(reader: Reader, clock: Clock, outcome: str) -> None:
    page = reader.presses(outcome=outcome)

    (said,) = reader.outcomes()
    assert (said["outcome"], said["by"], said["at"]) == (outcome, MAIL, timestamp(clock.now))
    assert f"Saved: “{OUTCOMES[outcome].label}”" in page  # type: ignore[index]
    assert ("undo", said["at"]) in buttons(page)


def test_the_same_button_again_says_what_was_done_before_and_changes_nothing(reader: Reader, clock: Clock) -> None:
    reader.presses(outcome="booked")
    before = reader.lead()
    clock.now += 5

    page = reader.presses(outcome="booked")

    assert "“Booked a visit” was saved before. Nothing has changed." in page
    assert reader.lead() == before


def test_another_outcome_takes_the_place_of_the_first_which_stays_written_down(reader: Reader, clock: Clock) -> None:
    reader.presses(outcome="left_message")
    clock.now += 60

    page = reader.presses(outcome="booked")

    assert [each["outcome"] for each in reader.outcomes()] == ["left_message", "booked"]
    assert "So far" in page


def test_undo_takes_it_back_once(reader: Reader, clock: Clock) -> None:
    reader.presses(outcome="booked")
    at = reader.outcomes()[0]["at"]
    clock.now += 5

    first = reader.presses(undo=at)
    after = reader.lead()
    second = reader.presses(undo=at)

    assert "“Booked a visit” is undone." in first
    assert "“Booked a visit” is undone." in second
    assert reader.outcomes()[0]["undone_by"] == MAIL
    assert reader.lead() == after
    assert buttons(first) == {("outcome", name) for name in BUTTONS}


def test_an_undo_from_before_another_outcome_undoes_nothing(reader: Reader, clock: Clock) -> None:
    reader.presses(outcome="left_message")
    at = reader.outcomes()[0]["at"]
    clock.now += 60
    reader.presses(outcome="booked")
    before = reader.lead()

    page = reader.presses(undo=at)

    assert reader.lead() == before
    assert "is undone" not in page


def test_a_message_left_is_followed_up_when_the_practice_opens_on_its_next_day_and_then_another_one_counts(
    reader: Reader, clock: Clock
) -> None:
    page = reader.presses(outcome="left_message")
    (first,) = reader.outcomes()
    assert first["again_at"] == timestamp(app.wiring.hours.opens_after(clock.now, 1) or 0)
    # It is what the page says, and what is done.
    assert "You are reminded again" in page
    assert "What became of it since?" in page
    # Until then it would change nothing.
    assert ("outcome", "left_message") not in buttons(page)
    assert float(reader.lead()["duties"]["again"]["N"]) == seconds(first["again_at"])

    clock.now += 60
    assert "was saved before" in reader.presses(outcome="left_message")
    clock.now = seconds(first["again_at"])
    page = reader.gets()["body"]
    assert "Call was due" in page
    assert "You are reminded again" not in page
    assert ("outcome", "left_message") in buttons(page)
    reader.presses(outcome="left_message")

    assert [each["outcome"] for each in reader.outcomes()] == ["left_message"] * 2


def test_the_link_of_the_alert_leads_to_its_enquiry_and_is_what_an_act_is_credited_to(
    stack: Stack, clock: Clock
) -> None:
    send(stack)
    stack.notify()
    text = stack.mails()[0].get_body(("plain",))
    assert text is not None
    (path,) = set(re.findall(r"https://needle.test(/inbox/enquiry/\S+)", text.get_content()))
    reader = Reader(stack, path)

    assert "Saved" in reader.presses(outcome="called")

    assert reader.outcomes()[0]["by"] == reader.lead()["alert_mail_id"] == f"alert-{reader.lead()['id']}-1"


# ---- what was kept back


def test_what_was_kept_back_is_rescued_and_alerts_once(stack: Stack, clock: Clock) -> None:
    reader = opens(stack, "digest-2026-W49", aside="x")
    page = reader.gets()["body"]
    assert buttons(page) == {("rescue", "1"), ("outcome", "advertising")}
    stack.sweep()
    assert stack.mails() == []

    said = reader.presses(rescue="1")
    stack.sweep()
    again = reader.presses(rescue="1")
    stack.sweep()

    assert "It counts as a real enquiry now" in said
    assert "It counts as a real enquiry now" in again
    assert [mail["Subject"] for mail in stack.mails() if reader.lead()["reference"] in str(mail["Subject"])] == [
        str(stack.mails()[0]["Subject"])
    ]
    assert buttons(again) == {("outcome", name) for name in BUTTONS}


def test_what_was_called_advertising_by_mistake_is_rescued_all_the_same(stack: Stack, clock: Clock) -> None:
    reader = opens(stack, aside="x")
    assert buttons(reader.presses(outcome="advertising")) == {("undo", timestamp(clock.now))}
    clock.now += 5

    reader.presses(rescue="1")
    stack.sweep()

    assert len(stack.mails()) == 1


def test_an_enquiry_that_was_alerted_cannot_be_rescued(reader: Reader) -> None:
    before = reader.lead()

    assert "It counts as a real enquiry now" not in reader.presses(rescue="1")

    assert reader.lead() == before


# ---- what does not work


def refused(answer: dict[str, Any], code: Code) -> None:
    status, title, _ = TROUBLES[code]
    assert answer["statusCode"] == status
    assert f"<h1>{title}</h1>" in answer["body"]
    assert answer["headers"]["cache-control"] == "no-store"
    assert "noindex" in answer["headers"]["x-robots-tag"]


@pytest.mark.parametrize("change", ["x", "", ".", "%00", "-x"])
def test_a_wrong_link_is_no_page_of_anybodys(reader: Reader, change: str) -> None:
    wrong = replace(reader, path=f"/inbox/enquiry/{change}")

    refused(wrong.gets(), Code.NO_SUCH_LINK)
    refused(wrong.posts({"outcome": "called"}), Code.NO_SUCH_LINK)


def test_an_enquiry_that_was_erased_says_so(reader: Reader) -> None:
    reader.stack.erasure().erase(reader.lead()["id"])

    refused(reader.gets(), Code.NOT_KEPT)
    refused(reader.posts({"outcome": "called"}), Code.NOT_KEPT)


def test_an_enquiry_that_expired_says_so(stack: Stack, clock: Clock) -> None:
    refused(Reader(stack, path_of(stack, "0" * 32)).gets(), Code.NOT_KEPT)


@pytest.mark.parametrize("headers", [OURS | {"sec-fetch-site": "cross-site"}, OURS | {"sec-fetch-site": ""}])
def test_another_site_cannot_press_a_button(reader: Reader, headers: dict[str, str]) -> None:
    before = reader.lead()

    refused(reader.posts({"outcome": "called"}, headers), Code.FROM_ELSEWHERE)

    assert reader.lead() == before


@pytest.mark.parametrize(
    "fields", [{}, {"outcome": "won"}, {"outcome": "written"}, {"outcome": ""}, {"other": "called"}], ids=str
)
def test_what_no_button_sends_changes_nothing(reader: Reader, fields: dict[str, str]) -> None:
    before = reader.lead()

    refused(reader.posts(fields), Code.NO_BUTTON)

    assert reader.lead() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_told_which_there_are(reader: Reader, method: str) -> None:
    answer = reader.gets(method=method)

    refused(answer, Code.WRONG_METHOD)
    assert answer["headers"]["allow"] == "GET, HEAD, POST"


def test_another_address_is_no_page(reader: Reader) -> None:
    refused(replace(reader, path="/inbox/other").gets(), Code.NO_SUCH_PAGE)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StoreUnavailable("ThrottlingException"), Code.UNAVAILABLE),
        (KeysUnavailable("AccessDeniedException"), Code.UNAVAILABLE),
        (RuntimeError("Ana Ruiz"), Code.FAILED),
    ],
    ids=str,
)
def test_what_breaks_is_said_and_does_not_look_done(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, error: Exception, code: Code
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(app.wiring.links, "read", fail)

    refused(reader.gets(), code)
    refused(reader.posts({"outcome": "called"}), code)


def test_without_keys_nobody_is_told_that_a_link_is_wrong(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = reader.stack.variables["inbox"]["KEYS_SECRET"]
    boto3.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    monkeypatch.setattr(app, "wiring", app.Wiring())  # that has read none yet

    refused(reader.gets(), Code.UNAVAILABLE)

    assert "ResourceNotFoundException" in capsys.readouterr().out


# ---- every language


@pytest.fixture
def _compiled(task_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(task_root))


@pytest.mark.usefixtures("_compiled")
@pytest.mark.parametrize("locale", SITE_LOCALES)
def test_every_page_is_there_in_every_language(task_root: Path, locale: str) -> None:
    catalogue = translations(locale)
    practice = replace(read_compiled(), language=locale)
    pages = Pages(task_root / "compiled" / FOLDER, practice, read_mail_parts())

    for code, (_, title, detail) in TROUBLES.items():
        body = pages.trouble(code).body.decode()
        assert f'<html lang="{locale}" dir="{"rtl" if locale == "ar" else "ltr"}">' in body
        assert f"<h1>{catalogue.gettext(title)}</h1>" in body
        assert catalogue.gettext(detail) in body
