"""The site at its public address, as the visitor's side of the internet sees it."""

import json
from typing import Any, Final

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from functions.canary.errors import CanaryFailed

# A visitor waits no longer for a function that starts and a table that is slow.
_SECONDS: Final = 20.0


class Site:
    """Asks the site. Each method raises CanaryFailed where it does not answer as it should.

    Args:
        address: Scheme and host.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        # Once each: an answer that comes by a second try is not what a visitor has. And nobody is led elsewhere.
        self._http = PoolManager(
            headers={"user-agent": "needlepoint canary"}, timeout=Timeout(total=_SECONDS), retries=False
        )

    def article(self) -> tuple[str, str]:
        """An article that is published, and a language that it is published in."""
        listed = self._ask("GET", "/api/articles", 200)
        try:
            first = listed["articles"][0]
            return first["slug"], first["language"]
        except (IndexError, KeyError, TypeError) as error:
            raise CanaryFailed("the site's list of articles", type(error).__name__) from None

    def enquire(self, key: str, enquiry: dict[str, Any]) -> str:
        """Send an enquiry under an `Idempotency-Key`; returns its reference."""
        sent = {"content-type": "application/json", "idempotency-key": f'"{key}"'}
        stored = self._ask("POST", "/api/leads", 201, body=json.dumps(enquiry), headers={**self._http.headers, **sent})
        return str(stored.get("reference"))

    def _ask(self, method: str, path: str, wanted: int, **request: Any) -> Any:
        """The document that is answered. What it says otherwise is not logged: a problem quotes what was sent."""
        try:
            answer = self._http.request(method, f"{self._address}{path}", **request)
            status, document = answer.status, json.loads(answer.data)
        except (HTTPError, ValueError) as error:
            raise CanaryFailed(f"{method} {path}", type(error).__name__) from error
        if status != wanted or not isinstance(document, dict):
            raise CanaryFailed(f"{method} {path}", str(status))
        return document
