"""What makes a lead look like spam. A label with its reasons: the lead is stored, and only its alert is not sent."""

import re
from typing import Final

from shared.lead import Enquiry

# Somebody in pain may paste one address of a scan or an insurer; advertisers paste several.
MAX_LINKS: Final = 2

# Each as a whole, so that an address within a tag, or with a www of its own, is one link.
_LINK = re.compile(r"<a\s[^>]*|\[url[^\]]*|https?://(?:www\.)?|www\.", re.IGNORECASE)


def spam_reasons(enquiry: Enquiry, honeypot: str | None) -> tuple[str, ...]:
    """The reasons to take this enquiry for spam, none for most."""
    reasons = []
    if honeypot:
        reasons.append("honeypot")
    if _LINK.search(enquiry.name):
        reasons.append("link_in_name")
    if len(_LINK.findall(enquiry.message or "")) > MAX_LINKS:
        reasons.append("links")
    return tuple(reasons)
