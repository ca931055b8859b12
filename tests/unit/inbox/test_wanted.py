"""What somebody looks for, by how it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.inbox.wanted import Wanted, read

OURS = "+16025550100"
LONDON = "+442079460000"


def of(name: str, text: str, phone: str = "") -> bool:
    return read(text, OURS).is_of(name, phone)


@pytest.mark.parametrize("text", ["7KQM-4TWX", "7kqm 4twx", " ７KQM4TWX ", "7 k q m - 4 t w x"])
def test_a_reference_is_taken_however_it_is_written(text: str) -> None:
    wanted = read(text, OURS)

    assert wanted.reference == "7KQM-4TWX"
    assert not wanted.words


@pytest.mark.parametrize(
    ("text", "ours", "number"),
    [
        ("(602) 555-0177", OURS, "+16025550177"),
        ("602.555.0177", OURS, "+16025550177"),
        ("1 602 555 0177", OURS, "+16025550177"),
        ("+1 602-555-0177", OURS, "+16025550177"),
        ("٦٠٢ ٥٥٥ ٠١٧٧", OURS, "+16025550177"),
        ("＋１ ６０２ ５５５ ０１７７", OURS, "+16025550177"),
        ("602-555-0177 x 12", OURS, "+16025550177"),
        ("602-555-0177 ext. 12", OURS, "+16025550177"),
        ("+16025550177;ext=12", OURS, "+16025550177"),
        ("cell: 602-555-0177 (evenings)", OURS, "+16025550177"),
        ("011 44 20 7946 0958", OURS, "+442079460958"),
        ("+44 (0)20 7946 0958", OURS, "+442079460958"),
        ("0044 20 7946 0958", OURS, "+442079460958"),
        ("020 7946 0958", LONDON, "+442079460958"),
        ("02 1234 5678", "+390612345678", "+390212345678"),  # Italy dials the zero from abroad too
        ("0171 2345678", "+4930123456", "+491712345678"),
    ],
)
def test_a_number_is_taken_however_it_is_written(text: str, ours: str, number: str) -> None:
    wanted = read(text, ours)

    assert number in wanted.numbers
    assert wanted.is_of("", number)
    assert len(wanted.numbers) <= 16


@pytest.mark.parametrize("text", ["+52 1 55 1234 5678", "044 55 1234 5678"])
def test_a_number_as_it_was_dialled_once_is_known_by_its_last_digits(text: str) -> None:
    assert of("", text, "+525512345678")
    assert not of("", text, "+525512345679")


def test_four_last_digits_are_enough_and_three_ask_for_nothing() -> None:
    assert of("", "0177", "+16025550177")
    assert read("177", OURS) == Wanted()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ana@Example.COM", "ana@example.com"),
        (" ana @ example.com", "ana@example.com"),
        ("bo@Müller.example", "bo@xn--mller-kva.example"),
        ("bo@straße.example", "bo@xn--strae-oqa.example"),
    ],
)
def test_an_address_is_wanted_exactly(text: str, address: str) -> None:
    assert read(text, OURS).address == address
    assert not read(text, OURS).is_person


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Ana María Ruiz", ["ana", "RUIZ", "maria", "María Ruiz", "ruiz ana", "anamaria"]),
        ("Jörg Müller", ["muller", "mueller", "Müller", "joerg muller", "MÜLL"]),
        ("Joerg Mueller", ["muller", "mueller", "Müller", "jorg", "uel"]),
        ("Samuel Groß", ["samuel", "el", "gross", "Groß"]),
        ("Jean-Pierre O’Brien", ["jean pierre", "jeanpierre", "o'brien", "OBrien"]),
        ("أحمد مصطفى", ["احمد", "مصطفي", "أحمد", "مصطفى"]),
        ("فاطمة", ["فاطمه", "فَاطِمَة"]),
        ("عبد الله", ["عبدالله", "عبد"]),
        ("عبدالله", ["عبد الله"]),
        ("علی", ["علي"]),
        ("林美玲", ["林", "美玲", "林 美玲"]),
        ("Łukasz Ørsted", ["lukasz", "orsted", "Oersted"]),
        ("Ana 2", ["ana 2", "ana ٢"]),
    ],
)
def test_a_name_is_found_however_its_letters_are_written(name: str, texts: list[str]) -> None:
    assert [text for text in texts if not of(name, text)] == []


@pytest.mark.parametrize(
    ("name", "text"), [("Ana Ruiz", "Eva"), ("Ana Ruiz", "ana eva"), ("Ana", "أنا"), ("Ana", "12")]
)
def test_another_name_is_not_found(name: str, text: str) -> None:
    assert not of(name, text)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Ana Lopez", ["Mrs Lopez", "MRS. LOPEZ", "Dr. Ana Lopez", "Sra. López", "M. Lopez", "Prof. Dr. Lopez"]),
        ("Mrs Ana Lopez", ["Ana Lopez", "Mr Lopez", "Lopez, Mrs"]),
        ("فاطمة حسن", ["السيدة فاطمة", "د. حسن"]),
        ("السيدة فاطمة حسن", ["فاطمة حسن", "فاطمه"]),
        ("林美玲", ["林女士", "林 女士", "美玲 小姐", "林美玲女士"]),
        ("林美玲女士", ["林美玲"]),
        ("Dr.", ["Dr"]),
        ("女士", ["女士"]),
    ],
)
def test_a_title_is_no_part_of_the_name(name: str, texts: list[str]) -> None:
    assert [text for text in texts if not of(name, text)] == []
    assert not of("Bo Lind", texts[0])


@pytest.mark.parametrize("text", ["", " ", "-", "()", "\u202e", "😀" * 10])
def test_what_asks_for_nothing_finds_nothing(text: str) -> None:
    assert read(text, OURS) == Wanted()
    assert not of("😀", text)


@given(st.text())
def test_any_text_can_be_looked_for(text: str) -> None:
    read(text, OURS).is_of(text, text)
