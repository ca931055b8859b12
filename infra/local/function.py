"""Lambda functions: each a pool of execution environments that grows as events wait."""

import json
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from infra.local.environment import INIT_TIMEOUT_SECONDS, Environment, Invocation
from infra.local.errors import FunctionError
from infra.local.process_environment import FunctionSpec, Placement
from infra.local.reaper import Reaper

_MOST_ENVIRONMENTS = 4  # further events wait their turn
_STOPPED = FunctionError("Stopped", "the local stack is stopping")


@dataclass(eq=False)
class Function:
    """One function: hands events to environments, starts more of them as events wait, up to a limit.

    `changed` guards its state and that of its environments, and is notified when anything changes. `log` is called with
    the log stream and a line; `init_error` says why the last process could not load the function, if it could not.
    """

    spec: FunctionSpec
    placement: Placement
    reaper: Reaper
    log: Callable[[str, str], None]
    changed: threading.Condition = field(default_factory=threading.Condition)
    waiting: deque[Invocation] = field(default_factory=deque)
    init_error: FunctionError | None = None
    _environments: list[Environment] = field(default_factory=list)
    _stopped: bool = False

    def submit(self, event: object) -> Future[object]:
        """Invokes the function.

        Returns:
            The future result, parsed from JSON. It raises :class:`FunctionError` when the invocation fails.
        """
        invocation = Invocation(json.dumps(event).encode())
        with self.changed:
            if self._stopped:
                invocation.outcome.set_exception(_STOPPED)
                return invocation.outcome
            self.waiting.append(invocation)
            self._scale_out()
            self.changed.notify_all()
        return invocation.outcome

    def wait_until_loaded(self, timeout: float = INIT_TIMEOUT_SECONDS) -> FunctionError | None:
        """Waits for the first environment; returns why it could not load, or None when it is ready."""
        with self.changed:
            self.changed.wait_for(lambda: self.init_error is not None or self._loaded(), timeout)
            return self.init_error

    @property
    def state(self) -> str:
        """``ready``, ``starting``, or the reason why the function cannot be loaded."""
        with self.changed:
            if self.init_error is not None:
                return str(self.init_error)
            return "ready" if self._loaded() or not self._environments else "starting"

    @property
    def environments(self) -> int:
        """How many execution environments there are."""
        return len(self._environments)

    def kill(self) -> int:
        """Kills every environment at once, as a host failure would; returns how many."""
        with self.changed:
            for environment in self._environments:
                environment.retire()
            return len(self._environments)

    def replace_environments(self) -> None:
        """Starts an environment with the code as it is now; events under way finish in the old ones."""
        with self.changed:
            self.init_error = None
            for environment in self._environments:
                environment.retire(kill=environment.running is None)
            if not self._stopped:
                self._environments.append(Environment(self))

    def stop(self) -> None:
        """Kills every environment, fails what waits, and returns when no process and no thread is left."""
        with self.changed:
            self._stopped = True
            waiting = list(self.waiting)
            self.waiting.clear()
            environments = list(self._environments)
        self.kill()
        for invocation in waiting:
            invocation.outcome.set_exception(_STOPPED)
        for environment in environments:
            environment.join()

    def _loaded(self) -> bool:
        return any(environment.loaded for environment in self._environments)

    def _scale_out(self) -> None:
        """Starts environments for events that no idle or starting environment will take."""
        active = [environment for environment in self._environments if not environment.retired]
        free = sum(environment.running is None for environment in active)
        for _ in range(min(len(self.waiting) - free, _MOST_ENVIRONMENTS - len(active))):
            self._environments.append(Environment(self))

    def ended(self, environment: Environment, init_error: FunctionError | None) -> None:
        """An environment's process is gone, and `init_error` says why if it never loaded; with the lock held."""
        self._environments.remove(environment)
        if init_error is not None and not environment.retired:
            self.init_error = init_error
            # As on Lambda, the event that an environment was started for fails with it.
            if self.waiting:
                self.waiting.popleft().outcome.set_exception(init_error)
        if not self._stopped:
            self._scale_out()
