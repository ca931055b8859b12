"""Making services fail on demand, so that people and tests see what a visitor and the practice would get."""

import threading
from collections.abc import Mapping
from typing import NamedTuple

SLOW_SECONDS = 20.0
LATE_SECONDS = 10.0


class Refusal(NamedTuple):
    """An error of a service: HTTP status, what the SDK knows it by, and what it says to people."""

    status: int
    error_type: str
    message: str


# Names and statuses from the API models of SES v2 and Secrets Manager.
_REFUSALS: Mapping[tuple[str, str | None], Refusal] = {
    ("ses", "rejected"): Refusal(400, "MessageRejected", "Email address is not verified."),
    ("ses", "throttled"): Refusal(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
    ("ses", "unavailable"): Refusal(503, "ServiceUnavailable", "Service is unable to handle request."),
    ("secretsmanager", "unavailable"): Refusal(500, "InternalServiceError", "An error occurred on the server side."),
}
# SES takes the message, and this becomes of it (`infra.local.ses`).
COURSES: Mapping[str, str] = {
    "bounced": "The mailbox does not exist: the mail bounces for good",
    "expired": "The mailbox's server never answers: the mail bounces after hours",
    "delayed": "The mailbox's server does not answer: the mail waits until it is delivered by hand",
    "complained": "The mail arrives and is marked as spam",
    "out_of_office": "The mail arrives and an automatic reply comes back",
    "rejected_later": "SES says yes, then takes the mail for a virus and sends nothing",
    "silent": "The mail arrives, and no event of it comes",
}
KINDS: Mapping[str, Mapping[str, str]] = {
    "ses": {
        "rejected": "SES refuses the message",
        "throttled": "SES says too many requests",
        "unavailable": "SES is down",
        "slow": f"SES takes {SLOW_SECONDS:.0f} s to answer, then sends",
        **COURSES,
    },
    "dynamodb": {"late": f"Indexes show what was stored {LATE_SECONDS:.0f} s ago"},
    "secretsmanager": {"unavailable": "Secrets Manager is down"},
    "second-channel": {"unavailable": "The second channel is down"},
}


class Faults:
    """How services fail now, if they do. Safe to use from any thread."""

    def __init__(self) -> None:
        self._now: dict[str, str | None] = dict.fromkeys(KINDS)
        self._changed = threading.Condition()

    def set(self, service: str, kind: str | None) -> None:
        """Makes a service fail in one of :data:`KINDS`, or mends it for None.

        Raises:
            ValueError: The service cannot be made to fail, or not like this.
        """
        if service not in KINDS:
            raise ValueError(f"only {', '.join(KINDS)} can be made to fail, not {service}")
        if kind is not None and kind not in KINDS[service]:
            raise ValueError(f"{service} can be {', '.join(KINDS[service])} or null, not {kind}")
        with self._changed:
            self._now[service] = kind
            self._changed.notify_all()

    def current(self) -> dict[str, str | None]:
        """Each service and its fault."""
        return dict(self._now)

    def meet(self, service: str) -> Refusal | None:
        """What a call to a service runs into: a refusal, or a delay of up to :data:`SLOW_SECONDS`, or nothing."""
        with self._changed:
            kind = self._now.get(service)
            if kind == "slow":
                self._changed.wait_for(lambda: self._now[service] != "slow", SLOW_SECONDS)
            return _REFUSALS.get((service, kind))

    def course(self) -> str | None:
        """What becomes of a mail that SES takes now, one of :data:`COURSES`, or None for delivery."""
        kind = self._now["ses"]
        return kind if kind in COURSES else None
