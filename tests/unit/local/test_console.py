import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from infra.local.cloud import decode
from infra.local.console import Console
from infra.local.console.mailbox import Mail, read
from infra.local.events import HttpRequest
from infra.local.faults import Faults
from infra.local.logs import LogLine
from infra.local.responses import HttpResponse
from infra.local.ses import SentMail
from infra.local.stack import LocalStack

HOST = ("Host", "127.0.0.1:8000")
FORM = ("Content-Type", "application/x-www-form-urlencoded")


class FakeStack(LocalStack):
    def __init__(self) -> None:
        super().__init__()
        self.faults = Faults()
        self.woken = 0
        self.sent: list[Mail] = []

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
        return [{"name": "<script>alert(1)</script>"}]

    def log_lines(self) -> list[LogLine]:
        return [LogLine(datetime(2026, 1, 1, tzinfo=UTC), "NotifyFunction", "s", "ERROR", "<b>bad</b>")]

    def set_fault(self, service: str, kind: str | None) -> None:
        self.faults.set(service, kind)

    def current_faults(self) -> dict[str, str | None]:
        return self.faults.current()

    def wake_schedule(self) -> dict[str, str]:
        self.woken += 1
        return {"Sweep": "ok"}

    def request(self, request: HttpRequest) -> HttpResponse:
        urls = "<url><loc>https://example.com/en/</loc></url><url><loc>https://example.com/es/</loc></url>"
        return HttpResponse(200, [], urls.encode())


@pytest.fixture
def stack() -> FakeStack:
    return FakeStack()


def _get(stack: FakeStack, path: str) -> HttpResponse:
    return Console(stack)(HttpRequest("GET", path, [HOST]))


def _raw_mail(message: EmailMessage) -> SentMail:
    sent_at = datetime(2026, 1, 2, tzinfo=UTC)
    return SentMail(
        "id-1", sent_at, "web@example.com", ["front@example.com"], "set-1", {}, message.as_bytes(), ["Send"]
    )


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


@pytest.mark.parametrize("path", ["/_local/", "/_local/mail", "/_local/leads", "/_local/logs"])
def test_pages_are_not_kept_and_let_nothing_in(stack: FakeStack, path: str) -> None:
    stack.sent = read([_raw_mail(_mail())])

    response = _get(stack, path)

    headers = dict(response.headers)
    assert response.status == 200
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_what_visitors_typed_is_shown_harmlessly(stack: FakeStack) -> None:
    stack.sent = read([_raw_mail(_mail())])

    assert b"<script>" not in _get(stack, "/_local/leads").body
    assert b"<b>bad" not in _get(stack, "/_local/logs").body
    mail = _get(stack, "/_local/mail").body
    assert b"<p onclick" not in mail
    assert b'<iframe sandbox title="HTML part"' in mail


def test_a_mail_is_taken_apart() -> None:
    (mail,) = read([_raw_mail(_mail())])

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

    (shown,) = read([replace(mail, raw=raw)])

    assert shown.headers["Reply-To"] == broken
    assert shown.to == ["front@example.com"]


def test_without_a_to_header_the_envelope_says_who_gets_it() -> None:
    message = _mail()
    del message["To"]

    (mail,) = read([_raw_mail(message)])

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

    assert decode(item) == {
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
    console = Console(stack)
    json_type = ("Content-Type", "application/json")

    response = console(HttpRequest("POST", "/_local/faults", [HOST, json_type], b'{"ses": "throttled"}'))
    assert (response.status, json.loads(response.body)) == (200, {"ses": "throttled"})

    console(HttpRequest("POST", "/_local/faults", [HOST, json_type], b'{"ses": null}'))
    assert stack.current_faults() == {"ses": None}


def test_a_button_sets_a_fault_and_leads_back_to_the_start_page(stack: FakeStack) -> None:
    response = Console(stack)(HttpRequest("POST", "/_local/faults", [HOST, FORM], b"ses=rejected"))

    assert response.status == 303
    assert ("location", "/_local/") in response.headers
    assert stack.current_faults() == {"ses": "rejected"}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b'{"ses": "unheard-of"}', b'{"s3": "slow"}', b'{"ses": 1}']
)
def test_a_fault_that_does_not_exist_is_a_400(stack: FakeStack, body: bytes) -> None:
    assert Console(stack)(HttpRequest("POST", "/_local/faults", [HOST], body)).status == 400


def test_the_schedule_is_woken_and_reports(stack: FakeStack) -> None:
    response = Console(stack)(HttpRequest("POST", "/_local/schedule", [HOST, ("Origin", "http://127.0.0.1:8000")]))

    assert (response.status, json.loads(response.body), stack.woken) == (200, {"Sweep": "ok"}, 1)


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
    response = Console(stack)(HttpRequest("POST", "/_local/schedule", [HOST, header]))

    assert response.status == 403
    assert stack.woken == 0


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "", "[", "10.0.0.1"])
def test_a_name_that_is_not_this_machine_sees_nothing(stack: FakeStack, host: str) -> None:
    response = Console(stack)(HttpRequest("GET", "/_local/leads.json", [("Host", host)]))

    assert response.status == 421
    assert b"script" not in response.body


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "[::1]:8000", "127.0.0.1"])
def test_every_name_of_this_machine_may_look(stack: FakeStack, host: str) -> None:
    assert Console(stack)(HttpRequest("GET", "/_local/leads.json", [("Host", host)])).status == 200


def test_wrong_methods_and_paths_are_told_so(stack: FakeStack) -> None:
    console = Console(stack)

    wrong = console(HttpRequest("DELETE", "/_local/faults", [HOST]))
    assert wrong.status == 405
    assert ("allow", "GET, POST") in wrong.headers
    assert console(HttpRequest("GET", "/_local/nothing", [HOST])).status == 404
    assert console(HttpRequest("GET", "/_local", [HOST])).status == 303
