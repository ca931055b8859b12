"""Signing in: by the code of a mail in the browser that asked, or by its link in any."""

from dataclasses import replace
from html import escape

import pytest

from functions.inbox import app
from functions.inbox.cookies import ADDRESS, ASK, SESSION
from functions.notify import app as notify
from shared.errors import StoreUnavailable
from shared.lead import SECONDS_PER_DAY, seconds
from shared.mail_items import MailKind
from shared.members import Members
from shared.sign_ins import GOOD_SECONDS, MAILS_IN_A_WINDOW
from tests.clock import Clock
from tests.inbox import FORM, FROM_OURS, MEMBER, Browser, Shown, signed_in
from tests.integration.conftest import Stack
from tests.integration.test_leads import send
from tests.sign_in import CODE, PAGE, SIGN_IN, ask, asks, is_in, mails, wrong


@pytest.fixture
def browser(stack: Stack, clock: Clock) -> Browser:
    clock.now = seconds("2026-11-24T16:00:00.000Z")  # a Tuesday, 9 in the morning in Phoenix
    return Browser(stack)


# ---- the two ways


def test_the_code_signs_in_the_browser_that_asked_and_leads_to_the_page_that_was_wanted(browser: Browser) -> None:
    shown = ask(browser)
    assert shown.path == CODE
    (mail,) = mails(browser.stack)

    shown = browser.post(CODE, code=mail.code)

    assert (shown.path, shown.status) == (PAGE, 200)
    assert f"Signed in as <bdi>{MEMBER}</bdi>" in shown.body
    assert browser.cookies.keys() == {SESSION}


@pytest.mark.parametrize("address", [MEMBER, "stranger@example.com", "<b>@example.com", "بو@مثال.example"])
def test_the_page_of_the_code_repeats_what_was_typed_whoever_it_is(browser: Browser, address: str) -> None:
    shown = ask(browser, address)

    repeated = f'<bdi class="address" dir="ltr">{escape(address)}</bdi>'
    assert repeated in shown.body
    assert repeated in browser.get(CODE).body
    assert repeated in browser.post(CODE, code="1").body
    assert shown.path == CODE


@pytest.mark.parametrize("held", ["", "x", "!", "_w", "é"])
def test_a_browser_that_holds_no_address_is_asked_for_the_code_all_the_same(browser: Browser, held: str) -> None:
    ask(browser)
    browser.cookies[ADDRESS] = held

    shown = browser.get(CODE)

    assert shown.status == 200
    assert 'class="address"' not in shown.body


@pytest.mark.parametrize("typed", ["{} {}", " {}-{} ", "Code: {}{}"])
def test_a_code_may_be_typed_with_whatever_is_between_its_digits(browser: Browser, typed: str) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)

    browser.post(CODE, code=typed.format(mail.code[:3], mail.code[3:]))

    assert is_in(browser)


def test_a_code_may_be_typed_in_arabic_digits(browser: Browser) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)

    browser.post(CODE, code=mail.code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))

    assert is_in(browser)


def test_the_link_shows_a_button_which_signs_in_whatever_browser_it_is_pressed_in(browser: Browser) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    phone = Browser(browser.stack)

    shown = phone.get(mail.link)
    assert (shown.status, phone.cookies) == (200, {})
    shown = phone.post(mail.link)

    assert (shown.path, shown.status) == (PAGE, 200)
    assert is_in(phone)
    assert not is_in(browser)


def test_an_address_may_be_typed_in_capitals_and_with_spaces_and_the_mail_goes_where_the_template_says(
    browser: Browser,
) -> None:
    ask(browser, "  FrontDesk@EXAMPLE.com ")

    (mail,) = mails(browser.stack)

    assert mail.to == MEMBER


@pytest.mark.parametrize(
    "address", ["", " ", "frontdesk", "@example.com", "a@b@c", "a b@example.com", f"{'a' * 300}@b.cd"]
)
def test_what_is_no_address_is_said_beside_its_field_and_nothing_is_written(browser: Browser, address: str) -> None:
    shown = ask(browser, address)

    assert (shown.path, shown.status) == (SIGN_IN, 422)
    assert 'aria-invalid="true"' in shown.body
    assert shown.hidden("to") == PAGE
    assert asks(browser.stack) == []


def test_who_wanted_no_page_in_particular_is_led_to_the_first(browser: Browser) -> None:
    assert browser.get(SIGN_IN).hidden("to") == "/inbox"
    browser.post(SIGN_IN, address=MEMBER)
    (mail,) = mails(browser.stack)

    assert browser.post(mail.link).path == "/inbox"


@pytest.mark.parametrize(
    "to", ["https://other.test/", "//other.test", "/en/", "/inbox/../en", "/inbox\\@other.test", "x"]
)
def test_a_forged_address_leads_nowhere_else(browser: Browser, to: str) -> None:
    assert browser.get(f"{SIGN_IN}?to={to}").hidden("to") == "/inbox"
    ask(browser, to=to)
    (mail,) = mails(browser.stack)

    answer = browser.ask("POST", CODE, f"code={mail.code}".encode(), {**FORM, **FROM_OURS})

    assert (answer.status, answer.headers["location"]) == (303, "/inbox")


