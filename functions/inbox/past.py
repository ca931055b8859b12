"""Going back over all that came, the newest first, so far at a time as a reader waits for.

What it costs depends on how much is looked at, never on how much is stored.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Final

from shared.lead import SECONDS_PER_DAY, Lead, seconds, timestamp
from shared.pointers import Pointers, lead_at, position

PAGE: Final = 50
# One more than a page, so that a page whose every enquiry is wanted knows whether there is another.
_AT_ONCE: Final = PAGE + 1
# So far back is looked at a time, however little came: one query for each of its months.
_DAYS: Final = 400

# Gives those of some leads (by their ids) that are wanted, in the same order.
type Choose = Callable[[Sequence[str]], Iterable[Lead]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on the way back.

    Attributes:
        leads: The leads, the newest first, a page at most.
        looked_at: How many leads were looked at, also those that were not wanted.
        since: How far back that was, in ISO 8601.
        next: Where to go on; None at the end.
    """

    leads: tuple[Lead, ...] = ()
    looked_at: int = 0
    since: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What it takes to go back.

    Attributes:
        pointers: Where the months are.
        most: How many leads are looked at, at most.
    """

    pointers: Pointers
    most: int

    def look(self, before: str, since: str, choose: Choose) -> Found:
        """Go back.

        Args:
            before: A position, or a time: what came earlier is looked at.
            since: The time of the earliest.
            choose: Says which are wanted.

        Raises:
            StoreUnavailable: DynamoDB could not do it.
        """
        if before <= since:
            return Found()
        begins = seconds(before.partition("#")[0])
        stop = max(since, timestamp(begins - _DAYS * SECONDS_PER_DAY))
        leads: list[Lead] = []
        looked_at = 0
        for some in batched(self.pointers.back(before, stop), _AT_ONCE, strict=False):
            for lead in choose([lead_at(each) for each in some]):
                if len(leads) == PAGE:
                    return Found(tuple(leads), looked_at, leads[-1].stored_at, position(leads[-1]))
                leads.append(lead)
            looked_at += len(some)
            if looked_at >= self.most:
                return Found(tuple(leads), looked_at, some[-1].partition("#")[0], some[-1])
        return Found(tuple(leads), looked_at, stop, None if stop == since else stop)
