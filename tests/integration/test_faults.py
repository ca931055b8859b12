"""Whatever goes wrong, whenever and in whatever order, the promises hold (docs/trust.md)."""

from functools import partial
from time import perf_counter

import pytest

from tests.integration.conftest import Stack
from tests.life import live
from tests.sizes import SEED, sizes
from tests.world import World

pytestmark = pytest.mark.long

RUNS, _ = sizes()
# hypothesis remembers all that it has tried.
AT_ONCE = 250


@pytest.mark.parametrize("part", range(-(-RUNS // AT_ONCE)))
def test_the_promises_hold_whatever_goes_wrong(stack: Stack, part: int) -> None:
    start = perf_counter()

    happened = live(partial(World, stack), min(AT_ONCE, RUNS - part * AT_ONCE), SEED + part)

    print(f"seed {SEED + part}: {perf_counter() - start:.0f} s, {dict(happened)}")
