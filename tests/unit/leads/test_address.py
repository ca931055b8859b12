"""E-mail addresses as people type and paste them."""

import email_validator
import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.leads.errors import InvalidFields
from shared.email_address import deliverable, readable
from tests.forms import accepted, faults


def stored(typed: str) -> str:
    return accepted(email=typed).enquiry.email or ""


def refused(typed: str) -> str:
    ((field, code),) = faults(email=typed)
    assert field == "email"
    return code


@pytest.mark.parametrize(
    "typed",
    [
        # What a sentence leaves.
        "ana@example.com.",
        "ana@example.com,",
        "ana@example.com;",
        "ana@example.com…",
        "ana@example.com،",
        "ana@example.com؛",
        "ana@example.com。",
        "ana@example.com、",
        "ana@example.com！",
        "¿ana@example.com?",
        "(ana@example.com)",
        "[ana@example.com]",
        "<ana@example.com>",
        "«ana@example.com»",
        "« ana@example.com »",
        "‹ana@example.com›",
        "“ana@example.com”",
        "„ana@example.com“",
        "‘ana@example.com’",
        "'ana@example.com'",
        '"ana@example.com"',
        "`ana@example.com`",
        "**ana@example.com**",
        "（ana@example.com）",
        "「ana@example.com」",
        "《ana@example.com》",
        "• ana@example.com",
        "- ana@example.com",
        "📧 ana@example.com",
        "ana@example.com ❤️",
        "ana@example.com (home)",
        "ana @ example.com",
        # A mail program, and words before it.
        "Ana Ruiz <ana@example.com>",
        "ana@example.com <mailto:ana@example.com>",
        "mailto:ana@example.com",
        "MAILTO:ana@example.com?subject=Back%20pain",
        "mailto:%61na@example.com",
        "E-mail: ana@example.com",
        "Correo electrónico: ana@example.com",
        "courriel : ana@example.com",
        "電郵：ana@example.com",
        "البريد الإلكتروني: ana@example.com",
        # A keyboard.
        "ａｎａ@example.com",
        "ana＠example.com",
        "ana﹫example.com",
        "ana@example。com",
        "ana@example．com",
        "ana@example｡com",
        "ａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "ana@EXAMPLE.com",
        # A browser, which makes ASCII of the domain, whatever has come along at its end.
        "ana@example.xn--com-nwe",
        # What is not seen.
        "\u200eana@example.com",
        "ana@example.com\u200f",
        "\u202aana@example.com\u202c",
        "\u2067ana@example.com\u2069",
        " a\u200bna@example.com\ufeff",
        "an\u00ada@example.com\u061c",
        "ana@exam\u200cple.com\u200d",
        "\u00a0ana@example.com\u3000",
        "ana\ufe0f@example.com",
    ],
)
def test_what_comes_along_with_an_address_is_left_out(typed: str) -> None:
    assert stored(typed) == "ana@example.com"


@pytest.mark.parametrize(
    "address",
    [
        "ana+scan@mail.example.co.uk",
        "o'brien@example.com",
        "'t.hooft@example.com",
        "-ana-@example.com",
        "{ana}@example.com",
        "a@b.co",
        "a_b-c.d@x-y.example",
        "A.Ruiz@example.com",
        "1@2.example.com",
        "a" * 64 + "@example.com",
        # Nobody is turned away for what a name is reserved for.
        "ana@example.test",
        "ana@practice.local",
    ],
)
def test_an_address_is_kept_as_it_is(address: str) -> None:
    assert stored(address) == address == deliverable(address)


