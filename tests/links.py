"""Links to enquiries of a local stack, made as its functions make them."""

from typing import Any

import boto3

from infra.local.stack import LocalStack
from infra.local.template import REGION
from shared.keys import Keys
from shared.links import Links


def links_of(stack: LocalStack) -> Links:
    """The stack's links, with the keys as they are now."""
    return Links(Keys(keys_secret(stack), secrets_manager(stack)), stack.url)


def secrets_manager(stack: LocalStack) -> Any:
    """A client for the stack's Secrets Manager."""
    return boto3.client("secretsmanager", endpoint_url=stack.endpoint.url, region_name=REGION)


def keys_secret(stack: LocalStack) -> str:
    """The ARN of the stack's keys."""
    (keys,) = [each for each in stack.cloud.resources("AWS::SecretsManager::Secret") if each.logical_id == "Keys"]
    return str(keys.model.physical_resource_id)
