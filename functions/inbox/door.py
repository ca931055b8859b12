"""The door: finds the page of a request, and lets in whom it is for."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from functions.inbox.cookies import SESSION
from functions.inbox.pages import Pages
from functions.inbox.posts import TOKEN, read_post
from functions.inbox.routes import SIGN_IN, Route, find
from functions.inbox.session_store import SessionStore
from functions.inbox.sign_in import ask_address, once_more
from functions.inbox.troubles import Code, Refused
from functions.inbox.visit import ActivePage, Session, Visit, see
from shared.errors import KeysUnavailable, StoreUnavailable
from shared.http import Request, Response
from shared.links import INBOX_PATH
from shared.telemetry import Telemetry, describe


@dataclass(frozen=True, slots=True)
class Door:
    """What it takes to let somebody in.

    Attributes:
        routes: Every path, and the page that answers there.
        sessions: Who is signed in.
        look_around: Called for who is signed in, before their page; it raises nothing.
        pages: Renders what is answered where nobody is let in.
        origin: Scheme and host of our pages.
        telemetry: The log.
    """

    routes: Sequence[Route]
    sessions: SessionStore
    look_around: Callable[[], None]
    pages: Pages
    origin: str
    telemetry: Telemetry

    def answer(self, request: Request, now: float) -> Response:
        """What is answered to a request, whatever it is and whatever breaks."""
        visit, log = Visit(request, now, {}, {}), self.telemetry.log
        try:
            if cookie := request.cookies.get(SESSION):
                visit = replace(visit, session=self.sessions.read(cookie, now))
            if visit.session:
                self.look_around()
            return self._answer(visit)
        except Refused as refusal:
            log.info("refused", code=refusal.code)
            code = refusal.code
        except (KeysUnavailable, StoreUnavailable) as error:
            log.error("unavailable", error=type(error).__name__, reason=str(error))
            code = Code.UNAVAILABLE
        except Exception as error:  # whoever pressed a button is told that it may not have worked, whatever broke
            log.error("unexpected", **describe(error))
            code = Code.FAILED
        return self.pages.trouble(code, visit)

    def _answer(self, visit: Visit) -> Response:
        found = find(self.routes, visit.request.path)
        if found is None:
            raise Refused(Code.NO_SUCH_PAGE)
        route, parameters = found
        visit, page = replace(visit, parameters=parameters), route.page()
        match visit.request.method:
            case "GET" | "HEAD":
                return page.get(visit) if visit.session or route.is_public else _way_in(visit.request.path)
            case "POST" if isinstance(page, ActivePage):
                visit = replace(visit, fields=read_post(visit.request, self.origin))
                return page.post(visit) if route.is_public else self._post(page, visit)
        raise Refused(Code.WRONG_METHOD)

    def _post(self, page: ActivePage, visit: Visit) -> Response:
        """Act for who is signed in; to anybody else, and to a page of another session, give back all that was typed."""
        from functions.inbox.forms import Kept

        fields = {name: text for name, text in visit.fields.items() if name != TOKEN}
        if visit.session and _is_of(visit.session, visit.fields.get(TOKEN, "")):
            return page.post(replace(visit, fields=fields))
        kept = Kept(path=visit.request.path, fields=fields)
        if visit.session:
            return once_more(self.pages, visit, 403, kept)
        return ask_address(self.pages, visit, 403, to=visit.request.path, kept=kept)


def _way_in(path: str) -> Response:
    return see(SIGN_IN if path == INBOX_PATH else f"{SIGN_IN}?{urlencode({'to': path})}")


def _is_of(session: Session, token: str) -> bool:
    return hmac.compare_digest(session.form_token.encode(), token.encode())
