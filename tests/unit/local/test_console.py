import json
import re
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from infra.local.cloud import plain
from infra.local.console import console
from infra.local.endpoint import AwsEndpoint
from infra.local.gateway import Gateway
from infra.local.http_messages import HttpRequest, HttpResponse, call_wsgi
from infra.local.logs import Logs
from infra.local.mail import Mail
from infra.local.routes import Route, Router
from infra.local.schedule import Entry, Schedule, Timetable
from infra.local.ses import LATER
from infra.local.stack import LocalStack

HOST = ("Host", "127.0.0.1:8000")
FORM = ("Content-Type", "application/x-www-form-urlencoded")


SITEMAP = {
    "statusCode": 200,
    "body": "<url><loc>https://example.com/en/</loc></url><url><loc>https://example.com/es/</loc></url>",
}


def done(result: object) -> Future[object]:
    outcome: Future[object] = Future()
    outcome.set_result(result)
    return outcome


class FakeStack(LocalStack):
    def __init__(self) -> None:
        super().__init__()
        self.endpoint = AwsEndpoint()
        self.logs = Logs()
        self.logs.add("NotifyFunction", "s", "ERROR <b>bad</b>")
        self.gateway = Gateway(Router([Route("", "", "arn")]), 8000, lambda *_: done(SITEMAP), print)
        self.woken = 0
        self.schedule = Schedule([Entry("Sweep", Timetable("rate(1 day)"), self._wake)])
        self.sent: list[Mail] = []
        self.asked: list[tuple[str, str]] = []

    members = "frontdesk@example.com"

    def _wake(self) -> list[Future[object]]:
        self.woken += 1
        return [done(None)]

    def health(self) -> dict[str, Any]:
        return {"status": "ok", "functions": {"NotifyFunction": "ready"}, "sources": {}}

    def articles(self) -> list[dict[str, Any]]:
        return [
            {"article": "knees", "locale": "en", "status": "published", "reasons": []},
            {"article": "knees", "locale": "es", "status": "withheld", "reasons": ["safety text fever: changed"]},
        ]

    def mails(self) -> list[Mail]:
        return self.sent

    def items(self) -> list[dict[str, Any]]:
        return [
            {"name": "<script>alert(1)</script>"},
            *({"pk": f"LEAD#{day}", "sk": "LEAD", "stored_at": f"2026-12-0{day}"} for day in (1, 2)),
        ]

    def later(self, message_id: str, course: str) -> None:
        if course not in LATER:
            raise ValueError(course)
        self.asked.append((message_id, course))

    def fill(self) -> int:
        self.woken += 1
        return 200

    def set_fault(self, service: str, kind: str | None) -> None:
        self.endpoint.faults.set(service, kind)


@pytest.fixture
def stack() -> FakeStack:
    return FakeStack()


def ask(stack: FakeStack, request: HttpRequest) -> HttpResponse:
    return call_wsgi(console(stack), request)


def _get(stack: FakeStack, path: str) -> HttpResponse:
    return ask(stack, HttpRequest("GET", path, [HOST]))


def _raw_mail(message: EmailMessage) -> Mail:
    sent_at = datetime(2026, 1, 2, tzinfo=UTC)
    return Mail("id-1", sent_at, "web@example.com", ["front@example.com"], "set-1", {}, message.as_bytes(), ["Send"])


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Practice <web@example.com>"
    message["To"] = "front@example.com"
    message["Reply-To"] = "visitor@example.com"
    message["Subject"] = "Ada é"
    message.set_content("text é", cte="8bit")
    message.add_alternative('<p onclick="alert(1)">html</p>', subtype="html")
    return message


def test_the_start_page_says_of_each_article_and_language_where_it_stands_and_why(stack: FakeStack) -> None:
    page = _get(stack, "/_local/").body.decode()

    assert '<a href="/en/articles/knees">' in page
    assert "withheld" in page
    assert "safety text fever: changed" in page
    assert "/es/articles/knees" not in page


def test_the_start_page_links_the_page_in_each_locale(stack: FakeStack) -> None:
    page = _get(stack, "/_local/").body.decode()

    assert 'href="/en/"' in page
    assert 'href="/es/"' in page


