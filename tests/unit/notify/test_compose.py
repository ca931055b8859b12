"""The alert's text: readable, honest about language, and closed to anything injected."""

import re
from dataclasses import fields, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import getaddresses
from gettext import NullTranslations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.leads.form import Form
from functions.notify.compose import compose, compose_bundle
from infra.site.outputs.compiled_form import choices
from shared import enquiry_words
from shared.enquiry_blocks import Linked
from shared.lead import Enquiry, Lead, reference_of
from shared.practice import Practice
from shared.text import clean_line
from tests.leads import LEAD
from tests.mails import letterhead, listening
from tests.practice import PRACTICE

LINK = "https://www.example.com/enquiry/abc"


def composed(lead: Lead, practice: Practice = PRACTICE, detail: str = "brief", link: str | None = None) -> EmailMessage:
    head = letterhead(practice, catalogue=NullTranslations())
    return head.message(compose(lead, head, detail=detail, link=link), "frontdesk@example.com")


def mail(detail: str = "brief", *, lead: Lead = LEAD, **changes: Any) -> EmailMessage:
    """As it arrives: composed, sent as bytes and read again. `changes` are to the lead's enquiry."""
    sent = composed(replace(lead, enquiry=replace(lead.enquiry, **changes)), detail=detail)
    return message_from_bytes(sent.as_bytes(), policy=default)


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    return text.get_content(), html.get_content()


def test_times_are_the_practices_own() -> None:
    for part in parts(mail()):
        assert "Monday, November 23, 8:30\u202fAM, Phoenix time" in part


@pytest.mark.parametrize(
    ("changes", "sentence", "button", "link"),
    [
        ({}, "would like a call in the morning.", "Call (602) 555-0100 ext. 12", "tel:+16025550100;ext=12"),
        ({"preferred_time": "any", "email": None}, "would like a call, at any time.", "Call (602)", "tel:+1602"),
        (
            {"preferred_contact": "email"},
            "would like an answer by email.",
            "Write to ana@example.com",
            "mailto:ana@example.com",
        ),
        ({"phone": None}, "would like a call", "Write to ana@example.com", "mailto:ana@example.com"),
        (
            {"preferred_contact": "pigeon"},
            "would like to hear from you: pigeon, in the morning.",
            "Call (602)",
            "tel:+1",
        ),
    ],
)
def test_it_begins_with_who_wants_what_and_one_button_to_them(
    changes: dict[str, Any], sentence: str, button: str, link: str
) -> None:
    text, html = (re.sub("[\u2068\u2069]", "", part) for part in parts(mail(**changes)))

    assert re.match(rf"Ana Ruiz {re.escape(sentence)}", text)
    assert f"\r\n{button}" in text
    first = html.index('class="button"')
    assert html.index(sentence) < first < html.index("<table")
    assert html[first:].partition('href="')[2].startswith(link)
    assert button in html[first:].partition("</a>")[0]


def test_the_article_is_named_by_its_title() -> None:
    for part in parts(mail()):
        assert "Needles for backs" in part
        assert "/es/articles/dry-needling-for-sciatica" in part
    for withdrawn in ("withdrawn", "never-there"):
        assert f"Article: \u2068{withdrawn}\u2069" in parts(mail(article=withdrawn))[0]


def test_a_number_can_be_tapped_extension_and_all() -> None:
    text, html = parts(mail())

    assert "(602) 555-0100 ext. 12" in text
    assert 'href="tel:+16025550100;ext=12"' in html
    assert 'href="tel:+16025550100"' in parts(mail(phone_extension=None))[1]


def test_the_visitors_words_travel_only_where_the_practice_asked_for_them() -> None:
    words = "One\nTwo <b>"

    for part in parts(mail("brief", message=words)):
        assert "Two" not in part
        assert "They wrote a message. It is not sent by mail" in part
    assert not any("not sent by mail" in part for part in parts(mail("brief", message=None)))
    text, html = parts(mail("full", message=words))
    assert "Two <b>" in text
    assert "Two &lt;b&gt;" in html


@pytest.mark.parametrize(("name", "subject"), [("Ana Ruiz", " from Ana"), ("王小明", ""), ("Dr. Smith", "")])
def test_the_subject_holds_a_first_name_or_none(name: str, subject: str) -> None:
    assert mail(name=name)["Subject"] == f"New enquiry {LEAD.reference}{subject}"


