"""A threaded loopback HTTP server that can be stopped completely: no thread and no socket is left behind."""

import contextlib
import socket
import sys
import threading
from socketserver import ThreadingTCPServer
from typing import Any

from infra.local.wire import MAX_BODY_BYTES, Application, Connection

LOOPBACK = "127.0.0.1"
_JOIN_SECONDS = 5.0


class LoopbackServer(ThreadingTCPServer):
    """An HTTP server on 127.0.0.1, one thread per connection.

    It holds its port at once, so that early clients wait; it answers from :meth:`start` on.

    Args:
        port: TCP port; 0 takes a free one.
        application: What answers the requests.
        max_body_bytes: Longer bodies are refused with a 413.

    Raises:
        OSError: The port is taken.
    """

    allow_reuse_address = True
    block_on_close = False
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, application: Application, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._application = application
        self._max_body_bytes = max_body_bytes
        self._open_lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._serving: threading.Thread | None = None
        super().__init__((LOOPBACK, port), None)  # type: ignore[arg-type]  # finish_request needs no handler class

    @property
    def port(self) -> int:
        """The TCP port, also when 0 was asked for."""
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Serves in a thread of its own until :meth:`stop`."""
        self._serving = threading.Thread(target=self.serve_forever, args=(0.1,), name="http", daemon=True)
        self._serving.start()

    def stop(self) -> None:
        """Closes the listening socket and every connection, and waits for their threads."""
        if self._serving is not None:
            self.shutdown()
            self._serving.join()
            self._serving = None
        self.server_close()
        with self._open_lock:
            connections = list(self._open.items())
        for connection, _ in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in connections:
            if thread is not threading.current_thread():
                thread.join(_JOIN_SECONDS)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serves a connection in a thread that is known until it ends."""
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._open_lock:
            self._open[request] = thread
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The connection's thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._open_lock:
                self._open.pop(request, None)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serves a connection."""
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Connection(request, client_address[0], self._application, self._max_body_bytes).serve()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of ours and stays visible."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
