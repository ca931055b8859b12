"""What a lead is: plain values and rules, no I/O and no clock of its own.

A lead's id is derived, never random: from the `Idempotency-Key`, or from what was entered where there is none. The
same enquiry therefore always meets the same item, and the table itself is the idempotency record.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

# No 0/O, 1/I and no vowels (nor Y): it can be read out on the phone, and it never spells a word.
REFERENCE_ALPHABET: Final = "23456789BCDFGHJKLMNPQRSTVWXZ"
REFERENCE_LENGTH: Final = 8

# The reason that keeps an alert back. People never see the honeypot; an enquiry with a link too many is alerted.
HONEYPOT: Final = "honeypot"

# A lead's id, as a regular expression.
ID_PATTERN: Final = "[0-9a-f]{32}"

SECONDS_PER_DAY: Final = 86_400

# The address of the canary's leads, and where their alerts go: SES's mailbox simulator takes every mail, in the sandbox
# too, and reads none (SES Developer Guide, "Using the mailbox simulator"). A visitor may give it as well: what is the
# canary's, the table says (`LeadStore.is_canary`).
CANARY_ADDRESS: Final = "success@simulator.amazonses.com"


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
    """An enquiry as it is stored, with every fact that came to be known of it.

    Times are ISO 8601 in UTC unless their name says otherwise. Facts are written by `shared.facts` alone, and what is
    to be done follows from them (`shared.duties`).
    """

    id: str
    reference: str
    enquiry: Enquiry
    fingerprint: str
    article_revision: str
    consent_id: str
    stored_at: str
    expires_at: int  # seconds since the epoch: DynamoDB's TTL deletes the item some time after it
    answer_by: str | None = None  # the time that the visitor was promised, where one could be
    # As people write it where the practice is, with its extension; never in a stray log line.
    phone_as_written: str | None = field(default=None, repr=False)
    # As it was typed, where the country was not: how it was read is a guess then, however good.
    phone_as_typed: str | None = field(default=None, repr=False)
    # The reference of an earlier enquiry that this one corrects, which may have arrived or not. No part of what was
    # entered, and so not of the fingerprint.
    replaces: str | None = None
    spam_reasons: tuple[str, ...] = ()
    # Goes up with every write. Releases up to 0.2.0 wrote none: their leads owe an alert and nothing else.
    version: int = 0

    # Found again: by reference, month and person.
    filed_at: str | None = None
    file_next_at: int | None = None  # seconds since the epoch: until then somebody is at it, or it waits
    person: tuple[str, ...] = field(default=(), repr=False)  # keyed digests of number and address
    # The ids of other leads of the same person, at the time of filing: those that wait for an answer come first.
    earlier: tuple[str, ...] = ()
    waits_since: str | None = None  # since when the first of those is unanswered

    # The alert, of which every attempt is a mail of its own. A lease is an attempt that lies ahead.
    alert_attempts: int = 0
    alert_next_at: int | None = None  # seconds since the epoch
    alert_mail_id: str | None = None  # of the last attempt
    alert_error: str | None = None
    alert_unproven_at: str | None = None  # SES was handed a mail then, the last of those whose answer was lost
    alert_sent_at: str | None = None
    alert_message_id: str | None = None
    alert_returned_at: str | None = None  # the last attempt's mail expired or was turned away for the time being
    alert_asked_at: str | None = None  # a person wanted it once more: all that is said of it came later
    alert_bundle: int | None = None  # the window (seconds since the epoch) whose alerts go out as one mail

    # What SES said of the alert's mails later. One does not exclude another.
    delivered_at: str | None = None
    delayed_at: str | None = None
    complained_at: str | None = None
    bounced_at: str | None = None  # for good: the mailbox cannot be reached
    rejected_at: str | None = None
    bounce: str | None = None  # in SES's words: type, subtype and status, such as `Permanent General 5.1.1`

    # Another way than the alert, where nothing proves that one.
    backup_at: str | None = None
    backup_lost_at: str | None = None  # what SES had said by then: when the mailbox could not be reached, or nothing
    backup_attempts: int = 0
    backup_next_at: int | None = None  # seconds since the epoch
    backup_error: str | None = None

    # Reminders of one deadline; another deadline starts with none.
    reminder_for: int | None = None  # the deadline, in seconds since the epoch
    reminder_rung: int = 0  # how many of its reminders are done
    reminder_at: str | None = None  # the last of them
    reminder_attempts: int = 0
    reminder_next_at: int | None = None  # seconds since the epoch
    reminder_mail_id: str | None = None

    # What people did: each with `outcome`, `at`, `by`, perhaps `again_at`, and once undone `undone_at` and `undone_by`.
    outcomes: tuple[Mapping[str, str], ...] = ()
    rescued_at: str | None = None  # kept back, and a person said that it is none to keep back
    # Each with `at`, `by` and `text`; where it says that a person was told of a closed day, `closed`, perhaps `told`.
    notes: tuple[Mapping[str, str], ...] = field(default=(), repr=False)
    apart: tuple[str, ...] = ()  # the ids of leads that a person said are another person's

    # The ids of the mails about it, each before it is written down: whoever erases the lead finds them.
    mails: tuple[str, ...] = ()

    # What happened, in order (`shared.ledger`).
    ledger: tuple[Mapping[str, str], ...] = ()

    @property
    def is_kept_back(self) -> bool:
        """Whether no alert is sent. Other reasons to take a lead for spam are labels, and the alert says so."""
        return HONEYPOT in self.spam_reasons and not self.rescued_at

    @property
    def outcome(self) -> Mapping[str, str] | None:
        """The last of the outcomes that stand, or None."""
        return next((each for each in reversed(self.outcomes) if "undone_at" not in each), None)


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
    for _ in range(REFERENCE_LENGTH):
        number, index = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[index])
    return written_reference(letters)


def written_reference(letters: Sequence[str]) -> str:
    """A reference's letters, as people read them best."""
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def read_reference(text: str) -> str | None:
    """A reference as it is stored, from what somebody has heard or typed: without its hyphen, in small letters.

    None where it is none.
    """
    letters = [letter for letter in text.upper() if letter.isalnum()]
    is_one = len(letters) == REFERENCE_LENGTH and set(letters) <= set(REFERENCE_ALPHABET)
    return written_reference(letters) if is_one else None


def timestamp(now: float) -> str:
    """`now`, in seconds since the epoch, as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(timestamp: str) -> float:
    """Seconds since the epoch of what `timestamp` wrote."""
    return datetime.fromisoformat(timestamp).timestamp()


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()[:32]
