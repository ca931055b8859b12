"""A mail as plain data: a subject and blocks of words, from which its text and its HTML are made alike.

Nothing that a visitor typed can become a header of its own, or another address: `email.policy.SMTP` refuses line breaks
in headers, the store holds names without control characters in the first place, and an address or a name that is not
plain stays out of the headers.

All of it is ASCII on the wire: not every server on the way to the reader can carry more.
https://docs.aws.amazon.com/ses/latest/dg/send-email-raw.html
"""

import unicodedata
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final, NamedTuple

from shared.email_address import deliverable

# RFC 2045 section 2.7: lines of ASCII.
_SEVEN_BIT: Final = SMTP.clone(cte_type="7bit")
# First strong isolate and pop directional isolate (UAX #9): a name in another script stays in its place.
_ISOLATE: Final = "\u2068{}\u2069"


class Row(NamedTuple):
    """A line of a table: what it is, the value, and where a tap on it leads."""

    label: str
    value: str
    link: str | None = None


class Notice(NamedTuple):
    """What to know before anything else."""

    title: str
    text: str


class Heading(NamedTuple):
    """What the next blocks are about."""

    text: str


class Sentence(NamedTuple):
    """A sentence, or some."""

    text: str


class Rows(NamedTuple):
    """A table of labels and values."""

    rows: tuple[Row, ...]


class Quote(NamedTuple):
    """The visitor's own words."""

    heading: str
    text: str


class Button(NamedTuple):
    """Something to do, as wide as a phone; `is_quiet` where another one is to be done first."""

    text: str
    link: str
    is_quiet: bool = False


class Entry(NamedTuple):
    """One enquiry of a list, with the link that leads to it, if there is one."""

    title: str
    rows: tuple[Row, ...]
    button: Button | None = None


class Entries(NamedTuple):
    """A list of enquiries."""

    entries: tuple[Entry, ...]


class Small(NamedTuple):
    """What has to be said, and need not be read each time."""

    text: str


type Block = Notice | Heading | Sentence | Rows | Quote | Button | Entries | Small


class Mail(NamedTuple):
    """A mail in one language. A reply goes to `reply_to`, or where the mail came from."""

    subject: str
    blocks: tuple[Block, ...]
    reply_to: Address | None = None


def build_message(mail: Mail, *, sender: Address, recipient: str, language: str, text: str, html: str) -> EmailMessage:
    """The mail as it is handed to SES.

    Args:
        mail: What it says.
        sender: Who it comes from.
        recipient: The address that it goes to.
        language: The language of all of it, as a BCP 47 tag.
        text: Its words for programs that show text.
        html: Its words for the others.
    """
    message = EmailMessage(policy=_SEVEN_BIT)
    message["From"] = sender
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = mail.subject
    # RFC 3834: keeps vacation responders from answering the visitor's address or ours.
    message["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    for part in message.walk():  # RFC 3282; content that is set drops what stood there before
        part["Content-Language"] = language
    return message


def mailbox(name: str, address: str) -> Address | None:
    """Somebody's name and address as a header can hold them: without the name if it is not plain, None without both."""
    if not deliverable(address):
        return None
    return Address(name if plain(name) == name else "", addr_spec=address)


def plain(name: str) -> str:
    """What of a name a header can hold as it is, without quotes: only then can nothing in it be read as an address.

    Python's header folding loses the quotes of a long name, and takes `=?...?=` for an encoded word within them.
    """
    # Letters, the marks that some scripts write vowels with, and numbers.
    kept = (each if unicodedata.category(each)[0] in "LMN" or each in "'’&-" else " " for each in name.replace(".", ""))
    return " ".join("".join(kept).split())


def isolated(words: str) -> str:
    """Words that keep their own direction within a sentence, whatever script they are in."""
    return _ISOLATE.format(words)
