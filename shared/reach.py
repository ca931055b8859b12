"""Addresses that open a call, a message or a mail on the reader's device."""

from urllib.parse import quote

from shared.lead import Enquiry


def tel(enquiry: Enquiry) -> str | None:
    """The person's number to be called, with what to dial once somebody answers (RFC 3966); None without one."""
    if not enquiry.phone:
        return None
    extension = f";ext={enquiry.phone_extension}" if enquiry.phone_extension else ""
    return f"tel:{enquiry.phone}{extension}"


def sms(enquiry: Enquiry, text: str) -> str | None:
    """A message to the person's number (RFC 5724); None without one, and where somebody has to connect."""
    # Apple's Messages wants `&` before the text, others `?`: each takes both.
    if not enquiry.phone or enquiry.phone_extension:
        return None
    return f"sms:{enquiry.phone}?&body={quote(text, safe='')}"


def mailto(address: str, subject: str | None = None, text: str | None = None) -> str:
    """A mail to an address (RFC 6068)."""
    # What stands for itself in an address may be the start of a mail's text in a link.
    fields = {"subject": subject, "body": text and text.replace("\n", "\r\n")}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items() if value)
    return f"mailto:{quote(address, safe='@')}{'?' if query else ''}{query}"