def test_who_is_signed_in_is_led_on_and_asked_nothing(stack: Stack) -> None:
    browser = signed_in(stack)

    assert browser.get(f"{SIGN_IN}?to={PAGE}").path == PAGE
    assert browser.ask("GET", CODE).headers["location"] == SIGN_IN
    assert ask(browser).path == PAGE
    assert asks(stack) == []


def test_cookies_are_for_this_host_alone_and_for_no_script(browser: Browser) -> None:
    answer = browser.ask("POST", SIGN_IN, f"address={MEMBER}".encode(), {**FORM, **FROM_OURS})
    (mail,) = mails(browser.stack)
    led_in = browser.ask("POST", CODE, f"code={mail.code}".encode(), {**FORM, **FROM_OURS})

    attributes = {cookie.partition("=")[0]: cookie.split("; ")[1:] for cookie in (*answer.cookies, *led_in.cookies)}
    safe = ["Secure", "HttpOnly", "SameSite=Lax"]
    assert attributes == {
        SESSION: ["Path=/", f"Max-Age={30 * SECONDS_PER_DAY}", *safe],
        ASK: ["Path=/", "Max-Age=0", *safe],
        ADDRESS: ["Path=/", "Max-Age=0", *safe],
    }
    assert [f"Max-Age={GOOD_SECONDS}" in cookie for cookie in answer.cookies] == [True, True]


# ---- once, and for twenty minutes


def test_used_once_both_are_dead(browser: Browser) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    held = dict(browser.cookies)
    browser.post(CODE, code=mail.code)

    by_link, by_code = Browser(browser.stack), Browser(browser.stack, dict(held))
    assert by_link.get(mail.link).status == 410
    assert by_link.post(mail.link).status == 410
    assert by_code.post(CODE, code=mail.code).status == 422
    assert not is_in(by_link)
    assert not is_in(by_code)


def test_a_link_that_was_used_ends_the_code(browser: Browser) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    assert Browser(browser.stack).post(mail.link).status == 200

    assert browser.post(CODE, code=mail.code).status == 422
    assert Browser(browser.stack).post(mail.link).status == 410


