"""The local stack itself, with a small template and functions that crash, dawdle and fail on request."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from infra.local import process_environment
from infra.local.errors import CompileError, LocalStackError, PortInUse, TemplateError
from infra.local.stack import LocalStack
from infra.local.watch import Watcher
from tests.conftest import ROOT
from tests.stack.conftest import eventually

FIXTURE = Path(__file__).parent / "fixture_project"


def _no_site(task_root: Path, origin: str) -> None:
    """The functions here read nothing that is compiled."""


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    with LocalStack(project=FIXTURE, compile_site=_no_site) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the small project, to edit."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__")))


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(stack: LocalStack, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
    connection = HTTPConnection("127.0.0.1", stack.port, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def get(stack: LocalStack, path: str) -> Answer:
    return ask(stack, "GET", path)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def only_process(stack: LocalStack) -> int:
    """The process that will answer the next request, when every other has been ended."""
    stack.kill("WebFunction")
    eventually(lambda: stack.environments("WebFunction") == 0)
    return int(get(stack, "/").json["pid"])


# ---------------------------------------------------------------- functions


def test_a_function_has_the_environment_the_template_gives_it(stack: LocalStack) -> None:
    environment = get(stack, "/environment").json

    assert environment["TABLE_NAME"] == stack.outputs()["TableName"]
    assert environment["GREETING"] == "hello"
    assert environment["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
    assert environment["AWS_ENDPOINT_URL"] == stack.endpoint_url
    assert not {"HOME", "USER", "VIRTUAL_ENV"} & set(environment)


def test_an_exception_is_a_500_and_the_process_lives_on(stack: LocalStack) -> None:
    before = only_process(stack)

    answer = get(stack, "/raise")

    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})
    assert get(stack, "/").json["pid"] == before


def test_a_crash_is_a_500_and_another_process_takes_over(stack: LocalStack) -> None:
    before = only_process(stack)

    answer = get(stack, "/crash")

    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})
    assert get(stack, "/").json["pid"] != before
    assert any("Runtime exited with error: exit status 3" in line.text for line in stack.log_lines())


def test_a_function_over_its_time_is_killed(stack: LocalStack) -> None:
    before = only_process(stack)
    started = time.monotonic()

    answer = get(stack, "/sleep?seconds=60")

    assert (answer.status, answer.json) == (500, {"message": "Internal Server Error"})
    assert 2 <= time.monotonic() - started < 60
    assert any("Task timed out after 2.00 seconds" in line.text for line in stack.log_lines())
    eventually(lambda: not is_running(before))


def test_a_function_that_cannot_be_loaded_fails_and_is_named(stack: LocalStack) -> None:
    assert get(stack, "/broken").status == 500

    health = get(stack, "/_local/health")
    assert health.status == 503
    assert "no_such_module" in health.json["functions"]["BrokenFunction"]
    assert health.json["functions"]["WebFunction"] == "ready"


def test_a_malformed_response_is_a_500(stack: LocalStack) -> None:
    assert get(stack, "/malformed").status == 500


def test_what_a_function_prints_is_kept_as_its_log(stack: LocalStack) -> None:
    get(stack, "/print")

    printed = {("WebFunction", "a line for the log"), ("WebFunction", "another one")}
    eventually(lambda: printed <= {(line.function, line.text) for line in stack.log_lines()})


def test_waiting_events_start_more_environments_up_to_the_limit(stack: LocalStack) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: get(stack, "/sleep?seconds=0.5"), range(8)))

    assert {answer.status for answer in answers} == {200}
    assert 2 <= len({answer.json["pid"] for answer in answers}) <= 4
    assert stack.environments("WebFunction") <= 4


def test_fifty_conditional_writes_at_once_let_one_through(stack: LocalStack) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: ask(stack, "PUT", "/items/fifty"), range(50)))

    assert sorted(answer.status for answer in answers) == [201] + [409] * 49


# ---------------------------------------------------------------- streams, schedules, mail


def test_a_stored_item_is_mailed_within_moments(stack: LocalStack) -> None:
    ask(stack, "PUT", "/items/mailed?mail=front@example.com")

    (mail,) = eventually(lambda: [mail for mail in get(stack, "/_local/mail.json").json if mail["subject"] == "mailed"])

    assert mail["from"] == "website@example.com"
    assert mail["to"] == mail["recipients"] == ["front@example.com"]
    assert mail["reply_to"] == ["visitor@example.com"]
    assert mail["text"].strip() == "as text"
    assert mail["html"].strip() == "<p>as <b>HTML</b></p>"
    assert mail["configuration_set"].startswith("needlepoint-MailSettings-")
    assert {"pk": "mailed", "mail": "front@example.com"} in get(stack, "/_local/leads.json").json


def test_a_record_that_keeps_failing_ends_in_the_dead_letter_queue_and_holds_nothing_up(stack: LocalStack) -> None:
    before = len(stack.queued("DeadLetters"))
    ask(stack, "PUT", "/items/hopeless?mail=never")
    eventually(lambda: len(stack.queued("DeadLetters")) > before)

    ask(stack, "PUT", "/items/afterwards?mail=front@example.com")

    eventually(lambda: [mail for mail in stack.mails() if mail.subject == "afterwards"])
    letter = json.loads(stack.queued("DeadLetters")[-1])
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert letter["requestContext"]["approximateInvokeCount"] == 2
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1


def test_what_no_filter_asks_for_is_not_delivered(stack: LocalStack) -> None:
    calls = []
    stop = stack.on_aws_call(lambda *call: calls.append(call))

    ask(stack, "PUT", "/items/plain")
    ask(stack, "PUT", "/items/wanted?mail=front@example.com")
    eventually(lambda: [mail for mail in stack.mails() if mail.subject == "wanted"])
    stop()

    assert calls.count(("ses", "SendEmail", "after")) == 1


def test_the_schedule_runs_when_it_is_woken(stack: LocalStack) -> None:
    answer = ask(stack, "POST", "/_local/schedule")

    assert (answer.status, answer.json) == (200, {"MailFunctionDaily": "ok"})
    eventually(lambda: any(line.text == "scheduled Scheduled Event" for line in stack.log_lines()))


def test_mail_fails_on_demand_and_works_again_after(stack: LocalStack) -> None:
    phases: list[str] = []
    stop = stack.on_aws_call(lambda service, _, phase: phases.append(phase) if service == "ses" else None)
    ask(stack, "POST", "/_local/faults", b'{"ses": "rejected"}')

    ask(stack, "PUT", "/items/delayed?mail=front@example.com")
    eventually(lambda: "refused" in phases)
    ask(stack, "POST", "/_local/faults", b'{"ses": null}')

    eventually(lambda: [mail for mail in stack.mails() if mail.subject == "delayed"])
    stop()


def test_an_observer_can_kill_a_function_before_it_learns_that_its_call_succeeded(stack: LocalStack) -> None:
    killed: list[int] = []

    def kill_once(*call: str) -> None:
        if call == ("ses", "SendEmail", "after") and not killed:
            killed.append(stack.kill("MailFunction"))

    stop = stack.on_aws_call(kill_once)
    ask(stack, "PUT", "/items/twice?mail=front@example.com")
    eventually(lambda: len([mail for mail in stack.mails() if mail.subject == "twice"]) == 2)
    stop()

    assert killed == [1]


def test_web_pages_cannot_reach_the_aws_stand_ins(stack: LocalStack) -> None:
    host, port = stack.endpoint_url.removeprefix("http://").split(":")
    connection = HTTPConnection(host, int(port), timeout=10)

    connection.request("POST", "/moto-api/reset")
    response = connection.getresponse()
    response.read()
    connection.close()

    assert response.status == 403


# ---------------------------------------------------------------- HTTP


def raw(stack: LocalStack, request: bytes) -> bytes:
    """Everything the server says to these bytes, until it closes."""
    with socket.create_connection(("127.0.0.1", stack.port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


HEAD = b"POST /event HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"


def test_a_body_in_chunks_arrives_whole(stack: LocalStack) -> None:
    chunks = b"4;ext=1\r\nab\r\n\r\n3\r\ncde\r\n0\r\nTrailer: x\r\n\r\n"

    answer = raw(stack, HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunks)

    head, _, body = answer.partition(b"\r\n\r\n")
    event = json.loads(body)
    assert head.startswith(b"HTTP/1.1 200")
    assert event["body"] == "ab\r\ncde"
    assert event["headers"]["content-length"] == "7"


def test_a_client_that_expects_to_be_asked_is_asked(stack: LocalStack) -> None:
    with socket.create_connection(("127.0.0.1", stack.port), timeout=20) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n")
        assert connection.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ok")
        assert connection.recv(1024).startswith(b"HTTP/1.1 200")


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(stack: LocalStack) -> None:
    answer = raw(stack, HEAD + b"Expect: 100-continue\r\nContent-Length: 10485761\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413")
    assert answer.endswith(b'{"message": "Request Entity Too Large"}')


def test_a_body_that_is_too_large_is_refused_also_when_it_comes_all_the_same(stack: LocalStack) -> None:
    body = b"x" * 11_000_000

    assert ask(stack, "POST", "/event", body).status == 413
    assert raw(stack, HEAD + b"Transfer-Encoding: chunked\r\n\r\nA7D8C0\r\n" + body).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),  # TLS
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 10_240 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (HEAD + b"Content-Length: two\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nnot a size\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", 400),
    ],
)
def test_what_is_not_http_gets_an_error_and_no_function_sees_it(
    stack: LocalStack, request_bytes: bytes, status: int
) -> None:
    answer = raw(stack, request_bytes)

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Content-Length: " in answer
    assert b"\r\nDate: " in answer


def test_clients_that_go_away_do_no_harm(stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    for request in (b"", b"GET", HEAD, HEAD + b"Content-Length: 100\r\n\r\nabc", HEAD + b"Content-Length: 0\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", stack.port)) as connection:
            connection.sendall(request)

    assert get(stack, "/").status == 200
    assert capsys.readouterr().err == ""


def test_a_connection_serves_one_request_after_another(stack: LocalStack) -> None:
    connection = HTTPConnection("127.0.0.1", stack.port, timeout=20)
    answers = []
    for method in ("GET", "HEAD", "POST", "PROPFIND"):
        connection.request(method, "/event")
        response = connection.getresponse()
        answers.append((response.status, len(response.read()) > 0, connection.sock))
    connection.close()

    assert [answer[:2] for answer in answers] == [(200, True), (200, False), (200, True), (200, True)]
    assert len({answer[2] for answer in answers}) == 1


def test_requests_in_a_row_are_answered_in_that_order(stack: LocalStack) -> None:
    request = b"GET /event?n=%d HTTP/1.1\r\nHost: localhost\r\n\r\n"

    answer = raw(stack, request % 1 + request % 2)

    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.index(b'"rawQueryString": "n=1"') < answer.index(b'"rawQueryString": "n=2"')


# ---------------------------------------------------------------- starting, stopping, editing


@pytest.mark.usefixtures("alone")
def test_the_stack_starts_and_stops_as_often_as_you_like_and_leaves_nothing_behind() -> None:
    threads_before = set(threading.enumerate())
    stack = LocalStack(project=FIXTURE, compile_site=_no_site)

    for _ in range(2):
        with stack:
            ask(stack, "PUT", "/items/one")
            pid = get(stack, "/").json["pid"]
            task_root = Path(get(stack, "/environment").json["LAMBDA_TASK_ROOT"])
            assert stack.items() == [{"pk": "one"}]
        assert not is_running(pid)
        assert not task_root.exists()

    eventually(lambda: set(threading.enumerate()) <= threads_before)


def test_one_stack_runs_at_a_time(stack: LocalStack) -> None:
    with pytest.raises(LocalStackError, match="Another local stack"):
        LocalStack(project=FIXTURE, compile_site=_no_site).start()


@pytest.fixture
def alone(stack: LocalStack) -> Iterator[None]:
    """Stops the module's stack for a test that starts its own."""
    stack.stop()
    yield
    stack.start()


