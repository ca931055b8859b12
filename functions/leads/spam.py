"""What makes a lead look like spam: labels. It is stored and alerted all the same, but for what the honeypot caught."""

import re
from typing import Final

from shared.lead import HONEYPOT, Enquiry

# Somebody in pain may paste one address of a scan or an insurer; advertisers paste several.
MAX_LINKS: Final = 2

_ADDRESS = re.compile(r"https?://(?:www\.)?|www\.", re.IGNORECASE)
_TAG = re.compile(r"<a\s|\[url", re.IGNORECASE)


def spam_reasons(enquiry: Enquiry, honeypot: str | None) -> tuple[str, ...]:
    """The reasons to take this enquiry for spam, none for most."""
    reasons = []
    if honeypot:
        reasons.append(HONEYPOT)
    if _links(enquiry.name):
        reasons.append("link_in_name")
    if _links(enquiry.message or "") > MAX_LINKS:
        reasons.append("links")
    return tuple(reasons)


def _links(text: str) -> int:
    # A tag has its address in it, mostly: the two are one link.
    return max(len(_ADDRESS.findall(text)), len(_TAG.findall(text)))
