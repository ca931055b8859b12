"""The practice's pages, and what each is made of."""

import time
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

from shared.init_phase import in_init_phase, wait_briefly_for
from functions.inbox.alert_tests import AlertTests
from functions.inbox.cursors import Cursors
from functions.inbox.days import Days
from functions.inbox.door import Door
from functions.inbox.enquiry import WholeEnquiry
from functions.inbox.entrance import Entrance
from functions.inbox.linked_enquiry import LinkedEnquiry
from functions.inbox.lists import DAY_LISTS, DayList, OpenList
from functions.inbox.months import MonthFile, Months
from functions.inbox.pages import Pages
from functions.inbox.past import Past
from functions.inbox.person import PersonFile, PersonPage
from functions.inbox.promised import Promised
from functions.inbox.routes import (
    CSV,
    DAYS,
    ENQUIRY,
    LINKED_ENQUIRY,
    OPEN_LIST,
    PERSON,
    PERSON_FILE,
    SEARCH,
    SESSIONS,
    SIGN_IN,
    SIGN_IN_CODE,
    SIGN_IN_LINK,
    SIGN_OUT,
    Route,
)
from functions.inbox.search import Search
from functions.inbox.session_store import SessionStore
from functions.inbox.sessions import Sessions, SignOut
from functions.inbox.sign_in import SignIn, SignInCode, SignInLink
from shared.erasure import Erasure
from shared.http import Request, finish
from shared.link_wiring import LinkSettings, LinkWiring
from shared.links import INBOX_PATH
from shared.mail_items import MailStore
from shared.members import Members
from shared.person import People
from shared.pointers import Pointers
from shared.sign_ins import SignIns


@dataclass(frozen=True, slots=True)
class Settings(LinkSettings):
    """What the template gives this function."""

    inbox_members: str
    alert_recipient: str
    erasures_table: str


class Wiring(LinkWiring[Settings]):
    """What this function is made of. Each part is made on first use and kept between invocations."""

    def __init__(self) -> None:
        super().__init__(Settings)

    @cached_property
    def members(self) -> Members:
        """Who may sign in."""
        return Members(self.settings.inbox_members)

    @cached_property
    def sessions(self) -> SessionStore:
        """Who is signed in."""
        return SessionStore(self.settings.table_name, self.dynamodb, self.members)

    @cached_property
    def entrance(self) -> Entrance:
        """What signs them in."""
        sign_ins = SignIns(self.settings.table_name, self.dynamodb)
        return Entrance(sign_ins, self.sessions, self.members, self.keys, self.links, self.telemetry)

    @cached_property
    def door(self) -> Door:
        """What lets them in."""
        return Door(self.routes, self.sessions, self.read_closures, self.pages, self.practice.origin, self.telemetry)

    @cached_property
    def pointers(self) -> Pointers:
        """What enquiries are found by."""
        return Pointers(self.settings.table_name, self.dynamodb)

    @cached_property
    def cursors(self) -> Cursors:
        """Where lists go on."""
        return Cursors(self.keys)

    @cached_property
    def mails(self) -> MailStore:
        """The mails, of which none is sent here."""
        return MailStore(self.settings.table_name, self.dynamodb, budget=0)

    @cached_property
    def people(self) -> People:
        """What finds a person."""
        return People(self.store, self.pointers, self.mails, self.keys.person_digest)

    @cached_property
    def pages(self) -> Pages:
        """The pages."""
        return Pages.read_compiled(self.practice)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every path, and the page that answers there."""
        return (
            Route(LINKED_ENQUIRY, self.linked_enquiry, is_public=True),
            Route(ENQUIRY, self.whole_enquiry),
            Route(DAYS, self.days),
            Route(OPEN_LIST, self.open_list),
            *(Route(f"{INBOX_PATH}/{name}", partial(self.day_list, name)) for name in DAY_LISTS),
            Route(SEARCH, self.search),
            Route(CSV, self.months),
            Route(f"{CSV}/{{month}}", self.month_file),
            Route(PERSON, self.person_page),
            Route(PERSON_FILE, self.person_file),
            Route(SIGN_IN, lambda: SignIn(self.entrance, self.pages), is_public=True),
            Route(SIGN_IN_CODE, lambda: SignInCode(self.entrance, self.pages), is_public=True),
            Route(SIGN_IN_LINK, lambda: SignInLink(self.entrance, self.pages), is_public=True),
            Route(SIGN_OUT, self.sign_out),
            Route(SESSIONS, self.sessions_page),
        )

    def linked_enquiry(self) -> LinkedEnquiry:
        """An enquiry by the link of a mail."""
        return LinkedEnquiry(self.links, self.store, self.pages, self.hours, self.telemetry)

    def whole_enquiry(self) -> WholeEnquiry:
        """An enquiry, for who is signed in."""
        return WholeEnquiry(self.store, self.pointers, self.pages, self.hours, self.telemetry)

    def days(self) -> Days:
        """Closed days."""
        return Days(
            closures=self.closures,
            hours=self.hours,
            promised=Promised(self.store, self.hours, self.pages),
            tests=AlertTests.of(self.settings.table_name, self.dynamodb, self.mails, self.settings.alert_recipient),
            pages=self.pages,
            telemetry=self.telemetry,
        )

    def open_list(self) -> OpenList:
        """What somebody has to do something about."""
        return OpenList(self.store, self.hours, self.pages)

    def day_list(self, name: str) -> DayList:
        """What came, by day."""
        past = Past(self.pointers, most=500)
        return DayList(name, past, self.store, self.hours, self.cursors, self.pages, self.practice.keep_days)

    def search(self) -> Search:
        """The search."""
        return Search(
            past=Past(self.pointers, most=SEARCHED),
            pointers=self.pointers,
            store=self.store,
            keys=self.keys,
            cursors=self.cursors,
            hours=self.hours,
            pages=self.pages,
            practice_phone=self.practice.phone,
            kept_days=self.practice.keep_days,
        )

    def months(self) -> Months:
        """Which months there are files of."""
        return Months(self.hours, self.pages, self.practice.keep_days)

    def month_file(self) -> MonthFile:
        """The file of a month."""
        return MonthFile(self.pointers, self.store, self.hours, self.pages)

    def person_page(self) -> PersonPage:
        """What is kept of a person, and its erasure."""
        record = self.settings.erasures_table
        erasure = Erasure(self.settings.table_name, record, self.dynamodb, self.mails, time.time)
        return PersonPage(self.store, self.people, erasure, self.pages, self.telemetry)

    def person_file(self) -> PersonFile:
        """What is kept of a person, as a file."""
        return PersonFile(self.store, self.people, self.pages)

    def sessions_page(self) -> Sessions:
        """Where a member is signed in."""
        return Sessions(self.sessions, self.pages, self.telemetry)

    def sign_out(self) -> SignOut:
        """The end of a session."""
        return SignOut(self.sessions, self.telemetry)


# How many enquiries a search looks through at a time: a few seconds' work.
SEARCHED: Final = 2000

wiring = Wiring()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """What API Gateway calls: an HTTP API event (payload format 2.0) in, its result out."""
    request = Request.from_event(event)
    wiring.telemetry.log_of(context)
    return finish(request, wiring.door.answer(request, time.time()))


@in_init_phase
def prepare() -> None:
    """What every invocation needs."""
    _ = wiring.door, wiring.store
    wait_briefly_for(wiring.keys.get)
    wait_briefly_for(wiring.read_closures)
