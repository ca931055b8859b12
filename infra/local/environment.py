"""One execution environment: a process that loads a function and serves it one event at a time.

The process runs AWS's own Runtime Interface Client, so that what a handler sees (event, context, logging set-up, how an
exception is reported) is what it sees on AWS. Cold starts, crashes and timeouts are real.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, cast

from infra.local.process_environment import FunctionSpec, Placement, process_environment
from infra.local.reaper import Reaper
from infra.local.runtime_api import RuntimeApi

if TYPE_CHECKING:
    from infra.local.function import Function

# A laptop under load starts a process more slowly than Lambda, whose limit is 10 s.
INIT_TIMEOUT_SECONDS = 30.0


class FunctionError(Exception):
    """An invocation that failed.

    Args:
        error_type: Lambda's word for it, or the exception's class.
        message: What happened.
    """

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.message = message


@dataclass
class Invocation:
    """One event on its way through a function.

    Attributes:
        outcome: The function's result, parsed from JSON, or a :class:`FunctionError`.
        deadline_ms: When it times out, in milliseconds since 1970; 0 before it has begun.
    """

    event: bytes
    function_arn: str
    outcome: Future[object] = field(default_factory=Future)
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    deadline_ms: int = 0

    @property
    def trace_id(self) -> str:
        """An X-Ray trace that is not sampled."""
        root = self.request_id.replace("-", "")
        return f"Root=1-{root[:8]}-{root[8:]};Sampled=0"


class Environment:
    """An execution environment, started on construction. Its state is guarded by the function's lock.

    Args:
        pool: The function, whose lock the caller holds.
        changed: The function's lock, notified when anything changes.
        spec: The function's settings.
        placement: Where it is on this machine.
        reaper: Told of the process.
        log: Called with the log stream and a line.
    """

    def __init__(
        self,
        pool: "Function",
        changed: threading.Condition,
        spec: FunctionSpec,
        placement: Placement,
        reaper: Reaper,
        log: Callable[[str, str], None],
    ) -> None:
        self.loaded = False
        self.retired = False
        self.running: Invocation | None = None
        self._pool = pool
        self._changed = changed
        self._spec = spec
        self._reaper = reaper
        self._log = log
        self._init_error: FunctionError | None = None
        self._stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{secrets.token_hex(16)}"
        self._api = RuntimeApi(self)
        self._process = _launch(spec, placement, self._api.address, self._stream)
        reaper.watch(self._process.pid)
        self._timer = self._after(INIT_TIMEOUT_SECONDS, self._init_timed_out)
        self._watcher = threading.Thread(target=self._watch, name=f"environment-{self._process.pid}", daemon=True)
        self._watcher.start()

    def retire(self, *, kill: bool = True) -> None:
        """Takes no further event; with the lock held."""
        self.retired = True
        if kill:
            self._kill()
        self._changed.notify_all()

    def join(self) -> None:
        """Waits until the process and every thread of the environment have ended."""
        self._watcher.join()

    # ---- the Runtime API's side

    def next_invocation(self) -> Invocation | None:
        """The process asks for work, which also says that it has loaded the function; None to let it end."""
        with self._changed:
            if not self.loaded:
                self._timer.cancel()
                self.loaded = True
                self._pool.loaded()
                self._changed.notify_all()
            invocation: Invocation | None = None
            while not self.retired and (invocation := self._pool.take()) is None:
                self._changed.wait()
            if invocation is None:
                self._kill()
                return None
            return self._begin(invocation)

    def succeeded(self, request_id: str, result: bytes) -> None:
        """The handler returned a result, JSON."""
        invocation = self._end(request_id)
        if invocation is None:
            return
        try:
            invocation.outcome.set_result(json.loads(result or b"null"))
        except ValueError:
            invocation.outcome.set_exception(FunctionError("Runtime.MarshalError", "the result is not JSON"))

    def failed(self, request_id: str, error: bytes) -> None:
        """The handler raised; the runtime's report says what."""
        invocation = self._end(request_id)
        if invocation is not None:
            invocation.outcome.set_exception(_reported(error))

    def init_failed(self, error: bytes) -> None:
        """The function could not be loaded; the process is about to end."""
        with self._changed:
            self._init_error = _reported(error)

    def _begin(self, invocation: Invocation) -> Invocation:
        timeout = self._spec.timeout
        invocation.deadline_ms = int((time.time() + timeout) * 1000)
        self.running = invocation
        self._timer = self._after(timeout, lambda: self._timed_out(invocation))
        return invocation

    def _end(self, request_id: str) -> Invocation | None:
        """The running invocation, now over; None if it had been given up."""
        with self._changed:
            invocation = self.running
            if invocation is None or invocation.request_id != request_id:
                return None
            self._timer.cancel()
            self.running = None
            return invocation

    # ---- the process's side

    def _watch(self) -> None:
        with cast("IO[str]", self._process.stdout) as lines:
            reader = threading.Thread(target=self._read_log, args=(lines,), daemon=True)
            reader.start()
            status = self._process.wait()
            self._kill_group()  # what the function itself started; it also holds the log open
            reader.join()
        self._reaper.forget(self._process.pid)
        self._ended(status)
        self._api.stop()

    def _read_log(self, lines: IO[str]) -> None:
        for line in lines:
            # The Runtime Interface Client ends the lines of one log event with carriage returns.
            for part in line.rstrip("\r\n").split("\r"):
                self._log(self._stream, part)

    def _ended(self, status: int) -> None:
        reason = f"signal: {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        with self._changed:
            invocation, self.running = self.running, None
            self._timer.cancel()
            error = FunctionError("Runtime.ExitError", f"Runtime exited with error: {reason}")
            init_error = None if self.loaded else self._init_error or error
            self._pool.ended(self, init_error)
            self.retired = True
            self._changed.notify_all()
        if invocation is not None:
            self._log_error(invocation, error.message)
            invocation.outcome.set_exception(error)

    def _timed_out(self, invocation: Invocation) -> None:
        with self._changed:
            if self.running is not invocation:
                return
            self.running = None
            self.retire()
        message = f"Task timed out after {self._spec.timeout:.2f} seconds"
        self._log_error(invocation, message)
        invocation.outcome.set_exception(FunctionError("Sandbox.Timedout", message))

    def _init_timed_out(self) -> None:
        with self._changed:
            if not self.loaded:
                self._init_error = FunctionError("Sandbox.Timedout", "Init timed out")
                self._kill()

    def _log_error(self, invocation: Invocation, message: str) -> None:
        self._log(self._stream, f"ERROR RequestId: {invocation.request_id} {message}")

    @staticmethod
    def _after(seconds: float, action: Callable[[], None]) -> threading.Timer:
        timer = threading.Timer(seconds, action)
        timer.daemon = True
        timer.start()
        return timer

    def _kill(self) -> None:
        if self._process.poll() is None:
            self._kill_group()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _launch(spec: FunctionSpec, placement: Placement, runtime_api: str, stream: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "awslambdaric", spec.handler],
        cwd=placement.task_root,
        env=process_environment(spec, placement, runtime_api, stream),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # out of reach of the terminal's Ctrl-C, and a group to end as a whole
    )


def _reported(error: bytes) -> FunctionError:
    """The error as the runtime reported it."""
    try:
        report = json.loads(error)
        return FunctionError(str(report.get("errorType") or "Error"), str(report.get("errorMessage") or ""))
    except (ValueError, AttributeError):
        return FunctionError("Error", error.decode("utf-8", "replace"))
