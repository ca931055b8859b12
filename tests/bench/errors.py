"""What can go wrong with a run."""


class BenchError(Exception):
    """The bench cannot go on. The message says why in words for whoever ran it."""