@pytest.mark.usefixtures("alone")
def test_a_port_in_use_is_said_plainly_and_frees_the_stack_for_another_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        stack = LocalStack(port, project=FIXTURE, compile_site=_no_site)
        with pytest.raises(PortInUse, match=str(port)):
            stack.start()

        run = [sys.executable, "-m", "infra.local", "--port", str(port)]
        done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert f"Port {port} is in use by another program." in done.stderr
    assert f"make run PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr
    with stack:
        assert get(stack, "/").status == 200


@pytest.mark.usefixtures("alone")
def test_a_template_or_content_that_is_not_right_stops_the_start_and_nothing_is_left(project: Path) -> None:
    def refuse(task_root: Path, origin: str) -> None:
        raise CompileError("en.md, line 3: no title")

    with pytest.raises(CompileError, match="line 3"):
        LocalStack(project=project, compile_site=refuse).start()
    (project / "template.yaml").write_text("Resources: {Web: {Type: AWS::Serverless::Function, Properties: {}}}")
    with pytest.raises(TemplateError, match="Web"):
        LocalStack(project=project, compile_site=_no_site).start()


@pytest.mark.usefixtures("alone")
def test_packages_run_from_their_own_folders(project: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    for function in ("WebFunction", "BrokenFunction", "MailFunction"):
        shutil.copytree(project / "handlers", build / function / "handlers")
    (project / "handlers").rename(tmp_path / "elsewhere")

    def refuse(task_root: Path, origin: str) -> None:
        raise AssertionError("packages are compiled already")

    with LocalStack(project=project, packaged=build, compile_site=refuse) as stack:
        environment = get(stack, "/environment").json

    assert environment["LAMBDA_TASK_ROOT"] == environment["PYTHONPATH"] == str(build / "WebFunction")


@pytest.mark.usefixtures("alone")
def test_functions_also_run_where_the_native_runtime_client_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_environment, "has_native_client", lambda: False)

    with LocalStack(project=FIXTURE, compile_site=_no_site) as stack:
        assert "runtime_shim" in get(stack, "/environment").json["PYTHONPATH"]
        assert get(stack, "/raise").status == 500
        assert get(stack, "/").status == 200
        assert stack.kill("WebFunction") == 1
        assert get(stack, "/").status == 200


