"""A log that is kept, to be searched for what visitors entered."""


class Log:
    """The lines of `shared.telemetry`'s log."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def append_keys(self, **_: object) -> None:
        """As Powertools'."""

    def info(self, message: str, /, **more: object) -> None:
        """As Powertools'."""
        self.lines.append(f"{message} {more}")

    warning = error = info
