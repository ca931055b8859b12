"""moto's tables without a wire: its own actions are called as they are, without requests and answers as bytes.

Most of the time that moto takes goes into those, and a scenario makes thousands of calls.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

from infra.local.template import ACCOUNT_ID, REGION


class DirectClient:
    """A client of DynamoDB, as far as the stores use one."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A call of boto3's."""
        action = getattr(DynamoHandler, name)
        return lambda **request: _act(action, request)


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
