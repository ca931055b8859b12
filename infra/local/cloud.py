"""The AWS account on this machine: moto, with the stack created from the template.

Everything the rest of the local stack knows about functions, routes, streams and schedules is read back from here,
so that the template stays the only description. moto keeps its state in module globals: one cloud per process.
"""

import base64
import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from infra.local.endpoint import AwsEndpoint
from infra.local.errors import TemplateError
from infra.local.process_environment import FunctionSpec
from infra.local.routes import Route, from_openapi
from infra.local.template import REGION, Template

STACK_NAME = "needlepoint"


@dataclass(frozen=True)
class Resource:
    """One resource of the stack.

    Attributes:
        logical_id: Its name in the template.
        properties: With every intrinsic function resolved.
        model: moto's object for it.
    """

    logical_id: str
    type: str
    properties: dict[str, Any]
    model: Any


class Cloud:
    """moto, from :meth:`start` to :meth:`stop`.

    Args:
        endpoint: Where the functions reach it.
    """

    def __init__(self, endpoint: AwsEndpoint) -> None:
        self._endpoint = endpoint
        self._stack: Any = None

    @property
    def account_id(self) -> str:
        """The AWS account's id."""
        from moto.core.models import DEFAULT_ACCOUNT_ID

        return DEFAULT_ACCOUNT_ID

    def start(self) -> None:
        """Begins with an empty account and opens the endpoint."""
        self._reset()
        self._endpoint.start()

    def stop(self) -> None:
        """Closes the endpoint and forgets everything."""
        self._endpoint.stop()
        self._stack = None
        self._reset()

    def create_stack(self, template: Template) -> None:
        """Creates the stack.

        Raises:
            TemplateError: CloudFormation refuses a resource.
        """
        from moto.cloudformation.models import cloudformation_backends

        from infra.local.moto_models import teach

        teach(resource["Type"] for resource in template.cloudformation["Resources"].values())
        with self._endpoint.lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self._stack = cloudformation_backends[self.account_id][REGION].create_stack(
                    STACK_NAME, template.to_json(), template.parameters
                )
                # moto parses lazily; what does not resolve shows only when it is read.
                list(self.resources())
            except Exception as error:  # moto's services have no common error
                raise TemplateError(f"CloudFormation cannot create the stack: {error}") from error
            self._take_over_event_sources()
            self._turn_on_expiry()

    def resources(self, resource_type: str | None = None) -> Iterator[Resource]:
        """The stack's resources, those of one type if given, without those whose condition is false."""
        from moto.cloudformation.parsing import clean_json

        resource_map = self._stack.resource_map
        for logical_id, resource in self._stack.template_dict["Resources"].items():
            if resource_type in (None, resource["Type"]) and (model := resource_map[logical_id]) is not None:
                properties = clean_json(resource.get("Properties", {}), resource_map)
                yield Resource(logical_id, resource["Type"], properties, model)

    def outputs(self) -> dict[str, str]:
        """The stack's outputs."""
        return {output["OutputKey"]: output["OutputValue"] for output in self._stack.outputs or []}

    def functions(self) -> list[FunctionSpec]:
        """The stack's functions."""
        return [_function_spec(resource) for resource in self.resources("AWS::Lambda::Function")]

    def routes(self) -> list[Route]:
        """The HTTP API's routes.

        Raises:
            TemplateError: There is more than one API, or a route calls no function.
        """
        apis = list(self.resources("AWS::ApiGatewayV2::Api"))
        if len(apis) > 1:
            raise TemplateError("The local stack serves one HTTP API, and the template has several.")
        try:
            return [route for api in apis for route in from_openapi(api.properties["Body"])]
        except ValueError as error:
            raise TemplateError(f"The HTTP API: {error}") from error

    def items(self) -> list[dict[str, Any]]:
        """Every item of every table, as plain JSON."""
        with self._endpoint.lock:
            tables = [resource.model for resource in self.resources("AWS::DynamoDB::Table")]
            return [decode(item.to_json()["Attributes"]) for table in tables for item in table.all_items()]

    def stream_records(self, stream_arn: str, start: int, limit: int) -> list[dict[str, Any]]:
        """Records of a table's stream, as Lambda delivers them.

        Args:
            stream_arn: The stream.
            start: How many records of the stream to skip.
            limit: How many to give at most.
        """
        with self._endpoint.lock:
            shard = self._table(stream_arn).stream_shard
            records = [plain(item.to_json()) for item in shard.items[start : start + limit]]
        return [{**record, "awsRegion": REGION, "eventSourceARN": stream_arn} for record in records]

    def stream_length(self, stream_arn: str) -> int:
        """How many records a table's stream has had so far."""
        with self._endpoint.lock:
            return len(self._table(stream_arn).stream_shard.items)

    def shard_id(self, stream_arn: str) -> str:
        """The id of a stream's only shard."""
        return str(self._table(stream_arn).stream_shard.id)

    def send(self, arn: str, body: str) -> None:
        """Puts a message into an SQS queue, or publishes it to an SNS topic."""
        from moto.sns.models import sns_backends

        with self._endpoint.lock:
            if ":sns:" in arn:
                sns_backends[self.account_id][REGION].publish(body, arn=arn)
            else:
                self._sqs.send_message(arn.rpartition(":")[2], body)

    def receive(self, queue_arn: str, limit: int) -> list[dict[str, Any]]:
        """Messages of a queue, as Lambda delivers them; they are hidden for the queue's visibility time."""
        name = queue_arn.rpartition(":")[2]
        with self._endpoint.lock:
            timeout = self._sqs.get_queue(name).visibility_timeout
            messages = self._sqs.receive_message(name, limit, 0, timeout, ["All"])
        return [_sqs_record(message, queue_arn) for message in messages]

    def delete(self, queue_arn: str, receipt_handles: Iterable[str]) -> None:
        """Deletes messages that were received."""
        with self._endpoint.lock:
            for handle in receipt_handles:
                self._sqs.delete_message(queue_arn.rpartition(":")[2], handle)

    def count(self, namespace: str, metric: str, dimensions: Mapping[str, str]) -> None:
        """Adds one to a CloudWatch metric."""
        from moto.cloudwatch.models import cloudwatch_backends

        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        datum = {"MetricName": metric, "Value": 1, "Unit": "Count", "Dimensions": named}
        with self._endpoint.lock:
            cloudwatch_backends[self.account_id][REGION].put_metric_data(namespace, [datum])

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something in this account."""
        return f"arn:aws:{service}:{REGION}:{self.account_id}:{resource}"

    def queued(self, logical_id: str) -> list[str]:
        """The bodies of the messages in a queue, oldest first; they stay there."""
        with self._endpoint.lock:
            queues = [queue for queue in self.resources("AWS::SQS::Queue") if queue.logical_id == logical_id]
            return [str(message.body) for queue in queues for message in queue.model._messages]  # noqa: SLF001 - receiving would hide them

    @property
    def _sqs(self) -> Any:
        from moto.sqs.models import sqs_backends

        return sqs_backends[self.account_id][REGION]

    def _table(self, stream_arn: str) -> Any:
        from moto.dynamodb.models import dynamodb_backends

        name = stream_arn.partition(":table/")[2].partition("/stream/")[0]
        return dynamodb_backends[self.account_id][REGION].get_table(name)

    def _take_over_event_sources(self) -> None:
        """Takes event sources and rules from moto, which would run functions in Docker, or not at all."""
        for table in self.resources("AWS::DynamoDB::Table"):
            table.model.lambda_event_source_mappings.clear()
        for queue in self.resources("AWS::SQS::Queue"):
            queue.model.lambda_event_source_mappings.clear()
        for rule in self.resources("AWS::Events::Rule"):
            rule.model.targets.clear()

    def _turn_on_expiry(self) -> None:
        """Sets each table's TTL, which moto's CloudFormation passes over."""
        from moto.dynamodb.models import dynamodb_backends

        for table in self.resources("AWS::DynamoDB::Table"):
            if expiry := table.properties.get("TimeToLiveSpecification"):
                dynamodb_backends[self.account_id][REGION].update_time_to_live(table.model.name, expiry)

    def _reset(self) -> None:
        from moto.moto_api._internal.models import moto_api_backend

        with self._endpoint.lock:
            moto_api_backend.reset()


def _function_spec(resource: Resource) -> FunctionSpec:
    properties = resource.properties
    logging = properties.get("LoggingConfig", {})
    name = resource.model.function_name
    return FunctionSpec(
        logical_id=resource.logical_id,
        name=name,
        arn=resource.model.function_arn,
        handler=properties["Handler"],
        runtime=properties["Runtime"],
        timeout=float(properties.get("Timeout", 3)),
        memory=int(properties.get("MemorySize", 128)),
        environment={
            key: _text(value) for key, value in properties.get("Environment", {}).get("Variables", {}).items()
        },
        log_group=logging.get("LogGroup", f"/aws/lambda/{name}"),
        log_format=logging.get("LogFormat", "Text"),
        log_level=logging.get("ApplicationLogLevel"),
        region=REGION,
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sqs_record(message: Any, queue_arn: str) -> dict[str, Any]:
    attributes = message.message_attributes
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
        "messageAttributes": {
            name: {"stringValue": value.get("StringValue"), "dataType": value.get("DataType")}
            for name, value in attributes.items()
        },
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def decode(item: Mapping[str, Any]) -> dict[str, Any]:
    """A DynamoDB item as plain JSON: without type tags, sets as sorted lists, binary values in base64."""
    deserialize = TypeDeserializer().deserialize
    decoded: dict[str, Any] = plain({name: deserialize(value) for name, value in item.items()})
    return decoded


def plain(value: Any) -> Any:
    """What moto's and boto3's objects stand for, as JSON; times in seconds since 1970, as Lambda gives them."""
    return json.loads(json.dumps(value, default=_to_json))


def _to_json(value: Any) -> Any:
    match value:
        case datetime():
            return value.replace(tzinfo=UTC).timestamp()  # moto's times are UTC and do not say so
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case set():
            return sorted(getattr(each, "value", each) for each in value)
        case bytes():
            return base64.b64encode(value).decode("ascii")
    if hasattr(value, "value"):
        return value.value  # boto3's Binary
    if hasattr(value, "to_regular_json"):
        return value.to_regular_json()
    raise TypeError(f"{type(value).__name__} in a DynamoDB item")
