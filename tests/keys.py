"""Keys without AWS: a secret that can change and fail."""

import json
from typing import Any

from shared.keys import Keys
from tests.clock import Clock


class Secret:
    """A secret; its value is what it says or what it holds as JSON."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.fault: Exception | None = None
        self.reads = 0

    @property
    def client(self) -> Any:
        """A client for Secrets Manager that knows this secret alone."""
        return self

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - botocore's name
        self.reads += 1
        if self.fault:
            raise self.fault
        return {"SecretString": self.value if isinstance(self.value, str) else json.dumps(self.value)}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.value = json.loads(SecretString)


def keys_with(person: str = "p" * 64) -> Keys:
    """Keys as a first deployment makes them."""
    return Keys("keys", Secret({"person": person}).client, Clock())
