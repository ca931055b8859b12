"""Indexes that show what was written some time ago, as DynamoDB's may."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from infra.local import endpoint as endpoints
from infra.local.endpoint import AwsEndpoint
from infra.local.faults import LATE_SECONDS
from infra.local.http_messages import HttpRequest, HttpResponse
from infra.local.late_index import LateIndex

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "queue")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "due",
                    "KeySchema": [{"AttributeName": "queue", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )
        yield client


def put(client: "DynamoDBClient", *names: str) -> None:
    for name in names:
        client.put_item(TableName="t", Item={"pk": {"S": name}, "queue": {"S": "q"}})


def found(client: "DynamoDBClient") -> list[str]:
    items = client.query(
        TableName="t",
        IndexName="due",
        KeyConditionExpression="queue = :q",
        ExpressionAttributeValues={":q": {"S": "q"}},
    )["Items"]
    return sorted(item["pk"]["S"] for item in items)


def test_a_query_sees_what_was_there_and_the_table_is_as_it_was_afterwards(client: "DynamoDBClient") -> None:
    late = LateIndex(10)
    put(client, "a")
    late.note(100)
    put(client, "b")
    late.note(105)
    client.delete_item(TableName="t", Key={"pk": {"S": "a"}})
    late.note(110)

    seen = {}
    for now in (100, 114, 115, 119, 120):
        with late.shown(now):
            seen[now] = found(client)

    assert seen == {100: ["a"], 114: ["a"], 115: ["a", "b"], 119: ["a", "b"], 120: ["b"]}
    assert found(client) == ["b"]


class Endpoint(AwsEndpoint):
    """Puts an item for each other call, and lists what an index shows for a query of it."""

    def __init__(self, client: "DynamoDBClient") -> None:
        super().__init__()
        self.client = client

    def _moto(self, request: HttpRequest) -> HttpResponse:
        if b"IndexName" in request.body:
            return HttpResponse(200, [], " ".join(found(self.client)).encode())
        put(self.client, request.body.decode())
        return HttpResponse(200, [], b"")

    def ask(self, operation: str, body: str) -> str:
        authorization = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, Signature=y"
        headers = [("Authorization", authorization), ("X-Amz-Target", f"DynamoDB_20120810.{operation}")]
        return self(HttpRequest("POST", "/", headers, body.encode())).body.decode()


def test_queries_of_an_index_are_late_while_that_is_asked_for(
    client: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, now = Endpoint(client), 0.0
    monkeypatch.setattr(endpoints, "time", SimpleNamespace(monotonic=lambda: now))
    endpoint.ask("PutItem", "a")
    endpoint.faults.set("dynamodb", "late")

    endpoint.ask("PutItem", "b")
    assert endpoint.ask("Query", '{"IndexName": "due"}') == "a"
    now = LATE_SECONDS
    assert endpoint.ask("Query", '{"IndexName": "due"}') == "a b"
    endpoint.ask("PutItem", "c")
    endpoint.faults.set("dynamodb", None)
    assert endpoint.ask("Query", '{"IndexName": "due"}') == "a b c"
