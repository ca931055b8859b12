"""The mailer's connection, seen from the other end of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from shared.errors import MailUnproven
from shared.mailer import Mailer, ses_client

Answer = Callable[[BaseHTTPRequestHandler], None]


TAGGED: dict[str, Any] = {"mail_id": "alert-1", "configuration_set": "set"}


def accept(handler: BaseHTTPRequestHandler) -> None:
    body = json.dumps({"MessageId": "m-1"}).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.send_header("Connection", "close")  # as a server says that was asked for it (RFC 9112 section 9.6)
    handler.end_headers()
    handler.wfile.write(body)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def hang_up_in_the_middle(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"Mess')
    handler.close_connection = True


def say_something_else(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "7")
    handler.end_headers()
    handler.wfile.write(b"<html/>")


@contextmanager
def ses(answer: Answer) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """An SES that takes every request to its end and answers like this; its URL, and the headers of each request."""
    requests: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            requests.append(dict(self.headers.items()))
            answer(self)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", requests
        finally:
            server.shutdown()


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Mailer]:
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    # What would try again if the mailer did not say how often.
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")

    def at(url: str) -> Mailer:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        return Mailer("website@example.com", ses_client())

    return at


@pytest.mark.parametrize("answer", [hang_up, hang_up_in_the_middle, say_something_else])
def test_an_answer_that_is_lost_is_not_asked_for_again(sender: Callable[[str], Mailer], answer: Answer) -> None:
    with ses(answer) as (url, requests):
        with pytest.raises(MailUnproven):
            sender(url).send(EmailMessage(), "frontdesk@example.com", **TAGGED)

        assert len(requests) == 1


def test_each_mail_has_a_connection_of_its_own(sender: Callable[[str], Mailer]) -> None:
    with ses(accept) as (url, requests):
        mails = sender(url)

        assert [mails.send(EmailMessage(), "frontdesk@example.com", **TAGGED) for _ in range(2)] == ["m-1", "m-1"]
        assert [each["Connection"] for each in requests] == ["close", "close"]
