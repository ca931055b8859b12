"""The keys: one secret in AWS Secrets Manager, whose value is one JSON object.

    person      makes the digests by which the same person is known again, and never changes
    current     signs links; where it is missing, a key derived from `person` does, until the first rotation
    previous    still accepted; missing until the first rotation

CloudFormation can make one random value in a secret, and that is `person`: what is there from the first deployment is
enough, and no step is left for a person. `infra.ops.rotate_keys` writes the other two.
"""

import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from shared.aws import aws_client

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# A function may run for hours. So long a key is used, or accepted, that a rotation has replaced.
KEPT_SECONDS: Final = 600
# Neither signatures that nobody made nor an outage make more calls than this.
_BETWEEN_CALLS_SECONDS: Final = 60


class Secret:
    """One secret in Secrets Manager.

    Args:
        secret_id: Its name or ARN.
        client: A client for Secrets Manager.
    """

    def __init__(self, secret_id: str, client: "SecretsManagerClient") -> None:
        self._secret_id = secret_id
        self._client = client

    def value(self) -> str:
        """What it holds now. Raises what botocore raises."""
        return self._client.get_secret_value(SecretId=self._secret_id)["SecretString"]


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys as they were read. `links` has those that sign, from the oldest that is accepted to the one in use."""

    person: bytes = field(repr=False)
    links: tuple[bytes, ...] = field(repr=False)


class Keys:
    """The keys in one secret, read on first use and kept between invocations.

    Args:
        secret_id: The secret's name or ARN.
        client: A client for Secrets Manager.
        clock: Gives the time in seconds since the epoch.

    Attributes:
        failure: Why they could not be read the last time, as a code; None if they could.
    """

    def __init__(self, secret_id: str, client: "SecretsManagerClient", clock: Callable[[], float] = time.time) -> None:
        self.failure: str | None = None
        self._secret = Secret(secret_id, client)
        self._clock = clock
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")

    def get(self, kept: float = KEPT_SECONDS) -> KeySet | None:
        """The keys, read again where they were kept for so many seconds.

        Returns:
            None where they were never read: it never raises, because an alert without a link is better than no alert.
        """
        now = self._clock()
        if now - self._asked_at >= (kept if self._keys else _BETWEEN_CALLS_SECONDS):
            self._asked_at = now
            self._read()
        return self._keys

    def get_anew(self) -> KeySet | None:
        """The keys as they are now, for a signature that is of none of them; asked for once a minute at most."""
        return self.get(_BETWEEN_CALLS_SECONDS)

    def person_digest(self, kind: str, value: str) -> str | None:
        """By what a person is known again, who cannot be found out from it without the key.

        Args:
            kind: What the value is: `phone` or `email`.
            value: A number or an address, in the one form that it is compared in.

        Returns:
            32 hexadecimal digits, or None where there is no key.
        """
        keys = self.get()
        return _hmac(keys.person, f"{kind}:{value}").hex()[:32] if keys else None

    def _read(self) -> None:
        try:
            self._keys = key_set(self._secret.value())
        except Exception as error:  # whatever is wrong with the secret, the alert goes out
            self.failure = _code(error)
        else:
            self.failure = None


def key_set(secret: str) -> KeySet:
    """The keys in a secret's value.

    Raises:
        ValueError: It is no JSON.
        KeyError: It has no `person`.
        TypeError: It is something else than an object of texts.
    """
    document = json.loads(secret)
    person = str.encode(document["person"])
    current = document.get("current")
    in_use = str.encode(current) if current else first_key_of_links(person).encode()
    previous = document.get("previous")
    return KeySet(person, (str.encode(previous), in_use) if previous else (in_use,))


def first_key_of_links(person: bytes) -> str:
    """The key that signs links until the first rotation. It tells nothing about the key that it comes from."""
    return _hmac(person, "links").hex()


def secrets_manager_client() -> "SecretsManagerClient":
    """A client for the keys, whose two tries take 5 s at most: a mail is waiting for them."""
    retries = {"mode": "standard", "total_max_attempts": 2}
    client: SecretsManagerClient = aws_client("secretsmanager", connect_timeout=1, read_timeout=1, retries=retries)
    return client


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
