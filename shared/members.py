"""Who works in the practice's inbox: the addresses that the template names, and nobody else."""

from shared.errors import KeysUnavailable
from shared.keys import Keys


class Members:
    """The members.

    Args:
        listed: Their addresses, separated by commas.
    """

    def __init__(self, listed: str) -> None:
        self.addresses = tuple(address for each in listed.split(",") if (address := each.strip()))

    def __contains__(self, address: str) -> bool:
        return _compared(address) in map(_compared, self.addresses)

    def of_digest(self, digest: str, keys: Keys) -> str | None:
        """The member's address that this is the digest of, or None. Raises KeysUnavailable."""
        return next((address for address in self.addresses if member_digest(address, keys) == digest), None)


def member_digest(address: str, keys: Keys) -> str:
    """What stands for an address, whose it ever is, where the address itself is not to be written down.

    Raises:
        KeysUnavailable: It cannot be made now.
    """
    digest = keys.person_digest("member", _compared(address))
    if digest is None:
        raise KeysUnavailable(keys.failure)
    return digest


def _compared(address: str) -> str:
    return address.strip().casefold()
