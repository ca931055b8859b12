"""The whole stack on one machine, to start and stop from Python."""

import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from infra.local import bus, events, schedule, template
from infra.local.cloud import Cloud
from infra.local.console import PREFIX, Console
from infra.local.console.mailbox import Mail, read
from infra.local.endpoint import AwsEndpoint, Observer
from infra.local.errors import LocalStackError, PortInUse
from infra.local.events import HttpRequest
from infra.local.function import Function
from infra.local.gateway import Gateway
from infra.local.http_server import LoopbackServer
from infra.local.logs import LogLine, Logs
from infra.local.process_environment import FunctionSpec, Placement
from infra.local.pump import Pump, Source, sources
from infra.local.queues import QueuePump
from infra.local.reaper import Reaper
from infra.local.responses import HttpResponse
from infra.local.ses import Mails
from infra.local.site import Compile, compiler
from infra.local.streams import StreamPump

PROJECT = Path(__file__).parents[2]
_one_at_a_time = threading.Lock()


class LocalStack:
    """Everything the template describes, running in this process and its children.

    Use it as a context manager, or call :meth:`start` and :meth:`stop`, as often as you like. One stack runs at a time
    in a process, since moto keeps AWS's state in module globals.

    Args:
        port: TCP port on the loopback interface; 0 takes a free one.
        project: Folder with template.yaml and the functions' code.
        task_root: Where the compiled site goes, ``LAMBDA_TASK_ROOT`` to the functions; a temporary folder if None.
        origin: The site's origin in its own links; the stack's own URL if None.
        parameters: Template parameters that differ from the defaults.
        packaged: Folder such as ``.aws-sam/build`` with one folder per function, named by logical id; functions then
            run from there and nothing is compiled.
        compile_site: Fills the task root; the project's compiler if None.
        concurrency: Most execution environments per function.
        poll_seconds: Pause between two looks at a DynamoDB stream.
        say: Told what the stack is doing.
        on_log: Called with each line of the functions' logs.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        project: Path = PROJECT,
        task_root: Path | None = None,
        origin: str | None = None,
        parameters: Mapping[str, str] | None = None,
        packaged: Path | None = None,
        compile_site: Compile | None = None,
        concurrency: int = 4,
        poll_seconds: float = 0.2,
        say: Callable[[str], None] | None = None,
        on_log: Callable[[LogLine], None] | None = None,
    ) -> None:
        self._wanted_port = port
        self._project = project
        self._wanted_task_root = task_root
        self._wanted_origin = origin
        self._parameters = dict(parameters or {})
        self._packaged = packaged
        self._compile_site = compile_site or compiler(project)
        self._concurrency = concurrency
        self._poll_seconds = poll_seconds
        self._say = say or (lambda _: None)
        self._on_log = on_log
        self._compiling = threading.Lock()
        self._running: ExitStack | None = None

    # ---- from start to stop

    def start(self) -> None:
        """Starts everything; when it returns, the site answers.

        Raises:
            LocalStackError: It cannot start; nothing is left running.
        """
        if not _one_at_a_time.acquire(blocking=False):
            raise LocalStackError("Another local stack is running in this process.")
        with ExitStack() as undo:
            undo.callback(_one_at_a_time.release)
            self._server = undo.enter_context(_listening(self._wanted_port, self._handle))
            self._task_root = undo.enter_context(_task_root(self._wanted_task_root))
            with self._compiled():
                self._start_cloud(undo)
            self._start_functions(undo)
            self._start_pumps(undo)
            self._server.start()
            self._running = undo.pop_all()

    def stop(self) -> None:
        """Stops everything; no process, thread or socket is left. Does nothing if it is not running."""
        if self._running is not None:
            running, self._running = self._running, None
            running.close()

    def restart(self) -> None:
        """Creates the stack anew on the same port, for a template that has changed. What was stored is gone.

        Raises:
            LocalStackError: The template or the content is not right. The stack goes on as it was, unless only
                CloudFormation found the fault: see :attr:`is_running`.
        """
        self._load_template()
        if self._running is not None:
            self._compile()
            self._wanted_port = self.port
            self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether it has started and not stopped."""
        return self._running is not None

    @property
    def port(self) -> int:
        """The TCP port it answers on."""
        return self._server.port

    @property
    def url(self) -> str:
        """The site's URL on this machine, without a slash at the end."""
        return f"http://{self._server.address}"

    @property
    def origin(self) -> str:
        """The origin the site was compiled for."""
        return self._wanted_origin or self.url

    @property
    def endpoint_url(self) -> str:
        """Where AWS's APIs answer, for a client of your own."""
        return self._endpoint.url

    # ---- what happened in it

    def articles(self) -> list[dict[str, Any]]:
        """Each article and locale, with its status and why, as the compiler reports it; none for finished packages."""
        rows: list[dict[str, Any]] = self._compilers_report().get("rows", [])
        return rows

    def _compilers_report(self) -> dict[str, Any]:
        path = self._task_root / "compiled" / "report.json"
        report: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
        return report

    def mails(self) -> list[Mail]:
        """Every mail that was sent, oldest first."""
        return read(self._mails.all())

    def items(self) -> list[dict[str, Any]]:
        """Every stored item, as plain JSON."""
        return self._cloud.items()

    def log_lines(self) -> list[LogLine]:
        """The last lines of the functions' logs, oldest first."""
        return self._logs.lines()

    def queued(self, queue: str) -> list[str]:
        """The bodies of the messages in an SQS queue, by the queue's logical id."""
        return self._cloud.queued(queue)

    def outputs(self) -> dict[str, str]:
        """The stack's outputs."""
        return self._cloud.outputs()

    def function_specs(self) -> list[FunctionSpec]:
        """The functions' settings as CloudFormation resolved them."""
        return [function.spec for function in self._functions.values()]

    def environments(self, function: str) -> int:
        """How many execution environments a function has, by its logical id."""
        return self._functions[function].environments

    def health(self) -> dict[str, Any]:
        """The state of each part; ``status`` is ``ok`` when all are up."""
        functions = {name: function.state for name, function in self._functions.items()}
        sources = {pump.source.logical_id: "up" if pump.is_alive else "down" for pump in self._pumps}
        good = all(state in ("ready", "starting", "up") for state in [*functions.values(), *sources.values()])
        return {"status": "ok" if good else "failing", "functions": functions, "sources": sources}

    # ---- what you can do to it

    def request(self, request: HttpRequest) -> HttpResponse:
        """Sends a request to the API without going over a socket."""
        return self._gateway(request)

    def invoke(self, function: str, event: object) -> object:
        """Invokes a function by its logical id and returns its result.

        Raises:
            FunctionError: The invocation failed.
        """
        return self._functions[function].submit(event).result()

    def set_fault(self, service: str, kind: str | None) -> None:
        """Makes an AWS service fail (see :mod:`infra.local.faults`), or with None mends it.

        Raises:
            ValueError: There is no such fault.
        """
        self._endpoint.faults.set(service, kind)
        if kind != "delayed":
            self._mails.deliver_delayed()

    def current_faults(self) -> dict[str, str | None]:
        """Each service that can be made to fail, and its fault now."""
        return self._endpoint.faults.current()

    def on_aws_call(self, observer: Observer) -> Callable[[], None]:
        """Calls the observer around every AWS call, with service, operation and phase.

        The phase is ``before``, then ``after`` a call that succeeded or ``refused``. The call waits for the observer:
        one that kills a function in phase ``after`` does so before the function learns that its call succeeded.

        Returns:
            What to call to end it.
        """
        return self._endpoint.observe(observer)

    def kill(self, function: str) -> int:
        """Kills every process of a function, by its logical id, as a failing host would; returns how many."""
        return self._functions[function].kill()

    def wake_schedule(self) -> dict[str, str]:
        """Runs every scheduled rule now and waits; for each, ``ok`` or the error."""
        return self._schedule.wake()

    def recompile(self) -> None:
        """Compiles the site again and has functions load it.

        Raises:
            CompileError: The content is not right; the old site stays.
        """
        self._compile()
        self.replace_environments()

    def replace_environments(self) -> None:
        """Has every function start afresh with its code as it is now."""
        for function in self._functions.values():
            function.replace_environments()

    # ---- the parts

    @contextmanager
    def _compiled(self) -> Iterator[None]:
        """Compiles the site beside what is done inside; returns when both are done."""
        if self._packaged is None:
            self._say("compiling the site")
        with ThreadPoolExecutor(1, "compile") as executor:
            site = executor.submit(self._compile)
            yield
            site.result()

    def _compile(self) -> None:
        if self._packaged is None:  # packages are compiled already
            with self._compiling:
                self._compile_site(self._task_root, self.origin)
            self._say_what_is_missing()

    def _say_what_is_missing(self) -> None:
        report = self._compilers_report()
        for row in report.get("rows", []):
            if row["status"] == "withheld":
                self._say(f"{row['article']} is not published in {row['locale']}: {'; '.join(row['reasons'])}")
        if warnings := report.get("warnings"):
            self._say(f"messages that need a translator: {len(warnings)}, such as {warnings[0]}")

    def _load_template(self) -> template.Template:
        return template.load(self._project / "template.yaml", self._parameters)

    def _start_cloud(self, undo: ExitStack) -> None:
        self._say("starting the AWS stand-ins")
        self._endpoint = AwsEndpoint()
        self._cloud = Cloud(self._endpoint)
        undo.callback(self._cloud.stop)
        self._cloud.start()
        self._say("creating the stack from template.yaml")
        self._cloud.create_stack(self._load_template())
        rules = bus.rules(self._cloud)
        self._bus = bus.Bus(rules, self._cloud.account_id, self._send)
        self._mails = Mails(self._cloud, self._bus, self._endpoint.faults.course)
        self._schedule = schedule.Schedule(schedule.entries(self._cloud, rules, self._bus, self._send))
        self._endpoint.listeners = {
            ("ses", "SendEmail"): self._mails.send,
            ("events", "PutEvents"): lambda request, _: self._bus.put_events(request),
        }

    def _start_functions(self, undo: ExitStack) -> None:
        self._logs = Logs(self._on_log)
        reaper = Reaper([] if self._wanted_task_root else [self._task_root])
        undo.callback(reaper.stop)
        self._functions: dict[str, Function] = {}
        self._by_name: dict[str, Function] = {}
        specs = self._cloud.functions()
        self._say(f"starting {len(specs)} functions")
        for spec in specs:
            function = self._function(spec, reaper)
            undo.callback(function.stop)
            self._functions[spec.logical_id] = function
            self._by_name |= {spec.name: function, spec.arn: function}
            function.warm()
        for function in self._functions.values():
            if error := function.wait_until_loaded():
                self._say(f"{function.spec.logical_id} does not load: {error}")

    def _function(self, spec: FunctionSpec, reaper: Reaper) -> Function:
        logs = self._logs
        return Function(
            spec,
            self._placement(spec),
            reaper,
            lambda stream, line: logs.add(spec.logical_id, stream, line),
            self._concurrency,
        )

    def _placement(self, spec: FunctionSpec) -> Placement:
        if self._packaged is None:
            return Placement(self._task_root, self._project, self._endpoint.url)
        folder = (self._packaged / spec.logical_id).resolve()
        if not folder.is_dir():
            raise LocalStackError(f"{folder} does not exist: build the packages first.")
        return Placement(folder, folder, self._endpoint.url)

    def _start_pumps(self, undo: ExitStack) -> None:
        identity = events.Gateway(self._cloud.account_id, "local", self._server.port)
        self._gateway = Gateway(self._cloud.routes(), identity, self._submit, self._say)
        self._console = Console(self)
        self._pumps = [self._pump(source) for source in sources(self._cloud)]
        undo.callback(self._stop_pumps, self._pumps, list(self._functions.values()))
        for pump in self._pumps:
            pump.start()
        undo.callback(self._schedule.stop)
        self._schedule.start()

    def _pump(self, source: Source) -> Pump:
        pump = QueuePump if ":sqs:" in source.arn else StreamPump
        return pump(source, self._cloud, self._submit, self._poll_seconds)

    @staticmethod
    def _stop_pumps(pumps: Sequence[Pump], functions: Sequence[Function]) -> None:
        """Functions go in between: a pump may wait for one that takes its time."""
        for pump in pumps:
            pump.stop_soon()
        for function in functions:
            function.stop()
        for pump in pumps:
            pump.join()

    def _submit(self, name_or_arn: str, event: object) -> Future[object]:
        return self._by_name[name_or_arn].submit(event)

    def _send(self, arn: str, content: object) -> Future[object]:
        """Gives something to a function, or puts it into a queue or topic."""
        if arn in self._by_name:
            return self._submit(arn, content)
        self._cloud.send(arn, json.dumps(content))
        done: Future[object] = Future()
        done.set_result(None)
        return done

    def _handle(self, request: HttpRequest) -> HttpResponse:
        is_console = request.raw_path == PREFIX or request.raw_path.startswith(f"{PREFIX}/")
        return self._console(request) if is_console else self._gateway(request)


@contextmanager
def _listening(port: int, application: Callable[[HttpRequest], HttpResponse]) -> Iterator[LoopbackServer]:
    """A server that holds the port and does not answer yet."""
    try:
        server = LoopbackServer(port, application)
    except OSError as error:
        raise PortInUse(port) from error
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _task_root(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="needlepoint-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
