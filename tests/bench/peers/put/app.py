# mypy: ignore-errors
"""What the one call of `leads` costs by itself: botocore, a client like ours, one item of about a lead's size."""

import os

from botocore.config import Config
from botocore.session import get_session

_client = get_session().create_client("dynamodb", config=Config(parameter_validation=False, user_agent="bench"))
_ATTRIBUTES = {f"attribute_{number}": {"S": "twenty characters or"} for number in range(22)}


def lambda_handler(event: dict, context: object) -> dict:
    """Store something under the request's key."""
    _client.put_item(
        TableName=os.environ["TABLE_NAME"],
        Item={"pk": {"S": event["headers"]["idempotency-key"]}, "sk": {"S": "LEAD"}, **_ATTRIBUTES},
        ConditionExpression="attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    return {"statusCode": 201, "headers": {"content-type": "text/plain"}, "body": "", "isBase64Encoded": False}
