"""The alert's text: readable, honest about language, and closed to anything injected."""

import re
from dataclasses import fields, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import getaddresses
from gettext import NullTranslations
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.leads.form import Form
from functions.leads.text import clean_line
from functions.notify import compose as compose_module
from functions.notify.compose import compose
from infra.site.languages.message_files import extract
from infra.site.outputs.language_names import language_names
from shared.lead import Enquiry, Lead
from shared.practice import Practice
from tests.leads import LEAD
from tests.practice import PRACTICE


def composed(lead: Lead, practice: Practice = PRACTICE, detail: str = "brief") -> EmailMessage:
    return compose(
        lead,
        practice,
        language_names(practice),
        NullTranslations(),
        sender="website@example.com",
        recipient="frontdesk@example.com",
        detail=detail,
    )


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
        assert "2026-11-23 08:30 (America/Phoenix)" in part


def test_a_number_can_be_tapped_extension_and_all() -> None:
    text, html = parts(mail())

    assert "(602) 555-0100 ext. 12" in text
    assert 'href="tel:+16025550100;ext=12"' in html
    assert 'href="tel:+16025550100"' in parts(mail(phone_extension=None))[1]


def test_the_visitors_words_travel_only_where_the_practice_asked_for_them() -> None:
    words = "One\nTwo <b>"

    for part in parts(mail("brief", message=words)):
        assert "Two" not in part
        assert "not sent by mail" in part
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
    class Listening(NullTranslations):
        said: ClassVar[set[str]] = set()

        def gettext(self, message: str) -> str:
            self.said.add(message)
            return message

    lead = replace(LEAD, spam_reasons=("link_in_name", "links"), replaces="7KQM-4TWX", alert_unproven_at="2026")
    languages = language_names(PRACTICE)
    compose(lead, PRACTICE, languages, Listening(), sender="a@example.com", recipient="b@example.com", detail=detail)

    assert len(Listening.said) > 16
    assert Listening.said <= {str(message.id) for message in extract(PRACTICE)}


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
        ("602 555 0100 x12", "+16025550100", "12", "(602) 555-0100 ext. 12", True),
        ("٦٠٢ ٥٥٥ ٠١٠٠", "+16025550100", None, "(602) 555-0100", True),
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

    assert Form.model_fields.keys() - own - not_shown == compose_module._FURTHER.keys()


def test_a_field_that_only_the_form_knows_is_shown_in_the_practices_language(monkeypatch: pytest.MonkeyPatch) -> None:
    since = compose_module.Further("Since", {"days": "Some days"})
    monkeypatch.setattr(compose_module, "_FURTHER", {"since": since})

    more = {"since": "days", "later": "unknown to this code"}
    (full, _), (brief, _) = parts(mail("full", more=more)), parts(mail("brief", more=more))

    assert "Since: \u2068Some days\u2069" in full
    assert "later: \u2068unknown to this code\u2069" in full
    assert "Since: \u2068kept with the enquiry, not sent by mail\u2069" in brief
    assert "unknown to this code" not in brief


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
    [("en", "ltr", "Swahili"), ("he", "rtl", "סווהילי"), ("ur", "rtl", "سواحلی"), ("es", "ltr", "suajili")],
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
    assert "<bdi>محمد</bdi>" in html


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
