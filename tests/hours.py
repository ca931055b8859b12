"""Opening hours for tests that are not about them: always open, or never."""


class AlwaysOpen:
    """A practice that never sleeps: open time is time. Reminders come at once, and after 4 and 8 hours."""

    remind_after = (0, 4 * 3600, 8 * 3600)

    def next_open(self, at: float) -> int | None:
        """`at`."""
        return int(at)

    def after(self, start: float, seconds: float) -> int | None:
        """So much later."""
        return int(start + seconds)

    def days_after(self, start: float, days: int) -> int | None:
        """So many days later."""
        return int(start) + days * 86_400

    def opens_after(self, start: float, days: int) -> int | None:
        """So many days later."""
        return int(start) + days * 86_400


class NeverOpen(AlwaysOpen):
    """A practice that is closed for months."""

    def next_open(self, at: float) -> int | None:
        """Never."""
        return None

    def after(self, start: float, seconds: float) -> int | None:
        """Never."""
        return None

    def days_after(self, start: float, days: int) -> int | None:
        """Never."""
        return None

    def opens_after(self, start: float, days: int) -> int | None:
        """Never."""
        return None
