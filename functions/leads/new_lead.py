"""From an enquiry without a fault to the lead that is stored for it."""

from functions.leads.enquiry import Accepted
from functions.leads.spam import spam_reasons
from shared.consent import CONSENT_ID
from shared.lead import SECONDS_PER_DAY, Identity, Lead, identity_of_key, reference_of, timestamp
from shared.opening_hours import OpeningHours


def new_lead(
    accepted: Accepted, identity: Identity, now: float, *, hours: OpeningHours, revision: str, keep_days: int
) -> Lead:
    """The lead of an enquiry, of which nothing has come to be known yet.

    Args:
        accepted: The enquiry, and what came with it.
        identity: What the submission is known by.
        now: When it was sent, in seconds since the epoch.
        hours: The opening hours, by which an answer is promised.
        revision: Which text of the article its visitor has read.
        keep_days: For how many days it is kept.
    """
    return Lead(
        id=identity.id,
        reference=reference_of(identity.id),
        enquiry=accepted.enquiry,
        fingerprint=accepted.fingerprint,
        article_revision=revision,
        consent_id=CONSENT_ID,
        stored_at=timestamp(now),
        expires_at=int(now) + keep_days * SECONDS_PER_DAY,
        answer_by=promised(hours, now),
        phone_as_written=accepted.phone_as_written,
        phone_as_typed=accepted.phone_as_typed,
        replaces=reference_of(identity_of_key(accepted.replaces).id) if accepted.replaces else None,
        spam_reasons=spam_reasons(accepted.enquiry, accepted.honeypot),
        version=1,
    )


def promised(hours: OpeningHours, now: float) -> str | None:
    """By when an enquiry of now is answered (ISO 8601 in UTC), where that can be promised."""
    promise = hours.answer_by(now)
    return timestamp(promise) if promise else None
