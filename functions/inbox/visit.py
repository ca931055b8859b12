"""A visit: one request to the practice's pages, and what is known of whoever makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from shared.http import Request, Response


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody of the practice who is signed in in one browser.

    Attributes:
        id: A digest of the token that the browser holds.
        member: The address that signed in.
        digest: What stands for that address in keys of the table.
        started_at: When, in ISO 8601.
        expires_at: Until when, in seconds since the epoch.
        form_token: What each form of this session sends along; nothing where the browser holds another session.
        browser: Browser and system that signed in, such as `Chrome, Android`; None where they are not known.
    """

    id: str
    member: str
    digest: str
    started_at: str
    expires_at: int
    form_token: str
    browser: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is given.

    Attributes:
        request: The request.
        now: When it came, in seconds since the epoch.
        parameters: The parts of its path that the route names.
        fields: What a POST's form sent; each value as it was typed. The session's token was checked and is not in it.
        session: Who is signed in; None where a page is for everybody.
    """

    request: Request
    now: float
    parameters: Mapping[str, str]
    fields: Mapping[str, str]
    session: Session | None = None

    @property
    def own(self) -> Session:
        """The session of whoever is signed in. Raises LookupError where nobody is."""
        if self.session is None:
            raise LookupError("nobody is signed in")
        return self.session

    @property
    def member(self) -> str:
        """The address of whoever is signed in. Raises LookupError where nobody is."""
        return self.own.member


class Page(Protocol):
    """What answers at a path. Each method raises Refused for what it cannot do, and what the stores raise."""

    def get(self, visit: Visit) -> Response:
        """Show it; nothing changes."""


@runtime_checkable
class ActivePage(Page, Protocol):
    """A page with buttons."""

    def post(self, visit: Visit) -> Response:
        """Do what a button says, and lead on."""


def see(address: str, cookies: Sequence[str] = ()) -> Response:
    """Lead on to a page of ours, after a POST or where another page is to come first."""
    return Response(303, {"location": address, "cache-control": "no-store"}, cookies=cookies)