@pytest.mark.usefixtures("alone")
def test_editing_a_file_takes_effect_without_a_restart(project: Path) -> None:
    source = project / "functions" / "content" / "site.txt"
    template = project / "template.yaml"
    said: list[str] = []
    stack = LocalStack(project=project)
    with stack, _watching(stack, project, said.append):
        first = only_process(stack)

        (project / "functions" / "other.py").write_text("changed = True")
        eventually(lambda: get(stack, "/").json["pid"] != first)

        source.write_text("one")
        eventually(lambda: get(stack, "/site").body.decode() == f"one --origin {stack.url}")

        source.write_text("wrong")
        eventually(lambda: "site.txt, line 1: wrong\nThe site stays as it was." in said)
        assert get(stack, "/site").body.startswith(b"one ")

        template.write_text(template.read_text().replace("Default: hello", "Default: good morning"))
        eventually(lambda: "site.txt, line 1: wrong\nThe stack stays as it was." in said)
        assert _greeting(stack) == "hello"

        source.write_text("two")
        template.write_text(template.read_text().replace("Default: good morning", "Default: good evening"))
        eventually(lambda: _greeting(stack) == "good evening")
        assert get(stack, "/site").body.startswith(b"two ")


@pytest.mark.usefixtures("alone")
def test_a_template_that_cloudformation_refuses_takes_the_stack_down_until_it_is_mended(project: Path) -> None:
    template = project / "template.yaml"
    right = template.read_text()
    said: list[str] = []
    stack = LocalStack(project=project)
    with stack, _watching(stack, project, said.append):
        url = stack.url
        template.write_text(right.replace("!GetAtt DeadLetters.Arn", "!GetAtt Nowhere.Arn"))
        eventually(lambda: any("is down until template.yaml is right" in message for message in said))

        template.write_text(right)
        eventually(lambda: _greeting(stack) == "hello")
        assert stack.url == url


