"""Somebody of the practice before the inbox's pages, in integration tests."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from functions.inbox import app
from functions.inbox.cookies import SESSION
from functions.inbox.person import seal
from functions.inbox.routes import SEARCH
from functions.inbox.visit import Visit
from infra.local import events
from infra.local.http_messages import HttpRequest
from infra.local.routes import Match, Route
from shared.http import Request
from shared.members import member_digest

if TYPE_CHECKING:
    from tests.integration.conftest import Stack

ORIGIN = "https://needle.test"
MEMBER = "frontdesk@example.com"
FORM = {"content-type": "application/x-www-form-urlencoded"}
FROM_OURS = {"sec-fetch-site": "same-origin"}


@dataclass(frozen=True)
class Shown:
    """What the browser shows: the page that it was led to, or the answer that led nowhere further."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: str
    cookies: tuple[str, ...] = ()

    def hidden(self, name: str) -> str:
        """The value of the first hidden input of this name; empty where there is none."""
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.body)
        return unescape(found[1]) if found else ""


@dataclass
class Browser:
    """A browser: it keeps cookies, follows redirects, and sends the token of the page that it shows with each form."""

    stack: "Stack"
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str) -> Shown:
        """Open an address, and follow."""
        return self.follow(self.ask("GET", path))

    def post(self, path: str, headers: Mapping[str, str] = FROM_OURS, **fields: str) -> Shown:
        """Send a form of the page, and follow."""
        sent = {"token": self.token} | fields if self.token else fields
        return self.follow(self.ask("POST", path, urlencode(sent).encode(), {**FORM, **headers}))

    def follow(self, shown: Shown) -> Shown:
        """The page that an answer leads to."""
        while 300 <= shown.status < 400:
            address = shown.headers["location"].removeprefix(ORIGIN)
            shown = self.ask("GET", address.partition("#")[0])
        self.token = shown.hidden("token") or self.token
        return shown

    def ask(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Shown:
        """What the function answers, and nothing more."""
        result = self.result(method, target, body, headers or {})
        for cookie in result.get("cookies", ()):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value and "Max-Age=0" not in cookie:
                self.cookies[name] = value
        cookies = tuple(result.get("cookies", ()))
        return Shown(target, result["statusCode"], result["headers"], result["body"], cookies)

    def result(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """The function's result, whatever it is."""
        sent = [*headers.items(), *(("cookie", f"{name}={value}") for name, value in self.cookies.items())]
        path = target.partition("?")[0]
        proxy = path.removeprefix("/inbox/")
        route = Route("ANY", "/inbox" if path == "/inbox" else "/inbox/{proxy+}", "arn")
        match = Match(route, {} if path == "/inbox" else {"proxy": proxy})
        request = HttpRequest(method, target, sent, body)
        return self.stack.invoke("inbox", events.build(request, match, port=443, request_id="r", now=datetime.now(UTC)))


def signed_in(stack: "Stack", member: str = MEMBER) -> Browser:
    """A browser in which a member has signed in just now. Its forms are taken: it knows the session's token."""
    with stack.environment_of("inbox"):
        now = app.time.time()
        cookie, session = app.wiring.sessions.start(member, member_digest(member, app.wiring.keys), now)
    return Browser(stack, {SESSION: cookie}, session.form_token)


def event_of(text: str, wiring: app.Wiring, lead_id: str, now: float) -> dict[str, Any]:
    """An event of `events/`, with real ones where it says LEAD, LINK, SEAL, SESSION, TOKEN, HELD, ASKS and ENTRY."""
    link = wiring.links.to_enquiry(lead_id, "alert-1") or ""
    cookie, session = wiring.sessions.start(MEMBER, member_digest(MEMBER, wiring.keys), now)
    asked = wiring.entrance.sign_ins.ask(session.digest, "/inbox", now)
    lead = wiring.store.read(lead_id)
    visit = Visit(Request("POST", SEARCH, {}, {}, b""), now, {}, {"text": "ruiz"}, session)
    (held,) = wiring.search().post(visit).cookies
    real = {
        "LEAD": lead_id,
        "LINK": link.rpartition("/")[2],
        "SEAL": seal(wiring.people.of(lead)) if lead else "",
        "SESSION": cookie,
        "TOKEN": session.form_token,
        "HELD": held.partition(";")[0].partition("=")[2],
        "ASKS": wiring.links.sign_asks([asked]),
        "ENTRY": wiring.links.to_sign_in(asked).rpartition("/")[2],
    }
    for name, value in real.items():
        text = text.replace(name, value)
    return dict(json.loads(text))
