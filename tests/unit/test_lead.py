"""What a lead is: identities and references."""

from hypothesis import given
from hypothesis import strategies as st

from shared.lead import (
    REFERENCE_ALPHABET,
    SECONDS_PER_DAY,
    identity_of_content,
    identity_of_key,
    reference_of,
    timestamp,
)
from tests.leads import ENQUIRY, LEAD

NOON = 20_000 * SECONDS_PER_DAY + SECONDS_PER_DAY / 2


@given(st.text(min_size=1))
def test_a_reference_can_be_read_out(lead_id: str) -> None:
    reference = reference_of(lead_id)

    assert len(reference) == 9
    assert reference[4] == "-"
    assert set(reference.replace("-", "")) <= set(REFERENCE_ALPHABET)
    assert not set(reference) & set("01IOAEUY")
    assert reference == reference_of(lead_id)


def test_the_same_content_is_the_same_lead_all_day_and_another_one_the_next() -> None:
    today = identity_of_content("f", NOON)

    assert identity_of_content("f", NOON + 6 * 3600) == today
    assert identity_of_content("f", NOON + SECONDS_PER_DAY).id != today.id
    assert identity_of_content("g", NOON).id != today.id


def test_pressing_twice_at_midnight_meets_the_first_lead() -> None:
    midnight = NOON + SECONDS_PER_DAY / 2
    before, after = identity_of_content("f", midnight - 1), identity_of_content("f", midnight + 1)

    assert after.unless == (before.id,)
    assert identity_of_content("f", midnight + 3600).unless == ()


def test_a_key_never_meets_content_by_chance() -> None:
    day = int(NOON) // SECONDS_PER_DAY
    assert identity_of_key(f"{day}:f").id != identity_of_content("f", NOON).id


def test_a_timestamp_is_utc_with_milliseconds() -> None:
    assert timestamp(1_800_000_000.1239) == "2027-01-15T08:00:00.123Z"


def test_a_stray_repr_holds_no_personal_data() -> None:
    assert "Ana" not in repr(ENQUIRY)
    assert "602" not in repr(ENQUIRY)
    assert "602" not in repr(LEAD)
