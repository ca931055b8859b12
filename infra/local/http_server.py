"""A threaded loopback HTTP server that can be stopped completely: no thread and no socket is left behind."""

import contextlib
import socket
import sys
import threading
from http.server import HTTPServer
from socketserver import ThreadingMixIn
from typing import Any

LOOPBACK = "127.0.0.1"
_JOIN_SECONDS = 5.0


class ConnectionTracking(ThreadingMixIn):
    """Mixed into a socket server: one thread per connection, and ``server_close`` ends them all."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._open_lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._serving: threading.Thread | None = None
        super().__init__(*args, **kwargs)

    def start(self) -> None:
        """Serves in a thread of its own until :meth:`stop`."""
        serve: Any = self.serve_forever  # type: ignore[attr-defined]  # from the server this is mixed into
        self._serving = threading.Thread(target=serve, args=(0.1,), name=type(self).__name__, daemon=True)
        self._serving.start()

    def stop(self) -> None:
        """Closes the listening socket and every connection, and waits for their threads."""
        if self._serving is not None:
            self.shutdown()  # type: ignore[attr-defined]
            self._serving.join()
            self._serving = None
        self.server_close()

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

    def server_close(self) -> None:
        """Closes the listening socket, then each connection, and waits for their threads."""
        super().server_close()
        with self._open_lock:
            connections = list(self._open.items())
        for connection, _ in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in connections:
            if thread is not threading.current_thread():
                thread.join(_JOIN_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of ours and stays visible."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[misc]


class LoopbackServer(ConnectionTracking, HTTPServer):
    """An HTTP server on 127.0.0.1. It holds its port at once, so that early clients wait; it answers from ``start`` on.

    Args:
        port: TCP port; 0 takes a free one.
        handler: The ``BaseHTTPRequestHandler`` class.

    Raises:
        OSError: The port is taken.
    """

    def __init__(self, port: int, handler: Any) -> None:
        super().__init__((LOOPBACK, port), handler)

    def server_bind(self) -> None:
        """Takes the port."""
        # HTTPServer's own also looks up the machine's name, which can take seconds on a laptop.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])

    @property
    def port(self) -> int:
        """The TCP port, also when 0 was asked for."""
        return self.server_port
