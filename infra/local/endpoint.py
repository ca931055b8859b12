"""AWS's service endpoints: moto behind one loopback port, one call at a time, each observable.

One at a time because moto checks a condition and then writes, with nothing to keep two threads apart: a conditional
put would let two callers through.
"""

import io
import json
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from infra.local.faults import Faults
from infra.local.http_server import LOOPBACK, ConnectionTracking

Observer = Callable[[str, str, str], None]
"""Called with service, operation and phase: ``before`` the call, then ``after`` it, or ``refused`` if it failed."""

_log = logging.getLogger(__name__)
_REST_OPERATIONS = {("POST", "/v2/email/outbound-emails"): "SendEmail"}


@dataclass(frozen=True)
class Call:
    """One API call.

    Attributes:
        service: Signing name, such as ``dynamodb`` or ``ses``.
        operation: Such as ``PutItem``.
        body: The request's body.
    """

    service: str
    operation: str
    body: bytes


@dataclass(frozen=True)
class SentMail:
    """What moto forgets of a mail it accepted.

    Attributes:
        sent_at: When SES said yes.
        destination: The envelope's recipients.
        configuration_set: Its name, or None.
    """

    sent_at: datetime
    destination: list[str]
    configuration_set: str | None


class AwsEndpoint:
    """Serves the SDKs of the functions' processes.

    Attributes:
        lock: Held during each call; hold it to look at moto's state from outside.
        faults: What to do wrong.
        sent_mail: By message id.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.faults = Faults()
        self.sent_mail: dict[str, SentMail] = {}
        self._observers: list[Observer] = []
        self._server: Any = None

    @property
    def url(self) -> str:
        """For ``AWS_ENDPOINT_URL``."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def start(self) -> None:
        """Listens on a free port."""
        self._server = _server(self)
        self._server.start()

    def stop(self) -> None:
        """Ends every call and closes the port."""
        self.faults.clear()
        if self._server is not None:
            self._server.stop()
            self._server = None

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Calls the observer, in the caller's thread, around every call from now on; the result ends that."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The WSGI application."""
        if not _from_sdk(environ):
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        call = _call(environ)
        self._notify(call, "before")
        status, headers, body = self._answer(call, environ)
        self._notify(call, "after" if status.startswith("2") else "refused")
        start_response(status, headers)
        return [body]

    def _answer(self, call: Call, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        refusal = self.faults.meet(call.service)
        if refusal is not None:
            headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", refusal.error_type)]
            return f"{refusal.status} Refused", headers, refusal.body()
        with self.lock:
            status, headers, body = self._moto(environ)
            if (call.service, call.operation) == ("ses", "SendEmail") and status.startswith("2"):
                self._remember_mail(call, body)
        return status, headers, body

    def _moto(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        from werkzeug.test import run_wsgi_app

        try:
            chunks, status, headers = run_wsgi_app(self._application(), environ, buffered=True)
        except Exception:  # a service or parameter that moto does not know ends as an exception here
            _log.exception("moto failed on %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return "500 Internal Server Error", [("x-amzn-ErrorType", "InternalFailure")], b"{}"
        return status, list(headers), b"".join(chunks)

    def _application(self) -> Any:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        if not hasattr(self, "_dispatcher"):
            self._dispatcher = DomainDispatcherApplication(create_backend_app)
        return self._dispatcher

    def _remember_mail(self, call: Call, answer: bytes) -> None:
        request = json.loads(call.body)
        recipients = [address for kind in request.get("Destination", {}).values() for address in kind]
        message_id = json.loads(answer)["MessageId"]
        self.sent_mail[message_id] = SentMail(datetime.now(UTC), recipients, request.get("ConfigurationSetName"))

    def _notify(self, call: Call, phase: str) -> None:
        for observer in list(self._observers):
            observer(call.service, call.operation, phase)


def _from_sdk(environ: dict[str, Any]) -> bool:
    """Whether a signed API call, not a web page trying ports: moto allows every origin and has a reset of its own."""
    return "HTTP_AUTHORIZATION" in environ and "HTTP_ORIGIN" not in environ


def _call(environ: dict[str, Any]) -> Call:
    """Reads which call it is, leaving the request as it was."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return Call(_service(environ["HTTP_AUTHORIZATION"]), _operation(environ, body), body)


def _service(authorization: str) -> str:
    """The signing name in a SigV4 credential scope: ``Credential=id/date/region/service/aws4_request``."""
    scope = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    return scope[3] if len(scope) == 5 else "unknown"


def _operation(environ: dict[str, Any], body: bytes) -> str:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if str(environ.get("CONTENT_TYPE")).startswith("application/x-www-form-urlencoded"):
        return parse_qs(body.decode("utf-8", "replace")).get("Action", ["unknown"])[0]
    route = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
    return _REST_OPERATIONS.get(route, " ".join(route))


def _server(application: AwsEndpoint) -> Any:
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import BaseWSGIServer

    class Handler(MotoRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Silent."""

    class Server(ConnectionTracking, BaseWSGIServer):
        multithread = True

    return Server(LOOPBACK, 0, application, Handler)
