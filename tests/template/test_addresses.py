"""The addresses that whoever deploys types in: which are accepted, what SES is told, and what may then be sent."""

import re
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from samtranslator.yaml_helper import yaml_parse

from tests.conftest import ROOT
from tests.template.deployed import Deployed, deploy
from tests.template.test_permissions import as_list, statements_of

TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
ADDRESSES = ("AlertRecipient", "AlertSender", "OpsEmail")
PATTERN = TEMPLATE["Parameters"]["AlertSender"]["AllowedPattern"]

VALID = [
    "frontdesk@example.com",
    "o'brien@example.com",
    "info@x.xn--p1ai",
    "info@xn--mller-kva.example",
    "website+dev@example.com",
    "first.last@mail.example.co.uk",
    "a@b.cd",
    "!#$%&'*+-/?=^_`{|}~@example.com",
    "Website@EXAMPLE.com",
    "1@1.com",
    "a--b@a--b.com",
    f"{'a' * 64}@example.com",
    f"a@{'b' * 63}.com",
]
INVALID = [
    "",
    "example.com",
    "a@",
    "@example.com",
    "a..b@example.com",
    ".a@example.com",
    "a.@example.com",
    "a@x..com",
    "a@.x.com",
    "a@x.com.",
    "a@-x.com",
    "a@x-.com",
    "a@x.-com",
    "a@x_y.com",
    "a@localhost",
    "a@x.c",
    "a@x.123",
    "a@192.0.2.1",
    "a@[192.0.2.1]",
    "a@b@example.com",
    "a b@example.com",
    " a@example.com",
    "a@example.com ",
    "a@example.com,b@example.com",
    "a@example.com;b@example.com",
    "Ana <a@example.com>",
    "<a@example.com>",
    '"a b"@example.com',
    "a\\b@example.com",
    "a(b)@example.com",
    "bo@müller.example",
    "jürgen@example.com",
    "a@example.com\u3002",
    "a@example.com\r\nBcc: b@example.com",
    "=?utf-8?q?a?=@example.com",
    "${aws:username}@example.com",
    "${a}@example.com",
    f"{'a' * 65}@example.com",
    f"a@{'b' * 64}.com",
    f"a@{'b.' * 125}com",
    "a@x.xn--",
    "a@x.xn--a-",
]


def is_allowed(address: str) -> bool:
    return re.fullmatch(PATTERN, address) is not None


def test_one_rule_holds_for_every_address() -> None:
    assert {TEMPLATE["Parameters"][name]["AllowedPattern"] for name in ADDRESSES} == {PATTERN}
    assert PATTERN[0] + PATTERN[-1] == "^$"


@pytest.mark.parametrize("address", VALID)
def test_an_address_is_accepted(address: str) -> None:
    assert is_allowed(address)
    assert in_headers(address) == [address, address]


@pytest.mark.parametrize("address", INVALID)
def test_what_is_no_address_or_more_than_one_is_refused(address: str) -> None:
    assert not is_allowed(address)


@given(st.emails())
def test_what_is_accepted_comes_through_a_mails_headers_unchanged(address: str) -> None:
    assume(is_allowed(address))

    assert in_headers(address) == [address, address]


def in_headers(address: str) -> list[str]:
    """The addresses in From and To of a mail, once it was sent and read."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Practice", addr_spec=address)
    mail["To"] = address
    read = BytesParser(policy=SMTP).parsebytes(mail.as_bytes())
    return [each.addr_spec for name in ("From", "To") for each in read[name].addresses]


def created(stack: Deployed) -> list[str]:
    return sorted(each.properties["EmailIdentity"] for each in stack.of_type("AWS::SES::EmailIdentity"))


@pytest.mark.parametrize(("sender", "recipient"), list(product(["web@example.com", "desk@example.com"], repeat=2)))
@pytest.mark.parametrize(("register_sender", "register_recipient"), list(product(["yes", "no"], repeat=2)))
def test_each_address_is_registered_once_where_that_is_asked_for(
    sender: str, recipient: str, register_sender: str, register_recipient: str
) -> None:
    parameters = {
        "AlertSender": sender,
        "AlertRecipient": recipient,
        "RegisterSender": register_sender,
        "RegisterRecipient": register_recipient,
    }

    with deploy(parameters) as stack:
        wanted = {sender} if register_sender == "yes" else set()
        wanted |= {recipient} if register_recipient == "yes" and recipient != sender else set()
        assert created(stack) == sorted(wanted)


@pytest.mark.parametrize("logical_id", ["SenderIdentity", "RecipientIdentity"])
def test_the_table_waits_for_what_can_fail(logical_id: str) -> None:
    # In prod it is protected from deletion, from CloudFormation's too when it rolls back.
    condition = TEMPLATE["Resources"][logical_id]["Condition"]

    assert {"Fn::If": [condition, {"Ref": logical_id}, "none"]} in TEMPLATE["Resources"]["LeadTable"]["Metadata"][
        "After"
    ]


SENDERS = ["website@example.com", "website+dev@mail.example.co.uk", "o'brien@x.xn--p1ai"]


@pytest.mark.parametrize(("stage", "register", "sender"), list(product(["dev", "prod"], ["yes", "no"], SENDERS)))
def test_alerts_may_be_sent_whichever_identity_covers_the_address(stage: str, register: str, sender: str) -> None:
    parameters = {"Stage": stage, "AlertSender": sender, "RegisterSender": register, "RegisterRecipient": register}

    with deploy(parameters) as stack:
        for identity in (*covering(sender), "frontdesk@example.com", "example.com"):
            assert may_send(stack, identity, sender), identity
            assert not may_send(stack, identity, "someone.else@example.com")


def covering(address: str) -> Iterator[str]:
    """Each identity with which an address counts as verified (SES Developer Guide, "Verified identities")."""
    local, _, domain = address.partition("@")
    yield address
    yield f"{local.partition('+')[0]}@{domain}"
    labels = domain.split(".")
    for i in range(len(labels) - 1):
        yield ".".join(labels[i:])


def may_send(stack: Deployed, identity: str, sender: str) -> bool:
    """What IAM says to NotifyFunction's mail from `sender`, on the identity that SES finds for it."""
    configuration_set = stack["AlertConfigurationSet"]
    prefix = configuration_set.arn.rpartition(":")[0]
    arns = [f"{prefix}:identity/{identity}", f"{prefix}:configuration-set/{configuration_set.name}"]
    return all(
        any(allows(statement, action, arn, sender) for statement in statements_of(stack, "NotifyFunction"))
        for action, arn in product(["ses:SendEmail", "ses:SendRawEmail"], arns)
    )


def allows(statement: dict[str, Any], action: str, arn: str, sender: str) -> bool:
    conditions = statement.get("Condition", {})
    return (
        action in as_list(statement["Action"])
        and any(fnmatchcase(arn, resource) for resource in as_list(statement["Resource"]))
        and conditions in ({}, {"StringEquals": {"ses:FromAddress": sender}})
    )
