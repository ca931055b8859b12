"""What can go wrong with the local stack itself, and with a function that runs in it."""

import json
from typing import Self


class LocalStackError(Exception):
    """The stack cannot do what was asked; the message, for the person at the terminal, says why, and what to do."""


class CompileError(LocalStackError):
    """The compiler refused the content; the message is the compiler's own."""


class PortInUse(LocalStackError):
    """Another program listens on the TCP port that was asked for."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is in use by another program.")
        self.port = port


class TemplateError(LocalStackError):
    """template.yaml cannot be read, translated or created; the message names the resource or parameter."""


class FunctionError(Exception):
    """An invocation that failed: Lambda's word for it or the exception's class, and what happened."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.message = message

    @classmethod
    def reported(cls, error: bytes) -> Self:
        """The error as the runtime reported it."""
        try:
            report = json.loads(error)
            return cls(str(report.get("errorType") or "Error"), str(report.get("errorMessage") or ""))
        except (ValueError, AttributeError):
            return cls("Error", error.decode("utf-8", "replace"))
