"""Signing in: an address is typed, and a mail brings a code for this browser and a link for any.

Whose address it is makes no difference here, in words or time: only the sender of the mail knows (`functions/notify`).
What was typed when a session had ended (`kept`) comes along, and is sent once more in the end.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.inbox.entrance import Admitted, Entrance
from functions.inbox.pages import Pages
from functions.inbox.routes import SIGN_IN, SIGN_IN_CODE, page_of_ours
from functions.inbox.troubles import Code, Refused
from functions.inbox.visit import Visit, see
from shared.http import Response
from shared.sign_ins import Ask

if TYPE_CHECKING:
    from functions.inbox.forms import Kept


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where an address is typed."""

    entrance: Entrance
    pages: Pages

    def get(self, visit: Visit) -> Response:
        """Ask for it; who is signed in already is led on."""
        to = page_of_ours(visit.request.query.get("to", ""))
        return see(to) if visit.session else ask_address(self.pages, visit, 200, to=to)

    def post(self, visit: Visit) -> Response:
        """Take it. Raises Refused, KeysUnavailable and StoreUnavailable."""
        from functions.inbox.forms import AddressForm, Faults, read, read_kept

        kept, form = read_kept(visit.fields), read(AddressForm, visit.fields)
        if visit.session:
            return _led_on(self.pages, visit, page_of_ours(visit.fields.get("to", "")), kept)
        if isinstance(form, Faults):
            to, address = page_of_ours(visit.fields.get("to", "")), visit.fields.get("address", "")
            return ask_address(self.pages, visit, 422, to=to, address=address, kept=kept)
        cookies = self.entrance.ask(form.address, form.to, visit)
        if kept is None:
            return see(SIGN_IN_CODE, cookies)
        return _ask_code(self.pages, visit, 200, address=form.address, kept=kept)._replace(cookies=cookies)


@dataclass(frozen=True, slots=True)
class SignInCode:
    """Where the code is typed, in the browser that asked for it."""

    entrance: Entrance
    pages: Pages

    def get(self, visit: Visit) -> Response:
        """Ask for it; who has asked for none is led back."""
        if visit.session or not self.entrance.asks_of(visit):
            return see(SIGN_IN)
        return _ask_code(self.pages, visit, 200, address=self.entrance.address_of(visit))

    def post(self, visit: Visit) -> Response:
        """Take it; whatever is wrong with it, the page says the same. Raises what `SignIn.post` does."""
        from functions.inbox.forms import CodeForm, Faults, read, read_kept

        kept, form = read_kept(visit.fields), read(CodeForm, visit.fields)
        if visit.session:
            return _led_on(self.pages, visit, page_of_ours(""), kept)
        ask = None if isinstance(form, Faults) else self.entrance.of_code(form.code, visit)
        if admitted := self.entrance.let_in(ask, visit):
            return _led_in(self.pages, admitted, kept)
        return _ask_code(self.pages, visit, 422, address=self.entrance.address_of(visit), kept=kept)


@dataclass(frozen=True, slots=True)
class SignInLink:
    """Where the link of a mail leads: a GET shows a button, for mail scanners follow links; the button signs in."""

    entrance: Entrance
    pages: Pages

    def get(self, visit: Visit) -> Response:
        """Show the button. Raises Refused, KeysUnavailable and StoreUnavailable."""
        self._ask(visit)
        return self.pages.page("sign_in_link.html", visit=visit)

    def post(self, visit: Visit) -> Response:
        """Sign in. Raises what `get` does."""
        if admitted := self.entrance.let_in(self._ask(visit), visit):
            return _led_in(self.pages, admitted)
        raise Refused(Code.SPENT_LINK)

    def _ask(self, visit: Visit) -> Ask:
        ask_id = self.entrance.links.read_sign_in(visit.parameters["token"])
        ask = self.entrance.sign_ins.read(ask_id, visit.now) if ask_id else None
        if ask is None:
            raise Refused(Code.SPENT_LINK)
        return ask


def ask_address(
    pages: Pages, visit: Visit, status: int, *, to: str, address: str | None = None, kept: "Kept | None" = None
) -> Response:
    """The page that asks for an address; the one that was typed, if something is wrong with it."""
    is_out = "out" in visit.request.query
    return pages.page("sign_in.html", status, visit=visit, to=to, address=address, kept=kept, is_out=is_out)


def _ask_code(pages: Pages, visit: Visit, status: int, *, address: str | None, kept: "Kept | None" = None) -> Response:
    """The page that asks for the code, and repeats the address that was typed, if it is known: a slip is seen there."""
    shown = {"address": address, "kept": kept, "is_wrong": status != 200}
    return pages.page("sign_in_code.html", status, visit=visit, **shown)


def once_more(pages: Pages, visit: Visit, status: int, kept: "Kept") -> Response:
    """The page that gives back what was typed to who is signed in now, with the button to send it."""
    return pages.page("once_more.html", status, visit=visit, kept=kept)


def _led_on(pages: Pages, visit: Visit, to: str, kept: "Kept | None") -> Response:
    return once_more(pages, visit, 200, kept) if kept else see(to)


def _led_in(pages: Pages, admitted: Admitted, kept: "Kept | None" = None) -> Response:
    return _led_on(pages, admitted.visit, admitted.to, kept)._replace(cookies=admitted.cookies)
