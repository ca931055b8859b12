"""Whatever a client asks of the practice's pages, none of them fails, and nobody sees or changes anything unasked."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.inbox import app
from functions.inbox.cookies import ASK, SEARCH, SESSION
from functions.inbox.person import seal
from functions.inbox.posts import TOKEN
from shared.lead import timestamp
from tests.clock import Clock
from tests.direct import DirectClient
from tests.inbox import Browser, signed_in
from tests.integration.conftest import Stack
from tests.integration.practice_inbox import open_inbox
from tests.integration.test_odd_requests import ESCAPED, ODD, check
from tests.sign_in import is_in

NOW = 1_795_536_000.0  # a Tuesday, 16:00 UTC
# What the enquiries hold, and no page without a session may.
PERSONAL = ("Zuzana", "zuzana@example.com", "5550123", "555-0123")
# The pages for everybody: with a link, and where one signs in.
PUBLIC = re.compile(r"/inbox/(sign-in(/.*)?|enquiry/.*)")

# Times and dates that make sense, or nearly.
DATES = ("2026-11-26", "2026-02-30", "0001-01-01", "9999-12-31")
TOLD: list[dict[str, tuple[str, ...]]] = [
    {"outcome": ("called", "booked", "spam", "rescued"), "version": ("1", "2", "9" * 40)},
    {"undo": (timestamp(NOW), timestamp(NOW - 60)), "version": ("1", "2", "3")},
    {"rescue": ("1",), "version": ("1",)},
]
# Every page, with the forms that are sent to it: their fields, and what makes sense in them; where nothing stands,
# something that is known. `{…}` is mostly what the name says.
PAGES: dict[str, list[dict[str, tuple[str, ...]]]] = {
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
        {"kept": ('{"path": "/inbox", "fields": {"note": "x"}}', "{"), "code": ("000000",)},
    ],
    "/inbox/sign-in/{entry}": [{}],
    "/inbox/sign-out": [{}],
    "/inbox/sessions": [{"end": ()}, {"others": ("1",)}],
    "/inbox/{elsewhere}": [{}],
}
QUERY = ["cursor", "day", "language", "article", "from", "to", "saved", "before", "undone", "erase", "part", "ended"]


class World:
    """A practice, and what is known of it that a request may name."""

    def __init__(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        client: Any = DirectClient(stack.table)  # thousands of requests are made
        stack = replace(stack, dynamodb=client)
        monkeypatch.setattr(app.wiring, "dynamodb", client)
        self.practice = open_inbox(stack, NOW)
        person: dict[str, Any] = {"name": "Zuzana", "phone": "+16025550123", "email": "zuzana@example.com"}
        leads = [self.practice.got(NOW - 60 * count, **person) for count in range(1, 4)]
        self.practice.got(NOW - 600, does=self.practice.booked, **person)
        with stack.environment_of("inbox"):
            wiring = app.wiring
            asked = wiring.entrance.sign_ins.ask("0" * 32, "/inbox", NOW)
            self.ask = wiring.links.sign_asks([asked])
            self.named = {
                "lead": tuple(lead.id for lead in leads),
                "link": tuple((wiring.links.to_enquiry(lead.id, "alert-1") or "").rpartition("/")[2] for lead in leads),
                "entry": (wiring.links.to_sign_in(asked).rpartition("/")[2],),
                "month": ("2026-11", "2026-13"),
                "elsewhere": ("enquiry", "leads", "sign-in/code/x"),
            }
            seals = (seal(wiring.people.of(lead)) for lead in leads)
            self.known = [*(each for known in self.named.values() for each in known), *seals, leads[0].reference]


def values(world: World, likely: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """What may stand in an address or a field: mostly what makes sense there."""
    sensible = st.sampled_from(likely or world.known)
    return st.one_of(sensible, sensible, sensible, ODD, ESCAPED)


@st.composite
def requests(draw: st.DrawFn, world: World) -> tuple[str, str, bytes, dict[str, str]]:
    """Method, target, body and headers."""
    page = draw(st.sampled_from(sorted(PAGES)))
    form = draw(st.sampled_from(PAGES[page] or [{}]))
    target = re.sub(
        r"\{(\w+)\}", lambda name: quote(draw(values(world, world.named[name[1]])), safe="", errors="replace"), page
    )
    if query := draw(st.lists(st.tuples(st.sampled_from(QUERY), values(world)), max_size=2)):
        target += "?" + urlencode(query, errors="replace")
    fields = {name: draw(values(world, likely)) for name, likely in form.items()}
    if draw(st.integers(0, 9)) == 0:
        fields[draw(st.sampled_from(["version", "outcome", "day", "extra"]))] = draw(ODD)
    if draw(st.integers(0, 9)):
        fields[TOKEN] = world.practice.browser.token
    site = draw(st.sampled_from([*["same-origin"] * 7, "cross-site", "", "none"]))
    headers = {"content-type": "application/x-www-form-urlencoded"} | ({"sec-fetch-site": site} if site else {})
    method = draw(st.sampled_from(["GET", "HEAD", "DELETE", *["POST" if PAGES[page] else "GET"] * 7]))
    return method, target, urlencode(fields, errors="replace").encode(), headers


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(app.time, "time", Clock(NOW))
    return World(stack, monkeypatch)


MANY = settings(max_examples=10 * settings().max_examples, suppress_health_check=list(HealthCheck))


@MANY
@given(data=st.data())
def test_without_a_session_nobody_sees_a_person_and_nothing_changes(data: st.DataObject, world: World) -> None:
    cookies = data.draw(
        st.sampled_from([{}, {ASK: world.ask}, {SESSION: "0" * 32 + "." + "A" * 43}, {SESSION: "\ud800", ASK: "."}])
    )
    method, target, body, headers = data.draw(requests(world))
    before = world.practice.stack.leads()

    result = Browser(world.practice.stack, dict(cookies)).result(method, target, body, headers)

    check(result)
    assert not [word for word in PERSONAL if word in result["body"]]
    if result["statusCode"] == 200:
        assert PUBLIC.fullmatch(target.partition("?")[0])
    if not target.startswith("/inbox/enquiry/"):  # whose link marks what became of it, and names no person
        assert world.practice.stack.leads() == before


@MANY
@given(data=st.data())
def test_no_request_of_a_member_makes_a_page_fail(data: st.DataObject, world: World) -> None:
    if not is_in(world.practice.browser):  # some request before has ended the session
        world.practice.browser = signed_in(world.practice.stack)
    browser = world.practice.browser
    if SEARCH not in browser.cookies:
        browser.post("/inbox/search", text="zuzana")
    held = data.draw(st.one_of(st.just(browser.cookies[SEARCH]), ODD))
    method, target, body, headers = data.draw(requests(world))

    check(Browser(browser.stack, browser.cookies | {SEARCH: held}).result(method, target, body, headers))
