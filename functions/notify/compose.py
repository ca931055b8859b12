"""The alert as a mail: one sentence, one button to the person, and nothing that should not travel by mail."""

from collections.abc import Iterator, Sequence

from shared.email_address import readable
from shared.enquiry_blocks import LONGEST_SUBJECT, Linked, clock_sentences, entry, reach_rows, way_to_answer
from shared.enquiry_words import further, suspicions, wishes
from shared.first_name import first_name
from shared.lead import Lead, reference_of, seconds
from shared.letterhead import Letterhead
from shared.mail import Block, Button, Entries, Heading, Mail, Notice, Quote, Row, Rows, Sentence, isolated, mailbox
from shared.messages import mark as _
from shared.reach import mailto, tel


def compose(lead: Lead, letterhead: Letterhead, *, detail: str, link: str | None = None) -> Mail:
    """Write the alert for a lead, in the practice's language: who wants what, the way to them, and then the rest.

    Args:
        lead: The lead.
        letterhead: That of the practice's language.
        detail: `full` to include the visitor's own words, `brief` to leave them with the lead.
        link: Where the practice says what became of the enquiry; None where links cannot be signed.
    """
    is_full = detail == "full"
    blocks: list[Block] = [
        *_notices(lead, letterhead),
        Heading(_wanted(lead, letterhead)),
        *_way_to_them(lead, letterhead),
        *_promise(lead, letterhead),
        *_message(lead, letterhead, is_full=is_full),
        Rows((*_further(lead, letterhead, is_full=is_full), *_rows(lead, letterhead))),
        *way_to_answer(link, letterhead, is_quiet=True),
    ]
    reply_to = mailbox(lead.enquiry.name, lead.enquiry.email or "")
    return Mail(_subject(lead, letterhead), tuple(blocks), reply_to)


def compose_bundle(enquiries: Sequence[Linked], letterhead: Letterhead) -> Mail:
    """Write one mail for alerts that would be too many, in the practice's language, without what visitors wrote."""
    say = letterhead.say
    entries = tuple(entry(each, letterhead, *_labels(each.lead, letterhead)) for each in enquiries)
    blocks: list[Block] = [
        Sentence(say(_("So many enquiries came at once that they share this mail. Each waits for its answer."))),
        Entries(entries),
        *clock_sentences(enquiries, letterhead),
    ]
    return Mail(say(_("New enquiries: {count}"), count=len(enquiries)), tuple(blocks))


def _labels(lead: Lead, letterhead: Letterhead) -> Iterator[Row]:
    say = letterhead.say
    yield from (Row(each.label, each.value) for each in further(lead.enquiry, say) if each.is_chosen)
    if lead.answer_by:
        yield Row(say(_("Answer by")), letterhead.moment(seconds(lead.answer_by)))
    if reasons := suspicions(lead, say):
        yield Row(say(_("May be advertising")), letterhead.listed(*reasons))
    if lead.replaces:
        yield Row(say(_("Replaces")), lead.replaces)


def _subject(lead: Lead, letterhead: Letterhead) -> str:
    say, name = letterhead.say, first_name(lead.enquiry.name)
    subject = say(_("New enquiry {reference}"), reference=lead.reference)
    if name:
        subject = say(_("New enquiry {reference} from {name}"), reference=lead.reference, name=name)
    if suspicions(lead, say):
        subject = say(_("May be advertising: {subject}"), subject=subject)
    if lead.replaces:
        longer = say(_("{subject}, replaces {reference}"), subject=subject, reference=lead.replaces)
        subject = longer if len(longer) <= LONGEST_SUBJECT else subject
    return subject