def test_the_newest_lead_stands_first_and_other_items_last(stack: FakeStack) -> None:
    page = _get(stack, "/_local/leads").body

    assert page.index(b"LEAD#2") < page.index(b"LEAD#1") < page.index(b"alert(1)")


@pytest.mark.parametrize("path", ["/_local/", "/_local/mail", "/_local/leads", "/_local/logs"])
def test_pages_are_not_kept_and_let_nothing_in(stack: FakeStack, path: str) -> None:
    stack.sent = [_raw_mail(_mail())]

    response = _get(stack, path)

    headers = dict(response.headers)
    assert response.status == 200
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    # With no-referrer, browsers would send every button's Origin as null, and be refused.
    assert headers["referrer-policy"] == "same-origin"


def test_what_visitors_typed_is_shown_harmlessly(stack: FakeStack) -> None:
    stack.sent = [_raw_mail(_mail())]

    assert b"<script>" not in _get(stack, "/_local/leads").body
    assert b"<b>bad" not in _get(stack, "/_local/logs").body
    mail = _get(stack, "/_local/mail").body
    assert b"<p onclick" not in mail
    assert b'<iframe sandbox title="HTML part"' in mail


def test_a_mail_is_taken_apart() -> None:
    mail = _raw_mail(_mail())

    shown = mail.to_json()
    assert shown["id"] == "id-1"
    assert shown["sent_at"] == "2026-01-02T00:00:00+00:00"
    assert shown["from"] == "Practice <web@example.com>"
    assert shown["to"] == ["front@example.com"]
    assert shown["reply_to"] == ["visitor@example.com"]
    assert shown["subject"] == "Ada é"
    assert shown["text"].strip() == "text é"
    assert "<p onclick" in shown["html"]
    assert shown["configuration_set"] == "set-1"
    assert shown["events"] == ["Send"]


@pytest.mark.parametrize("broken", ["=?utf-8?q?Ana=0d=0aBcc=3a_x=40evil.example?= <v@example.com>", "< ,=?utf-8?q?@["])
def test_a_header_that_cannot_be_decoded_is_shown_as_it_was_sent(broken: str) -> None:
    mail = _raw_mail(_mail())
    raw = re.sub(b"(?m)^Reply-To: .*$", lambda _: f"Reply-To: {broken}".encode(), mail.raw)

    shown = replace(mail, raw=raw)

    assert dict(shown.fields)["Reply-To"] == broken
    assert shown.to == ["front@example.com"]


def test_without_a_to_header_the_envelope_says_who_gets_it() -> None:
    message = _mail()
    del message["To"]

    mail = _raw_mail(message)

    assert mail.to == ["front@example.com"]


def test_items_are_decoded_from_dynamodbs_json() -> None:
    item = {
        "s": {"S": "x"},
        "i": {"N": "3"},
        "f": {"N": "1.5"},
        "b": {"BOOL": False},
        "n": {"NULL": True},
        "m": {"M": {"l": {"L": [{"N": "1"}, {"S": "y"}]}}},
        "ss": {"SS": ["a"]},
        "ns": {"NS": ["2", "1"]},
        "bin": {"B": b"\xff\x01"},
        "bins": {"L": [{"BS": [b"b", b"a"]}]},
    }

    assert plain(Item(DynamoType({"S": "x"}), None, item).to_regular_json()) == {
        "s": "x",
        "i": 3,
        "f": 1.5,
        "b": False,
        "n": None,
        "m": {"l": [1, "y"]},
        "ss": ["a"],
        "ns": [1, 2],
        "bin": "/wE=",
        "bins": [["YQ==", "Yg=="]],
    }


def test_faults_are_set_by_json_and_mended_by_null(stack: FakeStack) -> None:
    json_type = ("Content-Type", "application/json")

    response = ask(stack, HttpRequest("POST", "/_local/faults", [HOST, json_type], b'{"ses": "throttled"}'))
    assert (response.status, json.loads(response.body)["ses"]) == (200, "throttled")

    ask(stack, HttpRequest("POST", "/_local/faults", [HOST, json_type], b'{"ses": null}'))
    assert set(stack.endpoint.faults.current().values()) == {None}