@pytest.mark.parametrize(
    ("typed", "sent_to", "shown"),
    [
        ("bo@müller.example", "bo@xn--mller-kva.example", "bo@müller.example"),
        ("bo@xn--mller-kva.example", "bo@xn--mller-kva.example", "bo@müller.example"),
        ("Bo@MÜLLER.Example", "Bo@xn--mller-kva.example", "Bo@müller.example"),
        ("bo@mu\u0308ller.example", "bo@xn--mller-kva.example", "bo@müller.example"),
        ("a@faß.de", "a@xn--fa-hia.de", "a@faß.de"),
        ("a@fass.de", "a@fass.de", "a@fass.de"),
        ("a@xn--e1afmkfd.xn--p1ai", "a@xn--e1afmkfd.xn--p1ai", "a@пример.рф"),
        ("a@paral·lel.cat", "a@xn--parallel-koa.cat", "a@paral·lel.cat"),
        ("a@〇一。example", "a@xn--w6j351g.example", "a@〇一.example"),
        ("a@مثال.إختبار،", "a@xn--mgbh0fb.xn--kgbechtv", "a@مثال.إختبار"),
        ("o’brien@müller.example", "o'brien@xn--mller-kva.example", "o'brien@müller.example"),
    ],
)
def test_a_domain_in_any_script_is_sent_to_in_ascii_and_shown_in_its_own_letters(
    typed: str, sent_to: str, shown: str
) -> None:
    assert (stored(typed), readable(stored(typed)), deliverable(stored(typed))) == (sent_to, shown, sent_to)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("josé@example.com", "josé@example.com"),
        ("jose\u0301@example.com", "josé@example.com"),
        ("ñandú@correo.españa.es", "ñandú@correo.xn--espaa-rta.es"),
        ("用户@例子.中国", "用户@xn--fsqu00a.xn--fiqs8s"),
        ("राम@उदाहरण.भारत", "राम@xn--p1b6ci4b4b3a.xn--h2brj9c"),
        ("straße@example.com", "straße@example.com"),
    ],
)
def test_letters_of_any_script_may_stand_before_the_at_and_no_header_can_carry_them(typed: str, kept: str) -> None:
    assert (stored(typed), deliverable(kept)) == (kept, None)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(
            (typed, "stray_character")
            for typed in (
                "ana@exam–ple.com",
                "ana—ruiz@example.com",
                "ana،ruiz@example.com",
                "ana“ruiz”@example.com",
                "ana😀@example.com",
                "ana@😀.example",
                "ana@xn--ls8h.example",
                "ana@exam™ple.com",
                "ana@example²com",
                "ana ruiz@example.com",
                "ana. ruiz@example.com",
                "ana@gmail. com",
                "ana@example.com gracias",
                "ana@example,com",
                "ana:ruiz@example.com",
                "https://ana@example.com",
                '"ana ruiz"@example.com',
                # A letter in a circle may be meant for one: without it the address would be another's.
                "ⓐna@example.com",
                "ana@example.coⓜ",
            )
        ),
        *(
            (typed, "more_than_one")
            for typed in (
                "a@example.com,b@example.com",
                "a@example.com b@example.com",
                "a@example.com / b@example.com",
                "a@example.com، b@example.com",
                "a@example.com\r\nBcc: b@example.com",
            )
        ),
        *(
            (typed, "not_an_email")
            for typed in (
                "ana",
                "@",
                "ana@",
                "@example.com",
                "ana@example",
                "ana@localhost",
                "ana@@example.com",
                "ana@example..com",
                ".ana@example.com",
                "ana.@example.com",
                "a..b@example.com",
                "é..b@example.com",
                "ana@-example.com",
                "ana@exam_ple.com",
                "ana@example.com?x=y.zz",
                "ana@192.0.2.1",
                "ana@example.c",
                "ana@example.123",
                "ana@" + "e" * 64 + ".com",
                "ana@" + "ü" * 60 + ".com",
                "a" * 65 + "@example.com",
                "é" * 40 + "@example.com",
                "ana@xn--99999999999.com",
                "ana@ab--cd.com",
                # The digit would be shown on the other side of the dot (RFC 5893).
                "ana@1.אב.com",
                # A ligature, which is shown as two letters of another address.
                "ﬁona@example.com",
                "\u0301ana@example.com",
                "=?utf-8?q?eve=40example=2Ecom=2C?=@example.com",
            )
        ),
    ],
)
def test_what_is_no_address_or_may_be_another_is_refused_with_what_helps(typed: str, code: str) -> None:
    assert refused(typed) == code


@pytest.mark.parametrize("long", ["a@" + "e" * 260 + ".com", "<" + "a" * 300])
def test_an_address_is_at_most_as_long_as_the_protocol_has_it(long: str) -> None:
    assert refused(long) == "too_long"


# Characters that matter somewhere in an address, and any other.
letters = st.sampled_from("ab1.-_@'+ <>\"“”–،。·üßéａ．＠אب例\u200c\u200d\u0301\ufe0f😀ⓐﬁ") | st.characters()
addresses = st.builds("{}@{}".format, st.text(letters, max_size=8), st.text(letters, max_size=12)) | st.builds(
    "{}{}@{}.{}{}".format,
    st.text(letters, max_size=2),
    st.from_regex(r"[a-zé.+-]{1,8}", fullmatch=True),
    st.from_regex(r"(xn--)?[a-zßü0-9-]{1,9}", fullmatch=True),
    st.sampled_from(["com", "example", "рф", "xn--p1ai", "c0"]),
    st.text(letters, max_size=2),
)


@given(addresses)
def test_an_accepted_address_reads_as_itself_and_is_sent_to_by_the_rules(typed: str) -> None:
    try:
        address = stored(typed)
    except InvalidFields:
        return

    local, _, domain = address.rpartition("@")
    assert stored(address) == address
    assert stored(readable(address)) == address
    assert domain.isascii()
    assert idna.encode(idna.decode(domain)).decode() == domain
    assert deliverable(address) == (address if local.isascii() else None)


@given(st.from_regex(r"[a-zA-Z0-9.'+_-]{1,8}@[a-zA-Z0-9.-]{1,12}\.(com|example|co0|1|c)", fullmatch=True))
def test_a_plain_address_is_answered_as_the_library_answers_it(typed: str) -> None:
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    try:
        found = email_validator.validate_email(typed, check_deliverability=False, strict=True).ascii_email
    except email_validator.EmailNotValidError:
        found = None
    try:
        taken = stored(typed)
    except InvalidFields:
        taken = None

    # Beyond the library: no top-level domain has one letter.
    assert (taken or "").casefold() == ("" if typed.endswith(".c") else found or "").casefold()
