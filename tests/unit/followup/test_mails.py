"""The mails after the alert: who waits and since when, and nothing that should not travel."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest

from functions.followup.mails import backup, confirmation, reminder
from functions.followup.week import Week, digest
from shared.enquiry_blocks import Linked
from shared.enquiry_words import FURTHER
from shared.lead import Lead, reference_of
from shared.letterhead import Letterhead
from shared.mail import Mail
from tests.leads import LEAD
from tests.mails import letterhead, listening

LINK = "https://www.example.com/enquiry/abc"
NOW = datetime.fromisoformat("2026-11-24T20:00:00Z").timestamp()
LATE = replace(LEAD, answer_by="2026-11-24T19:00:00.000Z")
AGAIN = replace(
    LEAD,
    outcomes=({"outcome": "left_message", "at": "2026-11-23T19:00:00.000Z", "again_at": "2026-11-24T19:00:00.000Z"},),
)
BOUNCED = replace(LEAD, bounced_at="2026-11-23T15:31:00.000Z", bounce="Permanent General 5.1.1")


def another(lead: Lead = LATE) -> Lead:
    return replace(lead, id="0" * 32, reference=reference_of("0" * 32), stored_at="2026-11-23T14:30:00.000Z")


def called(name: str) -> Lead:
    return replace(LATE, enquiry=replace(LATE.enquiry, name=name))


@pytest.mark.parametrize(
    ("leads", "subject"),
    [
        ([LATE], f"Ana has waited for an answer since Monday, 8:30\u202fAM, {LEAD.reference}"),
        ([called("王小明")], f"Enquiry {LEAD.reference} has waited for an answer since Monday, 8:30\u202fAM"),
        ([called("A" * 30)], f"Enquiry {LEAD.reference} has waited for an answer since Monday, 8:30\u202fAM"),
        ([AGAIN], f"To try again today: Ana, {LEAD.reference}"),
        ([LATE, another()], "Enquiries that wait for you: 2, the first since Monday, 7:30\u202fAM"),
    ],
)
def test_a_reminder_says_in_its_subject_how_long_somebody_has_waited(leads: list[Lead], subject: str) -> None:
    assert reminder([Linked(lead, LINK) for lead in leads], letterhead(), now=NOW).subject == subject


def test_a_reminder_of_several_has_each_with_a_way_to_reach_them_and_its_own_link() -> None:
    text = letterhead().text(
        reminder([Linked(LATE, f"{LINK}1"), Linked(another(AGAIN), f"{LINK}2")], letterhead(), now=NOW)
    )

    first, second = text.split(another().reference)
    assert f"Say what became of it:\n{LINK}1" in first
    assert "Answer promised by: \u2068Tuesday, November 24, 12:00\u202fPM\u2069" in first
    assert f"Say what became of it:\n{LINK}2" in second
    assert "To be tried again: \u2068Tuesday, November 24, 12:00\u202fPM\u2069" in second
    assert first.count("(602) 555-0100") == second.count("(602) 555-0100") == 1
    assert text.count("does not stop the reminders") == 1


@pytest.mark.parametrize("leads", [[LATE], [LATE, another()]])
def test_without_keys_a_reminder_goes_out_without_links(leads: list[Lead]) -> None:
    text = letterhead().text(reminder([Linked(lead, None) for lead in leads], letterhead(), now=NOW))

    assert "(602) 555-0100" in text
    assert "Say what" not in text
    assert "clock" not in text


@pytest.mark.parametrize(
    ("bounce", "mend"),
    [
        ("Permanent General 5.1.1", "The address for alerts does not take mail"),
        ("Permanent OnAccountSuppressionList", "The address for alerts stands on a list"),
    ],
)
def test_the_other_address_is_told_what_the_mail_service_said_and_how_to_mend_it(bounce: str, mend: str) -> None:
    text = letterhead().text(backup([replace(BOUNCED, bounce=bounce)], letterhead()))

    assert f"The mail service said: \u2068{bounce}\u2069\n{mend}" in text
    assert "junk" not in text


def test_where_nothing_bounced_the_other_address_is_told_where_to_look() -> None:
    mail = backup([LATE, another()], letterhead())

    text = letterhead().text(mail)
    assert mail.subject == "Enquiries that may not have reached you: 2"
    assert f"{LEAD.reference}: \u2068Monday, November 23, 8:30\u202fAM, Phoenix time\u2069" in text
    assert "junk folder" in text


@pytest.mark.parametrize("leads", [[LATE], [BOUNCED, another()]])
def test_the_other_address_hears_of_no_person(leads: list[Lead]) -> None:
    enquiry = LEAD.enquiry
    person = (
        enquiry.name,
        "Ana",
        enquiry.phone,
        LEAD.phone_as_written,
        enquiry.email,
        enquiry.message,
        enquiry.article,
    )

    sent = letterhead().message(backup(leads, letterhead()), "other@example.com").as_string()

    assert not [each for each in person if each and each in sent]


def test_the_visitor_is_told_by_when_and_how_to_withdraw_in_their_language() -> None:
    head = letterhead(locale="es")
    promised = datetime.fromisoformat("2026-12-01T19:00:00Z").timestamp()

    sent = head.message(confirmation("7KQM-4TWX", promised, head, reply_to="desk@example.com"), "ana@example.com")

    message = message_from_bytes(sent.as_bytes(), policy=default)
    assert message["Subject"] == "Hemos recibido su mensaje 7KQM-4TWX"
    assert str(message["Reply-To"]) == "Sample Spine & Joint Clinic <desk@example.com>"
    assert message["From"].addresses[0].display_name == "Sample Spine & Joint Clinic"
    assert message["Auto-Submitted"] == "auto-generated"
    for part in message.iter_parts():
        words = part.get_content()
        assert part["Content-Language"] == "es"
        assert "martes, 1 de diciembre, 12:00\u202fp.m. (hora de Phoenix)" in words
        assert "tel:+16025550187" in words
        assert "\u2068911\u2069" in words
        assert "Para retirar su mensaje" in words


def test_a_confirmation_without_a_promise_has_none() -> None:
    text = letterhead().text(confirmation("7KQM-4TWX", None, letterhead(), reply_to="desk@example.com"))

    assert "You hear from us" not in text
    assert "7KQM-4TWX" in text


WEEK = Week(
    NOW,
    {"a": 1},
    {"es": 1},
    {"c": 1},
    1,
    60.0,
    1,
    (Linked(LATE, LINK),) * 51,
    (Linked(LEAD, LINK),),
    (BOUNCED,),
    2027,
    {name: dict.fromkeys(field.choices, 1) for name, field in FURTHER.items()},
)
MAILS: dict[str, Callable[[Letterhead], Mail]] = {
    "reminder": lambda head: reminder([Linked(LATE, LINK)], head, now=NOW),
    "reminder without a name": lambda head: reminder([Linked(called("王小明"), LINK)], head, now=NOW),
    "reminder of a date": lambda head: reminder([Linked(AGAIN, LINK)], head, now=NOW),
    "reminder of several": lambda head: reminder([Linked(AGAIN, LINK), Linked(LATE, LINK)], head, now=NOW),
    "backup": lambda head: backup([LATE], head),
    "backup after a rejection": lambda head: backup([replace(LEAD, rejected_at=LEAD.stored_at)], head),
    "backup after bounces": lambda head: backup([BOUNCED, replace(BOUNCED, bounce="Permanent Suppressed")], head),
    "confirmation": lambda head: confirmation("7KQM-4TWX", 0.0, head, reply_to="desk@example.com"),
    "digest": lambda head: digest(WEEK, head),
}


@pytest.mark.parametrize("mail", MAILS)
def test_every_word_of_ours_is_known_to_translators(mail: str) -> None:
    with listening() as (head, unknown):
        MAILS[mail](head)

    assert unknown == set()


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
@pytest.mark.parametrize("mail", MAILS)
def test_every_mail_is_ascii_on_the_wire_in_every_language(mail: str, locale: str) -> None:
    head = letterhead(locale=locale)

    sent = head.message(MAILS[mail](head), "b@example.com").as_bytes()

    assert sent.isascii()
    assert max(map(len, sent.split(b"\r\n"))) <= 998
