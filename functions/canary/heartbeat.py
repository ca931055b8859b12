"""A sign of life to an address outside of AWS: whoever waits for it there notices a dead account too."""

from dataclasses import dataclass
from typing import Final

from urllib3 import Timeout, request
from urllib3.exceptions import HTTPError

from shared.telemetry import Telemetry

NOWHERE: Final = "none"
_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What it takes to give one.

    Attributes:
        url: Where, by HTTPS; `none` where nobody waits for it. Whoever knows it can give one, so it is not logged.
        telemetry: The log and the metrics.
    """

    url: str
    telemetry: Telemetry

    def give(self) -> None:
        """Give one, in five seconds. Where that fails, ops are told, and nothing else depends on it."""
        if self.url == NOWHERE:
            return
        try:
            # Nothing of the answer but its status is waited for.
            answer = request(
                "GET", self.url, timeout=Timeout(total=_SECONDS), retries=False, redirect=False, preload_content=False
            )
            answer.close()
            if 200 <= answer.status < 300:
                return
            reason = str(answer.status)
        except HTTPError as error:
            reason = type(error).__name__
        self.telemetry.count("HeartbeatFailed")
        self.telemetry.log.error("heartbeat not taken", reason=reason)