def _notices(lead: Lead, letterhead: Letterhead) -> Iterator[Notice]:
    """What to know before anything else: that it may be advertising, corrects another enquiry, or came before."""
    say = letterhead.say
    if reasons := suspicions(lead, say):
        yield Notice(say(_("May be advertising")), isolated(letterhead.listed(*reasons)))
    if lead.replaces:
        correction = say(_("Replaces enquiry {reference}, if you have it"), reference=lead.replaces)
        yield Notice(say(_("Correction")), correction)
    if lead.earlier:
        title = say(_("Not the first enquiry from this number or address"))
        yield Notice(title, _before(reference_of(lead.earlier[0]), lead, letterhead))
    if lead.alert_unproven_at or lead.alert_asked_at:
        yield Notice(say(_("Sent again")), say(_("you may have this mail already")))


def _before(first: str, lead: Lead, letterhead: Letterhead) -> str:
    say, reference = letterhead.say, isolated(first)
    if not lead.waits_since:
        return say(_("The first is {reference}."), reference=reference)
    since = isolated(letterhead.recent(seconds(lead.waits_since), seconds(lead.stored_at)))
    words = _("The first is {reference}, and it has waited for an answer since {time}.")
    return say(words, reference=reference, time=since)


def _wanted(lead: Lead, letterhead: Letterhead) -> str:
    """Who wants to hear from the practice, in which way and when."""
    say, enquiry, name = letterhead.say, lead.enquiry, isolated(lead.enquiry.name)
    contact, time = wishes(enquiry, say)
    match enquiry.preferred_contact, enquiry.preferred_time:
        case "phone", "any":
            return say(_("{name} would like a call, at any time."), name=name)
        case "phone", _time:
            return say(_("{name} would like a call {time}."), name=name, time=time)
        case "email", _time:
            return say(_("{name} would like an answer by email."), name=name)
    return say(_("{name} would like to hear from you: {wishes}."), name=name, wishes=letterhead.listed(contact, time))


def _way_to_them(lead: Lead, letterhead: Letterhead) -> list[Block]:
    """One button, for the way that they prefer."""
    say, enquiry, number = letterhead.say, lead.enquiry, tel(lead.enquiry)
    if enquiry.email and (enquiry.preferred_contact == "email" or not number):
        address = isolated(readable(enquiry.email))
        return [Button(say(_("Write to %(address)s")) % {"address": address}, mailto(enquiry.email))]
    if number:
        written = isolated(lead.phone_as_written or enquiry.phone or "")
        return [Button(say(_("Call %(number)s")) % {"number": written}, number)]
    return []


def _promise(lead: Lead, letterhead: Letterhead) -> list[Block]:
    """By when they were told to hear from the practice; nothing where they were not."""
    if not lead.answer_by:
        return []
    say, time = letterhead.say, isolated(letterhead.zoned(seconds(lead.answer_by)))
    return [Heading(say(_("Answer by {time}"), time=time)), Sentence(say(_("That is what they were told.")))]


def _message(lead: Lead, letterhead: Letterhead, *, is_full: bool) -> list[Block]:
    say, message = letterhead.say, lead.enquiry.message
    if not message:
        return []
    if is_full:
        return [Quote(say(_("Their message:")), message)]
    return [Sentence(say(_("They wrote a message. It is not sent by mail: sign in to the inbox to read it.")))]


def _further(lead: Lead, letterhead: Letterhead, *, is_full: bool) -> Iterator[Row]:
    """What was chosen, and what was typed where the visitor's words may travel."""
    say = letterhead.say
    for each in further(lead.enquiry, say):
        is_told = is_full or each.is_chosen
        yield Row(each.label, each.value.replace("\n", " ") if is_told else say(_("in the inbox, not sent by mail")))


def _rows(lead: Lead, letterhead: Letterhead) -> Iterator[Row]:
    say, enquiry = letterhead.say, lead.enquiry
    yield from reach_rows(lead, letterhead)
    yield Row(say(_("Language")), letterhead.language_name(enquiry.locale))
    yield Row(say(_("Reference")), lead.reference)
    yield Row(say(_("Received")), letterhead.zoned(seconds(lead.stored_at)))
    article = f"{letterhead.practice.origin}/{enquiry.locale}/articles/{enquiry.article}"
    yield Row(say(_("Article")), letterhead.article_title(enquiry.article), article)
