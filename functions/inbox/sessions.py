"""Where a member is signed in, and the end of it: here, in another browser, or everywhere."""

from dataclasses import dataclass

from functions.inbox.cookies import SEARCH, SESSION, no_cookie
from functions.inbox.pages import Pages
from functions.inbox.routes import SESSIONS, SIGN_IN
from functions.inbox.session_store import SessionStore
from functions.inbox.troubles import Code, Refused
from functions.inbox.visit import Visit, see
from shared.http import Response
from shared.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Sessions:
    """The page of a member's sessions.

    Attributes:
        store: Where they are.
        pages: Renders the page.
        telemetry: The log.
    """

    store: SessionStore
    pages: Pages
    telemetry: Telemetry

    def get(self, visit: Visit) -> Response:
        """Show them. Raises StoreUnavailable."""
        sessions = self.store.of_member(visit.own.digest, visit.now)
        return self.pages.page("sessions.html", visit=visit, sessions=sessions, ended=visit.request.query.get("ended"))

    def post(self, visit: Visit) -> Response:
        """End one of them, or all others. Raises Refused and StoreUnavailable."""
        own = visit.own
        match visit.fields:
            case {"end": session_id}:
                ended = [session_id]
            case {"others": _}:
                ended = [each.id for each in self.store.of_member(own.digest, visit.now) if each.id != own.id]
            case _:
                raise Refused(Code.NO_BUTTON)
        for session_id in ended:
            self.store.end(own.digest, session_id)
        self.telemetry.log.info("sessions ended", count=len(ended))
        return _signed_out() if own.id in ended else see(f"{SESSIONS}?ended=1")


@dataclass(frozen=True, slots=True)
class SignOut:
    """The end of the session in this browser."""

    store: SessionStore
    telemetry: Telemetry

    def get(self, _visit: Visit) -> Response:
        """Lead to where the button is: whoever only follows a link stays signed in."""
        return see(SESSIONS)

    def post(self, visit: Visit) -> Response:
        """End it. Raises StoreUnavailable."""
        own = visit.own
        self.store.end(own.digest, own.id)
        self.telemetry.log.info("signed out")
        return _signed_out()


def _signed_out() -> Response:
    return see(f"{SIGN_IN}?out=1", [no_cookie(SESSION), no_cookie(SEARCH)])
