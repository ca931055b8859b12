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

from infra.local.errors import FunctionError
from infra.local.process_environment import process_environment
from infra.local.runtime_api import RuntimeApi

if TYPE_CHECKING:
    from infra.local.function import Function

# A laptop under load starts a process more slowly than Lambda, whose limit is 10 s.
INIT_TIMEOUT_SECONDS = 30.0


@dataclass
class Invocation:
    """One event on its way through a function; when it times out, in milliseconds since 1970, is 0 until it begins."""

    event: bytes
    outcome: Future[object] = field(default_factory=Future)
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    deadline_ms: int = 0


class Environment:
    """An execution environment of a function, whose lock guards its state and is held on construction."""

    def __init__(self, function: "Function") -> None:
        self.loaded = False
        self.retired = False  # takes no further event
        self.running: Invocation | None = None
        self.spec = function.spec
        self._function = function
        self._init_error: FunctionError | None = None
        self._stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{secrets.token_hex(16)}"
        self._api = RuntimeApi(self)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", self.spec.handler],
            cwd=function.placement.task_root,
            env=process_environment(self.spec, function.placement, self._api.address, self._stream),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # out of reach of the terminal's Ctrl-C, and a group to end as a whole
        )
        function.reaper.watch(self._process.pid)
        self._timer = _after(INIT_TIMEOUT_SECONDS, self._init_timed_out)
        self._watcher = threading.Thread(target=self._watch, name=f"environment-{self._process.pid}", daemon=True)
        self._watcher.start()

    def retire(self, *, kill: bool = True) -> None:
        """Takes no further event; with the lock held."""
        self.retired = True
        if kill:
            self._kill()
        self._function.changed.notify_all()

    def join(self) -> None:
        """Waits until the process and every thread of the environment have ended."""
        self._watcher.join()

    # ---- the Runtime API's side

    def next_invocation(self) -> Invocation | None:
        """The process asks for work, which also says that it has loaded the function; None to let it end."""
        with self._function.changed:
            if not self.loaded:
                self._timer.cancel()
                self.loaded = True
                self._function.init_error = None
                self._function.changed.notify_all()
            self._function.changed.wait_for(lambda: self.retired or self._function.waiting)
            if self.retired:
                self._kill()
                return None
            self.running = invocation = self._function.waiting.popleft()
            invocation.deadline_ms = int((time.time() + self.spec.timeout) * 1000)
            self._timer = _after(self.spec.timeout, lambda: self._timed_out(invocation))
            return invocation

    def finished(self, request_id: str, outcome: bytes | FunctionError) -> None:
        """The handler returned a result, JSON, or failed. What had been given up is not heard any more."""
        with self._function.changed:
            invocation = self.running
            if invocation is None or invocation.request_id != request_id:
                return
            self._timer.cancel()
            self.running = None
        if isinstance(outcome, FunctionError):
            invocation.outcome.set_exception(outcome)
            return
        try:
            invocation.outcome.set_result(json.loads(outcome or b"null"))
        except ValueError:
            invocation.outcome.set_exception(FunctionError("Runtime.MarshalError", "the result is not JSON"))

    def init_failed(self, error: FunctionError) -> None:
        """The function could not be loaded; the process is about to end."""
        with self._function.changed:
            self._init_error = error

    # ---- the process's side

    def _watch(self) -> None:
        with cast("IO[str]", self._process.stdout) as lines:
            reader = threading.Thread(target=self._read_log, args=(lines,), daemon=True)
            reader.start()
            status = self._process.wait()
            self._kill_group()  # what the function itself started; it also holds the log open
            reader.join()
        self._function.reaper.forget(self._process.pid)
        self._ended(f"signal: {signal.Signals(-status).name}" if status < 0 else f"exit status {status}")
        self._api.stop()

    def _read_log(self, lines: IO[str]) -> None:
        for line in lines:
            # The Runtime Interface Client ends the lines of one log event with carriage returns.
            for part in line.rstrip("\r\n").split("\r"):
                self._function.log(self._stream, part)

    def _ended(self, reason: str) -> None:
        with self._function.changed:
            invocation, self.running = self.running, None
            self._timer.cancel()
            error = FunctionError("Runtime.ExitError", f"Runtime exited with error: {reason}")
            self._function.ended(self, None if self.loaded else self._init_error or error)
            self.retired = True
            self._function.changed.notify_all()
        if invocation is not None:
            self._fail(invocation, error)

    def _timed_out(self, invocation: Invocation) -> None:
        with self._function.changed:
            if self.running is not invocation:
                return
            self.running = None
            self.retire()
        self._fail(
            invocation, FunctionError("Sandbox.Timedout", f"Task timed out after {self.spec.timeout:.2f} seconds")
        )

    def _init_timed_out(self) -> None:
        with self._function.changed:
            if not self.loaded:
                self._init_error = FunctionError("Sandbox.Timedout", "Init timed out")
                self._kill()

    def _fail(self, invocation: Invocation, error: FunctionError) -> None:
        self._function.log(self._stream, f"ERROR RequestId: {invocation.request_id} {error.message}")
        invocation.outcome.set_exception(error)

    def _kill(self) -> None:
        if self._process.poll() is None:
            self._kill_group()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _after(seconds: float, action: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
    return timer
