"""The lead that `notify` finds in the table, stored by our own store so that it is what `leads` would have stored."""

from types import SimpleNamespace
from typing import Any

from shared.consent import CONSENT_ID, CONSENT_VERSION
from shared.lead import Enquiry, Identity, Lead, reference_of
from shared.store import LeadStore


def known_lead() -> dict[str, Any]:
    """Its item, in DynamoDB's JSON."""
    puts: list[dict[str, Any]] = []
    recorder: Any = SimpleNamespace(put_item=lambda **put: puts.append(put))
    LeadStore("bench", client=recorder).create(LEAD, Identity(LEAD.id))
    (put,) = puts
    item: dict[str, Any] = put["Item"]
    return item


_ENQUIRY = Enquiry(
    name="Ana Ruiz",
    phone="+16025550100",
    phone_extension=None,
    email="ana@example.com",
    preferred_contact="phone",
    preferred_time="morning",
    message="Me duele la pierna izquierda.",
    locale="es",
    article="dry-needling-for-sciatica",
    source={"utm_source": "newsletter"},
    consent_version=CONSENT_VERSION,
)
_ID = "4f1c0c9e5b7a4d6f8e2b1a3c5d7e9f01"
LEAD = Lead(
    id=_ID,
    reference=reference_of(_ID),
    enquiry=_ENQUIRY,
    fingerprint=_ENQUIRY.fingerprint(),
    article_revision="1",
    consent_id=CONSENT_ID,
    stored_at="2026-11-23T15:30:00.000Z",
    expires_at=1_826_983_800,
)
