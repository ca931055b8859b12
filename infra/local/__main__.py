"""``python -m infra.local --port 8000``: runs the stack until Ctrl-C."""

import argparse
import signal
import sys
import threading
import time
from pathlib import Path

from infra.local.errors import LocalStackError, PortInUse
from infra.local.logs import LogLine
from infra.local.site import compiler
from infra.local.stack import PROJECT, LocalStack
from infra.local.watch import Watcher

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_WELCOME = """
Ready in {seconds:.1f} s. Ctrl-C stops it.

  the site             {url}/
  the inbox            {url}/inbox, for {members}
  mail, leads, logs    {url}/_local/
"""


def main(arguments: list[str] | None = None, project: Path = PROJECT) -> int:
    """Runs the stack of a project, as the command line's arguments say, if not these; returns the exit code."""
    options = _parse(arguments)
    for number in _ENDING:  # SIGINT too: a shell starts a background job with it ignored
        signal.signal(number, _end)
    stack = LocalStack(
        options.port,
        project=project,
        parameters=dict(options.parameter),
        packaged=options.packaged,
        compile_site=compiler(project, drafts=options.drafts),
        say=_say,
        on_log=lambda line: _show_log(line, verbose=options.verbose),
    )
    try:
        return _run(stack, None if options.packaged else Watcher(stack, project, _say))
    except PortInUse as error:
        print(f"{error}\nStop that program, or take another port: make run PORT={error.port + 1}", file=sys.stderr)
    except LocalStackError as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    finally:
        stack.stop()
    return 1


def _run(stack: LocalStack, watcher: Watcher | None) -> int:
    started = time.monotonic()
    print("Needlepoint on this machine", flush=True)
    stack.start()
    try:
        seconds = time.monotonic() - started
        print(_WELCOME.format(url=stack.url, members=stack.members, seconds=seconds), flush=True)
        if watcher is not None:
            watcher.start()
        threading.Event().wait()
    except KeyboardInterrupt:
        print("\n  stopping", flush=True)
    finally:
        if watcher is not None and watcher.is_alive():
            watcher.stop()
    return 0


def _end(*_: object) -> None:
    """Ends the stack; a second signal, such as the one that make passes on, would interrupt the cleaning up."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(message: str) -> None:
    print("\n".join(f"  {line}" for line in message.splitlines()), flush=True)


def _show_log(line: LogLine, *, verbose: bool) -> None:
    if verbose or line.is_severe:
        print(f"  {line.time:%H:%M:%S} {line.function}: {line.text}", flush=True)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Runs the whole stack on this machine.")
    add = parser.add_argument
    add("--port", type=_port, default=8000, help="port on 127.0.0.1 (default: 8000; 0: a free one)")
    add("--packaged", type=Path, metavar="FOLDER", help="run packages, such as .aws-sam/build")
    add("--drafts", action="store_true", help="also show articles that are not yet published")
    add("--verbose", action="store_true", help="show every log line, not only warnings and errors")
    example = "a template parameter, such as AlertDetail=full"
    add("--parameter", action="append", default=[], type=_name_and_value, metavar="NAME=VALUE", help=example)
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text} is no port: it is a number from 1 to 65535 (or 0 for a free one)")
    return int(text)


def _name_and_value(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
