"""Whatever a client sends, no function fails over it, refuses it in words, stores nothing of it and shows no person."""

import faulthandler
import json
import re
import resource
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from time import perf_counter, process_time
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from functions.content import app as content
from functions.inbox.cookies import ASK, SEARCH, SESSION
from functions.inbox.person import seal
from functions.inbox.posts import TOKEN
from shared.lead import timestamp
from shared.telemetry import Telemetry
from tests.codings import decoded
from tests.inbox import Browser, signed_in
from tests.inputs import FORM, Maker
from tests.integration.conftest import SITE_LOCALES, Stack
from tests.integration.practice_inbox import open_inbox
from tests.integration.test_leads import ENQUIRY
from tests.privacy import leaks
from tests.sizes import SEED, sizes
from tests.telemetry import Log
from tests.world import World

pytestmark = pytest.mark.long

_, REQUESTS = sizes()
AT_ONCE: Final = 25_000
NOW: Final = 1_795_536_000.0  # a Tuesday, 16:00 UTC
# What the enquiries hold, and no page without a session may, nor a log.
PERSONAL: Final = ("Zuzana", "zuzana@example.com", "5550123", "555-0123")
# The practice's pages for everybody: with a link, and where one signs in.
PUBLIC: Final = re.compile(r"/inbox/(sign-in(/.*)?|enquiry/.*)")
METHODS: Final = ("GET", "GET", "GET", "HEAD", "OPTIONS", "PUT", "get", "PROPFIND", "")

ARTICLE: Final = "/articles/dry-needling-for-sciatica"
PATHS: Final = (
    *("/", "/en/", "/ES", f"/es-MX{ARTICLE}/", ARTICLE, f"/en{ARTICLE}", f"/zh-Hant{ARTICLE}", "/sitemap.xml"),
    *("/en/thank-you/7KQM-4TWX", "/es/thank-you/7KQM-4TWX/2026-11-26T1300", "/api/articles", f"/api{ARTICLE}"),
    *("/robots.txt", "/openapi.json", "/api/leads", "/assets/x.css", "//", "/%2e%2e/", "/en/..", "/\\"),
)
ASKED: Final = ("locale", "fallback", "utm_source", "utm_term", "amp;utm_term", "page")
VALUES: Final = ("es", "zh-Hant-TW", "none", "newsletter", "en-x-a", "x" * 40)
ACCEPTED: Final = {
    "accept": ("*/*", "text/html", "application/json", "text/html;q=0.1, application/json;q=0.9"),
    "accept-language": ("es", "ar-EG, en;q=0.5", "zh-Hant", "*", "en;q=0, fr;q=2", "x-klingon", "es-419-x-y"),
    "accept-encoding": ("gzip", "gzip;q=0", "identity, *;q=0", "br"),
    "if-none-match": ('"x"', "W/", "*", '"a", "b"'),
    "origin": ("null", "https://evil.example"),
}
TYPES: Final = (
    *("application/json", "application/json", FORM, FORM, "APPLICATION/JSON; charset=utf-8", f"{FORM};charset=utf-16"),
    *("text/plain", "multipart/form-data; boundary=x", "application/merge-patch+json", ""),
)
KEYS: Final = ("a-key", '"a quoted key"', '"a";b=1', "k" * 255, "k" * 256, '""', '"\\"', "schlüssel", "1, 2")

