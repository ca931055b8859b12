"""One execution environment from start to end, under a Runtime API (2018-06-01) that takes the times."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import HTTPServer
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from typing import Any

from infra.local.process_environment import Placement, process_environment
from tests.bench.cloud import Cloud
from tests.bench.contestants import Contestant
from tests.bench.http_handler import Handler


class BenchError(Exception):
    """The bench cannot go on. The message says why in words for whoever ran it."""


@dataclass(frozen=True)
class Run:
    """What one process took.

    Attributes:
        cold_ms: From the process's start to its first response.
        cold_cpu_ms: Processor time until it is done with that.
        warm_ms: A later response, from its event's departure.
        warm_cpu_ms: The processor time of a later invocation, the runtime's share included.
        peak_bytes: The most memory that it ever had.
        calls: How often an invocation called AWS, without what an environment asks once.
    """

    cold_ms: float
    cold_cpu_ms: float
    warm_ms: float
    warm_cpu_ms: float
    peak_bytes: int
    calls: int


def observe(
    contestant: Contestant, package: Path, python: Path, cloud: Cloud, warm: int
) -> tuple[Run, list[dict[str, Any]]]:
    """Start a process for a contestant's package, give it one event and then `warm` more, and end it.

    Args:
        contestant: Whose function to run.
        package: The unpacked package.
        python: Lambda's interpreter.
        cloud: AWS.
        warm: Invocations after the first, at least one.

    Returns:
        What it took, and what it answered.

    Raises:
        BenchError: It did not do its job each time. The message holds the end of what it wrote.
    """
    events = [json.dumps(contestant.translate(event)).encode() for event in islice(contestant.job.events(), warm + 1)]
    placement = Placement(task_root=package, import_path=package, endpoint_url=cloud.url)
    cloud.forget()
    with _RuntimeApi(events, contestant) as api, tempfile.TemporaryFile() as log:
        environment = process_environment(contestant.spec, placement, f"127.0.0.1:{api.server_port}", "bench")
        # Lambda's folder cannot be written to: no start leaves bytecode for the next.
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        command = [str(python), "-m", "awslambdaric", contestant.spec.handler]
        started_at = time.perf_counter_ns()
        process = subprocess.Popen(
            command, cwd=package, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            api.serve(process.pid)
            answers = [json.loads(body) for body in api.bodies]
            _check(contestant, answers, cloud.calls)
        except BenchError as error:
            log.seek(0)
            raise BenchError(f"{contestant.name}: {error}\n{log.read().decode('utf-8', 'replace')[-4000:]}") from error
        finally:
            process.kill()
            process.wait()
    # Fewer than one for each invocation: a connection that is opened ahead, and keys that are kept.
    return api.run(started_at, calls=cloud.calls.total() // len(answers)), answers


class _RuntimeApi(HTTPServer):
    """Hands events to one process, and notes when each left and when its response came."""

    timeout = Handler.timeout

    def __init__(self, events: Sequence[bytes], contestant: Contestant) -> None:
        super().__init__(("127.0.0.1", 0), _RuntimeCall)
        self.events = events
        self.spec = contestant.spec
        self.sent_at: list[int] = []
        self.answered_at: list[int] = []
        self.bodies: list[bytes] = []
        # Each time that the process asks for an event: it has loaded its function, or is done with the event before.
        self.cpu_ms: list[float] = []
        self.peak_bytes = 0
        self.failure = ""

    def serve(self, pid: int) -> None:
        """Have the process work off all events. Raises BenchError when it reports an error, or is silent for long."""
        self.pid = pid
        while not self.peak_bytes and not self.failure:
            self.handle_request()
        if self.failure:
            raise BenchError(self.failure)

    def run(self, started_at: int, calls: int) -> Run:
        """What it took."""
        warm = [done - sent for sent, done in zip(self.sent_at[1:], self.answered_at[1:], strict=True)]
        return Run(
            cold_ms=(self.answered_at[0] - started_at) / 1e6,
            cold_cpu_ms=self.cpu_ms[1],
            warm_ms=median(warm) / 1e6,
            warm_cpu_ms=median(after - before for before, after in pairwise(self.cpu_ms[1:])),
            peak_bytes=self.peak_bytes,
            calls=calls,
        )

    def handle_timeout(self) -> None:
        self.failure = f"nothing was heard of it for {self.timeout:.0f} seconds"


class _RuntimeCall(Handler):
    server: _RuntimeApi

    def do_GET(self) -> None:  # noqa: N802 - the standard library's name
        api = self.server
        api.cpu_ms.append(_cpu_ms(api.pid))
        number = len(api.sent_at)
        if number == len(api.events):
            api.peak_bytes = _peak_bytes(api.pid)
            self.close_connection = True
            return
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": f"{number:032x}",
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + api.spec.timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": api.spec.arn,
            "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
        }
        api.sent_at.append(self.answer(200, api.events[number], headers))

    def do_POST(self) -> None:  # noqa: N802 - the standard library's name
        body = self.read_body()
        if self.path.endswith("/response"):
            self.server.answered_at.append(self.arrived_at)
            self.server.bodies.append(body)
        else:
            self.server.failure = f"{self.path}: {body.decode('utf-8', 'replace')[:500]}"
            self.close_connection = True
        self.answer(202)


def _check(contestant: Contestant, answers: Sequence[dict[str, Any]], calls: Mapping[str, int]) -> None:
    job = contestant.job
    if wrong := [answer for answer in answers if not job.has_done(answer)]:
        raise BenchError(f"{len(wrong)} of {len(answers)} answers are not that of {job.name}: {str(wrong[0])[:500]}")
    if any(calls[operation] != times * len(answers) for operation, times in job.calls.items()):
        raise BenchError(f"{dict(calls)} for {len(answers)} invocations, each of which is to make {dict(job.calls)}")


def _cpu_ms(pid: int) -> float:
    """Processor time of another process, to the nanosecond: `clock_getcpuclockid(3)`, which Python has for threads."""
    return time.clock_gettime(~pid << 3 | 2) * 1e3


def _peak_bytes(pid: int) -> int:
    """VmHWM of proc(5)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
