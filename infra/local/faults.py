"""Making SES fail on demand, so that people and tests see what a visitor and the practice would get."""

import threading
from collections.abc import Mapping
from typing import NamedTuple

SLOW_SECONDS = 20.0


class Refusal(NamedTuple):
    """An error of a service: HTTP status, what the SDK knows it by, and what it says to people."""

    status: int
    error_type: str
    message: str


# Names and statuses from the API models of SES v2.
_REFUSALS: Mapping[str | None, Refusal] = {
    "rejected": Refusal(400, "MessageRejected", "Email address is not verified."),
    "throttled": Refusal(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
    "unavailable": Refusal(503, "ServiceUnavailable", "Service is unable to handle request."),
}
# SES takes the message, and this becomes of it (`infra.local.ses`).
COURSES: Mapping[str, str] = {
    "bounced": "The mailbox does not exist: the mail bounces for good",
    "expired": "The mailbox's server never answers: the mail bounces after hours",
    "delayed": "The mailbox's server does not answer: the mail waits until this is mended",
    "complained": "The mail arrives and is marked as spam",
    "out_of_office": "The mail arrives and an automatic reply comes back",
}
KINDS: Mapping[str, str] = {
    "rejected": "SES refuses the message",
    "throttled": "SES says too many requests",
    "unavailable": "SES is down",
    "slow": f"SES takes {SLOW_SECONDS:.0f} s to answer, then sends",
    **COURSES,
}


class Faults:
    """How SES fails now, if it does. Safe to use from any thread."""

    def __init__(self) -> None:
        self._ses: str | None = None
        self._changed = threading.Condition()

    def set(self, service: str, kind: str | None) -> None:
        """Makes a service fail in one of :data:`KINDS`, or mends it for None.

        Raises:
            ValueError: The service cannot be made to fail, or not like this.
        """
        if service != "ses":
            raise ValueError(f"only ses can be made to fail, not {service}")
        if kind is not None and kind not in KINDS:
            raise ValueError(f"ses can be {', '.join(KINDS)} or null, not {kind}")
        with self._changed:
            self._ses = kind
            self._changed.notify_all()

    def current(self) -> dict[str, str | None]:
        """Each service and its fault."""
        return {"ses": self._ses}

    def meet(self, service: str) -> Refusal | None:
        """What a call to a service runs into: a refusal, or a delay of up to :data:`SLOW_SECONDS`, or nothing."""
        with self._changed:
            if service == "ses" and self._ses == "slow":
                self._changed.wait_for(lambda: self._ses != "slow", SLOW_SECONDS)
                return None
            return _REFUSALS.get(self._ses) if service == "ses" else None

    def course(self) -> str | None:
        """What becomes of a mail that SES takes now, one of :data:`COURSES`, or None for delivery."""
        kind = self._ses
        return kind if kind in COURSES else None