# Times and dates that make sense, or nearly.
DATES: Final = ("2026-11-26", "2026-02-30", "0001-01-01", "9999-12-31")
TOLD: Final[list[dict[str, tuple[str, ...]]]] = [
    {"outcome": ("called", "booked", "spam", "rescued"), "version": ("1", "2", "9" * 5000)},
    {"undo": (timestamp(NOW), timestamp(NOW - 60)), "version": ("1", "2", "3")},
    {"rescue": ("1",), "version": ("1",)},
]
# Every page, with the forms that are sent to it: their fields, and what makes sense in them; where nothing stands,
# something that is known. `{…}` is mostly what the name says.
PAGES: Final[dict[str, list[dict[str, tuple[str, ...]]]]] = {
    "/inbox": [],
    "/inbox/": [],
    "/inbox/answered": [],
    "/inbox/kept-back": [],
    "/inbox/all": [],
    "/inbox/csv": [],
    "/inbox/csv/{month}": [],
    "/inbox/search": [{"text": ("zuzann", "(602) 555-0124", "zuzann@example.com", "7KQM-4TWX")}],
    "/inbox/days": [
        {"close": ("rest", "day", ""), "day": DATES},
        {"reopen": DATES},
        {"told": (), "day": DATES},
        {"told": (), "day": DATES, "later": DATES},
        {"untold": (), "day": DATES},
        {"test": ("1",)},
    ],
    "/inbox/leads/{lead}": [
        *TOLD,
        {"alert": ("again", "never"), "version": ("1", "2", "3")},
        {"again": ("2026-11-26T10:00:00-07:00", "9999-12-31T23:59:59+14:00", "2026-11-26T10:00:00"), "version": ("1",)},
        {"on": ("date",), "day": DATES, "version": ("1", "2")},
        {"never": ("1",), "version": ("1", "2")},
        {"write": ("note",), "note": ("call her daughter", "x" * 1001), "version": ("1", "2", "3")},
        {"delete": (timestamp(NOW),), "version": ("1", "2", "3")},
        {"apart": (), "version": ("1", "2")},
        {"together": (), "version": ("1", "2")},
    ],
    "/inbox/leads/{lead}/person": [{"erase": ()}],
    "/inbox/leads/{lead}/person.json": [],
    "/inbox/enquiry/{link}": TOLD,
    "/inbox/sign-in": [{"address": ("frontdesk@example.com", "a@b"), "to": ("/inbox/days", "//evil.example")}],
    "/inbox/sign-in/code": [
        {"code": ("000000", "\u0660\u0660\u0660\u0660\u0660\u0660")},
        {"kept": ('{"path": "/inbox", "fields": {"note": "x"}}', "{", "[" * 9000), "code": ("000000",)},
    ],
    "/inbox/sign-in/{entry}": [{}],
    "/inbox/sign-out": [{}],
    "/inbox/sessions": [{"end": ()}, {"others": ("1",)}],
    "/inbox/{elsewhere}": [{}],
}
QUERY: Final = (
    *("cursor", "day", "language", "article", "from", "to", "saved", "before", "undone", "erase", "part", "ended"),
)


@dataclass
class Clients:
    """Whoever sends requests, to a practice with some enquiries.

    Attributes:
        world: The functions.
        make: Makes what they send.
        happened: How many were sent to which function and answered with which status, and what took longest.
    """

    world: World
    make: Maker
    happened: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0

    def __post_init__(self) -> None:
        self.practice = open_inbox(self.world.stack, NOW)
        person: dict[str, Any] = {"name": "Zuzana", "phone": "+16025550123", "email": "zuzana@example.com"}
        leads = [self.practice.got(NOW - 60 * count, **person) for count in range(1, 4)]
        self.practice.got(NOW - 600, does=self.practice.booked, **person)
        wiring = self.world.wiring("inbox")
        asked = wiring.entrance.sign_ins.ask("0" * 32, "/inbox", NOW)
        self.ask = wiring.links.sign_asks([asked])
        self.named: dict[str, tuple[str, ...]] = {
            "lead": tuple(lead.id for lead in leads),
            "link": tuple((wiring.links.to_enquiry(lead.id, "alert-1") or "").rpartition("/")[2] for lead in leads),
            "entry": (wiring.links.to_sign_in(asked).rpartition("/")[2],),
            "month": ("2026-11", "2026-13"),
            "elsewhere": ("enquiry", "leads", "sign-in/code/x"),
        }
        seals = (seal(wiring.people.of(lead)) for lead in leads)
        self.known = (*(each for known in self.named.values() for each in known), *seals, leads[0].reference)
        self.take_back = self.world.table.keep()

    def send(self, function: str) -> None:
        """Send one request to a function, and check what it answers."""
        event, is_member = {"content": self.page, "leads": self.enquiry, "inbox": self.inbox}[function]()
        before, start = self.world.table.writes, process_time()
        result = self.world.stack.invoke(function, event)
        self.longest = max(self.longest, process_time() - start)
        status = result["statusCode"]
        self.happened[f"{function} {status // 100}xx"] += 1
        check(result, event)
        wrote = self.world.table.writes - before
        if function == "leads":
            assert not wrote or status in (200, 201, 303), "something refused was stored"
        if function == "inbox" and not is_member:
            assert not [word for word in PERSONAL if word in result["body"]]
            path = event.get("rawPath") or "/"
            assert status != 200 or PUBLIC.fullmatch(path)
            # Links mark what became of an enquiry; whoever asks to be signed in is written down.
            assert not wrote or PUBLIC.fullmatch(path)

    # ---- what is sent

    def page(self) -> tuple[dict[str, Any], bool]:
        """To `content`."""
        make = self.make
        path = make.likely(PATHS) if not make.one_in(6) else f"{make.of(PATHS)}{make.text()}"
        query = make.query(ASKED, VALUES)
        return make.event(make.of(METHODS), path, query, self.headers(), ""), False

    def enquiry(self) -> tuple[dict[str, Any], bool]:
        """To `leads`."""
        make = self.make
        kind = make.likely(TYPES)
        fields = {**ENQUIRY, "message": make.text(), "source": {"utm_source": "x"}, "replaces": "a-key", "aside": ""}
        fields = {name: value for name, value in fields.items() if not make.one_in(12)}
        body = make.form_body(fields) if kind == FORM else make.json_body(fields)
        headers = {**self.headers(), "content-type": kind}
        if make.one_in(3):
            headers["idempotency-key"] = make.likely(KEYS)
        method = "POST" if not make.one_in(40) else make.of(METHODS)
        return make.event(method, "/api/leads", make.query(ASKED, VALUES), headers, body), False

    def inbox(self) -> tuple[dict[str, Any], bool]:
        """To `inbox`, with a session or without one."""
        make, is_member, member = self.make, self.make.one_in(2), self.member()
        page = make.of(sorted(PAGES))
        form = make.of(PAGES[page] or [{}])
        fields = {name: make.likely(likely or self.known) for name, likely in form.items()}
        if make.one_in(10):
            fields[make.of(["version", "outcome", "day", "extra"])] = make.text()
        if not make.one_in(10):
            fields[TOKEN] = member.token
        headers = {"content-type": FORM, "sec-fetch-site": make.of([*["same-origin"] * 7, "cross-site", "", "none"])}
        method = make.of(["HEAD", "DELETE", *["POST" if PAGES[page] else "GET"] * 8, *["GET"] * 3])
        body = urlencode(fields, errors="replace")
        path = make.filled(page, lambda name: self.named[name])
        event = make.event(method, path, make.query(QUERY, self.known), headers, body)
        if "cookies" in event:
            event["cookies"] = self.cookies(member if is_member else None)
        return event, is_member

    def headers(self) -> dict[str, str]:
        """Some headers."""
        names = [name for name in ACCEPTED if self.make.one_in(3)]
        return {name: self.make.likely(ACCEPTED[name]) for name in names}

    def cookies(self, member: Browser | None) -> list[str]:
        """Those of a member's browser, or what somebody else may have."""
        if member:
            held = member.cookies | ({SEARCH: self.make.text()} if self.make.one_in(5) else {})
        else:
            wrong = {SESSION: f"{'0' * 32}.{'A' * 43}"}, {SESSION: self.make.text(), ASK: "."}, {ASK: self.make.text()}
            held = self.make.of([{}, {ASK: self.ask}, *wrong])
        return [f"{name}={value}" for name, value in held.items()]

    def member(self) -> Browser:
        """A member who is signed in and has searched, anew where some request has ended the session."""
        browser = self.practice.browser
        if not self.world.wiring("inbox").sessions.read(browser.cookies.get(SESSION, ""), NOW):
            browser = self.practice.browser = signed_in(self.world.stack)
        if SEARCH not in browser.cookies:
            browser.post("/inbox/search", text="zuzana")
        return browser