@pytest.mark.parametrize("email", [None, "ñandú@example.com", "a..b@example.com", "x@" + "ü" * 70 + ".com"])
def test_an_address_that_no_header_can_carry_is_left_out_of_it(email: str | None) -> None:
    message = mail(email=email)

    assert message["Reply-To"] is None or "@" in str(message["Reply-To"])
    if email:
        assert email in parts(message)[0]


@given(st.text(alphabet="aé 'म्-", min_size=1, max_size=80), st.integers(1, 64), st.integers(1, 60))
def test_a_reply_goes_to_the_visitor_alone_however_long_the_lines(name: str, local: int, domain: int) -> None:
    email = f"{'x' * local}@{'y' * domain}.example.com"

    (address,) = mail(name=clean_line(f"x {name}"), email=email)["Reply-To"].addresses

    assert address.addr_spec == email


@given(
    st.text(alphabet="ab ,<>@=?_\"\\.;:()'-é", min_size=1, max_size=90),
    st.sampled_from(["", "=?utf-8?q?=3Ceve=40evil=2Eexample=3E=2C?=", "=?utf-8?b?AAAA?="]),
)
def test_a_reply_goes_to_the_visitor_alone(name: str, trick: str) -> None:
    message = mail(name=clean_line(f"{name} {trick} x {name}"))

    (address,) = message["Reply-To"].addresses
    assert address.addr_spec == "ana@example.com"
    assert list(message.keys()).count("Reply-To") == 1


@pytest.mark.parametrize("detail", ["brief", "full"])
def test_every_word_of_ours_is_known_to_translators(detail: str) -> None:
    lead = replace(LEAD, spam_reasons=("link_in_name", "links"), replaces="7KQM-4TWX", alert_unproven_at="2026")
    with listening() as (head, unknown):
        for waits_since, contact, time in (
            (None, "phone", "any"),
            (LEAD.stored_at, "phone", "evening"),
            (None, "email", "any"),
            (None, "later", "any"),
        ):
            more = {"topic": "other"}
            wants = replace(LEAD.enquiry, preferred_contact=contact, preferred_time=time, more=more)
            again = replace(lead, enquiry=wants, earlier=("0" * 32,), waits_since=waits_since, answer_by=LEAD.stored_at)
            compose(again, head, detail=detail, link=LINK)
        compose_bundle([Linked(again, LINK)], head)

    assert unknown == set()


def test_what_a_person_took_for_a_real_enquiry_is_not_said_to_be_advertising() -> None:
    message = mail(lead=replace(LEAD, spam_reasons=("honeypot", "links"), rescued_at=LEAD.stored_at))

    assert message["Subject"] == f"New enquiry {LEAD.reference} from Ana"
    assert not any("advertising" in part for part in parts(message))


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (("links",), "many links in the message"),
        (("link_in_name",), "a link in the name"),
        (("link_in_name", "links"), "a link in the name, many links in the message"),
        (("of_later_code",), "of_later_code"),
    ],
)
def test_what_may_be_advertising_is_sent_and_says_so(reasons: tuple[str, ...], words: str) -> None:
    message = mail(lead=replace(LEAD, spam_reasons=reasons))

    assert message["Subject"] == f"May be advertising: New enquiry {LEAD.reference} from Ana"
    for part in parts(message):
        assert "May be advertising" in part
        assert words in part


@pytest.mark.parametrize(
    ("name", "ending"), [("Ana Ruiz", " from Ana, replaces 7KQM-4TWX"), ("A" * 30 + " X", " from " + "A" * 30)]
)
def test_a_correction_says_what_it_replaces_and_in_the_subject_too_if_it_fits(name: str, ending: str) -> None:
    message = mail(lead=replace(LEAD, replaces="7KQM-4TWX", spam_reasons=("links",) if "AA" in name else ()), name=name)

    assert message["Subject"].endswith(f"New enquiry {LEAD.reference}{ending}")
    for part in parts(message):
        assert "Replaces enquiry 7KQM-4TWX, if you have it" in re.sub(r"</?span[^>]*>", "", part)


def test_a_mail_like_any_other_has_no_notice() -> None:
    for part in parts(mail()):
        for notice in ("advertising", "eplaces", "Sent again"):
            assert notice not in part


