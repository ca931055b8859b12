"""The local stack's functions: environments, crashes and time-outs, streams, schedules and mail, as on AWS."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import boto3
import pytest

from infra.local.stack import LocalStack
from tests.stack.asking import ask, get
from tests.stack.conftest import eventually
from tests.stack.processes import is_running, only_process


def test_a_function_has_the_environment_the_template_gives_it(stack: LocalStack) -> None:
    environment = get(stack, "/environment").json

    assert environment["TABLE_NAME"] == stack.cloud.outputs()["TableName"]
    assert environment["GREETING"] == "hello"
    assert environment["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
    assert environment["AWS_ENDPOINT_URL"] == stack.endpoint.url
    assert not {"HOME", "USER", "VIRTUAL_ENV"} & set(environment)


def test_an_exception_is_a_500_and_the_process_lives_on(stack: LocalStack) -> None:
    before = only_process(stack)

    answer = get(stack, "/raise")

    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})
    assert get(stack, "/").json["pid"] == before


def test_a_crash_is_a_500_and_another_process_takes_over(stack: LocalStack) -> None:
    before = only_process(stack)

    answer = get(stack, "/crash")

    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})
    assert get(stack, "/").json["pid"] != before
    assert any("Runtime exited with error: exit status 3" in line.text for line in stack.logs.lines())


def test_a_function_over_its_time_is_killed(stack: LocalStack) -> None:
    before = only_process(stack)
    started = time.monotonic()

    answer = get(stack, "/sleep?seconds=60")

    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})
    assert 2 <= time.monotonic() - started < 60
    assert any("Task timed out after 2.00 seconds" in line.text for line in stack.logs.lines())
    eventually(lambda: not is_running(before))


def test_a_function_that_cannot_be_loaded_fails_and_is_named(stack: LocalStack) -> None:
    assert get(stack, "/broken").status == 500

    health = get(stack, "/_local/health")
    assert health.status == 503
    assert "no_such_module" in health.json["functions"]["BrokenFunction"]
    assert health.json["functions"]["WebFunction"] == "ready"


def test_a_malformed_response_is_a_500(stack: LocalStack) -> None:
    assert get(stack, "/malformed").status == 500


def test_what_a_function_prints_is_kept_as_its_log(stack: LocalStack) -> None:
    get(stack, "/print")

    printed = {("WebFunction", "a line for the log"), ("WebFunction", "another one")}
    eventually(lambda: printed <= {(line.function, line.text) for line in stack.logs.lines()})


def test_waiting_events_start_more_environments_up_to_the_limit(stack: LocalStack) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: get(stack, "/sleep?seconds=0.5"), range(8)))

    assert {answer.status for answer in answers} == {200}
    assert 2 <= len({answer.json["pid"] for answer in answers}) <= 4
    assert stack.functions["WebFunction"].environments <= 4


def test_fifty_conditional_writes_at_once_let_one_through(stack: LocalStack) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: ask(stack, "PUT", "/items/fifty"), range(50)))

    assert sorted(answer.status for answer in answers) == [201] + [409] * 49


# ---------------------------------------------------------------- streams, schedules, mail


def test_a_stored_item_is_mailed_within_moments(stack: LocalStack) -> None:
    ask(stack, "PUT", "/items/mailed?mail=front@example.com")

    (mail,) = eventually(lambda: [mail for mail in get(stack, "/_local/mail.json").json if mail["subject"] == "mailed"])

    assert mail["from"] == "website@example.com"
    assert mail["to"] == mail["recipients"] == ["front@example.com"]
    assert mail["reply_to"] == ["visitor@example.com"]
    assert mail["text"].strip() == "as text"
    assert mail["html"].strip() == "<p>as <b>HTML</b></p>"
    assert mail["configuration_set"].startswith("needlepoint-MailSettings-")
    assert {"pk": "mailed", "mail": "front@example.com"} in get(stack, "/_local/leads.json").json


def test_a_record_that_keeps_failing_ends_in_the_dead_letter_queue_and_holds_nothing_up(stack: LocalStack) -> None:
    before = len(stack.cloud.queued("DeadLetters"))
    ask(stack, "PUT", "/items/hopeless?mail=never")
    eventually(lambda: len(stack.cloud.queued("DeadLetters")) > before)

    ask(stack, "PUT", "/items/afterwards?mail=front@example.com")

    eventually(lambda: [mail for mail in stack.mails() if mail.subject == "afterwards"])
    letter = json.loads(stack.cloud.queued("DeadLetters")[-1])
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert letter["requestContext"]["approximateInvokeCount"] == 2
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1


def test_what_no_filter_asks_for_is_not_delivered(stack: LocalStack) -> None:
    calls = []
    stop = stack.endpoint.observe(lambda *call: calls.append(call))

    ask(stack, "PUT", "/items/plain")
    ask(stack, "PUT", "/items/wanted?mail=front@example.com")
    eventually(lambda: ("ses", "SendEmail", "after") in calls)
    stop()

    assert [mail.subject for mail in stack.mails() if mail.subject == "wanted"] == ["wanted"]
    assert calls.count(("ses", "SendEmail", "after")) == 1


def test_the_schedule_runs_when_it_is_woken(stack: LocalStack) -> None:
    answer = ask(stack, "POST", "/_local/schedule")

    assert (answer.status, answer.json) == (200, {"MailFunctionDaily": "ok", "EventsFunctionMorning": "ok"})
    eventually(lambda: any(line.text == "scheduled Scheduled Event" for line in stack.logs.lines()))


def test_what_runs_by_the_clock_in_a_time_zone_is_given_its_input(stack: LocalStack) -> None:
    ask(stack, "POST", "/_local/schedule")

    arn = "arn:aws:scheduler:us-east-1:123456789012:schedule/default/EventsFunctionMorning"
    assert {"pk": json.dumps({"morning": arn})} in stack.items()


@pytest.mark.parametrize(
    ("course", "events"),
    [
        (None, ["Send ", "Delivery "]),
        ("bounced", ["Send ", "Bounce Permanent"]),
        ("expired", ["Send ", "DeliveryDelay ", "Bounce Transient"]),
        ("out_of_office", ["Send ", "Delivery ", "Bounce Transient"]),
    ],
)
def test_what_becomes_of_a_mail_comes_by_rule_and_queue_to_a_function(
    stack: LocalStack, course: str | None, events: list[str]
) -> None:
    stack.set_fault("ses", course)
    try:
        ask(stack, "PUT", f"/items/course-{course}?mail=front@example.com")
        told = [{"pk": f"course-{course}: {event}"} for event in events]
        eventually(lambda: all(item in stack.items() for item in told))
    finally:
        stack.set_fault("ses", None)


def test_what_is_delayed_arrives_when_it_is_delivered_by_hand(stack: LocalStack) -> None:
    stack.set_fault("ses", "delayed")
    try:
        ask(stack, "PUT", "/items/held-up?mail=front@example.com")
        eventually(lambda: {"pk": "held-up: DeliveryDelay "} in stack.items())
    finally:
        stack.set_fault("ses", None)
    assert {"pk": "held-up: Delivery "} not in stack.items()
    (mail,) = [mail for mail in stack.mails() if mail.subject == "held-up"]

    stack.later(mail.id, "delivered")

    eventually(lambda: {"pk": "held-up: Delivery "} in stack.items())


def test_a_message_that_keeps_failing_goes_where_the_queue_says_and_its_batch_does_not(stack: LocalStack) -> None:
    stack.set_fault("ses", "complained")
    try:
        ask(stack, "PUT", "/items/spam?mail=front@example.com")
        eventually(lambda: stack.cloud.queued("DeadMailEvents"))
    finally:
        stack.set_fault("ses", None)

    assert [json.loads(body) for body in stack.cloud.queued("DeadMailEvents")] == [{"pk": "spam: Complaint "}]
    assert {"pk": "spam: Delivery "} in stack.items()


def test_events_are_counted_in_cloudwatch(stack: LocalStack) -> None:
    cloudwatch: Any = boto3.client(
        "cloudwatch",
        endpoint_url=stack.endpoint.url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    stack.set_fault("ses", "bounced")
    try:
        ask(stack, "PUT", "/items/counted?mail=front@example.com")
        eventually(lambda: {"pk": "counted: Bounce Permanent"} in stack.items())
    finally:
        stack.set_fault("ses", None)

    metrics = cloudwatch.list_metrics(Namespace="AWS/SES")["Metrics"]
    cloudwatch.close()
    assert {metric["MetricName"] for metric in metrics} == {"Bounce"}
    assert metrics[0]["Dimensions"][0]["Value"].startswith("needlepoint-MailSettings-")


def test_what_a_function_announces_comes_by_rule_to_another(stack: LocalStack) -> None:
    for what in ("bad news", "good news"):
        body = json.dumps({"what": what}).encode()
        assert ask(stack, "POST", "/announce", body, content_type="application/json").json == 0

    eventually(lambda: {"pk": '{"what": "good news"}'} in stack.items())
    assert {"pk": '{"what": "bad news"}'} not in stack.items()


def test_a_secret_has_a_random_value_that_functions_read(stack: LocalStack) -> None:
    keys = get(stack, "/keys").json

    assert set(keys) == {"previous", "current"}
    assert len(keys["current"]) == 40
    assert keys["current"].isalnum()


def test_mail_fails_on_demand_and_works_again_after(stack: LocalStack) -> None:
    phases: list[str] = []
    stop = stack.endpoint.observe(lambda service, _, phase: phases.append(phase) if service == "ses" else None)
    ask(stack, "POST", "/_local/faults", b'{"ses": "rejected"}')

    ask(stack, "PUT", "/items/delayed?mail=front@example.com")
    eventually(lambda: "refused" in phases)
    ask(stack, "POST", "/_local/faults", b'{"ses": null}')

    eventually(lambda: [mail for mail in stack.mails() if mail.subject == "delayed"])
    stop()


def test_an_observer_can_kill_a_function_before_it_learns_that_its_call_succeeded(stack: LocalStack) -> None:
    killed: list[int] = []

    def kill_once(*call: str) -> None:
        if call == ("ses", "SendEmail", "after") and not killed:
            killed.append(stack.functions["MailFunction"].kill())

    stop = stack.endpoint.observe(kill_once)
    ask(stack, "PUT", "/items/twice?mail=front@example.com")
    eventually(lambda: len([mail for mail in stack.mails() if mail.subject == "twice"]) == 2)
    stop()

    assert len(killed) == 1


def test_web_pages_cannot_reach_the_aws_stand_ins(stack: LocalStack) -> None:
    host, port = stack.endpoint.url.removeprefix("http://").split(":")
    connection = HTTPConnection(host, int(port), timeout=10)

    connection.request("POST", "/moto-api/reset")
    response = connection.getresponse()
    response.read()
    connection.close()

    assert response.status == 403
