"""The alert as a mail: what the practice needs to call back, and nothing that should not travel by mail.

Nothing the visitor typed can become a header of its own, or another address: `email.policy.SMTP` refuses line breaks in
headers, the store holds names without control characters in the first place, and an address or a name that is not
plain stays out of the headers.

All of it is ASCII on the wire: not every server on the way to the reader can carry more.
https://docs.aws.amazon.com/ses/latest/dg/send-email-raw.html
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from gettext import NullTranslations
from html import escape
from typing import Final, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from functions.notify.first_name import first_name
from functions.notify.languages import Language
from shared.email_address import deliverable, readable
from shared.lead import REFERENCE_ALPHABET, Lead
from shared.messages import mark as _
from shared.practice import Practice

_CONTACT: Final = {"phone": _("by phone"), "email": _("by e-mail")}
_TIMES: Final = {
    "morning": _("in the morning"),
    "afternoon": _("in the afternoon"),
    "evening": _("in the evening"),
    "any": _("at any time"),
}


class Further(NamedTuple):
    """What the alert calls a field of the form that no other line shows, and each of its choices, if it has any."""

    label: str
    choices: Mapping[str, str] = {}


# By the field's name in functions/leads/form.py; a test says where one is missing.
_FURTHER: Final[Mapping[str, Further]] = {}
# Why `leads` took it for advertising.
_SPAM_REASONS: Final = {"link_in_name": _("a link in the name"), "links": _("many links in the message")}
# RFC 2045 section 2.7: lines of ASCII.
_SEVEN_BIT: Final = SMTP.clone(cte_type="7bit")
# RFC 5322 section 2.1.1: a subject longer than a line is cut short in a list of mails.
_LONGEST_SUBJECT: Final = 78
# First strong isolate and pop directional isolate (UAX #9): a name in another script stays in its place.
_ISOLATE: Final = "\u2068{}\u2069"


class Row(NamedTuple):
    """A line of the alert: what it is, the value, and where a tap on it leads."""

    label: str
    value: str
    link: str | None = None


def compose(
    lead: Lead,
    practice: Practice,
    languages: Mapping[str, Language],
    catalogue: NullTranslations,
    *,
    sender: str,
    recipient: str,
    detail: str,
) -> EmailMessage:
    """Write the alert for a lead, in the practice's language.

    Args:
        lead: The lead.
        practice: The practice.
        languages: The published languages by locale; the practice's own is among them.
        catalogue: The messages in the practice's language.
        sender: The address that the alert comes from.
        recipient: The address that it goes to.
        detail: `full` to include the visitor's own words, `brief` to leave them with the lead.

    Returns:
        The mail, ready to be sent.
    """
    say = catalogue.gettext
    subject = _subject(lead, catalogue)
    rows = [*_notices(lead, catalogue), *_rows(lead, practice, languages, catalogue)]
    message = lead.enquiry.message
    further = [_further(name, value, catalogue) for name, value in lead.enquiry.more.items()]
    if detail != "full":
        kept = say(_("kept with the enquiry, not sent by mail"))
        further = [each._replace(value=kept) for each in further] + [Row(say(_("Message")), kept)] * bool(message)
        message = None
    rows += further
    mail = EmailMessage(policy=_SEVEN_BIT)
    mail["From"] = Address(_plain(practice.name), addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = subject
    # RFC 3834: keeps vacation responders from answering the visitor's address or ours.
    mail["Auto-Submitted"] = "auto-generated"
    if reply_to := _reply_to(lead):
        mail["Reply-To"] = reply_to
    mail.set_content(_text(rows, message, say(_("Their message:"))))
    head = {"language": practice.language, "direction": languages[practice.language]["direction"], "title": subject}
    mail.add_alternative(_html(head, rows, message, say(_("Their message:"))), subtype="html")
    for part in mail.walk():  # RFC 3282; content that is set drops what stood there before
        part["Content-Language"] = practice.language
    return mail


def _subject(lead: Lead, catalogue: NullTranslations) -> str:
    say, name = catalogue.gettext, first_name(lead.enquiry.name)
    subject = say(_("New enquiry {reference}")).format(reference=lead.reference)
    if name:
        subject = say(_("New enquiry {reference} from {name}")).format(reference=lead.reference, name=name)
    if lead.spam_reasons:
        subject = say(_("May be advertising: {subject}")).format(subject=subject)
    if lead.replaces:
        longer = say(_("{subject}, replaces {reference}")).format(subject=subject, reference=lead.replaces)
        subject = longer if len(longer) <= _LONGEST_SUBJECT else subject
    return subject


def _notices(lead: Lead, catalogue: NullTranslations) -> list[Row]:
    """What to know before anything else: that it may be advertising, corrects another enquiry, or came before."""
    say = catalogue.gettext
    notices = []
    if lead.spam_reasons:
        reasons = (say(_SPAM_REASONS[each]) if each in _SPAM_REASONS else each for each in lead.spam_reasons)
        notices.append(Row(say(_("May be advertising")), say(_(", ")).join(reasons)))
    if lead.replaces:
        correction = say(_("Replaces enquiry {reference}, if you have it")).format(reference=lead.replaces)
        notices.append(Row(say(_("Correction")), correction))
    if lead.alert_unproven_at:
        notices.append(Row(say(_("Sent again")), say(_("you may have this mail already"))))
    return notices


def _rows(lead: Lead, practice: Practice, languages: Mapping[str, Language], catalogue: NullTranslations) -> list[Row]:
    say, enquiry = catalogue.gettext, lead.enquiry
    rows = [Row(say(_("Name")), enquiry.name)]
    if enquiry.phone:
        rows.append(Row(say(_("Phone")), *_phone(enquiry.phone, lead)))
        if typed := _typed_otherwise(enquiry.phone, lead):
            rows.append(Row(say(_("Phone as typed")), typed))
    if enquiry.email:
        # RFC 6068: what stands for itself in an address may be the start of a mail's text in a link.
        rows.append(Row(say(_("E-mail")), readable(enquiry.email), f"mailto:{quote(enquiry.email, safe='@')}"))
    # Later code may have stored another wish than these.
    wishes = ((_CONTACT, enquiry.preferred_contact), (_TIMES, enquiry.preferred_time))
    wish = say(_(", ")).join(say(words[each]) if each in words else each for words, each in wishes)
    # A language that was published when the lead came may be published no more.
    language = languages[enquiry.locale]["name"] if enquiry.locale in languages else enquiry.locale
    received = datetime.fromisoformat(lead.stored_at).astimezone(ZoneInfo(practice.time_zone))
    return [
        *rows,
        Row(say(_("Prefers contact")), wish),
        Row(say(_("Language")), language),
        Row(say(_("Reference")), lead.reference),
        Row(say(_("Received")), f"{received:%Y-%m-%d %H:%M} ({practice.time_zone})"),
        Row(say(_("Article")), enquiry.article, f"{practice.origin}/{enquiry.locale}/articles/{enquiry.article}"),
    ]


def _further(name: str, value: str, catalogue: NullTranslations) -> Row:
    further = _FURTHER.get(name, Further(name))
    said = catalogue.gettext(further.choices[value]) if value in further.choices else value.replace("\n", " ")
    return Row(catalogue.gettext(further.label), said)


def _phone(number: str, lead: Lead) -> tuple[str, str]:
    # RFC 3966: a global number, and what to dial once somebody answers.
    extension = f";ext={lead.enquiry.phone_extension}" if lead.enquiry.phone_extension else ""
    return lead.phone_as_written or number, f"tel:{number}{extension}"


def _typed_otherwise(number: str, lead: Lead) -> str | None:
    """The number as it was typed, where reading it took a guess: it had no country code, or its digits are others."""
    typed = lead.phone_as_typed
    if not typed or typed in (number, lead.phone_as_written):
        return None
    read = f"{number}{lead.enquiry.phone_extension or ''}"
    return typed if "+" not in typed.replace("＋", "+") or _digits(typed) != _digits(read) else None


def _digits(number: str) -> list[int]:
    return [unicodedata.digit(each) for each in number if each.isdecimal()]


def _reply_to(lead: Lead) -> Address | None:
    """The visitor's address, where a header can carry it."""
    if not (address := deliverable(lead.enquiry.email or "")):
        return None
    name = lead.enquiry.name
    return Address(name if _plain(name) == name else "", addr_spec=address)


