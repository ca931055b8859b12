"""Sessions: what they open, for how long, and how they end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from functions.inbox import app
from functions.inbox.cookies import SESSION
from functions.inbox.session_store import KEPT_SECONDS
from shared.lead import SECONDS_PER_DAY
from shared.members import Members
from tests.clock import Clock
from tests.inbox import FORM, FROM_OURS, MEMBER, Browser, signed_in
from tests.integration.conftest import Stack
from tests.sign_in import ask, mails

PAGE = "/inbox/sessions"


def let_in(shown: object) -> bool:
    return getattr(shown, "status", 0) == 200 and "Where you are signed in" in getattr(shown, "body", "")


def test_a_session_opens_the_pages_and_every_page_says_whose_it_is(stack: Stack) -> None:
    shown = signed_in(stack).get(PAGE)

    assert let_in(shown)
    assert f"Signed in as <bdi>{MEMBER}</bdi>" in shown.body
    assert [
        way for way in ('href="/inbox"', 'href="/inbox/search"', 'href="/inbox/days"') if way not in shown.body
    ] == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_without_one_a_reader_is_led_to_the_way_in_and_then_on(stack: Stack, method: str) -> None:
    answer = Browser(stack).ask(method, PAGE)

    assert (answer.status, answer.headers["location"]) == (303, "/inbox/sign-in?to=%2Finbox%2Fsessions")
    assert answer.headers["cache-control"] == "no-store"


def test_a_session_lasts_thirty_days(stack: Stack, clock: Clock) -> None:
    browser = signed_in(stack)

    clock.now += 30 * SECONDS_PER_DAY - 1
    assert let_in(browser.get(PAGE))
    clock.now += 1

    assert browser.ask("GET", PAGE).status == 303


FORGED = {
    "another token": lambda cookie: cookie[:-1] + ("A" if cookie[-1] != "A" else "B"),
    "another member": lambda cookie: "0" * 32 + cookie[32:],
    "capitals": lambda cookie: cookie.upper(),
    "a letter more": lambda cookie: cookie + "A",
    "no token": lambda cookie: cookie.partition(".")[0],
    "a guess": lambda cookie: f"{cookie.partition('.')[0]}.{'A' * 43}",
    "long": lambda _: "x" * 4000,
    "no ASCII": lambda _: "é.\u0660",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_cookie_opens_nothing(stack: Stack, forge: Callable[[str], str]) -> None:
    browser = signed_in(stack)
    browser.cookies[SESSION] = forge(browser.cookies[SESSION])

    assert browser.ask("GET", PAGE).status == 303


def test_the_table_holds_nothing_by_which_its_reader_could_sign_in(stack: Stack) -> None:
    browser = signed_in(stack)
    token = browser.cookies[SESSION].partition(".")[2]

    (item,) = [each for each in stack.dynamodb.scan(TableName=stack.table)["Items"] if "SESSION#" in each["sk"]["S"]]

    assert token not in str(item)
    assert browser.token not in str(item)
    browser.cookies[SESSION] = f"{item['pk']['S'][7:]}.{item['sk']['S'][8:51]}"
    assert browser.ask("GET", PAGE).status == 303


def test_who_is_no_member_any_more_is_out_at_once(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(stack)
    assert let_in(browser.get(PAGE))

    monkeypatch.setattr(app.wiring.sessions, "_members", Members("somebody.else@example.com"))

    assert browser.ask("GET", PAGE).status == 303
    assert browser.post(PAGE, others="1").status == 403


def test_signing_out_ends_the_session_for_whoever_has_its_cookie(stack: Stack) -> None:
    browser = signed_in(stack)
    stolen = Browser(stack, dict(browser.cookies))
    assert let_in(stolen.get(PAGE))

    answer = browser.ask("POST", "/inbox/sign-out", f"token={browser.token}".encode(), {**FORM, **FROM_OURS})

    assert (answer.status, answer.headers["location"]) == (303, "/inbox/sign-in?out=1")
    assert browser.cookies == {}
    assert stolen.ask("GET", PAGE).status == 303


def test_following_a_link_signs_nobody_out(stack: Stack) -> None:
    browser = signed_in(stack)

    assert let_in(browser.get("/inbox/sign-out"))
    assert let_in(browser.get(PAGE))


def test_a_session_is_ended_from_another_browser(stack: Stack) -> None:
    here, there = signed_in(stack), signed_in(stack)
    elsewhere = signed_in(stack)
    shown = here.get(PAGE)
    assert shown.body.count('name="end"') == 3

    here.post(PAGE, end=session_id(there))

    assert [each.ask("GET", PAGE).status for each in (here, there, elsewhere)] == [200, 303, 200]
    assert "Signed out there." in here.post(PAGE, others="1").body
    assert [each.ask("GET", PAGE).status for each in (here, there, elsewhere)] == [200, 303, 303]


def test_each_session_says_in_which_browser_it_is_and_older_ones_that_nobody_knows(stack: Stack) -> None:
    browser = signed_in(stack)
    phone = Browser(stack)
    ask(phone)
    (mail,) = mails(stack)
    agent = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"

    phone.post(mail.link, {**FROM_OURS, "user-agent": agent})

    shown = browser.get(PAGE).body
    assert '<bdi dir="ltr">Chrome, Android</bdi>' in shown
    assert "It is not known which one." in shown
    assert "Pixel" not in str(stack.dynamodb.scan(TableName=stack.table)["Items"])


def test_ending_the_session_in_hand_is_signing_out(stack: Stack) -> None:
    browser = signed_in(stack)

    browser.ask("POST", PAGE, f"token={browser.token}&end={session_id(browser)}".encode(), {**FORM, **FROM_OURS})

    assert browser.cookies == {}


def test_nobody_sees_or_ends_the_session_of_another_member(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    with stack.environment_of("inbox"):
        monkeypatch.setattr(app.wiring.sessions, "_members", Members(f"{MEMBER},doctor@example.com"))
    own, other = signed_in(stack), signed_in(stack, "doctor@example.com")

    own.post(PAGE, end=session_id(other))
    own.post(PAGE, others="1")

    assert session_id(other) not in own.get(PAGE).body
    assert let_in(other.get(PAGE))


def session_id(browser: Browser) -> str:
    session = app.wiring.sessions.read(browser.cookies[SESSION], app.time.time())
    assert session
    return session.id


# ---- a form


@pytest.mark.parametrize("token", ["", "0" * 32, "é", "x" * 1000])
def test_a_form_without_the_sessions_own_token_does_nothing_and_gives_back_what_was_typed(
    stack: Stack, token: str
) -> None:
    browser, other = signed_in(stack), signed_in(stack)

    shown = browser.post(PAGE, token=token, others="1", note="Anna called,\n<b>ask again</b>")

    assert shown.status == 403
    assert "Nothing is saved yet" in shown.body
    assert '<p class="typed" dir="auto">Anna called,\n&lt;b&gt;ask again&lt;/b&gt;</p>' in shown.body
    assert let_in(other.get(PAGE))
    # The page knows the token: pressing once more does it.
    assert shown.hidden("others") == "1"
    browser.post(PAGE, others="1")
    assert other.ask("GET", PAGE).status == 303


def test_the_token_of_another_session_is_not_taken(stack: Stack) -> None:
    browser, other = signed_in(stack), signed_in(stack)

    assert browser.post(PAGE, token=other.token, others="1").status == 403
    assert let_in(other.get(PAGE))


def test_what_is_sent_after_the_session_has_ended_is_given_back_and_saved_after_signing_in(
    stack: Stack, clock: Clock
) -> None:
    browser, other = signed_in(stack), signed_in(stack)
    clock.now += KEPT_SECONDS

    shown = browser.post(PAGE, others="1", note="Call on Thursday")

    assert shown.status == 403
    assert "You are not signed in any more" in shown.body
    assert "Call on Thursday</p>" in shown.body
    assert browser.token not in shown.body
    # In another tab of the same browser:
    browser.cookies, other = signed_in(stack).cookies, signed_in(stack)
    again = browser.post(PAGE, others="1", note="Call on Thursday")
    assert "You have signed in since you opened that page" in again.body
    browser.post(PAGE, others="1")
    assert other.ask("GET", PAGE).status == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null"},
        {"origin": "https://other.test"},
        {"sec-fetch-site": "cross-site", "origin": "https://needle.test"},
        {},
    ],
    ids=str,
)
def test_another_site_can_send_no_form_even_if_it_knew_the_token(stack: Stack, headers: dict[str, str]) -> None:
    browser = signed_in(stack)

    shown = browser.post("/inbox/sign-out", headers)

    assert shown.status == 403
    assert "Nothing was changed" in shown.body
    assert let_in(browser.get(PAGE))


def test_cookies_are_for_this_host_alone_and_for_no_script(stack: Stack) -> None:
    browser = signed_in(stack)

    answer = browser.ask("POST", "/inbox/sign-out", f"token={browser.token}".encode(), {**FORM, **FROM_OURS})

    assert [cookie.partition("; ")[0] for cookie in answer.cookies] == ["__Host-session=", "__Host-search="]
    for cookie in answer.cookies:
        assert cookie.split("; ")[1:] == ["Path=/", "Max-Age=0", "Secure", "HttpOnly", "SameSite=Lax"]


def test_no_cookie_is_named_outside_of_one_module() -> None:
    folder = Path(app.__file__).parent
    assert [path.name for path in folder.glob("*.py") if "__Host-s" in path.read_text("utf-8")] == ["cookies.py"]
