"""The local stack starts, stops, and follows what is edited; nothing is left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from infra.local import process_environment
from infra.local.errors import CompileError, LocalStackError, PortInUse, TemplateError
from infra.local.stack import LocalStack
from infra.local.watch import Watcher
from tests.conftest import ROOT
from tests.stack.asking import ask, get
from tests.stack.conftest import SMALL_PROJECT, eventually, no_site
from tests.stack.processes import is_running, only_process

pytestmark = pytest.mark.long


@pytest.mark.usefixtures("alone")
def test_the_stack_starts_and_stops_as_often_as_you_like_and_leaves_nothing_behind() -> None:
    threads_before = set(threading.enumerate())
    stack = LocalStack(project=SMALL_PROJECT, compile_site=no_site)

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
        LocalStack(project=SMALL_PROJECT, compile_site=no_site).start()


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
        stack = LocalStack(port, project=SMALL_PROJECT, compile_site=no_site)
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
        LocalStack(project=project, compile_site=no_site).start()


@pytest.mark.usefixtures("alone")
def test_packages_run_from_their_own_folders(project: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    for function in ("WebFunction", "BrokenFunction", "MailFunction", "EventsFunction"):
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

    with LocalStack(project=SMALL_PROJECT, compile_site=no_site) as stack:
        assert "runtime_shim" in get(stack, "/environment").json["PYTHONPATH"]
        assert get(stack, "/raise").status == 500
        assert get(stack, "/").status == 200
        assert stack.functions["WebFunction"].kill() == 1
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
print(stack.functions["WebFunction"].submit(event("/environment")).result()["LAMBDA_TASK_ROOT"], flush=True)
stack.functions["WebFunction"].submit(event("/sleep")).result()
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


# A shell starts what a script puts in the background with INT ignored, and that is inherited.
IN_THE_BACKGROUND = ["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("start", [[], IN_THE_BACKGROUND], ids=["at a terminal", "in the background"])
def test_ctrl_c_ends_the_whole_stack(start: list[str], number: signal.Signals) -> None:
    run = [*start, sys.executable, "-c", COMMAND_LINE, str(SMALL_PROJECT)]
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

    assert "starting 4 functions" in output
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
    assert len(children) >= 3
    assert not any(is_running(pid) for pid in children)


def _children(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listing.splitlines())
    return [int(child) for child, parent in pairs if int(parent) == pid]


# What a script does, and then a person or another script who wants it to end. Its make ignores INT, as its shell has
# arranged; whoever means all of it addresses the group.
A_SCRIPT = """
make --silent --no-print-directory run PORT="$1" VENV="$2" &
wait
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_make_run_in_the_background_of_a_script_ends_with_its_group(number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    run = ["/bin/sh", "-c", A_SCRIPT, "sh", port, sys.prefix]
    with subprocess.Popen(
        run, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        output = ""
        while "Ready in" not in output:
            line = process.stdout.readline()
            assert line, output
            output += line
        (stack,) = _children(*_children(process.pid))

        os.killpg(process.pid, number)
        rest, _ = process.communicate(timeout=60)

    assert "stopping" in rest
    eventually(lambda: not is_running(stack))
