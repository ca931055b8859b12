"""``/_local/``: what happened in the local stack, and buttons to make things go wrong."""

from infra.local.console.app import PREFIX, Console

__all__ = ["PREFIX", "Console"]
