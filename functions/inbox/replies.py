"""Short replies, in the visitor's language and in the practice's own, to be sent from the reader's own device."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from functions.inbox.speech import Speech
from shared.lead import Lead
from shared.messages import mark as _
from shared.reach import mailto, sms, tel

SUBJECT: Final = _("Your enquiry {reference}")
_CALLED: Final = _("We tried to call you")
_WHEN: Final = _("When may we call?")
_PRICE: Final = _("Price and insurance")
_REPLIES: Final = (
    (
        _CALLED,
        _(
            "Hello, this is {practice}. Thank you for your enquiry {reference}. We tried to call you and could not "
            "reach you. We will try again soon. You can also call us: {phone}."
        ),
    ),
    (
        _("Please call us"),
        _(
            "Hello, this is {practice}. Thank you for your enquiry {reference}. Please call us when it suits you: "
            "{phone}."
        ),
    ),
    (
        _WHEN,
        _(
            "Hello, this is {practice}. Thank you for your enquiry {reference}. When is a good time to call you? "
            "Please reply with a day and a time."
        ),
    ),
    (
        _PRICE,
        # No price is in it: what a visit costs is said by a person, who knows what it is for.
        _(
            "Hello, this is {practice}. Thank you for your enquiry {reference}. We are glad to answer your questions "
            "about price and insurance before you decide on a visit. Please call us: {phone}. Or reply with your "
            "questions and, if you have insurance, the name of the insurer."
        ),
    ),
)
# Those that speak of calling a number which the person has to have given.
_NEED_A_NUMBER: Final = frozenset({_CALLED, _WHEN})


class Reply(NamedTuple):
    """A reply.

    Attributes:
        label: What it is about, in the practice's language: a message.
        text: What it says, in the visitor's language.
        meaning: The same in the practice's; None where that is the visitor's too.
        mailto: Opens it as a mail; None where no address is known.
        sms: Opens it as a message; None where no number is known that takes one.
    """

    label: str
    text: str
    meaning: str | None
    mailto: str | None
    sms: str | None


def replies(lead: Lead, theirs: Speech, own: Speech, *, practice: str, phone: str) -> Iterator[Reply]:
    """Each reply that suits an enquiry; first of all the one to what it is about.

    Args:
        lead: The enquiry.
        theirs: The visitor's language.
        own: The practice's.
        practice: Its name.
        phone: Its number, as people write it.
    """
    values = {"practice": practice, "reference": lead.reference, "phone": phone}
    asks_price = lead.enquiry.more.get("topic") == "price"
    for label, message in sorted(_REPLIES, key=lambda each: not asks_price or each[0] != _PRICE):
        if label in _NEED_A_NUMBER and not lead.enquiry.phone:
            continue
        text = theirs.say(message, **values)
        yield Reply(
            label,
            text,
            None if theirs.locale == own.locale else own.say(message, **values),
            mail_of(lead, theirs, text),
            sms(lead.enquiry, text),
        )


def mail_of(lead: Lead, theirs: Speech, text: str | None = None) -> str | None:
    """Opens a mail to the person with the reference in its subject; None where no address is known."""
    email = lead.enquiry.email
    return mailto(email, theirs.say(SUBJECT, reference=lead.reference), text) if email else None


def ways(lead: Lead, theirs: Speech) -> dict[str, str]:
    """Opens a call (`phone`) or a mail (`email`) to the person, each that is known; the way that they prefer first."""
    known = {"phone": tel(lead.enquiry), "email": mail_of(lead, theirs)}
    ordered = sorted(known.items(), key=lambda each: each[0] != lead.enquiry.preferred_contact)
    return {way: opens for way, opens in ordered if opens}
