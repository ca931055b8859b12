"""From the page to the practice's phone, through every process that the template describes."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.local.mail import Mail
from infra.local.stack import LocalStack
from infra.ops.doctor import pages
from infra.ops.doctor.case import Case, Deployed
from infra.ops.doctor.findings import Level
from infra.ops.doctor.outside import Unreachable, fetch
from infra.ops.journey import Site, walk
from infra.site.sources import practice_file
from tests.stack.asking import Answer, ask
from tests.stack.conftest import eventually, forget_budget, make_due


@pytest.fixture(autouse=True)
def _quiet_day(running: LocalStack) -> None:
    """No mail was sent today: from the twentieth alert in ten minutes on they would go out as one."""
    forget_budget(running)


ARTICLE = "dry-needling-for-sciatica"


def enquiry(name: str, **changes: Any) -> dict[str, Any]:
    return {"name": name, "phone": "(602) 555-0100", "consent": True, "locale": "en", "article": ARTICLE, **changes}


def send(stack: LocalStack, fields: Any, **headers: str) -> Answer:
    return ask(stack, "POST", "/api/leads", json.dumps(fields).encode(), content_type="application/json", **headers)


def stored(stack: LocalStack, name: str) -> list[dict[str, Any]]:
    return [item for item in stack.items() if item.get("name") == name]


def mailed(stack: LocalStack, reference: str) -> list[Mail]:
    return [mail for mail in stack.mails() if reference in mail.subject]


@pytest.mark.parametrize("locale", ["en", "es"])
def test_a_visitor_reads_sends_the_form_and_the_practice_hears_of_it(running: LocalStack, locale: str) -> None:
    page = ask(running, "GET", f"/{locale}/articles/{ARTICLE}")
    assert page.status == 200
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.body.decode()))
    name = f"Visitor {locale}"

    fields = hidden | {"name": name, "phone": "602 555 0101", "preferred_contact": "phone", "consent": "true"}
    posted = ask(
        running,
        "POST",
        "/api/leads",
        urlencode(fields).encode(),
        content_type="application/x-www-form-urlencoded",
        accept="text/html",
    )

    assert posted.status == 303
    thanks = ask(running, "GET", posted.headers["location"])
    (item,) = stored(running, name)
    assert thanks.status == 200
    assert item["reference"] in thanks.body.decode()
    assert item["locale"] == locale
    (mail,) = eventually(lambda: mailed(running, item["reference"]))
    assert "+16025550101" in (mail.text or "")
    assert "+16025550101" in (mail.html or "")
    eventually(lambda: stored(running, name)[0].get("alert_sent_at"))


def test_what_becomes_of_an_alert_is_known_of_its_enquiry(running: LocalStack) -> None:
    name = "Told And Proven"
    reference = send(running, enquiry(name)).json["reference"]

    (mail,) = eventually(lambda: mailed(running, reference))
    eventually(lambda: stored(running, name)[0].get("delivered_at"))

    assert {"alert", "proof"} & stored(running, name)[0]["duties"].keys() == set()
    # and when the mailbox is given up later, that is known too
    running.later(mail.id, "bounced")
    eventually(lambda: stored(running, name)[0].get("bounced_at"))
    (lead,) = stored(running, name)
    assert (lead["bounce"], {"answer", "proof"} - lead["duties"].keys()) == ("Permanent General 5.1.1", set())


def test_an_alert_that_came_back_goes_out_again_when_its_time_has_come(running: LocalStack) -> None:
    name = "Comes Back"
    running.set_fault("ses", "expired")
    try:
        reference = send(running, enquiry(name)).json["reference"]
        (first,) = eventually(lambda: mailed(running, reference))
        eventually(lambda: stored(running, name)[0].get("alert_returned_at"))
    finally:
        running.set_fault("ses", None)

    assert running.make_due(stored(running, name)[0]["id"]) == "alert"
    running.schedule.wake()

    assert len(mailed(running, reference)) == 2
    eventually(lambda: stored(running, name)[0].get("delivered_at"))
    assert first.events == ["Send", "DeliveryDelay", "Bounce"]


def test_an_address_in_any_script_reaches_the_practice_as_it_is_read_and_as_it_is_replied_to(
    running: LocalStack,
) -> None:
    fields = enquiry("Bo Müller", email="«bo@müller.example»", preferred_contact="email")

    answer = send(running, fields)

    assert answer.status == 201
    (mail,) = eventually(lambda: mailed(running, answer.json["reference"]))
    assert "bo@müller.example" in (mail.text or "")
    assert mail.reply_to == ["bo@xn--mller-kva.example"]


def test_fifty_at_once_with_one_key_are_one_lead_and_one_mail(running: LocalStack) -> None:
    fields = enquiry("Fifty Times")

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: send(running, fields, idempotency_key='"fifty"'), range(50)))

    assert sorted(answer.status for answer in answers) == [200] * 49 + [201]
    (reference,) = {answer.json["reference"] for answer in answers}
    assert len(stored(running, "Fifty Times")) == 1
    eventually(lambda: mailed(running, reference))
    running.schedule.wake()
    assert len(mailed(running, reference)) == 1


def test_while_mail_fails_the_visitor_notices_nothing_and_afterwards_the_alert_goes_out(running: LocalStack) -> None:
    running.set_fault("ses", "rejected")
    try:
        answer = send(running, enquiry("Mail Fails"))
        assert answer.status == 201
        eventually(lambda: stored(running, "Mail Fails")[0].get("alert_error"))
    finally:
        running.set_fault("ses", None)
    assert mailed(running, answer.json["reference"]) == []

    make_due(running)
    running.schedule.wake()

    assert len(mailed(running, answer.json["reference"])) == 1


def test_a_slow_answer_of_the_mail_service_does_not_become_a_second_mail(running: LocalStack) -> None:
    name = "Mail Is Slow"
    running.set_fault("ses", "slow")
    try:
        reference = send(running, enquiry(name)).json["reference"]
        eventually(lambda: stored(running, name)[0].get("alert_unproven_at"))
        running.schedule.wake()
    finally:
        running.set_fault("ses", None)

    # SES sends it after all, and the alert is not due again for a quarter of an hour.
    eventually(lambda: mailed(running, reference))
    running.schedule.wake()

    assert len(mailed(running, reference)) == 1
    assert stored(running, name)[0]["alert_attempts"] == 1


@pytest.mark.parametrize(
    ("service", "operation", "phase"),
    [("dynamodb", "UpdateItem", "before"), ("dynamodb", "UpdateItem", "after"), ("ses", "SendEmail", "before"),
     ("ses", "SendEmail", "after")],
)  # fmt: skip
def test_notify_killed_on_its_way_loses_no_alert(running: LocalStack, service: str, operation: str, phase: str) -> None:
    killed: list[int] = []

    def kill(*call: str) -> None:
        if call == (service, operation, phase) and not killed:
            killed.append(running.functions["NotifyFunction"].kill())

    name = f"Killed {operation} {phase}"
    stop = running.endpoint.observe(kill)
    try:
        reference = send(running, enquiry(name)).json["reference"]
        eventually(lambda: killed)
    finally:
        stop()

    def alerted() -> bool:
        # Once the request is with SES the mail goes out, and SES's event says so where nobody is left to hear of it.
        if operation == "UpdateItem":
            make_due(running)
        running.schedule.wake()
        return "alert_sent_at" in stored(running, name)[0]

    eventually(alerted)
    assert len(mailed(running, reference)) == 1


BAD_BODIES: list[tuple[bytes, str]] = [
    (b"", "application/json"),
    (b"{", "application/json"),
    (b"[1]", "application/json"),
    (b'{"name": "\xff\xfe"}', "application/json"),
    (b"x" * 1_000_000, "application/json"),
    (b"[" * 100_000, "application/json"),
    (json.dumps(enquiry("Bad", phone=1)).encode(), "application/json"),
    (json.dumps(enquiry("Bad", surprise=1)).encode(), "application/json"),
    (json.dumps(enquiry("Bad", consent=None)).encode(), "application/json"),
    (json.dumps(enquiry("Bad", locale="tlh")).encode(), "application/json"),
    (b'{"name": 1e999}', "application/json"),
    (b"%00=%00&name=%", "application/x-www-form-urlencoded"),
    (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    (b"name=Bad", "text/plain"),
]


@pytest.mark.parametrize(("body", "content_type"), BAD_BODIES, ids=range(len(BAD_BODIES)))
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_bad_input_is_a_named_problem_or_the_page_again(
    running: LocalStack, body: bytes, content_type: str, accept: str
) -> None:
    answer = ask(running, "POST", "/api/leads", body, content_type=content_type, accept=accept)

    assert 400 <= answer.status < 500
    if answer.headers["content-type"].startswith("application/problem+json"):
        assert answer.json["status"] == answer.status
        assert answer.json["code"]
    else:
        assert answer.headers["content-type"].startswith("text/html")
        assert b"<form" in answer.body
    assert stored(running, "Bad") == []


@pytest.mark.parametrize(
    "name",
    [
        "Bo\r\nBcc: evil@example.com",
        "👩‍⚕️ Emoji",
        "\u202eright to left",
        "=HYPERLINK(A1)",
        "<script>alert(1)</script>",
        'O\'Neill \\ "x"',
        "{0} %s ${x} {{ 7 }}",
    ],
)
def test_odd_names_are_stored_and_shown_harmlessly(running: LocalStack, name: str) -> None:
    answer = send(running, enquiry(name, message=name))

    assert answer.status == 201
    reference = answer.json["reference"]
    (mail,) = eventually(lambda: mailed(running, reference))
    assert "Bcc" not in dict(mail.fields)
    assert "<script>" not in (mail.html or "")
    (item,) = [item for item in running.items() if item.get("reference") == reference]
    assert not set(item["name"]) & set("\r\n\u202e")


def logged(stack: LocalStack, *words: str) -> bool:
    return any(all(word in line.text for word in words) for line in stack.logs.lines())


def test_no_log_line_holds_what_a_visitor_entered(running: LocalStack) -> None:
    # Of the number as much as no id of a request has by chance, however it is written.
    words = ["Zanzibar Quux", "quux@example.org", r"555\W?0199", "knee hurts"]
    fields = enquiry(words[0], email=words[1], phone="(602) 555-0199", message=f"My {words[-1]}.")
    reference = send(running, fields).json["reference"]
    eventually(lambda: mailed(running, reference))
    send(running, fields | {"consent": False})
    running.set_fault("ses", "rejected")
    try:
        refused = send(running, fields | {"message": f"Again: {words[-1]}"}).json["reference"]
        (item,) = [item for item in running.items() if item.get("reference") == refused]
        eventually(lambda: logged(running, "alert not sent", item["pk"].removeprefix("LEAD#")))
    finally:
        running.set_fault("ses", None)

    lines = [line.text for line in running.logs.lines()]

    assert lines
    found = [line for line in lines for word in words if re.search(word, line)]
    assert found == []


def test_the_doctor_finds_pages_api_and_inbox_as_they_should_be(running: LocalStack) -> None:
    outputs = {"PageUrl": f"{running.url}/", "ApiUrl": f"{running.url}/api"}
    stack = Deployed("needlepoint", "CREATE_COMPLETE", {}, outputs, [])
    case = Case({}, {}, practice_file.load(), stack, now=0, aws=pytest.fail)

    assert list(pages.answers(case, stack)) == []
    with pytest.raises(Unreachable, match="refused"):
        fetch("http://127.0.0.1:9/")


def test_the_journey_of_a_deployment_arrives(running: LocalStack) -> None:
    found = list(walk(Site(f"{running.url}/", practice_file.load().locales)))

    assert [str(finding) for finding in found if finding.level is not Level.OK] == []
