from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from infra.build.package import ROOT
from infra.local import template
from shared.lead import Lead, identity_of_key
from shared.store import LeadStore
from tests.bench.growth import Table, measure
from tests.leads import LEAD

NOW = 1_795_500_000


@pytest.fixture(params=["model", "moto"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[LeadStore]:
    if request.param == "model":
        yield LeadStore("leads", client=Table())  # type: ignore[arg-type]
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    table = template.load(ROOT / "template.yaml").cloudformation["Resources"]["LeadTable"]["Properties"]
    wanted = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(TableName="leads", **{name: table[name] for name in wanted})
        yield LeadStore("leads", client=client)


def submitted(store: LeadStore, name: str) -> Lead:
    identity = identity_of_key(name)
    return store.create(replace(LEAD, id=identity.id), identity)


def test_the_model_answers_what_moto_answers(store: LeadStore) -> None:
    # given two leads
    first, second = submitted(store, "first"), submitted(store, "second")

    # when the first is alerted, and the second cannot be
    assert set(store.owed(NOW, 25)) == {first.id, second.id}
    claimed = store.claim(first.id, NOW, 45)
    assert claimed
    assert (claimed.id, claimed.alert_attempts) == (first.id, 1)
    assert store.claim(first.id, NOW, 45) is None
    store.record_sent(first.id, "message", NOW)
    assert store.claim(second.id, NOW, 45)
    store.record_failed(second.id, "Throttling", NOW + 60)

    # then the second alone is owed, and not yet
    assert list(store.owed(NOW, 25)) == []
    assert list(store.owed(NOW + 60, 25)) == [second.id]
    assert store.claim("nobody", NOW, 45) is None


def test_costs_do_not_grow_with_what_is_stored() -> None:
    few, many = measure(1_000), measure(50_000)

    assert replace(few, stored=0, scan_reads=0) == replace(many, stored=0, scan_reads=0)
    assert many.scan_reads > 40 * few.scan_reads
