"""Reading many leads: a hundred at a time, what is there and can be read, and back in time over the days they came."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.errors import StoreUnavailable
from shared.items import Table
from shared.lead import Identity, Lead, reference_of, timestamp
from shared.pointers import Pointers, lead_at, position
from shared.store import LeadStore, key
from tests.hours import AlwaysOpen
from tests.integration.conftest import Stack
from tests.leads import LEAD

NOON = 1_795_435_200.0  # 2026-11-23T12:00:00Z


class Counting:
    """A client that counts its calls, and says to some that there is more to read."""

    def __init__(self, client: Any, unprocessed: int = 0) -> None:
        self.calls: list[str] = []
        self.unprocessed = unprocessed
        self._client = client

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.calls.append(name)
            if name == "batch_get_item" and self.unprocessed:
                self.unprocessed -= 1
                return self._half(request["RequestItems"])
            return getattr(self._client, name)(**request)

        return call

    def _half(self, request: dict[str, Any]) -> dict[str, Any]:
        ((table, wanted),) = request.items()
        middle = len(wanted["Keys"]) // 2
        answer: dict[str, Any] = self._client.batch_get_item(
            RequestItems={table: wanted | {"Keys": wanted["Keys"][:middle]}}
        )
        return answer | {"UnprocessedKeys": {table: wanted | {"Keys": wanted["Keys"][middle:]}}}


@pytest.fixture
def client(stack: Stack) -> Counting:
    return Counting(stack.dynamodb)


@pytest.fixture
def store(stack: Stack, client: Counting) -> LeadStore:
    return LeadStore(stack.table, client, AlwaysOpen())  # type: ignore[arg-type]


@pytest.fixture
def pointers(stack: Stack, client: Counting) -> Pointers:
    return Pointers(stack.table, client)  # type: ignore[arg-type]


def lead(number: int, at: float = NOON) -> Lead:
    lead_id = f"{number:032x}"
    return replace(LEAD, id=lead_id, reference=reference_of(lead_id), stored_at=timestamp(at), version=1)


def put(store: LeadStore, leads: list[Lead]) -> list[str]:
    for each in leads:
        store.create(each, Identity(each.id))
    return [each.id for each in leads]


def test_leads_come_in_the_order_that_they_were_asked_for_a_hundred_at_a_time(
    store: LeadStore, client: Counting
) -> None:
    ids = put(store, [lead(number) for number in range(150)])[::-1]
    client.calls.clear()

    assert [each.id for each in store.read_each(iter(ids))] == ids

    assert client.calls == ["batch_get_item"] * 2


def test_what_is_missing_erased_or_damaged_says_nothing_about_the_others(stack: Stack, store: LeadStore) -> None:
    first, erased, damaged, last = put(store, [lead(number) for number in range(4)])
    stack.erasure().erase(erased)
    stack.dynamodb.update_item(TableName=stack.table, Key=key(damaged), UpdateExpression="REMOVE article_revision")

    found = store.read_each([first, "0" * 31 + "f", erased, damaged, damaged, last, first])

    assert [each.id for each in found] == [first, last]


def test_only_what_is_asked_for_is_read_of_many(store: LeadStore) -> None:
    first, second = put(store, [lead(1), replace(lead(2), enquiry=replace(LEAD.enquiry, phone=None))])

    assert dict(store.entered([first, second, "f" * 32], ("name", "phone"))) == {
        first: {"name": "Ana Ruiz", "phone": "+16025550100"},
        second: {"name": "Ana Ruiz"},
    }


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.mark.usefixtures("_no_pauses")
def test_what_does_not_fit_into_one_answer_is_asked_for_again(store: LeadStore, client: Counting) -> None:
    ids = put(store, [lead(number) for number in range(10)])
    client.unprocessed = 2

    assert [each.id for each in store.read_each(ids)] == ids


@pytest.mark.usefixtures("_no_pauses")
def test_who_never_gets_the_rest_is_told_so(store: LeadStore, client: Counting) -> None:
    ids = put(store, [lead(number) for number in range(40)])
    client.unprocessed = 9

    with pytest.raises(StoreUnavailable, match="UnprocessedKeys"):
        list(store.read_each(ids))


def test_a_failure_of_dynamodb_is_the_stores(store: LeadStore, client: Counting) -> None:
    def fail(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "BatchGetItem")

    client.batch_get_item = fail  # type: ignore[attr-defined]

    with pytest.raises(StoreUnavailable, match="ThrottlingException"):
        list(store.read_each(["1"]))


def test_nothing_is_asked_for_where_nothing_is_wanted(stack: Stack, client: Counting) -> None:
    assert list(Table(stack.table, client).get_each([])) == []  # type: ignore[arg-type]

    assert client.calls == []


# ---- back in time


@pytest.fixture
def came(store: LeadStore, pointers: Pointers) -> list[Lead]:
    """One at noon of each of five days, and two more in one second of the last."""
    leads = [lead(number, NOON + number * 86_400) for number in range(5)]
    leads += [lead(number, NOON + 4 * 86_400 + 60) for number in (5, 6)]
    put(store, leads)
    for each in leads:
        assert pointers.write(each, ())
    return leads


def test_leads_are_found_from_the_newest_to_the_oldest_over_days(came: list[Lead], pointers: Pointers) -> None:
    found = list(pointers.back(timestamp(NOON + 9 * 86_400), timestamp(NOON + 86_400)))

    assert found == [position(each) for each in reversed(came[1:])]
    assert lead_at(found[0]) == came[-1].id


def test_one_goes_on_behind_a_position_to_the_time_where_one_stops(came: list[Lead], pointers: Pointers) -> None:
    found = list(pointers.back(position(came[5]), timestamp(NOON + 3 * 86_400 + 1)))

    assert found == [position(came[4])]


def test_a_lead_is_found_by_its_reference(came: list[Lead], pointers: Pointers) -> None:
    assert list(pointers.of_reference(came[2].reference)) == [came[2].id]
    assert list(pointers.of_reference("2222-2222")) == []
