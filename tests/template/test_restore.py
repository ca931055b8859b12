"""Restores, one after another, with the stack of the template: what comes along, and what must not come back."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.cloudformation.models import cloudformation_backends

from infra.local import template
from infra.local.cloud import STACK_NAME, Cloud
from infra.local.endpoint import AwsEndpoint
from infra.ops import new_table, restore
from infra.ops.new_table import Tables
from infra.ops.stack import Stack
from shared.closures import Closures
from shared.facts import with_outcome
from shared.lead import Identity, Lead, reference_of
from shared.mail_items import MailKind
from shared.outcomes import Outcome
from shared.pointers import Pointers
from tests.conftest import ROOT
from tests.leads import LEAD

MEMBER, DIGEST = "frontdesk@example.com", "ab" * 16
MONDAY, TUESDAY, WEDNESDAY = "2027-03-01", "2027-03-02", "2027-03-03"


class Account:
    """The stack, which stands still, and what is deployed, written and looked at in it."""

    def __init__(self) -> None:
        self.client: Any = boto3.client("dynamodb")
        cloud = Cloud(AwsEndpoint())
        cloud.create_stack(template.load(ROOT / "template.yaml", {"Paused": "yes"}))
        self.stack = Stack(STACK_NAME)
        self.own = self.stack.outputs["LeadTableName"]

    def deploy(self, table: str) -> None:
        """With this table in the place of the one in use, still with Paused=yes."""
        stream = self.client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        given = {"Paused": "yes", "RestoredTable": table, "RestoredStream": stream}
        made = template.load(ROOT / "template.yaml", given)
        backend: Any = cloudformation_backends[template.ACCOUNT_ID][template.REGION]
        parameters = [{"ParameterKey": name, "ParameterValue": each} for name, each in made.parameters.items()]
        backend.update_stack(STACK_NAME, json.dumps(made.cloudformation), None, parameters, None)
        self.stack = Stack(STACK_NAME)
        assert self.stack.outputs["LeadTableName"] == table

    @property
    def table(self) -> str:
        """The one in use."""
        return self.stack.outputs["LeadTableName"]

    def enquiry(self, number: int) -> Lead:
        """One that came into the table in use, is filed and was alerted."""
        lead_id = f"{number:032x}"
        lead = replace(LEAD, id=lead_id, reference=reference_of(lead_id), person=(f"person-{number}",))
        self.stack.store.create(lead, Identity(lead_id))
        Pointers(self.table, self.client).write(lead, lead.person)
        self.stack.store.change(lead_id, lambda lead: replace(lead, mails=(f"alert-{number}",)))
        self.mail(f"alert-{number}", lead)
        return lead

    def mail(self, mail_id: str, *leads: Lead) -> None:
        self.stack.mails_in(self.table).create(mail_id, MailKind.ALERT, tuple(each.id for each in leads), time.time())

    def session(self) -> str:
        """What the browser holds of a member who has just signed in."""
        return self.stack.sessions.start(MEMBER, DIGEST, time.time())[0]

    def close(self, day: str, later: float = 0) -> None:
        self._closures().close(day, "00:00", MEMBER, time.time() + later)

    def closed(self) -> list[str]:
        return [each.day for each in self._closures().read(time.time())]

    def derives_anew(self) -> bool:
        """Whether followup will derive every duty anew."""
        closures = self._closures()
        closures.read(time.time())
        return not closures.is_settled

    def _closures(self) -> Closures:
        return Closures(self.table, self.client, self.stack.hours)

    def naming(self, lead: Lead) -> set[str]:
        """What in the table in use is about an enquiry, by the beginning of its key."""
        items = self.client.scan(TableName=self.table)["Items"]
        return {item["pk"]["S"].partition("#")[0] for item in items if lead.id in json.dumps(item)}


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws():
        yield Account()


ALL = {"LEAD", "MAIL", "MONTH", "PERSON", "REFERENCE"}
R1, R2 = "needlepoint-r1", "needlepoint-r2"


def test_a_second_restore_brings_along_what_came_into_the_table_that_the_first_one_made(account: Account) -> None:
    restore.restore(account.stack, None, R1)
    account.deploy(R1)
    restore.restore(account.stack, None, R2)
    came = account.enquiry(1)
    account.deploy(R2)
    assert account.naming(came) == set()

    restore.restore(account.stack, None, R2)

    assert account.naming(came) == ALL


def test_and_going_back_to_a_table_of_before_brings_along_what_came_since(account: Account) -> None:
    restore.restore(account.stack, None, R1)
    account.deploy(R1)
    first, erased = account.enquiry(1), account.enquiry(2)
    restore.restore(account.stack, None, account.own)
    then = account.enquiry(3)
    account.stack.erasure.erase(erased.id)
    account.deploy(account.own)

    restore.restore(account.stack, None, account.own)

    assert [account.naming(each) for each in (first, erased, then)] == [ALL, {"LEAD"}, ALL]


def test_who_was_erased_between_the_steps_does_not_come_back_by_anything(account: Account) -> None:
    erased, stays, later = account.enquiry(1), account.enquiry(2), account.enquiry(3)
    restore.restore(account.stack, None, R1)
    account.mail("bundle-1", erased, stays)
    account.mail("alert-1-2", erased)
    account.stack.erasure.erase(later.id)
    account.deploy(R1)
    account.stack.erasure.erase(erased.id)

    for _ in range(2):
        restore.restore(account.stack, None, R1)

        assert [account.naming(each) for each in (erased, later, stays)] == [{"LEAD"}, {"LEAD"}, ALL]
        bundle, known = account.stack.mails_in(R1).read("bundle-1"), account.stack.store.read(stays.id)
        assert bundle
        assert bundle.leads == (stays.id,)
        assert known
        assert "bundle-1" in known.mails


def test_a_mail_that_came_along_just_before_an_erasure_is_stripped(account: Account) -> None:
    lead = account.enquiry(1)
    account.stack.store.change(lead.id, lambda lead: replace(lead, mails=()))

    account.stack.erasure.erase(lead.id)
    assert account.naming(lead) == {"LEAD", "MAIL"}

    restore.compare_with_mails(account.stack, account.table, account.client)
    assert account.naming(lead) == {"LEAD"}


def test_no_session_and_no_link_to_sign_in_is_alive_again(account: Account) -> None:
    of_before = account.session()
    asked = account.stack.sign_ins.ask(DIGEST, "/inbox", time.time(), mailed=True)
    new_table.make(account.client, Tables(account.own, R1), None)
    account.stack.sessions.end_all()
    account.stack.sign_ins.void_all()

    restore.restore(account.stack, None, R1)
    between = account.session()
    account.deploy(R1)
    stays = account.session()
    restore.restore(account.stack, None, R1)

    now, sessions = time.time(), account.stack.sessions
    assert [sessions.read(each, now) is not None for each in (of_before, between, stays)] == [False, False, True]
    assert account.stack.sign_ins.read(asked, now) is None


def test_a_day_that_was_closed_between_the_steps_is_closed(account: Account) -> None:
    account.close(MONDAY)
    restore.restore(account.stack, None, R1)
    account.close(TUESDAY, later=60)
    account.deploy(R1)
    assert account.closed() == [MONDAY]

    restore.restore(account.stack, None, R1)

    assert account.closed() == [MONDAY, TUESDAY]
    assert account.derives_anew()


def test_where_both_tables_were_changed_the_later_change_stands_and_the_other_is_named(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.close(MONDAY)
    restore.restore(account.stack, None, R1)
    account.close(TUESDAY, later=60)
    account.deploy(R1)
    account.close(WEDNESDAY, later=120)

    restore.restore(account.stack, None, R1)

    assert account.closed() == [MONDAY, WEDNESDAY]
    assert f"Closed in {account.own} alone: {TUESDAY} from 00:00." in capsys.readouterr().out


def test_what_people_wrote_between_the_steps_is_named_and_what_they_wrote_later_is_there(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    between, after = account.enquiry(1), account.enquiry(2)

    def booked(lead: Lead) -> Lead | None:
        return with_outcome(lead, Outcome.BOOKED, time.time(), MEMBER)

    restore.restore(account.stack, None, R1)
    account.stack.store.change(between.id, booked)
    account.deploy(R1)
    account.stack.store.change(after.id, booked)

    restore.restore(account.stack, None, R1)

    told = f"On 1 people wrote something since, which is in {account.own} alone: {between.reference}\n"
    assert told in capsys.readouterr().out


def test_the_new_tables_name_is_said_before_anything_is_waited_for(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("botocore.waiter.Waiter.wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            restore.main([STACK_NAME, "--at", "2026-11-29T10:00Z"])

    (again,) = re.findall(r"go on with TABLE=(\S+) AT=(\S+)$", capsys.readouterr().out, re.MULTILINE)
    assert restore.main([STACK_NAME, "--table", again[0], "--at", again[1]]) == 0
    assert f"RestoredTable={again[0]} " in capsys.readouterr().out
    assert len(account.client.list_tables()["TableNames"]) == 3


def test_a_table_of_before_that_is_gone_is_said_and_erased_is_who_has_to_be(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    erased = account.enquiry(1)
    restore.restore(account.stack, None, R1)
    account.stack.erasure.erase(erased.id)
    account.deploy(R1)
    account.client.delete_table(TableName=account.own)

    assert restore.main([STACK_NAME, "--table", R1]) == 1

    assert capsys.readouterr().err == f"What came into {account.own} before {R1} took its place is lost.\n"
    assert account.naming(erased) == {"LEAD"}


def test_a_table_that_is_gone_is_put_back_from_its_backup_alone(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    new_table.make(account.client, Tables(account.own, R1), None)
    account.client.delete_table(TableName=account.own)
    capsys.readouterr()

    assert restore.main([STACK_NAME]) == 1
    assert capsys.readouterr().err.startswith(f"{account.own} is gone: docs/operations.md")

    assert restore.main([STACK_NAME, "--table", R1]) == 0
    said = capsys.readouterr().out
    assert f"RestoredTable={R1} " in said
    assert "once more" not in said


def test_a_table_in_use_that_took_no_others_place_says_what_to_do(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore.main([STACK_NAME, "--table", account.own]) == 1

    assert "nothing says whose place it took: deploy with the table of before" in capsys.readouterr().err
