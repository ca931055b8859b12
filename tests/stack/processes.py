"""The processes behind a local stack."""

import os

from infra.local.stack import LocalStack
from tests.stack.asking import get
from tests.stack.conftest import eventually


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def only_process(stack: LocalStack) -> int:
    """The process that will answer the next request, when every other has been ended."""
    stack.functions["WebFunction"].kill()
    eventually(lambda: stack.functions["WebFunction"].environments == 0)
    return int(get(stack, "/").json["pid"])