@pytest.mark.parametrize(
    ("typed", "number", "extension", "written", "shown"),
    [
        ("138 0013 8000", "+13800138000", None, "(380) 013-8000", True),
        ("602 555 0100 x12", "+16025550100", "12", "(602) 555-0100 ext. 12", False),
        ("٦٠٢ ٥٥٥ ٠١٠٠", "+16025550100", None, "(602) 555-0100", False),
        ("1 602 555 0100", "+16025550100", None, "(602) 555-0100", True),
        ("+52 1 55 1234 5678", "+525512345678", None, "+52 55 1234 5678", True),
        ("+52 55 1234 5678", "+525512345678", None, "+52 55 1234-5678", False),
        ("＋５２ ５５ １２３４ ５６７８", "+525512345678", None, "+52 55 1234 5678", False),
        ("+1 602 555 0100 ext 12", "+16025550100", "12", "(602) 555-0100 ext. 12", False),
        ("(602) 555-0100", "+16025550100", None, "(602) 555-0100", False),
        (None, "+16025550100", None, "(602) 555-0100", False),
    ],
)
def test_a_number_is_shown_as_it_was_typed_where_reading_it_took_a_guess(
    typed: str | None, number: str, extension: str | None, written: str, shown: bool
) -> None:
    lead = replace(LEAD, phone_as_typed=typed, phone_as_written=written)

    for part in parts(mail(lead=lead, phone=number, phone_extension=extension)):
        assert written in part
        assert ("Phone as typed" in part) is shown
        assert not shown or str(typed) in part


def test_every_field_of_the_form_has_its_line() -> None:
    not_shown = {"consent", "consent_version", "source", "replaces", "aside"}
    own = {field.name for field in fields(Enquiry)}

    assert Form.model_fields.keys() - own - not_shown == enquiry_words.FURTHER.keys()


def test_a_field_that_only_the_form_knows_is_shown_in_the_practices_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enquiry_words, "FURTHER", {"insurance": enquiry_words.Further("Insurance")})

    more = {"insurance": "Blue Cross", "later": "unknown to this code"}
    (full, _), (brief, _) = parts(mail("full", more=more)), parts(mail("brief", more=more))

    assert "Insurance: \u2068Blue Cross\u2069" in full
    assert "later: \u2068unknown to this code\u2069" in full
    assert "Insurance: \u2068in the inbox, not sent by mail\u2069" in brief
    assert "unknown to this code" not in brief


def test_what_was_chosen_travels_where_words_do_not() -> None:
    for part in parts(mail("brief", more={"topic": "price"})):
        assert "price or insurance" in part
    assert "of later code" not in parts(mail("brief", more={"topic": "of later code"}))[0]
    assert "What it is about" not in parts(mail("brief"))[0]


def test_each_choice_of_the_form_has_its_words() -> None:
    assert {name: set(field.choices) for name, field in enquiry_words.FURTHER.items()} == {
        name: set(choices().get(name, ())) for name in enquiry_words.FURTHER
    }


def test_a_reply_names_the_visitor_where_that_is_safe() -> None:
    assert str(mail()["Reply-To"]) == "Ana Ruiz <ana@example.com>"
    assert str(mail(name="محمد علي")["Reply-To"]) == "محمد علي <ana@example.com>"
    assert str(mail(name="Featherstonehaugh, Jr.")["Reply-To"]) == "ana@example.com"


@pytest.mark.parametrize(
    "email",
    ["=?utf-8?q?eve=40evil=2Eexample=2C?=@b.co", "a@=?utf-8?q?evil?=.co", ".a@b.co", "a@faß.de", "a@b。evil.com"],
)
def test_an_address_that_could_be_read_as_another_stays_out_of_the_headers(email: str) -> None:
    assert mail(email=email)["Reply-To"] is None


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("bo@xn--mller-kva.example", "bo@müller.example"),
        ("bo@xn--fa-hia.example", "bo@faß.example"),
        ("info@xn--fiqs8s", "info@xn--fiqs8s"),
        ("li@mail.xn--fiqs8s.example", "li@mail.中国.example"),
    ],
)
def test_an_internationalised_address_is_answered_as_it_is_and_shown_in_its_letters(stored: str, shown: str) -> None:
    message = mail(email=stored)

    for part in parts(message):
        assert f"mailto:{stored}" in part
        if "." in stored.partition("@")[2]:
            assert shown in part
            assert message["Reply-To"].addresses[0].addr_spec == stored