def test_a_button_sets_a_fault_and_leads_back_to_the_start_page(stack: FakeStack) -> None:
    response = ask(stack, HttpRequest("POST", "/_local/faults", [HOST, FORM], b"ses=rejected"))

    assert response.status == 303
    assert dict(response.headers)["Location"] == "/_local/"
    assert stack.endpoint.faults.current()["ses"] == "rejected"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b'{"ses": "unheard-of"}', b'{"s3": "slow"}', b'{"ses": 1}']
)
def test_a_fault_that_does_not_exist_is_a_400(stack: FakeStack, body: bytes) -> None:
    assert ask(stack, HttpRequest("POST", "/_local/faults", [HOST], body)).status == 400


def test_a_button_makes_something_more_become_of_a_mail(stack: FakeStack) -> None:
    stack.sent = [_raw_mail(_mail())]
    page = _get(stack, "/_local/mail").body.decode()
    ((action, course), *_) = re.findall(r'action="([^"]*)">\s*<button name="course" value="([^"]*)"', page)

    response = ask(stack, HttpRequest("POST", action, [HOST, FORM], f"course={course}".encode()))

    assert (response.status, dict(response.headers)["Location"]) == (303, "/_local/mail")
    assert stack.asked == [("id-1", "delivered")]
    assert ask(stack, HttpRequest("POST", action, [HOST, FORM], b"course=lost")).status == 400


def test_the_second_channel_is_shown_what_it_was_given_unless_it_is_down(stack: FakeStack) -> None:
    body = json.dumps({"version": "1.0", "title": "Not <proven>", "message": "7KQM-4TWX", "type": "info"}).encode()
    message = HttpRequest("POST", "/_local/second-channel", [HOST, ("Content-Type", "application/json")], body)

    stack.endpoint.faults.set("second-channel", "unavailable")
    assert ask(stack, message).status == 503
    stack.endpoint.faults.set("second-channel", None)
    assert ask(stack, message).status == 200

    page = _get(stack, "/_local/second-channel").body.decode()
    assert page.count("7KQM-4TWX") == 1
    assert "Not &lt;proven&gt;" in page


def test_the_schedule_is_woken_and_reports(stack: FakeStack) -> None:
    response = ask(stack, HttpRequest("POST", "/_local/schedule", [HOST, ("Origin", "http://127.0.0.1:8000")]))

    assert (response.status, json.loads(response.body), stack.woken) == (200, {"Sweep": "ok"}, 1)


def test_a_button_fills_the_stack_with_invented_enquiries(stack: FakeStack) -> None:
    page = _get(stack, "/_local/").body.decode()
    ((action),) = re.findall(r'action="([^"]*)">\s*<button>Store two hundred', page)

    pressed = ask(stack, HttpRequest("POST", action, [HOST, FORM], b""))
    assert (pressed.status, dict(pressed.headers)["Location"], stack.woken) == (303, "/_local/", 1)
    assert json.loads(ask(stack, HttpRequest("POST", action, [HOST])).body) == {"added": 200}


@pytest.mark.parametrize(
    "header",
    [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1:9000"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ],
)
def test_another_site_cannot_press_the_buttons(stack: FakeStack, header: tuple[str, str]) -> None:
    response = ask(stack, HttpRequest("POST", "/_local/schedule", [HOST, header]))

    assert response.status == 403
    assert stack.woken == 0


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "", "[", "10.0.0.1"])
def test_a_name_that_is_not_this_machine_sees_nothing(stack: FakeStack, host: str) -> None:
    response = ask(stack, HttpRequest("GET", "/_local/leads.json", [("Host", host)]))

    assert response.status == 421
    assert b"script" not in response.body


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "[::1]:8000", "127.0.0.1"])
def test_every_name_of_this_machine_may_look(stack: FakeStack, host: str) -> None:
    assert ask(stack, HttpRequest("GET", "/_local/leads.json", [("Host", host)])).status == 200


def test_wrong_methods_and_paths_are_told_so(stack: FakeStack) -> None:

    wrong = ask(stack, HttpRequest("DELETE", "/_local/faults", [HOST]))
    assert wrong.status == 405
    assert {"GET", "POST"} <= set(dict(wrong.headers)["Allow"].split(", "))
    assert ask(stack, HttpRequest("GET", "/_local/nothing", [HOST])).status == 404
    assert ask(stack, HttpRequest("GET", "/_local", [HOST])).status == 308
