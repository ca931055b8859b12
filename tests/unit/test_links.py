"""Links: what was signed here is read here, and nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from infra.ops.rotate_keys import rotate
from shared.errors import KeysUnavailable
from shared.keys import KEPT_SECONDS, Keys
from shared.links import ENQUIRY_PATH, Link, Links
from tests.clock import Clock
from tests.keys import Secret, keys_with
from tests.leads import LEAD

ORIGIN = "https://needle.test"
MAIL = f"alert-{LEAD.id}-1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secret() -> Secret:
    return Secret({"person": "p" * 64})


@pytest.fixture
def links(secret: Secret, clock: Clock) -> Links:
    return Links(Keys("keys", secret.client, clock), ORIGIN)


def token(links: Links, mail: str = MAIL) -> str:
    address = links.to_enquiry(LEAD.id, mail)
    assert address is not None
    assert address.startswith(f"{ORIGIN}{ENQUIRY_PATH}")
    return address.removeprefix(f"{ORIGIN}{ENQUIRY_PATH}")


def test_a_link_says_which_enquiry_it_leads_to_and_which_mail_it_was_in(links: Links) -> None:
    assert links.read(token(links)) == Link(LEAD.id, MAIL)


@given(st.from_regex(r"[A-Za-z0-9_-]{1,256}", fullmatch=True), st.text("0123456789abcdef", min_size=32, max_size=32))
def test_no_mail_program_breaks_its_address(mail: str, lead_id: str) -> None:
    links = Links(keys_with(), ORIGIN)

    address = links.to_enquiry(lead_id, mail)

    assert address is not None
    last = address.rpartition("/")[2]
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])", last)
    assert links.read(last) == Link(lead_id, mail)


def test_the_address_of_an_alerts_link_is_short_enough_for_any_program(links: Links) -> None:
    assert len(token(links)) < 128


def test_what_was_changed_is_no_link(links: Links) -> None:
    made = token(links)
    payload, signature = made.rsplit(".", 1)
    changed = ["", ".", payload, signature, made[:-1], f"0{made}", f"ä.\u0660.{made}", made.upper()]

    assert [links.read(each) for each in [*changed, made.replace("alert", "other")]] == [None] * 9


@given(st.text())
def test_nothing_that_somebody_types_is_a_link(text: str) -> None:
    assert Links(keys_with(), ORIGIN).read(text) is None


def test_what_was_signed_for_another_purpose_or_with_another_digest_is_no_link(links: Links, secret: Secret) -> None:
    (key,) = Keys("keys", secret.client).get().links  # type: ignore[union-attr]
    payload = token(links).rpartition(".")[0]

    for options in ({"salt": "needlepoint.sign-in"}, {"salt": "needlepoint.enquiry", "digest_method": None}):
        assert links.read(Signer(key, key_derivation="hmac", **options).sign(payload).decode()) is None


def test_keys_rotate_twice_and_only_the_oldest_link_is_refused(links: Links, secret: Secret, clock: Clock) -> None:
    made = [token(links)]
    for _ in range(2):
        rotate(secret.client, "keys")
        clock.now += KEPT_SECONDS
        made.append(token(links))

    oldest, before, newest = made

    assert links.read(oldest) is None
    assert links.read(before) == links.read(newest) == Link(LEAD.id, MAIL)


def test_a_link_of_a_key_that_is_newer_than_those_kept_is_read_all_the_same(
    links: Links, secret: Secret, clock: Clock
) -> None:
    token(links)
    rotate(secret.client, "keys")
    signed_elsewhere = token(Links(Keys("keys", secret.client, clock), ORIGIN))

    assert links.read(signed_elsewhere) is None
    clock.now += 60

    assert links.read(signed_elsewhere) == Link(LEAD.id, MAIL)


def test_signatures_that_nobody_made_do_not_ask_aws_again_and_again(links: Links, secret: Secret) -> None:
    for _ in range(100):
        links.read("4f1c.alert.AAAA")

    assert secret.reads == 1


def test_without_keys_there_is_no_link_and_nobody_can_tell(links: Links, secret: Secret) -> None:
    secret.fault = RuntimeError()

    assert links.to_enquiry(LEAD.id, MAIL) is None
    with pytest.raises(KeysUnavailable, match="RuntimeError"):
        links.read("anything")


def test_a_rotation_keeps_the_persons_key_and_whatever_else_is_there(secret: Secret) -> None:
    secret.value |= {"note": "ours"}

    rotate(secret.client, "keys")
    rotate(secret.client, "keys")

    assert (secret.value["person"], secret.value["note"]) == ("p" * 64, "ours")
    assert len({secret.value["current"], secret.value["previous"], "p" * 64}) == 3
