"""The entrance: who is signed in, whichever way they come."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from itsdangerous import BadData, base64_decode, base64_encode

from functions.inbox.browsers import described
from functions.inbox.cookies import ADDRESS, ASK, SESSION, cookie, no_cookie
from functions.inbox.session_store import KEPT_SECONDS, SessionStore
from functions.inbox.visit import Visit
from shared.errors import StoreUnavailable
from shared.keys import Keys
from shared.links import Links
from shared.members import Members, member_digest
from shared.sign_ins import GOOD_SECONDS, MAILS_IN_A_WINDOW, Ask, SignIns
from shared.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Entrance:
    """What it takes to sign somebody in. Each method raises StoreUnavailable and KeysUnavailable.

    Attributes:
        sign_ins: Who asked.
        sessions: Who is signed in.
        members: Who may be.
        keys: By which an address is known again.
        links: Reads links, codes and the cookie of the browser that asked.
        telemetry: The log.
    """

    sign_ins: SignIns
    sessions: SessionStore
    members: Members
    keys: Keys
    links: Links
    telemetry: Telemetry

    def ask(self, address: str, to: str, visit: Visit) -> tuple[str, ...]:
        """Write down that this browser asked, in the name of an address, for a page. Returns the cookies to set."""
        ask_id = self.sign_ins.ask(member_digest(address, self.keys), to, visit.now)
        # Mails that were asked for before may still be on their way, and their codes stay good.
        asks = (ask_id, *self.asks_of(visit))[:MAILS_IN_A_WINDOW]
        self.telemetry.log.info("sign-in asked for", ask_id=ask_id)
        typed = base64_encode(address).decode()
        return cookie(ASK, self.links.sign_asks(asks), GOOD_SECONDS), cookie(ADDRESS, typed, GOOD_SECONDS)

    def asks_of(self, visit: Visit) -> tuple[str, ...]:
        """The ids of what this browser asked for, the newest first."""
        held = visit.request.cookies.get(ASK)
        return self.links.read_asks(held) if held else ()

    def address_of(self, visit: Visit) -> str | None:
        """The address that was typed in this browser last, whoever's it is; None where it holds none."""
        try:
            return base64_decode(visit.request.cookies.get(ADDRESS, "")).decode() or None
        except (BadData, UnicodeDecodeError):
            return None

    def of_code(self, code: str, visit: Visit) -> Ask | None:
        """The ask of this browser that a code belongs to. Each that it is compared with has one try less."""
        for ask_id in self.asks_of(visit):
            ask = self.sign_ins.count_try(ask_id, visit.now)
            if ask and ask.mailed_at and code in self.links.codes(ask_id):
                return ask
        self.telemetry.log.info("code refused", ask_ids=self.asks_of(visit))
        return None

    def let_in(self, ask: Ask | None, visit: Visit) -> "Admitted | None":
        """Use an ask, which ends its link and its code, and start a session; None where that is not to be."""
        member = self.members.of_digest(ask.digest, self.keys) if ask else None
        if ask is None or member is None or not self.sign_ins.use(ask.id, visit.now):
            return None
        browser = described(visit.request.headers.get("user-agent", ""))
        held, session = self.sessions.start(member, ask.digest, visit.now, browser)
        self.telemetry.log.info("signed in", ask_id=ask.id)
        if ask.mailed_at:
            with suppress(StoreUnavailable):  # that would be one mail less today
                self.sign_ins.give_mail_back(ask.digest, visit.now)
        cookies = (cookie(SESSION, held, KEPT_SECONDS), no_cookie(ASK), no_cookie(ADDRESS))
        return Admitted(ask.to, cookies, replace(visit, session=session))


class Admitted(NamedTuple):
    """Somebody is signed in.

    Attributes:
        to: The page that they wanted.
        cookies: What their browser is to hold.
        visit: Their visit, now with a session.
    """

    to: str
    cookies: tuple[str, ...]
    visit: Visit
