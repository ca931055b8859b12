"""What is signed: links to the practice's pages, and what the browser holds that asked to be signed in.

Whoever holds the link to an enquiry may see and do what its page offers, without signing in. It does not expire by
time. A mail is read when somebody finds time for it, a reminder leads to an enquiry that is weeks old, and the page
names no person and can undo whatever it does. It ends with its lead, which is erased or expires, and with its key: the
keys are rotated, and what the key before the last signed is refused. How long an ask is good, its item says.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final, NamedTuple

from itsdangerous import BadSignature, Signer

from shared.errors import KeysUnavailable
from shared.keys import Keys, KeySet

INBOX_PATH: Final = "/inbox"
ENQUIRY_PATH: Final = f"{INBOX_PATH}/enquiry/"
SIGN_IN_PATH: Final = f"{INBOX_PATH}/sign-in/"
# Each purpose has a salt, so that what was signed for one is worth nothing for another.
_ENQUIRY: Final = "needlepoint.enquiry"
_SIGN_IN: Final = "needlepoint.sign-in"
_ASKS: Final = "needlepoint.asks"
_CODE: Final = "needlepoint.code"


class Link(NamedTuple):
    """What a link says: which lead it leads to, and the mail that it was in."""

    lead_id: str
    mail_id: str


class Links:
    """Makes links and reads them.

    Args:
        keys: The keys.
        origin: Scheme and host of the practice's pages.
    """

    def __init__(self, keys: Keys, origin: str) -> None:
        self._keys = keys
        self._origin = origin

    def to_enquiry(self, lead_id: str, mail_id: str) -> str | None:
        """The address at which a mail's reader sees an enquiry and says what became of it; None without keys.

        Its last part is made of letters, digits, `-`, `_` and `.`, and begins and ends with a letter or a digit: mail
        programs that look for addresses in a text take it whole. (The last of 43 letters for 32 bytes has two bits that
        are zero, and so is none of the two signs.)
        """
        keys = self._keys.get()
        if keys is None:
            return None
        return f"{self._origin}{ENQUIRY_PATH}{_signed(keys, _ENQUIRY, f'{lead_id}.{mail_id}')}"

    def read(self, token: str) -> Link | None:
        """Read the last part of a link's address.

        Returns:
            What it says, or None where it is none that was made here, or its key is accepted no longer.

        Raises:
            KeysUnavailable: Nobody can tell now.
        """
        said = self._unsigned(_ENQUIRY, token)
        return None if said is None else Link(*said.partition(".")[::2])

    def to_sign_in(self, ask_id: str) -> str:
        """The address at which whoever has it is signed in, once. Raises KeysUnavailable."""
        return f"{self._origin}{SIGN_IN_PATH}{_signed(self._known(), _SIGN_IN, ask_id)}"

    def read_sign_in(self, token: str) -> str | None:
        """The ask that such an address is of, from its last part; None where it is none. Raises KeysUnavailable."""
        return self._unsigned(_SIGN_IN, token)

    def sign_asks(self, ask_ids: Iterable[str]) -> str:
        """What the browser holds that asked, for as long as it waits for a code. Raises KeysUnavailable."""
        return _signed(self._known(), _ASKS, ".".join(ask_ids))

    def read_asks(self, held: str) -> tuple[str, ...]:
        """The ids of the asks from what a browser holds; none where it was not made here. Raises KeysUnavailable."""
        said = self._unsigned(_ASKS, held)
        return tuple(said.split(".")) if said else ()

    def codes(self, ask_id: str) -> tuple[str, ...]:
        """The code of an ask, six digits, and the one by the key before. Raises KeysUnavailable."""
        return tuple(_code(key, ask_id) for key in reversed(self._known().links))

    def _known(self) -> KeySet:
        if (keys := self._keys.get()) is None:
            raise KeysUnavailable(self._keys.failure)
        return keys

    def _unsigned(self, salt: str, token: str) -> str | None:
        keys = self._known()
        said = _unsigned(keys, salt, token)
        if said is None and (newer := self._keys.get_anew()) is not None and newer != keys:
            said = _unsigned(newer, salt, token)
        return said


def _signed(keys: KeySet, salt: str, text: str) -> str:
    return _signer(keys, salt).sign(text).decode()


def _unsigned(keys: KeySet, salt: str, token: str) -> str | None:
    try:
        return _signer(keys, salt).unsign(token).decode()
    except BadSignature:
        return None


def _signer(keys: KeySet, salt: str) -> Signer:
    return Signer(keys.links, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)


def _code(key: bytes, ask_id: str) -> str:
    number = int.from_bytes(hmac.digest(key, f"{_CODE}.{ask_id}".encode(), "sha256"))
    return f"{number % 1_000_000:06}"
