"""Cursors: where a list goes on, signed, so that nobody can make one up.

A cursor is good in one list, with the filters that it had there, for the member who was shown it. Anywhere else it is
none, and the list begins where lists begin. In the same way is signed what a browser holds of a search.
"""

import hashlib
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer

from shared.errors import KeysUnavailable
from shared.keys import Keys, KeySet


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes cursors and reads them."""

    keys: Keys

    def write(self, position: str, *of: str) -> str:
        """A cursor.

        Args:
            position: Where the list goes on.
            *of: All that the cursor is bound to: the list, its filters, the member.

        Raises:
            KeysUnavailable: None can be signed now.
        """
        return _signer(self._keys(), of).sign(position).decode()

    def read(self, cursor: str, *of: str) -> str | None:
        """The position in a cursor; None where it is none of ours, or was made for something else.

        Raises:
            KeysUnavailable: Nobody can tell now.
        """
        try:
            return _signer(self._keys(), of).unsign(cursor).decode()
        except BadSignature:
            return None

    def _keys(self) -> KeySet:
        if keys := self.keys.get():
            return keys
        raise KeysUnavailable(self.keys.failure)


def _signer(keys: KeySet, of: tuple[str, ...]) -> Signer:
    # The salt is hashed with the key: what it is made of is nowhere to be read. Lengths keep two lists apart.
    salt = "".join(["needlepoint.cursor", *(f"/{len(each)}/{each}" for each in of)])
    return Signer(keys.links, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
