"""The followup function: another way until there is proof, reminders until there is an answer, and mails that wait."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from functions.followup import app
from infra.local.template import REGION
from shared import facts
from shared.errors import ItemUnreadable, KeysUnavailable, MailRefused, MailUnproven
from shared.lead import Lead, seconds, timestamp
from shared.mailer import Mailer
from shared.members import Members, member_digest
from shared.outcomes import Outcome
from shared.store import key
from tests.clock import Clock
from tests.integration.conftest import Stack
from tests.integration.test_leads import ENQUIRY, send

pytestmark = pytest.mark.long

# A Wednesday, nine o'clock in Phoenix: the practice of these tests is open, and promises an answer for one o'clock.
MORNING = datetime(2026, 11, 25, 16, tzinfo=UTC).timestamp()
TICK = {"source": "aws.events"}


@pytest.fixture(autouse=True)
def _environment(stack: Stack, clock: Clock) -> Iterator[None]:
    clock.now = MORNING
    with stack.environment_of("followup"):
        yield


@pytest.fixture
def counted(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    """What was counted since it was asked for last; each sweep measures beside that."""

    def read() -> list[str]:
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
        metrics = (line["_aws"]["CloudWatchMetrics"][0]["Metrics"] for line in lines)
        return [metric["Name"] for each in metrics for metric in each if metric["Unit"] == "Count"]

    return read


def alerted(stack: Stack, **changes: str) -> str:
    """Store an enquiry and send its alert, which is not proven yet; the lead's id."""
    before = {lead["id"] for lead in stack.leads()}
    send(stack, ENQUIRY | changes)
    stack.notify()
    (new,) = {lead["id"] for lead in stack.leads()} - before
    return str(new)


def tick(stack: Stack, **event: Any) -> None:
    stack.invoke("followup", event or TICK)


def change(lead_id: str, step: Any) -> Lead:
    lead = app.wiring.store.change(lead_id, step)
    assert lead
    return lead


def delivered(lead_id: str, clock: Clock) -> Lead:
    return change(lead_id, lambda lead: facts.delivered(lead, timestamp(clock.now)))


def subjects(stack: Stack) -> list[str]:
    return [str(mail["Subject"]) for mail in stack.mails()]


def item(stack: Stack) -> dict[str, Any]:
    (lead,) = stack.leads()
    return lead


def list_channels(*urls: str) -> None:
    """Do what the documented command does."""
    client = boto3.client("secretsmanager")
    client.put_secret_value(SecretId=app.wiring.settings.second_channel_secret, SecretString=json.dumps(urls))


@pytest.fixture
def service() -> Iterator[tuple[str, list[dict[str, Any]], list[int]]]:
    """A service that apprise speaks to: its address, what it was sent, and what it answers from now on."""
    received: list[dict[str, Any]] = []
    answers = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers[-1])
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/", received, answers
    server.shutdown()
    server.server_close()


def test_an_enquiry_that_is_left_alone_brings_reminders_then_ops_and_stays_in_the_digest(
    stack: Stack, clock: Clock, counted: Callable[[], list[str]]
) -> None:
    lead_id = alerted(stack)
    delivered(lead_id, clock)
    tick(stack)
    assert len(stack.mails()) == 1

    # at the promised time, four open hours later, and eight: an open day has ten hours
    told = []
    for hours in (4, 8, 24 + 2):
        clock.now = MORNING + hours * 3600 - 1
        tick(stack)
        before = len(stack.mails())
        clock.now += 1
        tick(stack)
        tick(stack)
        told.append((len(stack.mails()) - before, counted()))

    assert [mails for mails, _ in told] == [1, 1, 0]
    assert [names for _, names in told] == [[], [], ["EnquiryUnanswered"]]
    assert "Ana" in subjects(stack)[1]
    assert [entry["M"]["what"]["S"] for entry in item(stack)["ledger"]][-3:] == ["reminded", "reminded", "ops_told"]

    clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC).timestamp()
    tick(stack, digest=True)
    tick(stack, digest=True)
    (digest,) = stack.mails()[3:]
    assert item(stack)["reference"] in digest.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_after_an_outcome_nothing_comes_any_more_and_after_a_message_the_date_to_try_again(
    stack: Stack, clock: Clock
) -> None:
    lead_id = alerted(stack)
    change(
        lead_id, lambda lead: facts.with_outcome(lead, Outcome.LEFT_MESSAGE, clock.now, "link", int(MORNING) + 86400)
    )
    clock.now += 23 * 3600
    tick(stack)
    assert len(stack.mails()) == 1

    clock.now += 3600
    tick(stack)
    assert len(stack.mails()) == 2
    assert "try again" in subjects(stack)[1]

    change(lead_id, lambda lead: facts.with_outcome(lead, Outcome.BOOKED, clock.now, "link"))
    clock.now += 7 * 86400
    tick(stack)
    assert len(stack.mails()) == 2
    assert "queue" not in item(stack)


