"""The mails that come after the alert: reminders, and the notice that alerts are not proven to have arrived.

None of them is about what a visitor wrote: they say who waits and since when, and lead to where that ends.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from shared.enquiry_blocks import LONGEST_SUBJECT, Linked, clock_sentences, entry, short_rows, way_to_answer
from shared.first_name import first_name
from shared.lead import Lead, seconds
from shared.letterhead import Letterhead
from shared.mail import Block, Entries, Heading, Mail, Notice, Row, Rows, Sentence, Small, isolated, mailbox
from shared.messages import mark as _

# By the second of SES's words for a bounce for good, what to do besides looking at the address.
# https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
_ON_A_LIST: Final = frozenset({"Suppressed", "OnAccountSuppressionList"})


def reminder(enquiries: Sequence[Linked], letterhead: Letterhead, *, now: float) -> Mail:
    """Write to the practice that people wait, and since when.

    Args:
        enquiries: One or several, the most urgent first.
        letterhead: That of the practice's language.
        now: The time in seconds since the epoch.
    """
    blocks: list[Block] = [Sentence(letterhead.say(_("No answer is on record yet.")))]
    if len(enquiries) == 1:
        [(lead, link)] = enquiries
        reference = Row(letterhead.say(_("Reference")), lead.reference)
        blocks.append(Rows((*short_rows(lead, letterhead), reference, *_why(lead, letterhead))))
        blocks += way_to_answer(link, letterhead)
    else:
        blocks.append(Entries(tuple(entry(each, letterhead, *_why(each.lead, letterhead)) for each in enquiries)))
        blocks += clock_sentences(enquiries, letterhead)
    return Mail(_subject([lead for lead, _link in enquiries], letterhead, now), tuple(blocks))


def _subject(leads: Sequence[Lead], letterhead: Letterhead, now: float) -> str:
    say = letterhead.say
    since = letterhead.recent(min(seconds(_again_at(lead) or lead.stored_at) for lead in leads), now)
    if len(leads) > 1:
        return say(_("Enquiries that wait for you: {count}, the first since {time}"), count=len(leads), time=since)
    [lead] = leads
    name, reference = first_name(lead.enquiry.name), lead.reference
    if _again_at(lead):
        nameless = say(_("To try again today: enquiry {reference}"), reference=reference)
        named = say(_("To try again today: {name}, {reference}"), name=name, reference=reference)
    else:
        nameless = say(_("Enquiry {reference} has waited for an answer since {time}"), reference=reference, time=since)
        named = say(
            _("{name} has waited for an answer since {time}, {reference}"), name=name, reference=reference, time=since
        )
    return named if name and len(named) <= LONGEST_SUBJECT else nameless


def _why(lead: Lead, letterhead: Letterhead) -> Iterator[Row]:
    if again_at := _again_at(lead):
        yield Row(letterhead.say(_("To be tried again")), letterhead.moment(seconds(again_at)))
    elif lead.answer_by:
        yield Row(letterhead.say(_("Answer promised by")), letterhead.moment(seconds(lead.answer_by)))


def _again_at(lead: Lead) -> str | None:
    """When a person wanted to try again, if that is what is due."""
    return lead.outcome.get("again_at") if lead.outcome else None


def backup(leads: Sequence[Lead], letterhead: Letterhead) -> Mail:
    """Write that alerts are not proven to have arrived: for another address, or as text for another channel.

    Whoever reads it may be anybody, so it is about no person.

    Args:
        leads: The enquiries in question, one or several.
        letterhead: That of the practice's language.
    """
    say = letterhead.say
    blocks: list[Block] = [
        Sentence(say(_("Nothing proves that the alerts of these enquiries have reached the practice."))),
        Rows(tuple(Row(lead.reference, letterhead.zoned(seconds(lead.stored_at))) for lead in leads)),
    ]
    bounces = dict.fromkeys(lead.bounce for lead in leads if lead.bounced_at and lead.bounce)
    for bounce in bounces:
        said = say(_("The mail service said: {bounce}"), bounce=isolated(bounce))
        blocks.append(Notice(said, _mend(bounce, letterhead)))
    if any(lead.rejected_at for lead in leads):
        said = say(_("The mail service took an alert for unsafe and sent it to nobody."))
        mend = say(_("Whoever runs the website can find the enquiry by its reference, and the people to call."))
        blocks.append(Notice(said, mend))
    elif not bounces:
        blocks.append(
            Sentence(
                say(
                    _(
                        "Look into the mailbox that gets the alerts, and into its junk folder. If they are not there, "
                        "ask whoever runs the website: the enquiries are stored, and can be found by these references."
                    )
                )
            )
        )
    return Mail(say(_("Enquiries that may not have reached you: {count}"), count=len(leads)), tuple(blocks))


def _mend(bounce: str, letterhead: Letterhead) -> str:
    say = letterhead.say
    if _ON_A_LIST & set(bounce.split()):
        return say(
            _(
                "The address for alerts stands on a list of addresses that the mail service writes to no more. Whoever "
                "runs the website can take it off the list, or set another address (AlertRecipient)."
            )
        )
    return say(
        _(
            "The address for alerts does not take mail. See that the mailbox exists, is not full and lets mail from "
            "this sender in; or let whoever runs the website set another address (AlertRecipient)."
        )
    )


def confirmation(reference: str, answer_by: float | None, letterhead: Letterhead, *, reply_to: str) -> Mail:
    """Write to the visitor that their enquiry has arrived. Nothing that they typed is in it.

    The address may be another's, and who writes whatever they like to others is no visitor.

    Args:
        reference: The enquiry's.
        answer_by: By when they were told to hear from the practice, in seconds since the epoch.
        letterhead: That of the visitor's language.
        reply_to: The practice's address.
    """
    say, practice = letterhead.say, letterhead.practice
    name = isolated(practice.name)
    blocks: list[Block] = [
        Sentence(say(_("Thank you for writing to {practice}. Your enquiry has arrived."), practice=name))
    ]
    if answer_by is not None:
        blocks.append(Heading(say(_("You hear from us by {time}"), time=isolated(letterhead.zoned(answer_by)))))
    rows = Row(say(_("Reference")), reference), Row(say(_("Phone")), letterhead.parts["phone"], f"tel:{practice.phone}")
    blocks += [
        Rows(rows),
        Sentence(say(_("In an emergency, call %(number)s.")) % {"number": isolated(practice.emergency_number)}),
        Sentence(
            say(
                _(
                    "To withdraw your enquiry, or to have what you sent deleted, reply to this mail or call us, and "
                    "give the reference."
                )
            )
        ),
        Small(say(_("If you did not write to us, somebody gave your address by mistake. You need not do anything."))),
    ]
    subject = say(_("Your enquiry {reference} has arrived"), reference=reference)
    return Mail(subject, tuple(blocks), mailbox(practice.name, reply_to))
