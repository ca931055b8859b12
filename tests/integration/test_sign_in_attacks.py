"""Signing in under attack: nothing but the mail opens the door, and nobody can keep the practice out."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.client import BaseClient

from functions.inbox import app
from functions.inbox.cookies import ASK, SESSION
from shared.lead import seconds
from shared.members import Members
from shared.sign_ins import GOOD_SECONDS, MAILS_IN_A_DAY, MAILS_IN_A_WINDOW, TRIES
from tests.clock import Clock
from tests.inbox import FORM, FROM_OURS, MEMBER, Browser
from tests.integration.conftest import Stack
from tests.sign_in import CODE, SIGN_IN, ask, asks, is_in, mails, table, wrong

pytestmark = pytest.mark.long

STRANGER = "somebody@example.org"


@pytest.fixture
def browser(stack: Stack, clock: Clock) -> Browser:
    clock.now = seconds("2026-11-24T16:00:00.000Z")  # a Tuesday, 9 in the morning in Phoenix
    return Browser(stack)


# ---- attacks


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_follows_the_link_signs_nobody_in_and_sees_no_person(browser: Browser, method: str) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    before = table(browser.stack)
    scanner = Browser(browser.stack)

    shown = [scanner.ask(method, f"{mail.link}{query}") for query in ("", "?", "?token=1", "?code=1")]

    assert {each.status for each in shown} == {200}
    assert not [each for each in shown if each.cookies or MEMBER in each.body or "<script" in each.body]
    assert table(browser.stack) == before
    assert Browser(browser.stack).post(mail.link).status == 200


FROM_ELSEWHERE: Sequence[dict[str, str]] = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "null"},
    {"origin": "https://other.test"},
    {"sec-fetch-site": "cross-site", "origin": "https://needle.test"},
    {},
)


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
def test_another_site_can_neither_ask_nor_sign_in(browser: Browser, headers: dict[str, str]) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    before = table(browser.stack)

    answers = [
        browser.post(SIGN_IN, headers, address=MEMBER),
        browser.post(CODE, headers, code=mail.code),
        browser.post(mail.link, headers),
    ]

    assert [answer.status for answer in answers] == [403] * 3
    assert table(browser.stack) == before
    assert not is_in(browser)


def test_a_stolen_code_opens_nothing_in_another_browser(browser: Browser) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    without, with_own = Browser(browser.stack), Browser(browser.stack)
    ask(with_own)

    for thief in (without, with_own):
        assert thief.post(CODE, code=mail.code).status == 422
        assert not is_in(thief)
    assert without.ask("GET", CODE).headers["location"] == SIGN_IN
    assert browser.post(CODE, code=mail.code).status == 200


def test_after_five_wrong_codes_the_right_one_is_refused_and_only_that_ask_is_dead(browser: Browser) -> None:
    guesser = Browser(browser.stack)
    ask(guesser)
    (guessed,) = mails(browser.stack)
    ask(browser)
    (own,) = (mail for mail in mails(browser.stack) if mail != guessed)

    answers = [guesser.post(CODE, code=wrong(guessed.code)) for _ in range(TRIES)]
    answers.append(guesser.post(CODE, code=guessed.code))

    assert {(answer.status, answer.body) for answer in answers} == {(422, answers[0].body)}
    assert not is_in(guesser)
    # Nobody is kept out by it: the mail's link, and what others asked for, are as good as before.
    assert Browser(browser.stack).get(guessed.link).status == 200
    assert browser.post(CODE, code=own.code).status == 200


def test_what_is_no_code_costs_no_try(browser: Browser) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)

    for typed in ("", "12345", "1234567", "six", "x" * 5000):
        assert browser.post(CODE, code=typed).status == 422

    assert asks(browser.stack)[0]["tries"] == "0"
    assert browser.post(CODE, code=mail.code).status == 200


def test_a_million_guesses_meet_sixty_codes_a_day(browser: Browser, clock: Clock) -> None:
    clock.now = seconds("2026-11-24T00:00:00.000Z")
    guesses = 0
    for _ in range(24):  # all day long
        guesser = Browser(browser.stack)
        for _ in range(MAILS_IN_A_WINDOW + 1):
            ask(guesser)
        browser.stack.notify()
        for _ in range(TRIES + 1):
            assert guesser.post(CODE, code="123456").status == 422
            guesses += 1
        clock.now += 3600

    # Only an ask whose mail was sent has a code that would open.
    compared = sum(int(each["tries"]) for each in asks(browser.stack) if "mailed_at" in each)
    assert guesses > 2 * compared
    assert compared <= TRIES * MAILS_IN_A_DAY == 60


def test_the_code_of_an_ask_that_was_not_mailed_opens_nothing(browser: Browser) -> None:
    ask(browser)
    (asked,) = asks(browser.stack)
    with browser.stack.environment_of("inbox"):
        (code,) = app.wiring.links.codes(asked["id"])

    assert browser.post(CODE, code=code).status == 422


FORGED: dict[str, Callable[[str], str]] = {
    "a letter": lambda token: ("0" if token[0] != "0" else "1") + token[1:],
    "the signature": lambda token: token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
    "no signature": lambda token: token.partition(".")[0],
    "empty": lambda _: "",
    "bytes": lambda _: "%00%C3%A9",
    "long": lambda token: token * 50,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_link_or_cookie_opens_nothing(browser: Browser, forge: Callable[[str], str]) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    folder, _, token = mail.link.rpartition("/")

    assert browser.get(f"{folder}/{forge(token)}").status in (404, 410)
    assert browser.post(f"{folder}/{forge(token)}").status in (404, 410)
    browser.cookies[ASK] = forge(browser.cookies[ASK])
    assert browser.ask("GET", CODE).status == 303
    assert browser.post(CODE, code=mail.code).status == 422
    assert not is_in(browser)


def test_what_was_signed_for_one_thing_is_worth_nothing_for_another(browser: Browser) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    (asked,) = asks(browser.stack)
    with browser.stack.environment_of("inbox"):
        enquiry = (app.wiring.links.to_enquiry(asked["id"], "") or "").rpartition("/")[2]
    link = mail.link.rpartition("/")[2]

    for other in (enquiry, browser.cookies[ASK], asked["id"]):
        assert browser.post(f"{SIGN_IN}/{other}").status == 410
    browser.cookies[ASK] = link
    assert browser.post(CODE, code=mail.code).status == 422
    browser.cookies[SESSION] = link
    assert not is_in(browser)


def test_who_is_no_member_any_more_cannot_use_the_mail(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    monkeypatch.setattr(app.wiring, "members", Members("doctor@example.com"))
    monkeypatch.setattr(app.wiring, "entrance", replace(app.wiring.entrance, members=app.wiring.members))

    assert browser.post(CODE, code=mail.code).status == 422
    assert browser.post(mail.link).status == 410
    assert not is_in(browser)


def test_asking_five_hundred_times_keeps_no_member_out(browser: Browser, clock: Clock) -> None:
    clock.now = seconds("2026-11-24T00:00:00.000Z")
    for number in range(500):
        ask(Browser(browser.stack))
        if number % 10 == 9:  # the stream brings them in batches
            browser.stack.notify()
        clock.now += 100  # until two in the afternoon

    sent = mails(browser.stack)
    assert len(sent) == MAILS_IN_A_DAY

    # In the evening: asking brings no mail, but the last one is still good.
    clock.now = seconds("2026-11-24T23:50:00.000Z")
    ask(browser)
    assert mails(browser.stack) == sent
    assert browser.post(sent[-2].link).status == 410
    assert browser.post(sent[-1].link).status == 200
    # And one that was used makes room for another, for the next browser.
    second = Browser(browser.stack)
    ask(second)
    assert second.post(CODE, code=mails(browser.stack)[-1].code).status == 200


def test_asking_all_the_time_keeps_no_member_out_either(browser: Browser, clock: Clock) -> None:
    for _ in range(60):
        ask(Browser(browser.stack))
        browser.stack.notify()
        clock.now += 60
        # Whenever somebody looks into the mailbox, the newest mail is good.
        assert Browser(browser.stack).get(mails(browser.stack)[-1].link).status == 200


def test_a_new_day_brings_new_mails(browser: Browser, clock: Clock) -> None:
    clock.now = seconds("2026-11-24T12:00:00.000Z")
    for _ in range(MAILS_IN_A_DAY):
        ask(browser)
        browser.stack.notify()
        clock.now += GOOD_SECONDS / 2
    ask(browser)
    last = mails(browser.stack)[-1]

    clock.now = seconds("2026-11-25T00:00:00.000Z")
    assert Browser(browser.stack).get(last.link).status == 200
    ask(browser)

    assert mails(browser.stack)[-1] != last


# ---- members and others alike


def test_neither_words_nor_calls_tell_a_member_from_anybody_else(stack: Stack, clock: Clock) -> None:
    seen = {}
    for address in (MEMBER, STRANGER):
        with calls() as made:
            browser = Browser(stack)
            answer = browser.ask("POST", SIGN_IN, f"address={address}".encode(), {**FORM, **FROM_OURS})
            shown = [browser.get(CODE)]
            stack.notify()
            made.clear()
            shown += [browser.post(CODE, code="000000") for _ in range(TRIES + 1)]
        seen[address] = (
            (answer.status, answer.headers, [re.sub(r"=[^;]+;", "=;", cookie, count=1) for cookie in answer.cookies]),
            [(each.status, each.body.replace(address, "")) for each in shown],
            [(call, re.sub(r"[0-9a-f]{32}", "", parameters)) for call, parameters in made],
        )

    assert seen[MEMBER] == seen[STRANGER]


def test_asking_makes_the_same_calls_and_writes_the_same_row_for_everybody(stack: Stack, clock: Clock) -> None:
    ask(Browser(stack), "anybody@example.org")  # what a process does once
    seen = []
    for address in (STRANGER, MEMBER):
        before = {str(item) for item in table(stack)}
        with calls() as made:
            ask(Browser(stack), address)
        (row,) = [item for item in table(stack) if str(item) not in before]
        assert not any(address in str(each) for each in (row, made))
        seen.append(([call for call, _ in made], {name: list(value) for name, value in row.items()}))

    assert seen[0] == seen[1]
    assert "PutItem" in seen[0][0]
    assert "Query" not in seen[0][0]


@pytest.mark.parametrize("number", [1, 20])
def test_a_stranger_gets_no_mail(browser: Browser, number: int) -> None:
    for _ in range(number):
        assert ask(browser, STRANGER).path == CODE

    assert mails(browser.stack) == []
    assert browser.stack.mails() == []
    assert {"mailed_at" in each for each in asks(browser.stack)} == {False}


class calls:  # noqa: N801 - reads as a function
    """Which AWS operations are called, and with what."""

    def __enter__(self) -> list[tuple[str, str]]:
        made: list[tuple[str, str]] = []
        client_class: Any = BaseClient
        make = client_class._make_api_call

        def record(client: Any, operation: str, parameters: Any) -> Any:
            made.append((operation, json.dumps(parameters, default=str)))
            return make(client, operation, parameters)

        self._patch = mock.patch.object(client_class, "_make_api_call", record)
        self._patch.start()
        return made

    def __exit__(self, *_: object) -> None:
        self._patch.stop()


# ---- what breaks, and what is written down of it


def test_without_keys_nobody_is_told_that_a_code_is_wrong(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = browser.stack.variables["inbox"]["KEYS_SECRET"]
    boto3.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    monkeypatch.setattr(app, "wiring", app.Wiring())  # that has read none yet

    assert ask(browser).status == 503
    browser.cookies[ASK] = "x"
    assert browser.post(CODE, code="123456").status == 503
    assert browser.get(f"{SIGN_IN}/x").status == 503


def test_the_log_says_what_happened_and_nothing_by_which_anybody_could_sign_in(
    browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(browser, STRANGER)
    ask(browser)
    (mail,) = mails(browser.stack)
    held = browser.cookies[ASK]
    browser.post(CODE, code=wrong(mail.code))
    browser.post(CODE, code=mail.code)
    browser.post(mail.link)
    browser.post("/inbox/sign-out")

    logged = capsys.readouterr().out
    told = ["sign-in asked for", "sign-in mail sent", "code refused", "signed in", "refused", "signed out"]
    assert [words for words in told if f'"{words}"' not in logged] == []
    secret = [mail.code, mail.link.rpartition("/")[2], held, browser.token, wrong(mail.code), MEMBER, STRANGER]
    assert [each for each in secret if each in logged] == []
