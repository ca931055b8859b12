"""Filing a lead: the pointers by which it is found again, whether the same person wrote before, the confirmation."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from shared.errors import LeadErased
from shared.facts import filed, filed_later, with_mail
from shared.lead import Lead
from shared.mail_items import MailKind, MailStore
from shared.person import Digest, digests
from shared.pointers import Pointers
from shared.store import LeadStore

# Where the key for digests cannot be had: until it is tried again.
_WITHOUT_KEY_SECONDS: Final = 300
# Somebody who wrote more often than this needs no longer list.
_EARLIER: Final = 10


@dataclass(frozen=True, slots=True)
class Filing:
    """What it takes to file leads.

    Attributes:
        store: Where the leads are.
        pointers: Where the pointers are.
        mails: Where a confirmation is written down, to be sent when there is time.
        digest: Makes what a person is known again by.
        confirms: Whether the practice wants visitors to get a confirmation.
        clock: Gives the time in seconds since the epoch.
    """

    store: LeadStore
    pointers: Pointers
    mails: MailStore
    digest: Digest
    confirms: bool
    clock: Callable[[], float]

    def file(self, lead: Lead) -> Lead | None:
        """File a lead. A second time does no harm.

        Returns:
            The lead as it is now; None where it was erased meanwhile.

        Raises:
            StoreUnavailable: It is not filed, or not wholly.
        """
        person = digests(lead.enquiry, self.digest)
        if not self.pointers.write(lead, person or ()):
            return None
        found: dict[str, Any] = {}
        if person:
            found = self.found(lead, person)
            with suppress(LeadErased):
                self._confirm(lead)
        return self._record(lead, person, found)

    def found(self, lead: Lead, person: tuple[str, ...]) -> dict[str, Any]:
        """What is known of a lead's person, as fields of the lead. Raises StoreUnavailable as `file` does."""
        earlier = self._earlier(lead, person)
        return {
            "person": person,
            "earlier": tuple(each.id for each in earlier),
            "waits_since": min((each.stored_at for each in earlier if _waits(each)), default=None),
        }

    def _record(self, lead: Lead, person: tuple[str, ...] | None, found: dict[str, Any]) -> Lead | None:
        now = self.clock()

        def step(lead: Lead) -> Lead | None:
            if lead.filed_at:
                return None
            if person is None:
                return filed_later(lead, int(now) + _WITHOUT_KEY_SECONDS)
            return filed(lead, now, **found)

        return self.store.change(lead.id, step) or self.store.read(lead.id)

    def _earlier(self, lead: Lead, person: tuple[str, ...]) -> list[Lead]:
        ids = dict.fromkeys(each for digest in person for each in self.pointers.of_person(digest) if each != lead.id)
        found = [each for each in self.store.read_each(list(ids)[-_EARLIER:]) if each.stored_at < lead.stored_at]
        # Those that wait come first: the alert names the first of them, and since when.
        return sorted(found, key=lambda each: (not _waits(each), each.stored_at))

    def _confirm(self, lead: Lead) -> None:
        if not self.confirms or lead.is_kept_back or not lead.enquiry.email or self.store.is_canary(lead):
            return
        # An id of address and day: however often somebody is entered, they get one mail a day.
        now = self.clock()
        address = self.digest("email", lead.enquiry.email.casefold())
        mail_id = f"confirmation-{address}-{datetime.fromtimestamp(now, UTC):%Y%m%d}"
        self.store.change(lead.id, lambda lead: None if mail_id in lead.mails else with_mail(lead, mail_id))
        self.mails.create(mail_id, MailKind.CONFIRMATION, (lead.id,), now, next_at=0)


def _waits(lead: Lead) -> bool:
    # Of leads from before version 1 nobody wrote down what became of them.
    return bool(lead.version) and not lead.outcome and not lead.is_kept_back
