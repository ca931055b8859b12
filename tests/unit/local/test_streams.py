from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.pump import Source
from infra.local.streams import failure_message

OWED = '{"eventName": ["INSERT"], "dynamodb": {"NewImage": {"alert_owed": {"S": [{"exists": true}]}}}}'


def matches(patterns: list[str], record: dict[str, Any]) -> bool:
    return Source("Id", "arn:stream", "arn:function", patterns=tuple(patterns)).wants(record)


def _record(event: str = "INSERT", **image: dict[str, str]) -> dict[str, Any]:
    return {"eventName": event, "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (_record(alert_owed={"S": "owed"}), True),
        (_record(), False),
        (_record("MODIFY", alert_owed={"S": "owed"}), False),
        (_record(alert_owed={"N": "1"}), False),
    ],
)
def test_a_filter_lets_through_what_its_pattern_describes(record: dict[str, Any], expected: bool) -> None:
    assert matches([OWED], record) is expected


def test_one_of_several_filters_is_enough_and_none_lets_everything_through() -> None:
    record = _record("REMOVE")

    assert matches([OWED, '{"eventName": ["REMOVE"]}'], record)
    assert matches([], record)


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ('[{"prefix": "LEAD#"}]', "LEAD#1", True),
        ('[{"prefix": "LEAD#"}]', "OTHER", False),
        ('[{"anything-but": ["spam"]}]', "new", True),
        ('[{"anything-but": ["spam"]}]', "spam", False),
        ('["a", "b"]', "b", True),
    ],
)
def test_filters_follow_the_event_pattern_language(condition: str, value: str, expected: bool) -> None:
    pattern = f'{{"dynamodb": {{"NewImage": {{"pk": {{"S": {condition}}}}}}}}}'

    assert matches([pattern], _record(pk={"S": value})) is expected


def test_a_failure_destination_hears_where_the_records_are_and_nothing_of_their_content() -> None:
    source = Source("Id", "arn:stream", "arn:function")
    records = [
        {"dynamodb": {"SequenceNumber": str(n), "ApproximateCreationDateTime": n, "NewImage": {"name": {"S": "Ada"}}}}
        for n in (1, 2)
    ]

    message = failure_message(source, "shard-1", records, "RetryAttemptsExhausted", 6, datetime(2026, 1, 2, tzinfo=UTC))

    assert message["requestContext"] | {"requestId": ""} == {
        "requestId": "",
        "functionArn": "arn:function",
        "condition": "RetryAttemptsExhausted",
        "approximateInvokeCount": 6,
    }
    assert message["timestamp"] == "2026-01-02T00:00:00.000Z"
    assert message["DDBStreamBatchInfo"] == {
        "shardId": "shard-1",
        "startSequenceNumber": "1",
        "endSequenceNumber": "2",
        "approximateArrivalOfFirstRecord": "1970-01-01T00:00:01.000Z",
        "approximateArrivalOfLastRecord": "1970-01-01T00:00:02.000Z",
        "batchSize": 2,
        "streamArn": "arn:stream",
    }
    assert "Ada" not in str(message)


def test_a_mapping_is_read_as_the_template_has_it() -> None:
    properties = {
        "EventSourceArn": "arn:aws:dynamodb:us-east-1:1:table/t/stream/s",
        "FunctionName": "function",
        "BatchSize": 7,
        "MaximumRetryAttempts": 2,
        "MaximumRecordAgeInSeconds": 60,
        "BisectBatchOnFunctionError": True,
        "StartingPosition": "LATEST",
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:1:q"}},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": {"Filters": [{"Pattern": OWED}]},
    }

    assert Source.read("Id", properties) == Source(
        "Id",
        "arn:aws:dynamodb:us-east-1:1:table/t/stream/s",
        "function",
        batch_size=7,
        patterns=(OWED,),
        reports_failures=True,
        max_retries=2,
        max_age_seconds=60,
        bisect=True,
        from_start=False,
        on_failure="arn:aws:sqs:us-east-1:1:q",
    )


@pytest.mark.parametrize(("arn", "size"), [("arn:aws:sqs:us-east-1:1:q", 10), ("arn:aws:dynamodb:r:1:table/t", 100)])
def test_a_mapping_without_settings_has_lambdas_own(arn: str, size: int) -> None:
    source = Source.read("Id", {"EventSourceArn": arn, "FunctionName": "function"})

    assert source == Source("Id", arn, "function", batch_size=size)