@pytest.mark.parametrize("detail", ["brief", "full"])
@given(
    st.builds(
        replace,
        st.just(LEAD.enquiry),
        name=st.text(min_size=1, max_size=80).map(clean_line).filter(bool),
        message=st.text(max_size=1000).map(lambda text: text.encode("utf-8", "replace").decode() or None),
        locale=st.sampled_from(["en", "ar", "zh-Hant"]),
    ),
    st.sampled_from(["Byron Lam", "Clínica Muñoz", "خان للعلاج", "王脊骨神經科"]),
)
def test_a_mail_is_ascii_on_the_wire(detail: str, enquiry: Any, practice_name: str) -> None:
    sent = composed(replace(LEAD, enquiry=enquiry), replace(PRACTICE, name=practice_name), detail).as_bytes()

    assert sent.isascii()
    assert max(map(len, sent.split(b"\r\n"))) <= 998  # RFC 5322 section 2.1.1
    for part in message_from_bytes(sent, policy=default).iter_parts():
        assert part["Content-Transfer-Encoding"] in ("7bit", "quoted-printable", "base64")


@pytest.mark.parametrize("language", ["en", "zh-Hant", "ar"])
def test_the_mail_and_its_parts_say_their_language(language: str) -> None:
    sent = composed(LEAD, replace(PRACTICE, language=language, locales=(language,))).as_bytes()

    assert [part["Content-Language"] for part in message_from_bytes(sent).walk()] == [language] * 3


@pytest.mark.parametrize(
    ("language", "direction", "name"),
    [("en", "ltr", "Swahili"), ("he", "rtl", "סווהילי"), ("ur", "rtl", "سواحلی"), ("es", "ltr", "swahili")],
)
def test_a_language_is_named_in_the_practices_own(language: str, direction: str, name: str) -> None:
    practice = replace(PRACTICE, language=language, locales=(language, "sw"))

    sent = composed(replace(LEAD, enquiry=replace(LEAD.enquiry, locale="sw")), practice)

    text, html = parts(message_from_bytes(sent.as_bytes(), policy=default))
    assert f"Language: \u2068{name}\u2069" in text
    assert name in html
    assert f'<html lang="{language}" dir="{direction}">' in html


def test_a_language_that_is_published_no_more_is_named_by_its_tag() -> None:
    for part in parts(mail(locale="sw")):
        assert "sw" in part


@given(
    st.one_of(
        st.text(alphabet="ab ,<>@=?_\"\\.;:()'-&é王", min_size=1, max_size=120),
        st.lists(
            st.sampled_from(["Rivera", "& Lam,", '"Back"', "D.C.,", "=?utf-8?q?=2C?=", "<eve@evil.example>"]),
            min_size=1,
        ).map(" ".join),
    )
)
def test_whatever_the_practice_is_called_the_alert_comes_from_one_mailbox(name: str) -> None:
    sent = composed(LEAD, replace(PRACTICE, name=name)).as_bytes()

    (address,) = message_from_bytes(sent, policy=default)["From"].addresses
    assert address.addr_spec == "website@example.com"
    # and to a reader that knows no encoded words, and is strict
    raw = message_from_bytes(sent, policy=compat32)["From"]
    ((_, alone),) = getaddresses([raw.replace("\r\n", "")], strict=True)
    assert alone == "website@example.com"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Byron Lam Spine & Sports Chiropractic", "Byron Lam Spine & Sports Chiropractic"),
        ("O'Brien, Lam & Partners, D.C., P.C.", "O'Brien Lam & Partners DC PC"),
        ("24 Hour Chiro", "24 Hour Chiro"),
        ("Clínica Muñoz", "Clínica Muñoz"),
        ('"Back" <in> line', "Back in line"),
    ],
)
def test_the_practices_name_is_what_a_header_can_hold_of_it(name: str, shown: str) -> None:
    sent = composed(LEAD, replace(PRACTICE, name=name)).as_bytes()

    assert message_from_bytes(sent, policy=default)["From"].addresses[0].display_name == shown


def test_an_address_cannot_write_the_practices_mail() -> None:
    text, html = parts(mail(email="a?bcc=b&body=c%20d@example.com"))

    for part in (text, html):
        assert "mailto:a%3Fbcc%3Db%26body%3Dc%2520d@example.com" in part


def test_a_name_in_another_script_is_isolated() -> None:
    text, html = parts(mail(name="محمد"))

    assert "\u2068محمد\u2069" in text
    assert "\u2068محمد\u2069" in html


EXPECTED_HEADERS = {
    "From",
    "To",
    "Subject",
    "Content-Language",
    "Auto-Submitted",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
}


