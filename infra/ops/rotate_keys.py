"""Rotate the keys that sign links: `python -m infra.ops.rotate_keys STACK`.

A new key signs from now on, the one before is still accepted, and the one before that no more. The key that makes
persons' digests stays as it is.
"""

import argparse
import json
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.ops.stack import physical_id
from shared.aws import aws_client
from shared.keys import KEPT_SECONDS, first_key_of_links

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

LOGICAL_ID: Final = "Keys"


def rotate(client: "SecretsManagerClient", secret_id: str) -> None:
    """Make a new key, and keep the one before it."""
    document = json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])
    in_use = document.get("current") or first_key_of_links(document["person"].encode())
    document |= {"current": secrets.token_hex(32), "previous": in_use}
    client.put_secret_value(SecretId=secret_id, SecretString=json.dumps(document))


def seconds_to_wait(client: "SecretsManagerClient", secret_id: str) -> int:
    """How long a function may still sign with the key before the one in use, in seconds; 0 where none can."""
    since = datetime.now(UTC) - client.get_secret_value(SecretId=secret_id)["CreatedDate"]
    return max(0, round(KEPT_SECONDS - since.total_seconds()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Rotate the keys of a stack and say so; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops.rotate_keys", description="Rotate the keys of links.")
    parser.add_argument("stack", help="the stack's name, such as needlepoint-prod")
    stack = parser.parse_args(arguments).stack
    try:
        secret_id = physical_id(stack, LOGICAL_ID)
        client: Any = aws_client("secretsmanager")
        if wait := seconds_to_wait(client, secret_id):
            sys.stderr.write(f"Not yet: functions may sign with the key before for {wait} s more. Try again then.\n")
            return 1
        rotate(client, secret_id)
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        "A new key signs links. Links of the key before still work; those of the one before that are refused.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
