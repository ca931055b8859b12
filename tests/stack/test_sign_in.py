"""Who is locked out of the inbox is let in from a shell, and whoever should not be in it is put out."""

import re
from urllib.parse import urlencode, urlsplit

from infra.local.stack import LocalStack
from tests.stack.asking import Answer, ask
from tests.stack.conftest import MakeLeads

MEMBER = "frontdesk@example.com"  # the local stack's AlertRecipient


def opened(stack: LocalStack, path: str, cookie: str = "") -> Answer:
    return ask(stack, "GET", path, cookie=cookie)


def pressed(stack: LocalStack, link: str) -> Answer:
    """Press the button of the page that a link leads to."""
    body = urlencode(dict(re.findall(r'name="(\w+)" value="([^"]*)"', opened(stack, link).body.decode()))).encode()
    form = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}
    return ask(stack, "POST", link, body, **form)


def session(answer: Answer) -> str:
    cookies = (each.partition(";")[0] for each in answer.headers.get_all("set-cookie", []))
    return next(each for each in cookies if each.startswith("__Host-session="))


def link(said: str) -> str:
    return urlsplit(said.strip()).path


def test_a_link_from_a_shell_signs_a_member_in_once(running: LocalStack, make_leads: MakeLeads) -> None:
    mails = len(running.mails())
    status, said, _ = make_leads("signin")

    first, second = pressed(running, link(said)), pressed(running, link(said))

    assert status == 0
    assert first.status == 303
    assert opened(running, "/inbox", session(first)).status == 200
    assert second.status == 410
    assert len(running.mails()) == mails


def test_only_a_member_gets_one(running: LocalStack, make_leads: MakeLeads) -> None:
    status, _, wrong = make_leads("signin", "mallory@example.com")

    assert status == 1
    assert wrong == f"mallory@example.com is no member of the inbox. Members are: {MEMBER}\n"
    assert make_leads("signin", MEMBER.upper())[0] == 0


def test_signing_everybody_out_ends_sessions_and_links_that_are_under_way(
    running: LocalStack, make_leads: MakeLeads
) -> None:
    sessions = [session(pressed(running, link(make_leads("signin")[1]))) for _ in range(2)]
    under_way = link(make_leads("signin")[1])
    assert {opened(running, "/inbox", each).status for each in sessions} == {200}

    status, said, _ = make_leads("signout")

    assert status == 0
    assert "sessions are ended" in said
    assert {opened(running, "/inbox", each).status for each in sessions} == {303}
    assert opened(running, under_way).status == 410
    assert make_leads("signout")[1].startswith("0 sessions are ended, and 0 links")
