"""Everybody in turn, round after round, so that whatever else the machine does meets all alike."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.contestants import Contestant
from tests.bench.environment import Laboratory, Run, observe
from tests.bench.packages import FLOOR, Unpacked


@dataclass(frozen=True)
class Round:
    """What one round gave: the runs by contestant, and the floor's, which ran before each of the others."""

    runs: Mapping[str, Run]
    floor: tuple[Run, ...]


def play(
    contestants: Sequence[Contestant],
    packages: Mapping[str, Unpacked],
    laboratory: Laboratory,
    *,
    rounds: int,
    warm: int,
    say: Callable[[str], None],
) -> list[Round]:
    """Measure everyone `rounds` times; in each round somebody else comes first.

    Args:
        contestants: All of them, the floor too.
        packages: By name.
        laboratory: Where to run them.
        rounds: How many count. One more comes first, to bring every file into memory.
        warm: Invocations of a process after its first.
        say: Told what happens.
    """
    (floor,) = (each for each in contestants if each.package == FLOOR)
    others = [each for each in contestants if each is not floor]

    def run(contestant: Contestant, invocations: int) -> Run:
        return observe(contestant, packages[contestant.package].folder, laboratory, invocations).run

    def play_round(order: Sequence[Contestant], invocations: int) -> Round:
        runs, floors = {}, []
        for each in order:
            floors.append(run(floor, invocations))
            runs[each.name] = run(each, invocations)
        return Round(runs, tuple(floors))

    say(f"Everyone once, to see that each does its job: {', '.join(each.name for each in others)}")
    play_round(others, 1)
    played = []
    started_at = time.monotonic()
    for number in range(rounds):
        first = number * len(others) // rounds
        played.append(play_round([*others[first:], *others[:first]], warm))
        left = (time.monotonic() - started_at) / len(played) * (rounds - len(played))
        say(f"Round {len(played)} of {rounds}" + (f", about {left:.0f} s left" if left else ""))
    return played
