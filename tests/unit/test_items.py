"""The calls to the table: whatever becomes of one, the stores learn of it by the one error that they know."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from shared.errors import StoreUnavailable
from shared.items import Table

KEY: Any = {"pk": {"S": "1"}, "sk": {"S": "1"}}
ERRORS: dict[str, Exception] = {
    "no answer": ReadTimeoutError(endpoint_url="https://dynamodb"),
    "no connection": EndpointConnectionError(endpoint_url="https://dynamodb"),
    "a connection that is closed": ConnectionClosedError(endpoint_url="https://dynamodb"),
    "an error": ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, "Call"),
    "no reason": ClientError({"Error": {"Code": "TransactionCanceledException", "Message": ""}}, "Call"),
}
CALLS: dict[str, Callable[[Table], object]] = {
    "create": lambda table: table.create(KEY, []),
    "create unless": lambda table: table.create(KEY, [KEY]),
    "get": lambda table: table.get(KEY),
    "get each": lambda table: list(table.get_each([KEY])),
    "put": lambda table: table.put(KEY),
    "update": lambda table: table.update(KEY, "attribute_exists(pk)", {"a": None}),
    "write all": lambda table: table.write_all([table.putting(KEY)]),
    "delete": lambda table: table.delete(KEY),
    "query": lambda table: list(table.query()),
    "scan": lambda table: list(table.scan()),
}


class Failing:
    """A client of which every call fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def call(**_: object) -> None:
            raise self.error

        return call


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", ERRORS)
def test_a_call_that_fails_is_a_store_that_is_unavailable(call: str, error: str) -> None:
    client: Any = Failing(ERRORS[error])

    with pytest.raises(StoreUnavailable):
        CALLS[call](Table("table", client))
