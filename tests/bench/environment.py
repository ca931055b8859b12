"""One execution environment from start to end, and what it took."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import IO, Any

from infra.local.process_environment import FunctionSpec, Placement, process_environment
from tests.bench.cloud import Cloud
from tests.bench.contestants import Contestant
from tests.bench.errors import BenchError
from tests.bench.runtime_api import RuntimeApi


@dataclass(frozen=True)
class Run:
    """What one process took.

    Attributes:
        ready_ms: From the process's start until it asks for its first event: what Lambda calls the init phase.
        cold_ms: From the process's start to its first response.
        cold_cpu_ms: Processor time until it is done with that.
        warm_us: Each response after that, from its event's departure.
        cpu_us: The processor time of each of those invocations, the runtime's share included.
        peak_rss_bytes: The most memory it ever had.
    """

    ready_ms: float
    cold_ms: float
    cold_cpu_ms: float
    warm_us: tuple[float, ...]
    cpu_us: tuple[float, ...]
    peak_rss_bytes: int


@dataclass(frozen=True)
class Observation:
    """A run, and what was to be seen of it: the answers, and what the process wrote."""

    run: Run
    answers: Sequence[dict[str, Any]]
    log: str


@dataclass(frozen=True)
class Laboratory:
    """Where functions run: the interpreter, and AWS."""

    python: Path
    cloud: Cloud


def observe(
    contestant: Contestant,
    package: Path,
    laboratory: Laboratory,
    warm: int,
    variables: Mapping[str, str] | None = None,
) -> Observation:
    """Start a process for a contestant's package, give it one event and then `warm` more, and end it.

    Args:
        contestant: Whose function to run.
        package: The unpacked package.
        laboratory: Where.
        warm: Invocations after the first, at least one.
        variables: More environment variables.

    Raises:
        BenchError: It did not do its job each time. The message holds the end of what it wrote.
    """
    events = [json.dumps(contestant.translate(event)).encode() for event in islice(contestant.job.events(), warm + 1)]
    laboratory.cloud.forget()
    with RuntimeApi() as api, tempfile.TemporaryFile() as log:
        environment = _variables(contestant, package, laboratory, api) | dict(variables or {})
        command = [str(laboratory.python), "-m", "awslambdaric", contestant.spec.handler]
        started_at = time.perf_counter_ns()
        process = subprocess.Popen(
            command, cwd=package, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            measured, answers = _converse(api, process.pid, contestant, events, started_at)
            _check(contestant, answers, laboratory.cloud)
        except BenchError as error:
            raise BenchError(f"{contestant.name}: {error}\n{_written(log)[-4000:]}") from error
        finally:
            process.kill()
            process.wait()
        return Observation(measured, answers, _written(log))


def _variables(contestant: Contestant, package: Path, laboratory: Laboratory, api: RuntimeApi) -> dict[str, str]:
    placement = Placement(task_root=package, import_path=package, endpoint_url=laboratory.cloud.url)
    return {
        **process_environment(contestant.spec, placement, api.address, "bench"),
        # The folder cannot be written to on Lambda; here root could, and would leave bytecode for the next start.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _written(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode("utf-8", "replace")


def _converse(
    api: RuntimeApi, pid: int, contestant: Contestant, events: Sequence[bytes], started_at: int
) -> tuple[Run, list[dict[str, Any]]]:
    api.wait_until_ready()
    first = api.invoke(events[0], _headers(contestant.spec))
    api.wait_until_ready()
    following, cpu_seconds = [], [_cpu_seconds(pid)]
    for event in events[1:]:
        following.append(api.invoke(event, _headers(contestant.spec)))
        api.wait_until_ready()
        cpu_seconds.append(_cpu_seconds(pid))
    measured = Run(
        ready_ms=(first.sent_at - started_at) / 1e6,
        cold_ms=(first.posted_at - started_at) / 1e6,
        cold_cpu_ms=cpu_seconds[0] * 1e3,
        warm_us=tuple((answer.posted_at - answer.sent_at) / 1e3 for answer in following),
        cpu_us=tuple((after - before) * 1e6 for before, after in pairwise(cpu_seconds)),
        peak_rss_bytes=_peak_rss_bytes(pid),
    )
    return measured, [json.loads(answer.body) for answer in (first, *following)]


def _headers(spec: FunctionSpec) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Lambda-Runtime-Deadline-Ms": str(int((time.time() + spec.timeout) * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": spec.arn,
        "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
    }


def _check(contestant: Contestant, answers: Sequence[dict[str, Any]], cloud: Cloud) -> None:
    job = contestant.job
    if wrong := [answer for answer in answers if not job.has_done(answer)]:
        raise BenchError(f"{len(wrong)} of {len(answers)} answers are not that of {job.name}: {str(wrong[0])[:500]}")
    calls = cloud.seen()["calls"] if job.calls else {}
    for operation, times in job.calls.items():
        if calls.get(operation, 0) != times * len(answers):
            raise BenchError(f"{calls} for {len(answers)} invocations, each of which is to make {dict(job.calls)}")


def _cpu_seconds(pid: int) -> float:
    """Processor time of another process, to the nanosecond: `clock_getcpuclockid(3)`, which Python has for threads."""
    return time.clock_gettime(~pid << 3 | 2)


def _peak_rss_bytes(pid: int) -> int:
    """VmHWM of proc(5)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
