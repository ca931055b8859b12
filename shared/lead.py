"""What a lead is: plain values and rules, no I/O and no clock of its own.

A lead's id is derived, never random: from the `Idempotency-Key`, or from what was entered where there is none. The
same enquiry therefore always meets the same item, and the table itself is the idempotency record.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

# No 0/O, 1/I and no vowels (nor Y): it can be read out on the phone, and it never spells a word.
REFERENCE_ALPHABET: Final = "23456789BCDFGHJKLMNPQRSTVWXZ"

# The reason that keeps an alert back. People never see the honeypot; an enquiry with a link too many is alerted.
HONEYPOT: Final = "honeypot"

SECONDS_PER_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What the visitor entered, validated and normalised; strings hold no control characters but line feeds."""

    name: str
    phone: str | None  # E.164
    phone_extension: str | None
    email: str | None
    preferred_contact: str  # phone, email
    preferred_time: str  # morning, afternoon, evening, any
    message: str | None
    locale: str
    article: str
    source: Mapping[str, str]
    consent_version: str
    # Fields of the form that no code knows by name: stored, and shown as they are.
    more: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        # A stray log line or traceback must not carry a person's details.
        return f"<Enquiry about {self.article} in {self.locale}>"


@dataclass(frozen=True, slots=True)
class Lead:
    """An enquiry as it is stored. Times are ISO 8601 in UTC unless their name says otherwise."""

    id: str
    reference: str
    enquiry: Enquiry
    fingerprint: str
    article_revision: str
    consent_id: str
    stored_at: str
    expires_at: int  # seconds since the epoch: DynamoDB's TTL deletes the item some time after it
    # As people write it where the practice is, with its extension; never in a stray log line.
    phone_as_written: str | None = field(default=None, repr=False)
    # As it was typed, where the country was not: how it was read is a guess then, however good.
    phone_as_typed: str | None = field(default=None, repr=False)
    # The reference of an earlier enquiry that this one corrects, which may have arrived or not. No part of what was
    # entered, and so not of the fingerprint.
    replaces: str | None = None
    spam_reasons: tuple[str, ...] = ()
    alert_attempts: int = 0
    alert_unproven_at: str | None = None  # SES was handed a mail then, the last of those whose answer was lost
    alert_sent_at: str | None = None
    alert_message_id: str | None = None

    @property
    def is_kept_back(self) -> bool:
        """Whether no alert is sent. Other reasons to take a lead for spam are labels, and the alert says so."""
        return HONEYPOT in self.spam_reasons


@dataclass(frozen=True, slots=True)
class Identity:
    """What a submission is known by. `unless` names other ids under which the same one may be stored already."""

    id: str
    unless: tuple[str, ...] = ()


def fingerprint(entered: Mapping[str, Any]) -> str:
    """A digest of what was given of an enquiry, by field: two enquiries are the same if and only if it is the same.

    What was not given is no part of it, or a new field of the form would change the digest of every enquiry before it.
    """
    canonical = json.dumps(entered, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def identity_of_key(key: str) -> Identity:
    """The identity that an `Idempotency-Key` gives, the same for as long as the lead is kept."""
    return Identity(_digest("key", key))


def identity_of_content(fingerprint: str, now: float) -> Identity:
    """The identity of a submission without a key: what was entered, on this day.

    The day is part of it, so that asking again on another day makes another lead.

    Args:
        fingerprint: The digest of what was entered.
        now: The time in seconds since the epoch.

    Returns:
        The identity. In the first ten minutes of a day it also names the day before, or pressing twice at midnight
        would make two leads.
    """
    day, seconds_into_day = divmod(int(now), SECONDS_PER_DAY)
    today, yesterday = (_digest("content", f"{number}:{fingerprint}") for number in (day, day - 1))
    return Identity(today, (yesterday,) if seconds_into_day < 600 else ())


def reference_of(lead_id: str) -> str:
    """The reference that people use on the phone, such as `7KQM-4TWX`, derived from the lead's id."""
    number = int.from_bytes(hashlib.sha256(f"reference:{lead_id}".encode()).digest())
    letters = []
    for _ in range(8):
        number, index = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[index])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def timestamp(now: float) -> str:
    """`now`, in seconds since the epoch, as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()[:32]
