"""Does what the path says: the ways in which a function can answer, and fail to."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], context: Any) -> Any:
    if event["routeKey"] == "PUT /items/{id}":
        return _put(event["pathParameters"]["id"], event.get("queryStringParameters", {}))
    match event["rawPath"]:
        case "/crash":
            os._exit(3)
        case "/raise":
            raise ValueError("on purpose")
        case "/sleep":
            time.sleep(float(event["queryStringParameters"]["seconds"]))
        case "/malformed":
            return {"statusCode": 200, "headers": {"x": "a\r\nb"}}
        case "/print":
            print("a line for the log", flush=True)
            print("another one", file=sys.stderr, flush=True)
        case "/environment":
            return dict(os.environ)
        case "/site":
            return Path(os.environ["LAMBDA_TASK_ROOT"], "compiled", "site.txt").read_text(encoding="utf-8")
        case "/event":
            return event
    remaining = context.get_remaining_time_in_millis()
    return {"pid": os.getpid(), "greeting": os.environ["GREETING"], "remaining": remaining}


def _put(key: str, attributes: dict[str, str]) -> dict[str, Any]:
    client = boto3.client("dynamodb")
    item = {"pk": {"S": key}, **{name: {"S": value} for name, value in attributes.items()}}
    try:
        client.put_item(TableName=os.environ["TABLE_NAME"], Item=item, ConditionExpression="attribute_not_exists(pk)")
    except client.exceptions.ConditionalCheckFailedException:
        return {"statusCode": 409, "body": "exists"}
    return {"statusCode": 201, "body": "stored"}
