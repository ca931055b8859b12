"""Whatever goes wrong, whenever and in whatever order, the promises hold (docs/trust.md)."""

from time import perf_counter
from typing import Any

import pytest

from shared.telemetry import Telemetry
from tests.integration.conftest import Stack
from tests.life import live
from tests.privacy import leaks
from tests.sizes import SEED, sizes
from tests.telemetry import Log
from tests.world import World

pytestmark = pytest.mark.long

RUNS, _ = sizes()
# hypothesis remembers all that it has tried.
AT_ONCE = 250
PERSONAL = ("Ana Ruiz", "555000", "visitor0", "visitor1", "This is message")


@pytest.mark.parametrize("part", range(-(-RUNS // AT_ONCE)))
def test_the_promises_hold_whatever_goes_wrong(stack: Stack, part: int) -> None:
    log, start = Log(), perf_counter()

    def new(patch: pytest.MonkeyPatch, **kind: Any) -> World:
        assert not list(leaks(log.lines, PERSONAL))
        log.lines.clear()
        patch.setattr(Telemetry, "log", log)
        return World(stack, patch, **kind)

    happened = live(new, min(AT_ONCE, RUNS - part * AT_ONCE), SEED + part)
    print(f"seed {SEED + part}: {perf_counter() - start:.0f} s, {dict(happened)}")
