"""Signing in to the inbox in integration tests: what a browser asks for, and what the mails bring."""

import re
from typing import Any, NamedTuple

from tests.inbox import MEMBER, Browser, Shown
from tests.integration.conftest import Stack

SIGN_IN, CODE = "/inbox/sign-in", "/inbox/sign-in/code"
# A page that is there for who is signed in.
PAGE = "/inbox/sessions"


class SignInMail(NamedTuple):
    """What a mail to sign in brings."""

    to: str
    subject: str
    text: str
    code: str
    link: str


def ask(browser: Browser, address: str = MEMBER, to: str = PAGE) -> Shown:
    """Type an address; what the browser shows then."""
    return browser.post(SIGN_IN, address=address, to=to)


def mails(stack: Stack) -> list[SignInMail]:
    """The mails to sign in that SES has, the oldest first, once all that was asked came to notify."""
    assert stack.notify() == {"batchItemFailures": []}
    found = []
    for mail in stack.mails():
        body = mail.get_body(("plain",))
        text = body.get_content() if body else ""
        if link := re.search(r"https://needle\.test(/inbox/sign-in/\S+)", text):
            code = re.search(r"^(\d{6})\s*$", text, re.MULTILINE)
            assert code
            found.append(SignInMail(str(mail["To"]), str(mail["Subject"]), text, code[1], link[1]))
    return found


def is_in(browser: Browser) -> bool:
    return browser.ask("GET", PAGE).status == 200


def asks(stack: Stack) -> list[dict[str, Any]]:
    items = stack.dynamodb.scan(TableName=stack.table)["Items"]
    plain = [{name: next(iter(value.values())) for name, value in item.items()} for item in items]
    return sorted((each for each in plain if each["sk"] == "SIGNIN"), key=lambda each: str(each["created_at"]))


def table(stack: Stack) -> list[Any]:
    return sorted(stack.dynamodb.scan(TableName=stack.table)["Items"], key=str)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"
