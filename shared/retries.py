"""When an alert that did not go out is tried again: soon at first, over a day, then for as long as the lead is kept."""

from typing import Final

# Seconds from one attempt to the next. A mail that was refused is tried again over a day, ...
RETRY_DELAYS: Final = (30, 120, 300, 900, 1800, 3600, 7200, 14400, 28800, 28800)
# ... and after that as long as the lead is kept: once the cause is gone, the alert goes out by itself.
LAST_RESORT_DELAY: Final = 6 * 3600

# Longer than notify may run (30 s), so that a lease only runs out when its holder is gone; and longer than SES's events
# take as a rule, so that a mail whose sender was killed after SES's yes is not sent again.
ALERT_LEASE_SECONDS: Final = 120

# A mail whose answer was lost may have gone out. It is tried again as if so many attempts more had failed: after 5
# minutes first, in which SES has published whether it has the mail.
UNPROVEN_ATTEMPTS: Final = 2


def next_attempt_delay(attempts: int) -> int:
    """How long to wait before the next attempt.

    Args:
        attempts: How many have failed, 1 or more.

    Returns:
        Seconds.
    """
    return RETRY_DELAYS[attempts - 1] if attempts <= len(RETRY_DELAYS) else LAST_RESORT_DELAY


def is_past_first_day(attempts: int) -> bool:
    """Whether so many attempts have failed that the first day's are used up, and a person has to look."""
    return attempts >= len(RETRY_DELAYS)
