"""One lead, with everything that a visitor can leave; a test changes what it is about."""

from shared.consent import CONSENT_ID, CONSENT_VERSION
from shared.lead import Enquiry, Lead, fingerprint, reference_of

_ID = "4f1c0c9e5b7a4d6f8e2b1a3c5d7e9f01"

ENQUIRY = Enquiry(
    name="Ana Ruiz",
    phone="+16025550100",
    phone_extension="12",
    email="ana@example.com",
    preferred_contact="phone",
    preferred_time="morning",
    message="Me duele la pierna izquierda.",
    locale="es",
    article="dry-needling-for-sciatica",
    source={"utm_source": "newsletter"},
    consent_version=CONSENT_VERSION,
)
LEAD = Lead(
    id=_ID,
    reference=reference_of(_ID),
    enquiry=ENQUIRY,
    fingerprint=fingerprint({"name": ENQUIRY.name, "phone": ENQUIRY.phone}),
    article_revision="1",
    consent_id=CONSENT_ID,
    stored_at="2026-11-23T15:30:00.000Z",
    expires_at=1_826_983_800,
    phone_as_written="(602) 555-0100 ext. 12",
    phone_as_typed="602-555-0100 x 12",
)
