"""Making AWS fail on demand, so that people and tests see what a visitor and the practice would get."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass

SLOW_SECONDS = 20.0


@dataclass(frozen=True)
class Refusal:
    """An error in the form in which a service with a REST and JSON protocol reports it.

    Attributes:
        status: HTTP status.
        error_type: What the SDK knows the error by.
        message: For people.
    """

    status: int
    error_type: str
    message: str

    def body(self) -> bytes:
        """The JSON body."""
        return json.dumps({"message": self.message}).encode()


# Names and statuses from the API models of SES v2.
_REFUSALS: Mapping[str, Refusal] = {
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
    """Which services fail now, and how. Safe to use from any thread."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._changed = threading.Condition()

    def set(self, service: str, kind: str | None) -> None:
        """Makes a service fail, or mends it.

        Args:
            service: ``ses``.
            kind: One of :data:`KINDS`, or None for no fault.

        Raises:
            ValueError: The service cannot be made to fail, or not like this.
        """
        if service != "ses":
            raise ValueError(f"only ses can be made to fail, not {service}")
        if kind is not None and kind not in KINDS:
            raise ValueError(f"ses can be {', '.join(KINDS)} or null, not {kind}")
        with self._changed:
            self._kinds.pop(service, None)
            if kind is not None:
                self._kinds[service] = kind
            self._changed.notify_all()

    def clear(self) -> None:
        """Mends everything."""
        with self._changed:
            self._kinds.clear()
            self._changed.notify_all()

    def current(self) -> dict[str, str | None]:
        """Each service and its fault."""
        with self._changed:
            return {"ses": self._kinds.get("ses")}

    def meet(self, service: str) -> Refusal | None:
        """What a call to a service runs into: a refusal, or a delay of up to :data:`SLOW_SECONDS`, or nothing."""
        with self._changed:
            kind = self._kinds.get(service)
            if kind == "slow":
                self._changed.wait_for(lambda: self._kinds.get(service) != "slow", SLOW_SECONDS)
                return None
            return _REFUSALS.get(kind or "")

    def course(self) -> str | None:
        """What becomes of a mail that SES takes now, one of :data:`COURSES`, or None for delivery."""
        kind = self.current()["ses"]
        return kind if kind in COURSES else None
