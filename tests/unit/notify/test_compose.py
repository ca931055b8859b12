"""The alert's text: readable, honest about language, and closed to anything injected."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from gettext import NullTranslations
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.content.compiler.message_files import extract
from functions.leads.text import clean_line
from functions.notify.compose import compose, first_name
from shared.practice import load
from tests.leads import LEAD

PRACTICE = load()


def mail(detail: str = "brief", **changes: Any) -> EmailMessage:
    lead = replace(LEAD, enquiry=replace(LEAD.enquiry, **changes))
    composed = compose(
        lead,
        PRACTICE,
        NullTranslations(),
        sender="website@example.com",
        recipient="frontdesk@example.com",
        detail=detail,
    )
    return message_from_bytes(composed.as_bytes(), policy=default)


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


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ana Ruiz", "Ana"),
        ("Ana", "Ana"),
        ("Jean-Luc Picard", "Jean-Luc"),
        ("محمد علي", "محمد"),
        ("प्रिया शर्मा", "प्रिया"),
        ("O’Brien", "O’Brien"),
        ("王小明", None),
        ("ana@example.com Ruiz", None),
        ("602-555-0100", None),
        ("👩 Ana", None),
        ("A" * 31, None),
    ],
)
def test_the_subject_holds_a_first_name_or_none(name: str, first: str | None) -> None:
    assert first_name(name) == first
    subject = mail(name=name)["Subject"]
    assert subject == (f"New enquiry {LEAD.reference}" + (f" from {first}" if first else ""))


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

    compose(LEAD, PRACTICE, Listening(), sender="a@example.com", recipient="b@example.com", detail=detail)

    assert len(Listening.said) > 8
    assert Listening.said <= {str(message.id) for message in extract(PRACTICE)}


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
    try:
        message = mail("full", **{field: payload})
    except (ValueError, KeyError):
        return

    assert set(message.keys()) <= EXPECTED_HEADERS
    assert len(message.keys()) == len(set(message.keys()))
    assert "<script>" not in parts(message)[1]


@given(st.text(min_size=1).map(clean_line).filter(bool), st.text())
def test_whatever_people_are_called_the_mail_is_well_formed(name: str, message_text: str) -> None:
    composed = mail("full", name=name[:80], message=message_text.encode("utf-8", "replace").decode() or None)

    assert set(composed.keys()) <= EXPECTED_HEADERS
    assert len(parts(composed)) == 2