def test_what_became_due_overnight_comes_in_one_mail_at_opening(stack: Stack, clock: Clock) -> None:
    clock.now = MORNING + 7 * 3600  # four in the afternoon: the answer is due tomorrow at eleven
    for name in ("Ana Ruiz", "Eva Ruiz", "Ida Ruiz"):
        delivered(alerted(stack, name=name), clock)
    clock.now = MORNING + 24 * 3600 + 2 * 3600

    tick(stack)

    assert len(stack.mails()) == 4
    text = stack.mails()[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert all(lead["reference"] in text for lead in stack.leads())


def test_an_answer_that_comes_while_reminders_are_read_is_not_reminded_of(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = alerted(stack)
    delivered(lead_id, clock)
    clock.now += 4 * 3600
    read = app._read

    def answered_meanwhile(*arguments: Any) -> Any:
        found = read(*arguments)
        change(lead_id, lambda lead: facts.with_outcome(lead, Outcome.CALLED, clock.now, "link"))
        return found

    monkeypatch.setattr(app, "_read", answered_meanwhile)
    tick(stack)

    assert len(stack.mails()) == 1


def test_a_reminder_that_was_refused_is_tried_again_and_one_without_answer_waits_for_its_event(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(error: Exception) -> Any:
        def send(*_: Any, **__: Any) -> str:
            raise error

        return send

    delivered(alerted(stack), clock)
    clock.now += 4 * 3600
    for error, pause in ((MailRefused("Throttled", permanent=False), 30), (MailUnproven("ReadTimeoutError"), 900)):
        with monkeypatch.context() as patch:
            patch.setattr(Mailer, "send", fail(error))
            tick(stack)
        clock.now += pause - 1
        tick(stack)
        assert len(stack.mails()) == 1
        clock.now += 1

    tick(stack)
    assert len(stack.mails()) == 2


def test_without_proof_ops_are_told_once_after_a_quarter_of_an_hour(
    stack: Stack, clock: Clock, counted: Callable[[], list[str]]
) -> None:
    alerted(stack)
    clock.now += 899
    tick(stack)
    assert counted() == []

    clock.now += 1
    tick(stack)
    tick(stack)

    assert counted() == ["ProofMissing"]
    assert item(stack)["backup_at"]
    assert len(stack.mails()) == 1


def test_the_second_channel_hears_of_references_and_of_no_person_even_if_the_alert_never_went(
    stack: Stack, clock: Clock, service: Any
) -> None:
    url, received, _ = service
    list_channels(url)
    for name in ("Ana Ruiz", "Eva Ruiz"):
        send(stack, ENQUIRY | {"name": name})  # and nobody woke notify
    clock.now += 900

    tick(stack)
    tick(stack)

    (message,) = received
    text = json.dumps(message)
    assert all(lead["reference"] in text for lead in stack.leads())
    assert not any(private in text for private in ("Ana", "Ruiz", "602", "ana@example.com", "leg"))
    assert stack.mails() == []


def test_a_second_channel_that_fails_is_tried_again_and_counted(
    stack: Stack, clock: Clock, service: Any, counted: Callable[[], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    url, received, answers = service
    answers.append(500)
    list_channels(url)
    alerted(stack)
    clock.now += 900
    tick(stack)
    output = capsys.readouterr().out
    assert "SecondChannelFailed" in output
    assert url not in output
    assert item(stack)["backup_error"] == "apprise FAILURE"

    answers.append(200)
    clock.now += 30
    tick(stack)
    assert len(received) == 2
    assert counted() == []
    assert item(stack)["backup_at"]


@pytest.mark.parametrize("secret", ['["nonsense://x"]', "no JSON", '{"a": 1}', "[7]"])
def test_a_list_that_apprise_cannot_use_is_a_failure_and_the_second_address_is_mailed(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId=app.wiring.settings.second_channel_secret, SecretString=secret
    )
    monkeypatch.setitem(stack.variables["followup"], "BACKUP_RECIPIENT", "owner@example.com")
    monkeypatch.setitem(stack.variables["followup"], "STAGE", "prod")
    monkeypatch.setattr(app, "wiring", app.Wiring())
    alerted(stack)
    clock.now += 900

    tick(stack)

    (_, mail) = stack.mails()
    assert str(mail["To"]) == "owner@example.com"
    assert "Ana" not in mail.as_string()


def test_a_bounce_is_told_at_once_with_what_ses_said(stack: Stack, clock: Clock, service: Any) -> None:
    url, received, _ = service
    list_channels(url)
    lead_id = alerted(stack)
    clock.now += 10
    change(lead_id, lambda lead: facts.bounced(lead, timestamp(clock.now), "Permanent General 5.1.1"))

    tick(stack)
    clock.now += 3600
    tick(stack)

    (message,) = received
    assert "Permanent General 5.1.1" in message["message"]


def envelopes() -> list[tuple[str, ...]]:
    """To whom each mail really went."""
    return [tuple(mail.destinations) for mail in ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages]


@pytest.mark.parametrize(("stage", "reached"), [("prod", "ana@example.com"), ("dev", "frontdesk@example.com")])
def test_a_visitor_gets_one_confirmation_a_day_and_while_it_is_tried_out_nobody_does(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch, stage: str, reached: str
) -> None:
    for function in ("notify", "followup"):
        monkeypatch.setitem(stack.variables[function], "STAGE", stage)
    monkeypatch.setitem(stack.variables["notify"], "CONFIRM_TO_VISITOR", "yes")
    boto3.client("sesv2").create_email_identity(EmailIdentity="ana@example.com")
    for name in ("Ana Ruiz", "Somebody Else"):
        alerted(stack, name=name, message="Buy my https://spam.example")
    alerted(stack, name="Trapped", aside="x", email="other@example.com")

    for _ in range(3):
        tick(stack)

    (confirmation,) = [
        mail for mail in stack.mails() if "Content-Language" in mail and mail["Content-Language"] == "es"
    ]
    assert not any(typed in confirmation.as_string() for typed in ("Ana", "Ruiz", "spam.example"))
    assert set(envelopes()[-1]) == {reached}


def test_a_confirmation_that_may_have_left_is_not_sent_again(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any, **__: Any) -> str:
        raise MailUnproven("ReadTimeoutError")

    monkeypatch.setitem(stack.variables["notify"], "CONFIRM_TO_VISITOR", "yes")
    delivered(alerted(stack), clock)
    with monkeypatch.context() as patch:
        patch.setattr(Mailer, "send", lost)
        tick(stack)

    clock.now += 3600
    tick(stack)

    assert len(stack.mails()) == 1


def test_a_lead_that_no_index_shows_is_found_and_told(
    stack: Stack, clock: Clock, counted: Callable[[], list[str]]
) -> None:
    delivered(alerted(stack), clock)
    key = {"pk": {"S": item(stack)["pk"]}, "sk": {"S": "LEAD"}}
    stack.dynamodb.update_item(TableName=stack.table, Key=key, UpdateExpression="REMOVE queue, next_at")
    clock.now += 5 * 3600
    tick(stack)
    assert len(stack.mails()) == 1

    tick(stack, repair=True)
    tick(stack, repair=True)
    assert counted() == ["LeadRepaired"]
    tick(stack)
    assert len(stack.mails()) == 2


def test_an_item_that_is_no_lead_holds_up_no_reminder_and_no_repair(stack: Stack, clock: Clock) -> None:
    keys: Any = key(alerted(stack))
    other = alerted(stack, name="Eva Ruiz")
    for each in stack.leads():
        delivered(each["id"], clock)
    stack.dynamodb.update_item(TableName=stack.table, Key=keys, UpdateExpression="REMOVE stored_at")
    clock.now += 5 * 3600

    with pytest.raises(ItemUnreadable):  # so that ops hear of it
        tick(stack)
    tick(stack)  # and not every minute
    hide = "REMOVE queue, next_at, duties"
    stack.dynamodb.update_item(TableName=stack.table, Key=dict(key(other)), UpdateExpression=hide)
    tick(stack, repair=True)

    (lead,) = [each for each in stack.leads() if each["id"] == other]
    assert lead["reminder_rung"] == "1"
    assert lead["queue"]


def test_every_member_gets_the_digest_in_a_mail_of_their_own(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.wiring, "members", Members("Owner@example.com, frontdesk@example.com"))
    monkeypatch.setattr(app.wiring.mailer, "_only", None)  # as in prod
    delivered(alerted(stack), clock)
    clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC).timestamp()

    for event in ("digest", "repair", "digest"):
        tick(stack, **{event: True})

    assert digests(stack) == ["Owner@example.com", "frontdesk@example.com"]


def digests(stack: Stack) -> list[str]:
    """To whom digests were sent."""
    return sorted(str(mail["To"]) for mail in stack.mails() if str(mail["Subject"]).startswith("Week of"))


def test_who_is_a_member_no_more_gets_no_digest(stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    delivered(alerted(stack), clock)
    clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC).timestamp()
    app.wiring.survey.write_down(app.wiring.mails, clock.now)

    monkeypatch.setattr(app.wiring, "members", Members("owner@example.com"))
    tick(stack)

    assert digests(stack) == []


def test_a_digest_that_was_due_while_there_were_no_keys_is_made_up_for(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered(alerted(stack), clock)
    clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC).timestamp()
    with monkeypatch.context() as patch:
        patch.setattr(app.wiring.keys, "get", lambda: None)
        with pytest.raises(KeysUnavailable):
            tick(stack, digest=True)
    assert digests(stack) == []

    clock.now += 3600
    tick(stack, repair=True)
    tick(stack)

    assert len(digests(stack)) == 1


def test_a_week_without_anything_brings_no_digest(stack: Stack, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC).timestamp()

    tick(stack, digest=True)

    assert subjects(stack) == []


@pytest.mark.parametrize(
    ("date", "missing"), [((2026, 11, 1), None), ((2027, 1, 20), None), ((2027, 11, 20), 2028), ((2028, 12, 1), 2029)]
)
def test_closed_days_of_the_coming_year_are_missed_sixty_days_ahead(
    stack: Stack, clock: Clock, date: tuple[int, int, int], missing: int | None
) -> None:
    clock.now = datetime(*date, tzinfo=UTC).timestamp()

    assert app.wiring.survey.of("digest-2026-W40").year_without_closures == missing


def test_the_digest_counts_what_came_and_how_soon_it_was_answered(stack: Stack, clock: Clock) -> None:
    first, second = alerted(stack, topic="price"), alerted(stack, name="Eva Ruiz", locale="en")
    alerted(stack, name="Robot", aside="x", topic="price")
    for lead_id, hours in ((first, 1), (second, 3)):
        at = MORNING + hours * 3600
        change(lead_id, lambda lead, at=at: facts.with_outcome(lead, Outcome.CALLED, at, "link"))
    clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC).timestamp()

    week = app.wiring.survey.of("digest-2026-W48")

    assert (week.received, week.answered, week.median, week.open) == (2, 2, 7200, 0)
    assert (week.languages, len(week.kept_back)) == ({"es": 1, "en": 1}, 1)
    assert week.chosen == {"topic": {"price": 1}}
    assert week.starts == seconds("2026-11-23T07:00:00Z")


def spoil(stack: Stack, lead_id: str) -> None:
    """Make of a lead what no lead is."""
    key = {"pk": {"S": f"LEAD#{lead_id}"}, "sk": {"S": "LEAD"}}
    stack.dynamodb.update_item(TableName=stack.table, Key=key, UpdateExpression="REMOVE article")


def test_an_item_that_is_no_lead_holds_up_no_digest(stack: Stack) -> None:
    damaged = alerted(stack, name="Eva Ruiz")
    alerted(stack)
    spoil(stack, damaged)

    assert app.wiring.survey.of("digest-2026-W48").received == 1


def test_nobody_is_reminded_of_an_enquiry_whose_time_is_over(
    stack: Stack, clock: Clock, counted: Callable[[], list[str]]
) -> None:
    lead_id = alerted(stack)
    delivered(lead_id, clock)
    for hours in (4, 8, 24 + 2):
        clock.now = MORNING + hours * 3600
        tick(stack)
    told = len(stack.mails()), counted()
    assert told == (3, ["EnquiryUnanswered"])

    # DynamoDB deletes some time after that.
    clock.now = int(item(stack)["expires_at"]) + 60
    for _ in range(3):
        tick(stack)
        clock.now += 60
    assert (len(stack.mails()), counted()) == (3, [])


def test_killed_after_the_claim_ops_still_hear_that_there_is_no_proof(
    stack: Stack, clock: Clock, counted: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    alerted(stack)
    clock.now += 900
    change_ = app.wiring.store.change

    def killed(*arguments: Any) -> Lead | None:
        change_(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(app.wiring.store, "change", killed)
        with pytest.raises(KeyboardInterrupt):
            tick(stack)
    before = counted()
    clock.now += 150
    tick(stack)

    assert "ProofMissing" in before + counted()
    assert item(stack)["backup_at"]


def test_what_was_counted_is_written_before_the_function_can_be_stopped(
    stack: Stack, counted: Callable[[], list[str]]
) -> None:
    app.wiring.telemetry.count("EnquiryUnanswered")

    assert counted() == ["EnquiryUnanswered"]


def test_a_bounce_that_is_heard_of_late_is_told_too(stack: Stack, clock: Clock, service: Any) -> None:
    url, received, _ = service
    list_channels(url)
    lead_id = alerted(stack)
    bounced_at = timestamp(clock.now + 10)
    clock.now += 900
    tick(stack)
    change(lead_id, lambda lead: facts.bounced(lead, bounced_at, "Permanent General 5.1.1"))

    tick(stack)
    clock.now += 3600
    tick(stack)

    assert ["Permanent General 5.1.1" in message["message"] for message in received] == [False, True]


def test_a_digest_that_monday_did_not_bring_comes_with_the_daily_look(stack: Stack, clock: Clock) -> None:
    alerted(stack)
    clock.now = datetime(2026, 11, 30, 13, 59, tzinfo=UTC).timestamp()  # a minute before seven
    tick(stack, repair=True)
    tick(stack)
    clock.now += 120
    for _ in range(2):
        tick(stack, repair=True)
        tick(stack)

    assert sum("November 23" in subject for subject in subjects(stack)) == 1


def test_what_is_kept_back_is_not_read_through_every_minute_and_was_not_hidden(
    stack: Stack, counted: Callable[[], list[str]]
) -> None:
    lead_id = alerted(stack, aside="x")
    assert "queue" not in item(stack)
    assert list(item(stack)["duties"]) == ["review"]

    # opening hours were changed: another time follows
    keys, later = dict(key(lead_id)), {":later": {"M": {"review": {"N": "1"}}}}
    change_ = "SET duties = :later"
    stack.dynamodb.update_item(
        TableName=stack.table, Key=keys, UpdateExpression=change_, ExpressionAttributeValues=later
    )
    tick(stack, repair=True)

    assert counted() == []
    assert item(stack)["duties"]["review"] != {"N": "1"}


def test_what_ses_refuses_uses_up_no_budget(stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(stack.variables["notify"], "DAILY_MAIL_BUDGET", "20")

    def refuse(*_: Any, **__: Any) -> str:
        raise MailRefused("ServiceUnavailable", permanent=False)

    send(stack, ENQUIRY)
    with monkeypatch.context() as patch:
        patch.setattr(Mailer, "send", refuse)
        for _ in range(30):  # for hours
            stack.sweep()
            clock.now = int(item(stack)["alert_next_at"])
            if clock.now > MORNING + 7 * 3600:
                break
        sent = stack.dynamodb.get_item(
            TableName=stack.table, Key={"pk": {"S": "BUDGET#2026-11-25"}, "sk": {"S": "BUDGET"}}
        )["Item"]["sent"]

    assert sent == {"N": "0"}


def test_a_mail_that_cannot_be_written_waits_longer_each_time_and_holds_up_no_other(
    stack: Stack, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(app, "digest", fail)
    delivered(alerted(stack), clock)
    clock.now = datetime(2026, 11, 30, 14, tzinfo=UTC).timestamp()

    tick(stack, digest=True)

    (member,) = app.wiring.members.addresses
    mail = app.wiring.mails.read(f"digest-2026-W48-{member_digest(member, app.wiring.keys)}")
    assert mail
    assert (mail.error, mail.next_at) == ("ZeroDivisionError", clock.now + 30)


def test_the_alert_names_the_first_enquiry_that_waits_and_not_one_that_was_answered(stack: Stack, clock: Clock) -> None:
    first = alerted(stack)
    change(first, lambda lead: facts.with_outcome(lead, Outcome.CALLED, clock.now, "link"))
    clock.now += 60
    second = alerted(stack, message="Once more")
    clock.now += 60

    third = alerted(stack, message="And again")

    lead = app.wiring.store.read(third)
    assert lead
    assert lead.earlier == (second, first)
    assert lead.waits_since == timestamp(MORNING + 60)
