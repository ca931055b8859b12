"""Lambda functions: each a pool of execution environments that grows as events wait."""

import json
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from infra.local.environment import INIT_TIMEOUT_SECONDS, Environment, FunctionError, Invocation
from infra.local.process_environment import FunctionSpec, Placement
from infra.local.reaper import Reaper

__all__ = ["Function", "FunctionError"]


class Function:
    """One function: hands events to environments, starts more of them as events wait, up to a limit.

    Args:
        spec: The function.
        placement: Where it is.
        reaper: Told of every process.
        log: Called with the log stream and a line.
        concurrency: Most environments at once; further events wait their turn.
    """

    def __init__(
        self,
        spec: FunctionSpec,
        placement: Placement,
        reaper: Reaper,
        log: Callable[[str, str], None],
        concurrency: int = 4,
    ) -> None:
        self.spec = spec
        self._placement = placement
        self._reaper = reaper
        self._log = log
        self._concurrency = concurrency
        self._changed = threading.Condition()
        self._queue: deque[Invocation] = deque()
        self._environments: list[Environment] = []
        self._init_error: FunctionError | None = None
        self._stopped = False

    def submit(self, event: object) -> Future[object]:
        """Invokes the function.

        Returns:
            The future result, parsed from JSON. It raises :class:`FunctionError` when the invocation fails.
        """
        invocation = Invocation(json.dumps(event).encode(), self.spec.arn)
        with self._changed:
            if self._stopped:
                invocation.outcome.set_exception(FunctionError("Stopped", "the local stack is stopping"))
                return invocation.outcome
            self._queue.append(invocation)
            self._scale_out()
            self._changed.notify_all()
        return invocation.outcome

    def warm(self) -> None:
        """Starts one environment if there is none, so that the first event finds it ready."""
        with self._changed:
            if not self._stopped and not any(not environment.retired for environment in self._environments):
                self._start_environment()

    def wait_until_loaded(self, timeout: float = INIT_TIMEOUT_SECONDS) -> FunctionError | None:
        """Waits for the first environment; returns why it could not load, or None when it is ready."""
        with self._changed:
            self._changed.wait_for(lambda: self._init_error is not None or self._loaded(), timeout)
            return self._init_error

    @property
    def state(self) -> str:
        """``ready``, ``starting``, or the reason why the function cannot be loaded."""
        with self._changed:
            if self._init_error is not None:
                return str(self._init_error)
            return "ready" if self._loaded() or not self._environments else "starting"

    @property
    def environments(self) -> int:
        """How many execution environments there are."""
        with self._changed:
            return len(self._environments)

    def kill(self) -> int:
        """Kills every environment at once, as a host failure would; returns how many."""
        with self._changed:
            for environment in self._environments:
                environment.retire()
            return len(self._environments)

    def replace_environments(self) -> None:
        """Starts afresh with the code as it is now; events under way finish in the old environments."""
        with self._changed:
            self._init_error = None
            for environment in self._environments:
                environment.retire(kill=environment.running is None)
            if not self._stopped:
                self._start_environment()
            self._changed.notify_all()

    def stop(self) -> None:
        """Kills every environment, fails what waits, and returns when no process and no thread is left."""
        with self._changed:
            self._stopped = True
            waiting, self._queue = list(self._queue), deque()
            environments = list(self._environments)
            for environment in environments:
                environment.retire()
            self._changed.notify_all()
        for invocation in waiting:
            invocation.outcome.set_exception(FunctionError("Stopped", "the local stack is stopping"))
        for environment in environments:
            environment.join()

    def _loaded(self) -> bool:
        return any(environment.loaded for environment in self._environments)

    def _scale_out(self) -> None:
        """Starts environments for events that no idle or starting environment will take."""
        active = [environment for environment in self._environments if not environment.retired]
        free = sum(environment.running is None for environment in active)
        for _ in range(min(len(self._queue) - free, self._concurrency - len(active))):
            self._start_environment()

    def _start_environment(self) -> None:
        self._environments.append(Environment(self, self._changed, self.spec, self._placement, self._reaper, self._log))

    # ---- called by environments, with the lock held

    def take(self) -> Invocation | None:
        """The next waiting event."""
        return self._queue.popleft() if self._queue else None

    def loaded(self) -> None:
        """An environment has loaded the function."""
        self._init_error = None

    def ended(self, environment: "Environment", init_error: FunctionError | None) -> None:
        """An environment's process is gone; ``init_error`` says why if it never loaded the function."""
        self._environments.remove(environment)
        if init_error is not None and not environment.retired:
            self._init_error = init_error
            # As on Lambda, the event that an environment was started for fails with it.
            if self._queue:
                self._queue.popleft().outcome.set_exception(init_error)
        if not self._stopped:
            self._scale_out()
