"""Searching: by reference, number and address at once, by name and last digits by looking through what came.

What is looked for is a person's, and stands in no address: it is sent by a form, and the browser keeps it in a cookie,
so that the page of what was found can be gone back to.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from itsdangerous import base64_decode, base64_encode

from functions.inbox.cookies import SEARCH as HELD
from functions.inbox.cookies import cookie
from functions.inbox.cursors import Cursors
from functions.inbox.pages import Pages
from functions.inbox.past import Found, Past
from functions.inbox.routes import SEARCH
from functions.inbox.rows import row
from functions.inbox.visit import Visit, see
from functions.inbox.wanted import Wanted, read
from shared.errors import KeysUnavailable
from shared.http import Response
from shared.keys import Keys
from shared.lead import SECONDS_PER_DAY, Lead, timestamp
from shared.opening_hours import OpeningHours
from shared.pointers import Pointers, position
from shared.store import LeadStore

# The longest address that there is (RFC 5321 section 4.5.3.1); longer than any name.
LONGEST: Final = 254
_AHEAD_SECONDS: Final = 60
# Time enough to call whoever was found, and to go back to the others.
_HELD_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Search:
    """The page of the search.

    Attributes:
        past: The way back, for what no pointer leads to.
        pointers: Lead to what is found at once.
        store: Where the leads are.
        keys: Make the digests of numbers and addresses.
        cursors: Say where the search goes on, and sign what the browser holds.
        hours: By which some are due.
        pages: Renders the page.
        practice_phone: The practice's own number, in E.164.
        kept_days: For how many days enquiries are kept.
    """

    past: Past
    pointers: Pointers
    store: LeadStore
    keys: Keys
    cursors: Cursors
    hours: OpeningHours
    pages: Pages
    practice_phone: str
    kept_days: int

    def get(self, visit: Visit) -> Response:
        """Search for what the browser holds; if that is nothing, show the form.

        Raises StoreUnavailable and KeysUnavailable.
        """
        text = self._held(visit)
        if text is None:
            return self._page(visit, "", None)
        wanted = read(text, self.practice_phone)
        of = ("search", text, visit.member)
        cursor = visit.request.query.get("cursor")
        begins = self.cursors.read(cursor, *of) if cursor else None
        found = Found()
        if begins is None:
            found = Found(tuple(self._pointed_at(wanted, visit.now)))
        if not found.leads and wanted.is_person:
            found = self._looked_through(wanted, begins, visit.now)
        return self._page(visit, text, found, self.cursors.write(found.next, *of) if found.next else None)

    def post(self, visit: Visit) -> Response:
        """Let the browser hold what is looked for, and lead on to what is found. Raises KeysUnavailable."""
        text = visit.fields.get("text", "").strip()[:LONGEST]
        held = self.cursors.write(base64_encode(text).decode(), *_of_session(visit))
        return see(SEARCH, [cookie(HELD, held, _HELD_SECONDS)])

    def _held(self, visit: Visit) -> str | None:
        held = visit.request.cookies.get(HELD)
        text = self.cursors.read(held, *_of_session(visit)) if held else None
        return None if text is None else base64_decode(text).decode()

    def _pointed_at(self, wanted: Wanted, now: float) -> list[Lead]:
        """What pointers lead to, the newest first."""
        ids = list(self.pointers.of_reference(wanted.reference)) if wanted.reference else []
        ways = [*(("phone", each) for each in wanted.numbers), *([("email", wanted.address)] if wanted.address else [])]
        for kind, value in ways:
            ids += self.pointers.of_person(self._digest(kind, value))
        found = [lead for lead in self.store.read_each(ids) if lead.expires_at > now]
        return sorted(found, key=position, reverse=True)

    def _digest(self, kind: str, value: str) -> str:
        if digest := self.keys.person_digest(kind, value):
            return digest
        raise KeysUnavailable(self.keys.failure)

    def _looked_through(self, wanted: Wanted, begins: str | None, now: float) -> Found:
        def choose(ids: Sequence[str]) -> Iterable[Lead]:
            return (lead for lead in self.store.read_each(self._of(wanted, ids)) if lead.expires_at > now)

        since = timestamp(now - self.kept_days * SECONDS_PER_DAY)
        return self.past.look(begins or timestamp(now + _AHEAD_SECONDS), since, choose)

    def _of(self, wanted: Wanted, ids: Sequence[str]) -> Iterator[str]:
        entered = dict(self.store.entered(ids, ("name", "phone")))
        for each in ids:
            person = entered.get(each, {})
            if wanted.is_of(person.get("name", ""), person.get("phone", "")):
                yield each

    def _page(self, visit: Visit, text: str, found: Found | None, cursor: str | None = None) -> Response:
        # Who looks for a person has half a name, and tells them from others by the rest of it.
        leads = found.leads if found else ()
        return self.pages.page(
            "search.html",
            visit=visit,
            text=text,
            longest=LONGEST,
            found=found,
            rows=[row(lead, self.hours, self.pages, visit.now, is_whole_name=True) for lead in leads],
            further=f"{SEARCH}?{urlencode({'cursor': cursor})}" if cursor else None,
            now=visit.now,
        )


def _of_session(visit: Visit) -> tuple[str, ...]:
    return "searched", visit.own.id