class _watching:  # noqa: N801 - reads as a verb
    def __init__(self, stack: LocalStack, project: Path, say: Callable[[str], None]) -> None:
        self._watcher = Watcher(stack, project, say)

    def __enter__(self) -> None:
        self._watcher.start()

    def __exit__(self, *_: object) -> None:
        self._watcher.stop()


def _greeting(stack: LocalStack) -> str | None:
    """The greeting, or None while the stack is being created anew."""
    try:
        return str(get(stack, "/").json.get("greeting"))
    except (OSError, HTTPException):
        return None


KILLED = """
import sys
from pathlib import Path
from infra.local.stack import LocalStack

def event(path):
    return {"routeKey": "$default", "rawPath": path, "queryStringParameters": {"seconds": "60"}}

stack = LocalStack(project=Path(sys.argv[1]), compile_site=lambda task_root, origin: None)
stack.start()
print(stack.invoke("WebFunction", event("/environment"))["LAMBDA_TASK_ROOT"], flush=True)
stack.invoke("WebFunction", event("/sleep"))
"""


def test_killing_the_stack_itself_leaves_no_process_and_no_folder_behind(project: Path) -> None:
    template = (project / "template.yaml").read_text()
    (project / "template.yaml").write_text(template.replace("Timeout: 2", "Timeout: 100"))
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(project)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        task_root = Path(process.stdout.readline().strip())
        children = _children(process.pid)
        process.kill()
        process.wait()

    assert len(children) >= 3
    eventually(lambda: not any(is_running(pid) for pid in children))
    eventually(lambda: not task_root.exists())


COMMAND_LINE = """
import sys
from pathlib import Path
from infra.local.__main__ import main

sys.exit(main(["--port", "0"], Path(sys.argv[1])))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_whole_stack(number: signal.Signals) -> None:
    run = [sys.executable, "-c", COMMAND_LINE, str(FIXTURE)]
    with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        output = ""
        while "Ready in" not in output:
            line = process.stdout.readline()
            assert line, output
            output += line
        children = _children(process.pid)
        process.send_signal(number)
        rest, _ = process.communicate(timeout=30)

    assert "starting 3 functions" in output
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
    assert len(children) >= 3
    assert not any(is_running(pid) for pid in children)


def _children(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listing.splitlines())
    return [int(child) for child, parent in pairs if int(parent) == pid]
