"""A person's rights: all that is kept of whoever wrote an enquiry, to read, to print or to take along; and its erasure.

What goes is shown first, and a second button erases it. The enquiry that the page is about goes last: whatever comes in
between, the page is there to go on from.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from functions.inbox.pages import Pages
from functions.inbox.routes import enquiry_path
from functions.inbox.steps import lead_id, read_kept
from functions.inbox.timeline import SENTENCES, Line, timeline
from functions.inbox.visit import Visit, see
from shared.enquiry_words import Answer, further, wishes
from shared.erasure import Erasure
from shared.http import JSON, Response, dump_json
from shared.lead import Lead, timestamp
from shared.mail_items import MailKind
from shared.messages import mark as _
from shared.person import People, Person
from shared.store import LeadStore
from shared.telemetry import Telemetry

# So many are erased at a time: a tenth of a second each, and the function has twenty-five.
_AT_ONCE: Final = 100


# What a mail is called, by its kind.
KINDS: Final[Mapping[str, str]] = {
    MailKind.ALERT: _("Alert to you"),
    MailKind.BUNDLE: _("Several alerts in one mail"),
    MailKind.REMINDER: _("Reminder to you"),
    MailKind.CONFIRMATION: _("Confirmation to the visitor"),
}


class Whole(NamedTuple):
    """An enquiry, and what its page says of it beyond its own values."""

    lead: Lead
    wishes: tuple[str, str]
    further: list[Answer]
    agreed: str | None
    kept_until: str
    timeline: list[Line]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """The page.

    Attributes:
        store: Where the leads are.
        people: What finds a person.
        erasure: What erases.
        pages: Renders the page.
        telemetry: The log.
    """

    store: LeadStore
    people: People
    erasure: Erasure
    pages: Pages
    telemetry: Telemetry

    def get(self, visit: Visit) -> Response:
        """Show all that is kept, or with `?erase` what would go; of what was erased, when, and what is left elsewhere.

        Raises:
            Refused: There is no such enquiry (any more).
            StoreUnavailable: It cannot be read now.
        """
        if at := self.store.erased_at(lead_id(visit)):
            count = visit.request.query.get("count", "")
            count = count if count.isascii() and count.isdigit() and len(count) < 4 else "1"
            return self.pages.page("erased.html", visit=visit, at=at, count=int(count))
        person = self.people.of(read_kept(self.store, lead_id(visit), visit.now))
        if "erase" in visit.request.query:
            return self._preview(visit, person)
        enquiries = [self._whole(each) for each in person.kept(visit.now)]
        said: dict[str, Any] = {"sentences": SENTENCES, "kinds": KINDS, "path_of": enquiry_path}
        return self.pages.page(
            "person.html", visit=visit, enquiries=enquiries, mails=person.mails, now=visit.now, **said
        )

    def post(self, visit: Visit) -> Response:
        """Erase what was shown; where that is not all any more, show it anew. Raises what `get` does."""
        own = lead_id(visit)
        if self.store.erased_at(own):
            self.erasure.erase(own)  # what is left of it, if that was interrupted
            return see(visit.request.path)
        person = self.people.of(read_kept(self.store, own, visit.now))
        if visit.fields.get("erase") != seal(person):
            return self._preview(visit, person, status=409)
        others = [each.id for each in person.leads if each.id != own]
        erased = [each for each in [*others, own][:_AT_ONCE] if self.erasure.erase(each)]
        self.telemetry.log.info("erased", lead_ids=erased)
        more = f"?count={len(erased)}" if len(others) < _AT_ONCE else "?erase=1"
        return see(f"{visit.request.path}{more}")

    def _preview(self, visit: Visit, person: Person, status: int = 200) -> Response:
        shown: dict[str, Any] = {"leads": person.leads, "seal": seal(person), "has_changed": status != 200}
        return self.pages.page("erase.html", status, visit=visit, **shown)

    def _whole(self, lead: Lead) -> Whole:
        say, enquiry = self.pages.say, lead.enquiry
        return Whole(
            lead=lead,
            wishes=wishes(enquiry, say),
            further=list(further(enquiry, say)),
            agreed=self.pages.agreed(lead),
            kept_until=timestamp(lead.expires_at),
            timeline=timeline(lead),
        )


@dataclass(frozen=True, slots=True)
class PersonFile:
    """The same as a file, for whoever it is about.

    Attributes:
        store: Where the leads are.
        people: What finds a person.
        pages: Have the sentence that was agreed to.
    """

    store: LeadStore
    people: People
    pages: Pages

    def get(self, visit: Visit) -> Response:
        """All that is kept, as JSON. Raises what the page does."""
        lead = read_kept(self.store, lead_id(visit), visit.now)
        document = self.people.of(lead).document(visit.now, self.pages.agreed)
        headers = {
            "content-type": JSON,
            "content-disposition": f'attachment; filename="{lead.reference}.json"',
            "cache-control": "no-store",
            "x-robots-tag": "noindex, nofollow",
        }
        return Response(200, headers, dump_json(document))


def seal(person: Person) -> str:
    """What stands for the enquiries that were shown: another one that came since is not erased unseen."""
    return hashlib.sha256("".join(each.id for each in person.leads).encode()).hexdigest()[:32]
