"""AWS's service endpoints: moto behind one loopback port, one call at a time, each observable.

One at a time because moto checks a condition and then writes, with nothing to keep two threads apart: a conditional
put would let two callers through.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from infra.local.faults import LATE_SECONDS, Faults
from infra.local.http_messages import HttpRequest, HttpResponse, call_wsgi
from infra.local.late_index import LateIndex
from infra.local.wire import LoopbackServer

Observer = Callable[[str, str, str], None]
"""Called with service, operation and phase: ``before`` the call, then ``after`` it, or ``refused`` if it failed."""

_log = logging.getLogger(__name__)
_REST_OPERATIONS = {"POST /v2/email/outbound-emails": "SendEmail"}


class AwsEndpoint:
    """Serves the SDKs of the functions' processes.

    Attributes:
        lock: Held during each call; hold it to look at moto's state from outside.
        faults: What to do wrong.
        listeners: By service and operation, called with request and answer of each call that succeeded.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.faults = Faults()
        self.listeners: dict[tuple[str, str], Callable[[bytes, bytes], None]] = {}
        self._late: LateIndex | None = None
        self._observers: list[Observer] = []
        self._server: LoopbackServer | None = None

    @property
    def url(self) -> str:
        """For ``AWS_ENDPOINT_URL``, once it has started."""
        assert self._server is not None  # noqa: S101 - for the type checker
        return f"http://{self._server.address}"

    def start(self) -> None:
        """Listens on a free port."""
        self._server = LoopbackServer(0, self)
        self._server.start()

    def stop(self) -> None:
        """Ends every call and closes the port."""
        for service in self.faults.current():
            self.faults.set(service, None)
        if self._server is not None:
            self._server.stop()
            self._server = None

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Calls the observer, in the caller's thread, around every call from now on; the result ends that."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers one call."""
        authorization = request.header("authorization")
        # A web page that tries ports sends an origin: moto allows every one, and has a reset of its own.
        if authorization is None or request.header("origin") is not None:
            return HttpResponse(HTTPStatus.FORBIDDEN)
        call = _service(authorization), _operation(request)
        self._notify(*call, "before")
        response = self._answer(*call, request)
        succeeded = response.status < HTTPStatus.MULTIPLE_CHOICES
        if succeeded and (listener := self.listeners.get(call)):
            listener(request.body, response.body)
        self._notify(*call, "after" if succeeded else "refused")
        return response

    def _answer(self, service: str, operation: str, request: HttpRequest) -> HttpResponse:
        if refusal := self.faults.meet(service):
            headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", refusal.error_type)]
            return HttpResponse(refusal.status, headers, json.dumps({"message": refusal.message}).encode())
        with self.lock:
            if self.faults.current().get(service) == "late":
                return self._late_moto(operation, request)
            self._late = None
            return self._moto(request)

    def _late_moto(self, operation: str, request: HttpRequest) -> HttpResponse:
        if self._late is None:
            self._late = LateIndex(LATE_SECONDS)
            self._late.note(time.monotonic())
        if operation == "Query" and b'"IndexName"' in request.body:
            with self._late.shown(time.monotonic()):
                return self._moto(request)
        response = self._moto(request)
        if operation not in ("GetItem", "Query", "Scan"):
            self._late.note(time.monotonic())
        return response

    def _moto(self, request: HttpRequest) -> HttpResponse:
        try:
            return call_wsgi(self._dispatcher, request)
        except Exception:  # a service or parameter that moto does not know ends as an exception here
            _log.exception("moto failed on %s %s", request.method, request.raw_path)
            return HttpResponse(HTTPStatus.INTERNAL_SERVER_ERROR, [("x-amzn-ErrorType", "InternalFailure")], b"{}")

    @cached_property
    def _dispatcher(self) -> Any:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        return DomainDispatcherApplication(create_backend_app)

    def _notify(self, service: str, operation: str, phase: str) -> None:
        for observer in list(self._observers):
            observer(service, operation, phase)


def _service(authorization: str) -> str:
    """The signing name in a SigV4 credential scope: ``Credential=id/date/region/service/aws4_request``."""
    scope = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    return scope[3] if len(scope) == 5 else "unknown"


def _operation(request: HttpRequest) -> str:
    if target := request.header("x-amz-target"):
        return target.rpartition(".")[2]
    if str(request.header("content-type")).startswith("application/x-www-form-urlencoded"):
        return parse_qs(request.body.decode("utf-8", "replace")).get("Action", ["unknown"])[0]
    route = f"{request.method} {request.raw_path}"
    return _REST_OPERATIONS.get(route, route)
