"""A person as the table knows them: every enquiry of the same number or address, and the mails about those."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from typing import Any

from shared.errors import ItemUnreadable
from shared.lead import Enquiry, Lead, timestamp
from shared.mail_items import MailItem, MailStore
from shared.pointers import Pointers
from shared.store import LeadStore

type Digest = Callable[[str, str], str | None]
"""Makes a keyed digest of a kind of value (`phone`, `email`) and a value; None where there is no key."""
type Agreed = Callable[[Lead], str | None]
"""Gives the sentence that was agreed to, in its language; None where it is not known any more."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of one person, the oldest first. Of what is past its date nothing is shown, and all is erased.

    Attributes:
        leads: Their enquiries.
        mails: The mails about those, as items: they hold no words.
    """

    leads: tuple[Lead, ...]
    mails: tuple[MailItem, ...]

    def kept(self, now: float) -> tuple[Lead, ...]:
        """Those enquiries whose time is not over at `now`, in seconds since the epoch."""
        return tuple(lead for lead in self.leads if lead.expires_at > now)

    def document(self, now: float, agreed: Agreed) -> dict[str, Any]:
        """All of it, for whoever asks what is kept of them; as it is stored, so that nothing can be forgotten here."""
        return {
            "made_at": timestamp(now),
            "enquiries": [_enquiry(lead, agreed) for lead in self.kept(now)],
            "mails": [_told(mail) for mail in self.mails],
        }


@dataclass(frozen=True, slots=True)
class People:
    """What finds a person. Each method raises StoreUnavailable when DynamoDB cannot do it.

    Attributes:
        store: Where the leads are.
        pointers: Where the pointers are.
        mails: Where the mails are.
        digest: Makes what a person is known again by.
    """

    store: LeadStore
    pointers: Pointers
    mails: MailStore
    digest: Digest

    def of(self, lead: Lead) -> Person:
        """Whoever wrote an enquiry: by its number and address, those of the enquiries found so, and so on.

        What somebody said is another person's is left out, and so is what only that leads to.
        """
        found, waiting = {lead.id: lead}, [lead]
        while waiting:
            ids = [each for each in self._of_same(waiting.pop()) if each not in found]
            for other in self.store.read_each(ids):
                if not any(are_apart(other, each) for each in found.values()):
                    found[other.id] = other
                    waiting.append(other)
        leads = sorted(found.values(), key=lambda each: each.stored_at)
        mails = dict.fromkeys(mail_id for each in leads for mail_id in each.mails)
        return Person(tuple(leads), tuple(self._mails(mails)))

    def _of_same(self, lead: Lead) -> Iterator[str]:
        # One that is not filed yet has no digests of its own, and there may be no key to make them.
        for each in lead.person or digests(lead.enquiry, self.digest) or ():
            yield from self.pointers.of_person(each)

    def _mails(self, ids: Mapping[str, None]) -> Iterator[MailItem]:
        for mail_id in ids:
            with suppress(ItemUnreadable):
                if mail := self.mails.read(mail_id):
                    yield mail


def are_apart(lead: Lead, other: Lead) -> bool:
    """Whether a person said on the page of one of the two that they are of two people."""
    return other.id in lead.apart or lead.id in other.apart


def digests(enquiry: Enquiry, digest: Digest) -> tuple[str, ...] | None:
    """By what the person who wrote this is known again; None where there is no key."""
    ways = (("phone", enquiry.phone), ("email", (enquiry.email or "").casefold()))
    made = [digest(kind, value) for kind, value in ways if value]
    return None if None in made else tuple(each for each in made if each)


def _enquiry(lead: Lead, agreed: Agreed) -> dict[str, Any]:
    entered = {name: value for name, value in asdict(lead.enquiry).items() if value not in (None, "", {})}
    return {"entered": entered, "agreed_to": agreed(lead), **_told(lead)}


def _told(item: Lead | MailItem) -> dict[str, Any]:
    """The fields that say something, but for what was entered."""
    values = {field.name: getattr(item, field.name) for field in fields(item) if field.name != "enquiry"}
    return {name: value for name, value in values.items() if value not in (None, (), {})}