def test_of_two_who_press_at_once_one_is_let_in(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(browser)
    (mail,) = mails(browser.stack)
    other = Browser(browser.stack)
    sign_ins = app.wiring.entrance.sign_ins
    use = sign_ins.use
    statuses: list[int] = []

    def interrupted(ask_id: str, now: float) -> bool:
        monkeypatch.setattr(sign_ins, "use", use)
        statuses.append(other.post(mail.link).status)  # between reading and writing
        return use(ask_id, now)

    monkeypatch.setattr(sign_ins, "use", interrupted)

    assert browser.post(mail.link).status == 410
    assert statuses == [200]


def test_after_twenty_minutes_both_are_dead(browser: Browser, clock: Clock) -> None:
    ask(browser)
    ask(browser)
    first, second = mails(browser.stack)
    clock.now += GOOD_SECONDS - 1
    assert Browser(browser.stack).get(first.link).status == 200
    assert Browser(browser.stack, dict(browser.cookies)).post(CODE, code=first.code).status == 200

    clock.now += 1

    assert Browser(browser.stack).get(second.link).status == 410
    assert Browser(browser.stack).post(second.link).status == 410
    assert browser.post(CODE, code=second.code).status == 422


def test_asking_again_voids_nothing(browser: Browser) -> None:
    for _ in range(MAILS_IN_A_WINDOW):
        ask(browser)
    first, *_, last = mails(browser.stack)
    assert len({first.code, first.link, last.code, last.link}) == 4
    other = Browser(browser.stack, dict(browser.cookies))

    assert browser.post(CODE, code=first.code).status == 200
    assert other.post(CODE, code=last.code).status == 200


# ---- the mail


def test_a_mail_says_what_it_is_for_until_when_and_what_to_do_if_nobody_asked(browser: Browser) -> None:
    ask(browser)

    (mail,) = mails(browser.stack)

    assert mail.subject == f"{mail.code} is your code to sign in"
    assert "Good once, until: \u2068Tuesday, November 24, 9:20\u202fAM, Phoenix time\u2069" in mail.text
    assert "If you did not ask for this" in mail.text


def test_a_mail_comes_once_however_often_the_stream_brings_the_ask(browser: Browser) -> None:
    ask(browser)

    mails(browser.stack)
    browser.stack.brought.clear()

    assert len(mails(browser.stack)) == 1


def test_each_member_is_mailed_at_their_own_address(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    members, stack = Members(f"doctor@example.com, {MEMBER}"), browser.stack
    with stack.environment_of("notify"):
        monkeypatch.setattr(notify.wiring.mailer, "_only", None)  # as in prod
        monkeypatch.setattr(notify.wiring, "sign_in_mails", replace(notify.wiring.sign_in_mails, members=members))
    with stack.environment_of("inbox"):
        monkeypatch.setattr(app.wiring.sessions, "_members", members)
        monkeypatch.setattr(app.wiring, "entrance", replace(app.wiring.entrance, members=members))
    ask(browser, "Doctor@example.com")

    (mail,) = mails(stack)

    assert mail.to == "doctor@example.com"
    assert "Signed in as <bdi>doctor@example.com</bdi>" in browser.post(CODE, code=mail.code).body


def test_an_ask_whose_time_is_over_is_not_mailed(browser: Browser, clock: Clock) -> None:
    ask(browser)
    clock.now += GOOD_SECONDS

    assert mails(browser.stack) == []


def test_a_mail_that_is_not_sent_takes_nothing_from_what_may_be_sent(
    browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with browser.stack.environment_of("notify"):
        budget = notify.wiring.mails
        monkeypatch.setattr(budget, "_budget", 1)
        budget.spend(MailKind.ALERT, clock.now)
    for _ in range(2 * MAILS_IN_A_WINDOW):
        ask(browser)
        assert mails(browser.stack) == []

    monkeypatch.setattr(budget, "_budget", 200)
    ask(browser)

    (mail,) = mails(browser.stack)
    assert browser.post(CODE, code=mail.code).status == 200


def test_it_is_sent_as_long_as_a_fifth_of_the_days_mails_is_left(browser: Browser, clock: Clock) -> None:
    with browser.stack.environment_of("notify"):
        for _ in range(160):
            assert notify.wiring.mails.spend(MailKind.ALERT, clock.now)
    ask(browser)

    assert mails(browser.stack) == []


def test_no_alert_waits_for_a_sign_in_that_fails(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("ThrottlingException")

    with browser.stack.environment_of("notify"):
        monkeypatch.setattr(notify.wiring.sign_in_mails.sign_ins, "read", fail)
    ask(browser)
    send(browser.stack)

    assert browser.stack.notify() == {"batchItemFailures": []}
    assert ["New enquiry" in str(mail["Subject"]) for mail in browser.stack.mails()] == [True]


# ---- what was typed when a session had ended


@pytest.fixture
def typed(stack: Stack, clock: Clock) -> tuple[Browser, Shown]:
    """A note, sent after the session had ended."""
    browser = signed_in(stack)
    clock.now += 30 * SECONDS_PER_DAY
    return browser, browser.post(PAGE, others="1", note="Anna called,\n<b>ask again</b>")


def test_it_comes_along_through_the_sign_in_and_is_sent_once_more(typed: tuple[Browser, Shown]) -> None:
    browser, shown = typed
    other = signed_in(browser.stack)
    note = "Anna called,\n&lt;b&gt;ask again&lt;/b&gt;"
    assert shown.status == 403
    assert note in shown.body

    shown = browser.post(SIGN_IN, address="frontdesk", kept=shown.hidden("kept"), to=shown.hidden("to"))
    assert shown.status == 422
    assert note in shown.body
    shown = browser.post(SIGN_IN, address=MEMBER, kept=shown.hidden("kept"), to=shown.hidden("to"))
    assert "Enter the code" in shown.body
    assert note in shown.body
    code = mails(browser.stack)[-1].code
    shown = browser.post(CODE, code=wrong(code), kept=shown.hidden("kept"))
    assert shown.status == 422
    assert note in shown.body
    shown = browser.post(CODE, code=code, kept=shown.hidden("kept"))
    assert shown.status == 200
    assert note in shown.body

    assert 'action="/inbox/sessions"' in shown.body
    assert (shown.hidden("others"), shown.hidden("note")) == ("1", "Anna called,\n<b>ask again</b>")
    browser.post(PAGE, others="1", note=shown.hidden("note"))
    assert not is_in(other)
    assert is_in(browser)


def test_it_waits_for_who_signs_in_by_the_link(typed: tuple[Browser, Shown]) -> None:
    browser, shown = typed
    shown = browser.post(SIGN_IN, address=MEMBER, kept=shown.hidden("kept"))
    tab = Browser(browser.stack, browser.cookies)  # of the same browser
    tab.post(mails(browser.stack)[-1].link)

    shown = browser.post(CODE, kept=shown.hidden("kept"))

    assert shown.status == 200
    assert "Save it now" in shown.body
    assert shown.hidden("others") == "1"


@pytest.mark.parametrize("kept", ["x", "[]", '{"path": 1, "fields": {}}', '{"path": "/inbox", "fields": {"a": 1}}'])
def test_what_no_page_of_ours_has_kept_is_refused(browser: Browser, kept: str) -> None:
    assert browser.post(SIGN_IN, address=MEMBER, kept=kept).status == 400
    assert asks(browser.stack) == []
