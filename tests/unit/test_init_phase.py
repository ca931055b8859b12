"""What happens while Lambda loads a function, and only then."""

import os
import subprocess
import sys

IN_LAMBDA = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"}
PROGRAM = """
import gc
from shared.init_phase import in_init_phase, wait_briefly_for
print("collecting" if gc.isenabled() else "resting")

@in_init_phase
def prepare():
    print("prepared")
    {then}

print("collecting" if gc.isenabled() else "resting")
prepare
"""


def load(then: str = "", variables: dict[str, str] | None = None) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(then=then)],
        env={"PATH": os.defpath, **(variables or {})},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()


def test_lambda_prepares_before_the_first_event_and_collects_no_garbage_meanwhile() -> None:
    assert load(variables=IN_LAMBDA) == ["resting", "prepared", "collecting"]


def test_a_fault_is_left_to_the_first_invocation() -> None:
    assert load("raise RuntimeError", IN_LAMBDA) == ["resting", "prepared", "collecting"]


def test_a_service_that_does_not_answer_does_not_hold_up_the_function() -> None:
    silent = "import time; wait_briefly_for(lambda: time.sleep(30)); print('going on')"

    written = load(silent, IN_LAMBDA)

    assert written == ["resting", "prepared", "going", "on", "collecting"]


def test_a_service_that_refuses_is_no_fault() -> None:
    assert load("wait_briefly_for(lambda: 1 / 0); print('on')", IN_LAMBDA)[-2:] == ["on", "collecting"]


def test_nothing_happens_elsewhere() -> None:
    assert load() == ["collecting", "collecting"]
