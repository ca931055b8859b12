"""Other enquiries of the same number or address: linked, never merged, and a person may say that they are another's."""

from typing import Final, NamedTuple

from shared.lead import Lead
from shared.person import are_apart
from shared.pointers import Pointers
from shared.store import LeadStore

# Whoever wrote more often than this needs no longer list.
_MOST: Final = 20


class Others(NamedTuple):
    """The other enquiries, the newest first.

    Attributes:
        same: Those of the same person, for all that is known.
        apart: Those that a person said are another's.
    """

    same: list[Lead]
    apart: list[Lead]


def others(lead: Lead, pointers: Pointers, store: LeadStore, now: float) -> Others:
    """Find them. Raises StoreUnavailable."""
    ids = dict.fromkeys(each for digest in lead.person for each in pointers.of_person(digest) if each != lead.id)
    found = [each for each in store.read_each(list(ids)[-_MOST:]) if each.expires_at > now]
    found.sort(key=lambda each: each.stored_at, reverse=True)
    return Others(
        [each for each in found if not are_apart(lead, each)], [each for each in found if are_apart(lead, each)]
    )
