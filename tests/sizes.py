"""How much is tried by the tests that make up what happens, by hypothesis's profile; `make trust` tries most."""

import os
from typing import Final

from hypothesis import settings

# Runs of the machine of faults, and requests.
_SIZES: Final = {"once": (1, 50), "quick": (40, 500), "thorough": (300, 5_000), "long": (1_500, 25_000)}
_TRUST: Final = (10_000, 1_000_000)
# The same for everybody, unless `make trust` says another: a test that fails today failed yesterday.
SEED: Final = int(os.environ.get("SEED", "0"))


def sizes() -> tuple[int, int]:
    """How many runs, and how many requests."""
    return _SIZES.get(settings.get_current_profile_name(), _TRUST)
