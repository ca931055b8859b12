"""The stack that all tests share: each finds it as it was created, and each function its own variables alone."""

import os

import boto3
import pytest

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


def test_a_function_runs_with_its_own_variables_alone(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_SENDER", "somebody@example.com")

    with stack.environment_of("leads"):
        assert os.environ["TABLE_NAME"] == stack.table
        assert "ALERT_SENDER" not in os.environ

    assert os.environ["ALERT_SENDER"] == "somebody@example.com"
    assert "TABLE_NAME" not in os.environ
