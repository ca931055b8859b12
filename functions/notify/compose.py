"""The alert as a mail: what the practice needs to call back, and nothing that should not travel by mail.

Nothing the visitor typed can become a header of its own, or another address: `email.policy.SMTP` refuses line breaks in
headers, the store holds names without control characters in the first place, and an address or a name that is not
plain stays out of the headers.
"""

import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from gettext import NullTranslations
from html import escape
from typing import Final, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from shared.email_address import is_email_address
from shared.lead import Lead
from shared.messages import mark as _
from shared.practice import Practice

_LANGUAGES: Final = {
    "en": _("English"),
    "es": _("Spanish"),
    "fr": _("French"),
    "zh-Hant": _("Chinese (Traditional)"),
    "ar": _("Arabic"),
}
_CONTACT: Final = {"phone": _("by phone"), "email": _("by e-mail")}
_TIMES: Final = {
    "morning": _("in the morning"),
    "afternoon": _("in the afternoon"),
    "evening": _("in the evening"),
    "any": _("at any time"),
}
# First strong isolate and pop directional isolate (UAX #9): a name in another script stays in its place.
_ISOLATE: Final = "\u2068{}\u2069"
_RIGHT_TO_LEFT: Final = ("ar", "fa", "he", "ur")


class Row(NamedTuple):
    """A line of the alert: what it is, the value, and where a tap on it leads."""

    label: str
    value: str
    link: str | None = None


def compose(
    lead: Lead, practice: Practice, catalogue: NullTranslations, *, sender: str, recipient: str, detail: str
) -> EmailMessage:
    """The alert for `lead` in the practice's language; `detail` is `full` to include the visitor's own words."""
    say = catalogue.gettext
    name = first_name(lead.enquiry.name)
    subject = say(_("New enquiry {reference}")).format(reference=lead.reference)
    if name:
        subject = say(_("New enquiry {reference} from {name}")).format(reference=lead.reference, name=name)
    rows = _rows(lead, practice, catalogue)
    message = lead.enquiry.message
    if message and detail != "full":
        rows.append(Row(say(_("Message")), say(_("kept with the enquiry, not sent by mail"))))
        message = None
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(practice.name, addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = subject
    mail["Content-Language"] = practice.language
    # RFC 3834: keeps vacation responders from answering the visitor's address or ours.
    mail["Auto-Submitted"] = "auto-generated"
    if reply_to := _reply_to(lead):
        mail["Reply-To"] = reply_to
    mail.set_content(_text(rows, message, say(_("Their message:"))))
    mail.add_alternative(_html(rows, message, say(_("Their message:")), practice.language, subject), subtype="html")
    return mail


def first_name(name: str) -> str | None:
    """The first name, for the subject. None where it cannot be told from the rest, or is not a name at all."""
    first = name.split(maxsplit=1)[0]
    if len(first) > 30 or not all(_is_of_a_name(letter) or letter in "'’.-" for letter in first):
        return None
    # Chinese, Japanese and Korean names are written without a space: the first word may be the whole name.
    return None if any("\u2e80" <= letter <= "\ufaff" for letter in first) else first


def _rows(lead: Lead, practice: Practice, catalogue: NullTranslations) -> list[Row]:
    say, enquiry = catalogue.gettext, lead.enquiry
    rows = [Row(say(_("Name")), enquiry.name)]
    if enquiry.phone:
        rows.append(Row(say(_("Phone")), *_phone(enquiry.phone, lead)))
    if enquiry.email:
        # RFC 6068: what stands for itself in an address may be the start of a mail's text in a link.
        rows.append(Row(say(_("E-mail")), enquiry.email, f"mailto:{quote(enquiry.email, safe='@')}"))
    wish = f"{say(_CONTACT[enquiry.preferred_contact])}, {say(_TIMES[enquiry.preferred_time])}"
    language = say(_LANGUAGES[enquiry.locale]) if enquiry.locale in _LANGUAGES else enquiry.locale
    received = datetime.fromisoformat(lead.stored_at).astimezone(ZoneInfo(practice.time_zone))
    return [
        *rows,
        Row(say(_("Prefers contact")), wish),
        Row(say(_("Language")), language),
        Row(say(_("Reference")), lead.reference),
        Row(say(_("Received")), f"{received:%Y-%m-%d %H:%M} ({practice.time_zone})"),
        Row(say(_("Article")), enquiry.article, f"{practice.origin}/{enquiry.locale}/articles/{enquiry.article}"),
    ]


def _phone(number: str, lead: Lead) -> tuple[str, str]:
    # RFC 3966: a global number, and what to dial once somebody answers.
    extension = f";ext={lead.enquiry.phone_extension}" if lead.enquiry.phone_extension else ""
    return lead.phone_as_written or number, f"tel:{number}{extension}"


def _reply_to(lead: Lead) -> Address | None:
    """The visitor's address, where it is one that a header can carry and SES accepts."""
    local, _, written = (lead.enquiry.email or "").rpartition("@")
    try:
        domain = written.encode("idna").decode()
        # Python's IDNA is that of 2003, which makes another domain of one with a letter such as ß.
        if domain.encode().decode("idna") != written:
            return None
    except UnicodeError:
        return None
    if not local.isascii() or not is_email_address(f"{local}@{domain}"):
        return None
    return Address(lead.enquiry.name if _is_plain(lead.enquiry.name) else "", local, domain)


def _is_plain(name: str) -> bool:
    """Whether a header holds this name as it is, without quotes: only then can nothing in it be read as an address.

    Python's header folding loses the quotes of a long name, and takes `=?...?=` for an encoded word within them.
    """
    return all(_is_of_a_name(letter) or letter in " '’-" for letter in name)


def _is_of_a_name(letter: str) -> bool:
    # Letters, and the marks that some scripts write vowels with.
    return unicodedata.category(letter)[0] in "LM"


def _text(rows: list[Row], message: str | None, heading: str) -> str:
    lines = [f"{row.label}: {_ISOLATE.format(row.value)}" + (f"\n  {row.link}" if row.link else "") for row in rows]
    if message:
        lines += ["", heading, "", *(f"> {_ISOLATE.format(line)}" for line in message.split("\n"))]
    return "\n".join(lines) + "\n"


# Styles stand in the elements: mail programs drop style sheets.
_HTML_MAIL: Final = """\
<!doctype html>
<html lang="{language}" dir="{direction}">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">
<table role="presentation" style="border-collapse:collapse">
{rows}
</table>
{message}
</body>
</html>
"""
_HTML_ROW: Final = """\
<tr><td style="padding:6px 12px 6px 0;color:#555">{label}</td>\
<td style="padding:6px 0;font-size:18px">{value}</td></tr>"""
_HTML_MESSAGE: Final = """\
<p style="color:#555">{heading}</p>
<blockquote dir="auto" style="margin:0;padding:12px;background:#f4f4f4;color:#111;white-space:pre-wrap">{message}\
</blockquote>"""


def _html(rows: list[Row], message: str | None, heading: str, language: str, title: str) -> str:
    words = _HTML_MESSAGE.format(heading=escape(heading), message=escape(message)) if message else ""
    return _HTML_MAIL.format(
        language=language,
        direction="rtl" if language.split("-", maxsplit=1)[0] in _RIGHT_TO_LEFT else "ltr",
        title=escape(title),
        rows="\n".join(_HTML_ROW.format(label=escape(row.label), value=_cell(row)) for row in rows),
        message=words,
    )


def _cell(row: Row) -> str:
    value = f"<bdi>{escape(row.value)}</bdi>"
    return f'<a href="{escape(row.link)}">{value}</a>' if row.link else value