@pytest.mark.parametrize("field", ["name", "email", "message", "article", "locale", "preferred_contact"])
@pytest.mark.parametrize(
    "payload", ["x\r\nBcc: evil@example.com", "x\nSubject: y", "x\r\n\r\n<script>", "=?utf-8?q?=0D=0ABcc:_a?="]
)
def test_no_field_can_add_a_header(field: str, payload: str) -> None:
    # Even what validation would never let through: the composer does not rely on it.
    changes: dict[str, Any] = {field: payload}
    try:
        message = mail("full", **changes)
    except (ValueError, KeyError):
        return

    assert set(message.keys()) <= EXPECTED_HEADERS
    assert len(message.keys()) == len(set(message.keys()))
    assert "<script>" not in parts(message)[1]


@given(st.text(min_size=1).map(clean_line).filter(bool), st.text())
def test_whatever_people_are_called_the_mail_is_well_formed(name: str, message_text: str) -> None:
    message = mail("full", name=name[:80], message=message_text.encode("utf-8", "replace").decode() or None)

    assert set(message.keys()) <= EXPECTED_HEADERS
    assert len(parts(message)) == 2


def alert(link: str | None = None, **changes: Any) -> EmailMessage:
    return message_from_bytes(composed(replace(LEAD, **changes), link=link).as_bytes(), policy=default)


def test_the_alert_says_what_the_visitor_was_promised() -> None:
    for part in parts(alert(answer_by="2026-12-01T19:00:00.000Z")):
        assert "Answer by \u2068Tuesday, December 1, 12:00\u202fPM, Phoenix time\u2069" in part
    for part in parts(alert()):
        assert "Answer by" not in part


def test_beside_the_link_stands_that_nothing_else_stops_the_clock() -> None:
    text, html = parts(alert(link=LINK))

    beside = [
        "Say what became of it:",
        LINK,
        "",
        "Calling or replying to this mail does not stop the reminders. What you say by the link does.",
    ]
    assert "\n".join(beside) in text.replace("\r\n", "\n")
    assert html.count(f'href="{LINK}"') == 1
    for part in parts(alert()):
        assert "clock" not in part
        assert "Say what" not in part


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (None, "\u2069."),
        (
            "2026-11-21T21:03:00.000Z",
            "\u2069, and it has waited for an answer since \u2068Saturday, 2:03\u202fPM\u2069.",
        ),
    ],
)
def test_who_writes_again_is_known_and_since_when_they_wait(since: str | None, words: str) -> None:
    first = "0" * 32

    for part in parts(alert(earlier=(first, "1" * 32), waits_since=since)):
        assert "Not the first enquiry from this number or address" in part
        assert f"The first is \u2068{reference_of(first)}{words}" in re.sub(r"</?span[^>]*>", "", part)


def test_a_bundle_has_every_enquiry_with_a_way_to_reach_them_and_its_link_and_no_words_of_theirs() -> None:
    leads = [replace(LEAD, id=f"{number:032}", reference=reference_of(f"{number:032}")) for number in range(200)]
    head = letterhead()

    mail = compose_bundle([Linked(lead, f"{LINK}/{lead.reference}") for lead in leads], head)

    text, html = parts(message_from_bytes(head.message(mail, "b@example.com").as_bytes(), policy=default))
    assert mail.subject == "New enquiries: 200"
    for part in (text, html):
        assert all(part.count(f"{LINK}/{lead.reference}") == 1 for lead in leads)
        assert part.count("(602) 555-0100 ext. 12") == 200
        assert "Me duele" not in part


def test_a_bundle_says_what_it_takes_to_answer_in_time() -> None:
    about = replace(LEAD.enquiry, more={"topic": "suitability", "later": "unknown to this code"})
    lead = replace(LEAD, enquiry=about, answer_by="2026-12-01T19:00:00.000Z", spam_reasons=("links",))
    lead = replace(lead, replaces="7KQM-4TWX")

    text = letterhead().text(compose_bundle([Linked(lead, None), Linked(LEAD, None)], letterhead()))

    assert "Answer by: \u2068Tuesday, December 1, 12:00\u202fPM\u2069" in text
    assert "May be advertising: \u2068many links in the message\u2069" in text
    assert "Replaces: \u20687KQM-4TWX\u2069" in text
    assert "What it is about: \u2068whether it is right for them\u2069" in text
    assert "unknown to this code" not in text
    assert text.count(": \u2068Ana Ruiz") == 2
    assert "clock" not in text
