"""The cookies of the practice's pages: no script reads them, and no other host sets them (RFC 6265bis, `__Host-`)."""

from typing import Final

SESSION: Final = "__Host-session"
# Which browser asked for a code.
ASK: Final = "__Host-ask"
# Which address was typed there: the page that waits for the code repeats it.
ADDRESS: Final = "__Host-address"
# What was looked for, which stands in no address.
SEARCH: Final = "__Host-search"


def cookie(name: str, value: str, seconds: int) -> str:
    """A `Set-Cookie` value; the browser keeps the cookie for so long.

    `Lax`: a link in a mail is followed with it, and a form of another site is sent without it.
    """
    return f"{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"


def no_cookie(name: str) -> str:
    """A `Set-Cookie` value that makes the browser forget it."""
    return cookie(name, "", 0)
