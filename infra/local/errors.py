"""What can go wrong with the local stack itself, as against with a function running in it.

::

    LocalStackError      its message is meant for the person at the terminal
    ├── CompileError     the site could not be compiled
    ├── PortInUse        another program listens on the port
    └── TemplateError    template.yaml cannot be read, translated or created
"""


class LocalStackError(Exception):
    """The stack cannot do what was asked; the message says why, and what to do."""


class CompileError(LocalStackError):
    """The compiler refused the content; the message is the compiler's own."""


class PortInUse(LocalStackError):
    """The port is taken.

    Args:
        port: The TCP port that was asked for.
    """

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is in use by another program.")
        self.port = port


class TemplateError(LocalStackError):
    """The template cannot become a stack; the message names the resource or parameter."""
