"""A practice's inbox with enquiries of every kind, as somebody who is signed in sees it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from html import unescape
from itertools import batched
from typing import Any
from urllib.parse import urlencode

from functions.inbox import app
from shared import pointers
from shared.facts import with_outcome
from shared.lead import SECONDS_PER_DAY, Enquiry, Lead, reference_of, timestamp
from shared.store import LeadStore, key
from tests.inbox import Browser, Shown, signed_in
from tests.integration.conftest import Stack
from tests.leads import LEAD

_ENTERED = {field.name for field in fields(Enquiry)}


@dataclass
class Practice:
    """The inbox, and the enquiries in it; `now` in seconds since the epoch."""

    stack: Stack
    browser: Browser
    now: float
    count: int = 0

    @property
    def store(self) -> LeadStore:
        """The leads."""
        with self.stack.environment_of("inbox"):
            return app.wiring.store

    def got(
        self, at: float | None = None, *, does: Callable[[Lead], Lead | None] | None = None, **changes: Any
    ) -> Lead:
        """An enquiry that came an hour ago or at another time, was filed, and what became of it since."""
        (lead,) = self.got_many(1, self.now - 3600 if at is None else at, does=does, **changes)
        return lead

    def got_many(
        self, count: int, at: float, *, does: Callable[[Lead], Lead | None] | None = None, **changes: Any
    ) -> list[Lead]:
        """As many, each a second before the last."""
        leads = [self._lead(at - number, changes) for number in range(count)]
        leads = [(does(lead) if does else lead) or lead for lead in leads]
        # Not in transactions: moto copies its tables with each.
        for some in batched((item for lead in leads for item in self._items(lead)), 25, strict=False):
            puts: Any = [{"PutRequest": {"Item": item}} for item in some]
            self.stack.dynamodb.batch_write_item(RequestItems={self.stack.table: puts})
        return leads

    def _lead(self, at: float, changes: dict[str, Any]) -> Lead:
        self.count += 1
        lead_id = f"{self.count:032x}"
        known: dict[str, Any] = {name: value for name, value in changes.items() if name not in _ENTERED}
        enquiry = replace(LEAD.enquiry, **{name: value for name, value in changes.items() if name in _ENTERED})
        kept: dict[str, Any] = {"expires_at": int(at) + 365 * SECONDS_PER_DAY, "version": 1, "filed_at": timestamp(at)}
        lead = replace(LEAD, id=lead_id, reference=reference_of(lead_id), enquiry=enquiry, stored_at=timestamp(at))
        return replace(lead, **{**kept, "person": self._digests(enquiry), **known})

    def _items(self, lead: Lead) -> Iterator[Any]:
        yield {**key(lead.id), **self.store._item(lead)}
        yield from pointers.keys(lead.id, lead.reference, lead.stored_at, lead.person)

    def booked(self, lead: Lead) -> Lead | None:
        """A visit was booked just now."""
        return with_outcome(lead, "booked", self.now - 60, "doctor@example.com")

    def shows(self, path: str = "/inbox", **query: str) -> Shown:
        """A page."""
        shown = self.browser.get(f"{path}?{urlencode(query)}" if query else path)
        assert shown.status == 200, shown.body
        return shown

    def _digests(self, enquiry: Enquiry) -> tuple[str, ...]:
        with self.stack.environment_of("inbox"):
            keys = app.wiring.keys
            found = (
                keys.person_digest("phone", enquiry.phone or ""),
                keys.person_digest("email", (enquiry.email or "").casefold()),
            )
        return tuple(each for each in found if each)


def open_inbox(stack: Stack, now: float) -> Practice:
    """A member's browser before an empty inbox."""
    return Practice(stack, signed_in(stack), now)


def references(shown: Shown) -> list[str]:
    """The references in a list, in its order."""
    return re.findall(r'<p class="who">.*?<bdi class="code" dir="ltr">([^<]+)</bdi>', shown.body)


def row(shown: Shown, lead: Lead) -> str:
    """What the row of an enquiry says, as text."""
    (found,) = [each for each in re.findall(r"<li[ >].*?</li>", shown.body, re.DOTALL) if lead.reference in each]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


def link(shown: Shown, text: str) -> str:
    """Where the only link of this text leads."""
    (found,) = re.findall(rf'<a [^>]*href="([^"]+)"[^>]*>{text}</a>', shown.body)
    return unescape(found)
