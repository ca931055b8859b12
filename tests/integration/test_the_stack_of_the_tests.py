"""The stack that all tests share: each finds it as it was created, and each function its own variables alone."""

import os
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.integration.conftest import Created, Stack
from tests.integration.test_leads import send


def test_a_test_finds_neither_leads_nor_mails_nor_identities_of_another(stack: Stack, created: Created) -> None:
    send(stack)
    stack.notify()
    assert (len(stack.leads()), len(stack.mails())) == (1, 1)
    identities = boto3.client("sesv2").list_email_identities()["EmailIdentities"]
    for identity in identities:
        boto3.client("sesv2").delete_email_identity(EmailIdentity=identity["IdentityName"])

    created.renew()

    assert (stack.leads(), stack.mails()) == ([], [])
    assert boto3.client("sesv2").list_email_identities()["EmailIdentities"] == identities != []


def test_a_transaction_that_fails_leaves_every_item_as_it_was(stack: Stack) -> None:
    there, other, missing = ({"pk": {"S": name}, "sk": {"S": "x"}} for name in ("there", "other", "missing"))
    stack.dynamodb.put_item(TableName=stack.table, Item={**there, "value": {"S": "one"}})
    update: Any = {
        "Key": there,
        "UpdateExpression": "SET #0 = :two",
        "ExpressionAttributeNames": {"#0": "value"},
        "ExpressionAttributeValues": {":two": {"S": "two"}},
    }
    parts: list[Any] = [
        {"Update": {"TableName": stack.table, **update}},
        {"Put": {"TableName": stack.table, "Item": other}},
        {"ConditionCheck": {"TableName": stack.table, "Key": missing, "ConditionExpression": "attribute_exists(pk)"}},
    ]

    with pytest.raises(ClientError):
        stack.dynamodb.transact_write_items(TransactItems=parts)

    assert stack.dynamodb.scan(TableName=stack.table)["Items"] == [{**there, "value": {"S": "one"}}]
    stack.dynamodb.transact_write_items(TransactItems=parts[:2])
    assert {item["pk"]["S"] for item in stack.dynamodb.scan(TableName=stack.table)["Items"]} == {"there", "other"}


def test_a_function_runs_with_its_own_variables_alone(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_SENDER", "somebody@example.com")

    with stack.environment_of("leads"):
        assert os.environ["TABLE_NAME"] == stack.table
        assert "ALERT_SENDER" not in os.environ

    assert os.environ["ALERT_SENDER"] == "somebody@example.com"
    assert "TABLE_NAME" not in os.environ
