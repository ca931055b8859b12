"""The keys: read when they are needed, kept, and never in the way of an alert."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from shared.keys import KEPT_SECONDS, Keys, first_key_of_links, key_set
from tests.clock import Clock
from tests.keys import Secret

PERSON = "p" * 64


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secret(clock: Clock) -> Secret:
    return Secret({"person": PERSON})


@pytest.fixture
def keys(secret: Secret, clock: Clock) -> Keys:
    return Keys("keys", secret.client, clock)


def test_what_a_deployment_makes_is_enough_to_sign() -> None:
    made = key_set(json.dumps({"person": PERSON}))

    assert made.person == PERSON.encode()
    assert made.links == (first_key_of_links(PERSON.encode()).encode(),)
    assert PERSON.encode() not in made.links[0]


def test_the_key_in_use_comes_last_as_itsdangerous_wants_it() -> None:
    rotated = key_set(json.dumps({"person": PERSON, "current": "new", "previous": "old"}))

    assert rotated.links == (b"old", b"new")


def test_keys_are_read_on_first_use_and_kept(secret: Secret, keys: Keys) -> None:
    assert secret.reads == 0

    assert keys.get() == keys.get()

    assert secret.reads == 1


def test_a_rotation_is_known_after_ten_minutes(secret: Secret, keys: Keys, clock: Clock) -> None:
    before = keys.get()
    secret.value |= {"current": "new"}

    clock.now += KEPT_SECONDS - 1
    assert keys.get() == before
    clock.now += 1

    assert keys.get() != before


def test_an_unknown_signature_brings_the_new_keys_once_a_minute_at_most(
    secret: Secret, keys: Keys, clock: Clock
) -> None:
    keys.get()
    for _ in range(5):
        keys.get_anew()
    assert secret.reads == 1
    secret.value |= {"current": "new"}

    clock.now += 60
    found = [keys.get_anew() for _ in range(5)]

    assert secret.reads == 2
    assert {key_set.links for key_set in found if key_set} == {(b"new",)}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue"), "AccessDeniedException"),
        (ReadTimeoutError(endpoint_url="x"), "ReadTimeoutError"),
        (RuntimeError("anything"), "RuntimeError"),
    ],
)
def test_keys_that_cannot_be_read_are_none_and_asked_for_once_a_minute(
    secret: Secret, keys: Keys, clock: Clock, fault: Exception, reason: str
) -> None:
    secret.fault = fault

    assert [keys.get(), keys.get(), keys.get_anew()] == [None, None, None]
    assert (secret.reads, keys.failure) == (1, reason)

    secret.fault = None
    clock.now += 60
    assert keys.get() is not None
    assert keys.failure is None


@pytest.mark.parametrize("value", ["", "no JSON", "[]", "{}", '"text"', '{"person": 1}', '{"person": null}'])
def test_a_secret_that_is_none_of_ours_counts_as_unreadable(clock: Clock, value: str) -> None:
    keys = Keys("keys", Secret(value).client, clock)

    assert keys.get() is None
    assert keys.failure


def test_keys_that_were_read_outlive_an_outage(secret: Secret, keys: Keys, clock: Clock) -> None:
    before = keys.get()
    secret.fault = ReadTimeoutError(endpoint_url="x")

    clock.now += KEPT_SECONDS

    assert keys.get() == before
    assert keys.failure == "ReadTimeoutError"


def test_a_person_is_known_again_by_a_digest_that_a_rotation_does_not_change(
    secret: Secret, keys: Keys, clock: Clock
) -> None:
    before = keys.person_digest("phone", "+16025550100")
    secret.value |= {"current": "new", "previous": "old"}
    clock.now += KEPT_SECONDS

    assert keys.person_digest("phone", "+16025550100") == before
    assert keys.person_digest("phone", "+16025550101") != before
    assert keys.person_digest("email", "+16025550100") != before
    assert before is not None
    assert len(before) == 32
    assert Keys("keys", Secret({"person": "other"}).client, clock).person_digest("phone", "+16025550100") != before


def test_without_keys_nobody_is_known_again(secret: Secret, keys: Keys) -> None:
    secret.fault = RuntimeError()

    assert keys.person_digest("phone", "+16025550100") is None


@pytest.mark.parametrize("show", [repr, str])
def test_a_stray_log_line_shows_no_key(keys: Keys, show: Any) -> None:
    assert PERSON not in show(keys.get())
