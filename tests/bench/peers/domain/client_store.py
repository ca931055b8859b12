"""Storing a lead by boto3's client."""

import os
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from shared.lead import Lead

from .leads import item_of

_client = boto3.client("dynamodb")
_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def store(lead: Lead) -> dict[str, Any]:
    """Store a lead unless it is stored already; the item as it is stored now."""
    item = item_of(lead)
    try:
        _client.put_item(
            TableName=os.environ["TABLE_NAME"],
            Item={name: _serialize(value) for name, value in item.items()},
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        stored: Any = error.response
        if "Item" not in stored:
            raise
        return {name: _deserialize(value) for name, value in stored["Item"].items()}
    return item