def _plain(name: str) -> str:
    """What of a name a header can hold as it is, without quotes: only then can nothing in it be read as an address.

    Python's header folding loses the quotes of a long name, and takes `=?...?=` for an encoded word within them.
    """
    # Letters, the marks that some scripts write vowels with, and numbers.
    kept = (each if unicodedata.category(each)[0] in "LMN" or each in "'’&-" else " " for each in name.replace(".", ""))
    return " ".join("".join(kept).split())


def _text(rows: list[Row], message: str | None, heading: str) -> str:
    lines = [f"{row.label}: {_ISOLATE.format(row.value)}" + (f"\n  {row.link}" if row.link else "") for row in rows]
    if message:
        lines += ["", heading, "", *(f"> {_ISOLATE.format(line)}" for line in message.split("\n"))]
    return "\n".join(lines) + "\n"


# Styles stand in the elements: mail programs drop style sheets.
_HTML_MAIL: Final = """\
<!doctype html>
<html lang="{language}" dir="{direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body style="font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">
<table role="presentation" style="border-collapse:collapse">
{rows}
</table>
{message}
</body>
</html>
"""
_HTML_ROW: Final = """\
<tr style="vertical-align:baseline"><td style="padding:6px 12px">{label}</td>\
<td style="padding:6px 12px;font-size:18px;overflow-wrap:anywhere">{value}</td></tr>"""
_HTML_MESSAGE: Final = """\
<p style="margin:12px">{heading}</p>
<blockquote dir="auto" style="margin:12px;padding:12px;background:#f4f4f4;color:#111;white-space:pre-wrap;\
overflow-wrap:anywhere">{message}\
</blockquote>"""


# What is read out or dialled stays on one line.
_UNBROKEN: Final = r'<span style="white-space:nowrap">\g<0></span>'
_REFERENCE: Final = re.compile(f"[{REFERENCE_ALPHABET}]{{4}}-[{REFERENCE_ALPHABET}]{{4}}")


def _html(head: Mapping[str, str], rows: list[Row], message: str | None, heading: str) -> str:
    words = _HTML_MESSAGE.format(heading=escape(heading), message=escape(message)) if message else ""
    return _HTML_MAIL.format(
        **{name: escape(value) for name, value in head.items()},
        rows="\n".join(_HTML_ROW.format(label=escape(row.label), value=_cell(row)) for row in rows),
        message=words,
    )


def _cell(row: Row) -> str:
    value = f"<bdi>{_REFERENCE.sub(_UNBROKEN, escape(row.value))}</bdi>"
    if not row.link:
        return value
    value = f'<a href="{escape(row.link)}">{value}</a>'
    return _UNBROKEN.replace(r"\g<0>", value) if row.link.startswith("tel:") else value
