"""Stands before a handler and profiles its first invocation; on the path of a profiled function, not part of a package.

`BENCH_HANDLER` names the handler, `BENCH_PROFILE` the file that the profile goes to.
"""

import cProfile
import importlib
import os
from typing import Any

_module, _, _name = os.environ["BENCH_HANDLER"].rpartition(".")
_handler = getattr(importlib.import_module(_module), _name)
_profile: cProfile.Profile | None = cProfile.Profile()


def lambda_handler(event: Any, context: Any) -> Any:
    """Do what the handler does."""
    global _profile
    profile, _profile = _profile, None
    if profile is None:
        return _handler(event, context)
    try:
        return profile.runcall(_handler, event, context)
    finally:
        profile.dump_stats(os.environ["BENCH_PROFILE"])
