"""What the bench's two servers have in common: the standard library's HTTP/1.1, silent, and with a stop-watch."""

import time
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler


class Handler(BaseHTTPRequestHandler):
    """One connection; times are `time.perf_counter_ns`.

    Attributes:
        arrived_at: When the first line of the request was there.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together
    # Longer than the slowest cold start on a machine that is busy with other things.
    timeout = 30.0
    arrived_at = 0

    def handle(self) -> None:
        with suppress(ConnectionError):  # a process is killed when it has done its part
            super().handle()

    def parse_request(self) -> bool:
        self.arrived_at = time.perf_counter_ns()
        return super().parse_request()

    def read_body(self) -> bytes:
        """The request's body."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> int:
        """Answer the request; returns when the answer began to leave."""
        self.send_response_only(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        sent_at = time.perf_counter_ns()
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        return sent_at

    def log_message(self, *_: object) -> None:
        """Say nothing."""
