"""moto's tables without a wire: its own actions are called as they are, without requests and answers as bytes.

Most of the time that moto takes goes into those, and a scenario makes thousands of calls.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

from infra.local.template import ACCOUNT_ID, REGION


def table_of(name: str) -> Any:
    """moto's own table."""
    return dynamodb_backends[ACCOUNT_ID][REGION].tables[name]


class DirectClient:
    """A client of DynamoDB, as far as the stores use one.

    Args:
        table: The one table that transactions are about.
    """

    def __init__(self, table: str) -> None:
        held = table_of(table)
        # moto copies all it has with each transaction, to go back to.
        held.stream_shard = None
        held.__deepcopy__ = lambda _: held

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A call of boto3's."""
        action = getattr(DynamoHandler, name)
        return lambda **request: _act(action, request)

    def transact_write_items(self, **request: Any) -> Any:
        """As boto3's."""
        take_back = _keep(request["TransactItems"])
        try:
            return _act(DynamoHandler.transact_write_items, request)
        except ClientError:
            take_back()
            raise


def _keep(parts: list[dict[str, Any]]) -> Callable[[], None]:
    """Remember the items that a transaction is about; what comes back puts them back."""
    kept = []
    for part in (each for named in parts for each in named.values()):
        table = table_of(part["TableName"])
        at = DynamoType((part.get("Key") or part["Item"])[table.hash_key_attr])
        kept.append((table, at, copy.deepcopy(table.items.get(at))))

    def take_back() -> None:
        for table, at, was in kept:
            if was is None:
                table.items.pop(at, None)
            else:
                table.items[at] = was

    return take_back


def _act(action: Callable[[DynamoHandler], Any], request: dict[str, Any]) -> Any:
    handler = DynamoHandler()
    handler.region, handler.current_account = REGION, ACCOUNT_ID
    handler.body = copy.deepcopy(request)
    try:
        return action(handler).result
    except HTTPException as error:
        answer = json.loads(error.description or "{}")
        code = answer.pop("__type").rpartition("#")[2]
        response: Any = {**answer, "Error": {"Code": code, "Message": ""}}
        raise ClientError(response, action.__name__) from None