def check(result: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    """A result that API Gateway can send on, that blames nobody but the client, and says what is wrong in words."""
    status, headers = result["statusCode"], result["headers"]
    assert status < 500
    assert json.dumps(result, ensure_ascii=False).encode()
    assert all(re.fullmatch(r"[ -~]*", value) for value in headers.values())
    if status < 400 or not result["body"]:
        return
    body = b64decode(result["body"]) if result["isBase64Encoded"] else result["body"].encode()
    text = decoded(body, headers.get("content-encoding")).decode()
    assert headers["content-language"] in SITE_LOCALES
    if headers["content-type"].startswith("application/problem+json"):
        document = json.loads(text)
        assert document["status"] == status
        assert all(document[name] for name in ("type", "title", "detail", "code"))
    else:
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert f'<html lang="{headers["content-language"]}"' in text


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(stack, monkeypatch, now=NOW)


@pytest.mark.parametrize("part", range(-(-REQUESTS // AT_ONCE)))
def test_no_request_makes_a_function_fail(world: World, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    log = Log()
    monkeypatch.setattr(Telemetry, "log", log)
    monkeypatch.setattr(content, "_log", log.info)
    clients = Clients(world, Maker(Random(SEED + part)))
    start, memory = perf_counter(), 0
    for number in range(min(AT_ONCE, REQUESTS - part * AT_ONCE)):
        if number % 100 == 0:
            faulthandler.dump_traceback_later(60, exit=True)  # a hang, however busy the machine is
            clients.take_back()
            assert not list(leaks(log.lines, PERSONAL))
            log.lines.clear()
        if number == 2_000:
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        clients.send(clients.make.of(["leads"] * 6 + ["content"] * 3 + ["inbox"]))
    faulthandler.cancel_dump_traceback_later()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory if memory else 0
    print(
        f"seed {SEED + part}: {perf_counter() - start:.0f} s, the longest {clients.longest * 1000:.0f} ms of work, "
        f"{grown / 1024:.0f} MB more, {dict(clients.happened)}"
    )
    assert grown < 64 * 1024
