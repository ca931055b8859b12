"""The whole stack on one machine, to start and stop from Python."""

import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, Self

import boto3

from infra.local import bus, due, template
from infra.local.cloud import Cloud
from infra.local.console import PREFIX, console
from infra.local.endpoint import AwsEndpoint
from infra.local.errors import LocalStackError, PortInUse
from infra.local.function import Function
from infra.local.gateway import Gateway
from infra.local.http_messages import HttpRequest, HttpResponse, call_wsgi
from infra.local.logs import LogLine, Logs
from infra.local.mail import Mail
from infra.local.process_environment import FunctionSpec, Placement
from infra.local.pump import Pump, sources
from infra.local.queues import QueuePump
from infra.local.reaper import Reaper
from infra.local.routes import Router
from infra.local.sample import Sample
from infra.local.schedule import Schedule, entries
from infra.local.ses import Mails
from infra.local.site import Compile, compiler
from infra.local.streams import StreamPump
from infra.local.wire import LoopbackServer
from shared.store import LeadStore

PROJECT = Path(__file__).parents[2]
_one_at_a_time = threading.Lock()


@dataclass(eq=False)
class LocalStack:
    """Everything the template describes, running in this process and its children.

    Use it as a context manager, or call :meth:`start` and :meth:`stop`, as often as you like. One stack runs at a time
    in a process, since moto keeps AWS's state in module globals. From its start on, its parts are there to look at and
    to use: `cloud`, `endpoint`, `functions` by logical id, `gateway`, `logs`, `schedule`.

    Attributes:
        wanted_port: TCP port on the loopback interface; 0 takes a free one.
        project: Folder with template.yaml and the functions' code.
        parameters: Template parameters that differ from the defaults.
        packaged: Folder such as ``.aws-sam/build`` with one folder per function, named by logical id; functions then
            run from there and nothing is compiled.
        compile_site: Fills the task root; the project's compiler if None.
        say: Told what the stack is doing.
        on_log: Called with each line of the functions' logs.
        second_channel: What was sent to ``/_local/second-channel``, as apprise sends it, oldest first.
    """

    wanted_port: int = 0
    _: KW_ONLY
    project: Path = PROJECT
    parameters: Mapping[str, str] | None = None
    packaged: Path | None = None
    compile_site: Compile | None = None
    say: Callable[[str], None] = lambda _: None
    on_log: Callable[[LogLine], None] | None = None
    second_channel: list[dict[str, Any]] = field(default_factory=list, init=False)
    _running: ExitStack | None = field(default=None, init=False)

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
            try:
                self._server = LoopbackServer(self.wanted_port, self._handle)  # it does not answer yet
            except OSError as error:
                raise PortInUse(self.wanted_port) from error
            undo.callback(self._server.stop)
            self._task_root = Path(tempfile.mkdtemp(prefix="needlepoint-")).resolve()
            undo.callback(shutil.rmtree, self._task_root, ignore_errors=True)
            with self._compiled():
                self._start_cloud(undo)
            self._start_functions(undo)
            self._start_sources(undo)
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
        if self.is_running:
            self._compile()
            self.wanted_port = self._server.port
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

    # ---- what happened in it

    @property
    def members(self) -> str:
        """Who may sign in to the inbox; nobody where there is none."""
        return self._variables().get("INBOX_MEMBERS") or "nobody"

    def articles(self) -> list[dict[str, Any]]:
        """Each article and locale, with its status and why, as the compiler reports it; none for finished packages."""
        rows: list[dict[str, Any]] = self._compilers_report().get("rows", [])
        return rows

    def mails(self) -> list[Mail]:
        """Every mail that was sent, oldest first."""
        return self._mails.all()

    def items(self) -> list[dict[str, Any]]:
        """Every stored item, as plain JSON."""
        return self.cloud.items()

    def health(self) -> dict[str, Any]:
        """The state of each part; ``status`` is ``ok`` when all are up."""
        functions = {name: function.state for name, function in self.functions.items()}
        sources = {pump.source.logical_id: "up" if pump.is_alive() else "down" for pump in self._pumps}
        good = all(state in ("ready", "starting", "up") for state in [*functions.values(), *sources.values()])
        return {"status": "ok" if good else "failing", "functions": functions, "sources": sources}

    # ---- what you can do to it

    def set_fault(self, service: str, kind: str | None) -> None:
        """Makes an AWS service fail (see :mod:`infra.local.faults`), or with None mends it.

        Raises:
            ValueError: There is no such fault.
        """
        self.endpoint.faults.set(service, kind)

    def later(self, message_id: str, course: str) -> None:
        """Makes something more become of a mail (see :data:`infra.local.ses.LATER`).

        Raises:
            ValueError: There is no such mail or course.
        """
        self._mails.later(message_id, course)

    def make_due(self, lead_id: str) -> str | None:
        """Makes due now what an enquiry waits for next; which duty that is, if any (see :mod:`infra.local.due`)."""
        table = self._variables()["TABLE_NAME"]
        hours = due.opening_hours(self._compiled_for("practice.json"))
        with closing(self._client("dynamodb")) as client:
            return due.make_due(LeadStore(table, client, hours), hours, lead_id, time.time())

    def fill(self) -> int:
        """Stores two hundred invented enquiries, once; how many were added (see :mod:`infra.local.sample`)."""
        with closing(self._client("dynamodb")) as dynamodb, closing(self._client("secretsmanager")) as secrets:
            return Sample(self._compiled_for("form.json"), self._variables(), dynamodb, secrets).fill(time.time())

    def _variables(self) -> dict[str, str]:
        """The environment of all functions together: what has one name is one thing."""
        return {name: value for spec in self.cloud.functions() for name, value in spec.environment.items()}

    def _client(self, service: Literal["dynamodb", "secretsmanager"]) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint.url,
            region_name=template.REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - it opens nothing
        )

    def _compiled_for(self, name: str) -> Path:
        """Where the compiled files of a function are that has this one: packages have what they read."""
        folders = [function.placement.task_root / "compiled" for function in self.functions.values()]
        return next(folder for folder in folders if (folder / name).exists())

    def recompile(self) -> None:
        """Compiles the site again and has functions load it.

        Raises:
            CompileError: The content is not right; the old site stays.
        """
        self._compile()
        self.replace_environments()

    def replace_environments(self) -> None:
        """Has every function start afresh with its code as it is now."""
        for function in self.functions.values():
            function.replace_environments()

    # ---- the parts

    @contextmanager
    def _compiled(self) -> Iterator[None]:
        """Compiles the site beside what is done inside; returns when both are done."""
        if self.packaged is None:
            self.say("compiling the site")
        with ThreadPoolExecutor(1, "compile") as executor:
            site = executor.submit(self._compile)
            yield
            site.result()

    def _compile(self) -> None:
        if self.packaged is not None:
            return
        (self.compile_site or compiler(self.project))(self._task_root, self.url)
        for row in self.articles():
            if row["status"] == "withheld":
                self.say(f"{row['article']} is not published in {row['locale']}: {'; '.join(row['reasons'])}")
        if warnings := self._compilers_report().get("warnings"):
            self.say(f"messages that need a translator: {len(warnings)}, such as {warnings[0]}")

    def _compilers_report(self) -> dict[str, Any]:
        path = self._task_root / "compiled" / "report.json"
        report: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
        return report

    def _load_template(self) -> template.Template:
        return template.load(self.project / "template.yaml", self.parameters)

    def _with_second_channel(self, loaded: template.Template) -> template.Template:
        """The template with this machine as the second channel, where it has one."""
        if secret := loaded.cloudformation["Resources"].get("SecondChannel"):
            url = f"json://{self._server.address}{PREFIX}/second-channel"
            secret["Properties"]["SecretString"] = json.dumps([url])
        return loaded

    def _start_cloud(self, undo: ExitStack) -> None:
        self.say("starting the AWS stand-ins")
        self.second_channel.clear()
        self.endpoint = AwsEndpoint()
        self.cloud = Cloud(self.endpoint)
        undo.callback(self.cloud.stop)
        self.cloud.start()
        self.say("creating the stack from template.yaml")
        self.cloud.create_stack(self._with_second_channel(self._load_template()))
        self._bus = bus.Bus(bus.rules(self.cloud), self._send)
        self._mails = Mails(self.cloud, self._bus, self.endpoint.faults.course)
        undo.callback(self._mails.stop)
        self.schedule = Schedule(entries(self.cloud, self._bus))
        self.endpoint.listeners = {
            ("ses", "SendEmail"): self._mails.send,
            ("events", "PutEvents"): lambda request, _: self._bus.put_events(request),
        }

    def _start_functions(self, undo: ExitStack) -> None:
        self.logs = Logs(self.on_log)
        self.functions: dict[str, Function] = {}
        self._by_name: dict[str, Function] = {}
        reaper = Reaper(self._task_root)
        undo.callback(reaper.stop)
        specs = [self._at_this_machine(spec) for spec in self.cloud.functions()]
        self.say(f"starting {len(specs)} functions")
        for spec in specs:
            function = Function(spec, self._placement(spec.logical_id), reaper, partial(self.logs.add, spec.logical_id))
            undo.callback(function.stop)
            self.functions[spec.logical_id] = self._by_name[spec.name] = self._by_name[spec.arn] = function
            function.replace_environments()
        for name, function in self.functions.items():
            if error := function.wait_until_loaded():
                self.say(f"{name} does not load: {error}")

    def _at_this_machine(self, spec: FunctionSpec) -> FunctionSpec:
        """A function that is told the site's public address is told the one on this machine."""
        public = self.cloud.outputs().get("PageUrl", "").rstrip("/")
        own = {name: self.url for name, value in spec.environment.items() if public and value == public}
        return replace(spec, environment={**spec.environment, **own})

    def _placement(self, logical_id: str) -> Placement:
        if self.packaged is None:
            return Placement(self._task_root, self.project, self.endpoint.url)
        folder = (self.packaged / logical_id).resolve()
        if not folder.is_dir():
            raise LocalStackError(f"{folder} does not exist: build the packages first.")
        return Placement(folder, folder, self.endpoint.url)

    def _start_sources(self, undo: ExitStack) -> None:
        self.gateway = Gateway(Router(self.cloud.routes()), self.port, self._send, self.say)
        self._console = console(self)
        self._pumps: list[Pump] = []
        undo.callback(self._stop_sources)
        for source in sources(self.cloud):
            pump = QueuePump if ":sqs:" in source.arn else StreamPump
            self._pumps.append(pump(source, self.cloud, self._send))
            self._pumps[-1].start()
        self.schedule.start()
        undo.callback(self.schedule.stop)

    def _stop_sources(self) -> None:
        """Functions go in between: a pump may wait for one that takes its time."""
        for pump in self._pumps:
            pump.stopping.set()
        for function in self.functions.values():
            function.stop()
        for pump in self._pumps:
            pump.join()

    def _send(self, name_or_arn: str, content: object) -> Future[object]:
        """Gives something to a function, or puts it into a queue or topic."""
        if name_or_arn in self._by_name:
            return self._by_name[name_or_arn].submit(content)
        self.cloud.send(name_or_arn, json.dumps(content))
        done: Future[object] = Future()
        done.set_result(None)
        return done

    def _handle(self, request: HttpRequest) -> HttpResponse:
        is_console = request.raw_path == PREFIX or request.raw_path.startswith(f"{PREFIX}/")
        return call_wsgi(self._console, request) if is_console else self.gateway(request)
