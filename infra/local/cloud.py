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

from infra.local.endpoint import AwsEndpoint
from infra.local.errors import TemplateError
from infra.local.process_environment import FunctionSpec
from infra.local.routes import Route, from_openapi
from infra.local.template import ACCOUNT_ID, REGION, Template

STACK_NAME = "needlepoint"


@dataclass(frozen=True)
class Resource:
    """One resource of the stack: its properties with every intrinsic function resolved, and moto's object for it."""

    logical_id: str
    type: str
    properties: dict[str, Any]
    model: Any


class Cloud:
    """moto, from :meth:`start` to :meth:`stop`, and at an endpoint for the functions."""

    def __init__(self, endpoint: AwsEndpoint) -> None:
        self._endpoint = endpoint
        self._stack: Any = None

    def start(self) -> None:
        """Begins with an empty account and opens the endpoint."""
        self._reset()
        self._endpoint.start()

    def stop(self) -> None:
        """Closes the endpoint and forgets everything."""
        self._endpoint.stop()
        self._reset()

    def create_stack(self, template: Template) -> None:
        """Creates the stack.

        Raises:
            TemplateError: CloudFormation refuses a resource.
        """
        from moto.cloudformation.models import cloudformation_backends

        from infra.local.moto_models import teach
        from infra.local.moto_tables import hasten

        hasten()
        teach(resource["Type"] for resource in template.cloudformation["Resources"].values())
        with self._endpoint.lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self._stack = cloudformation_backends[ACCOUNT_ID][REGION].create_stack(
                    STACK_NAME, json.dumps(template.cloudformation), template.parameters
                )
                # moto parses lazily; what does not resolve shows only when it is read.
                list(self.resources())
            except Exception as error:  # moto's services have no common error
                raise TemplateError(f"CloudFormation cannot create the stack: {error}") from error
            self._take_over()

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
            # Not the stack's own: moto puts another table in its place where a transaction fails.
            tables = list(self._dynamodb.tables.values())
            return [plain(item.to_regular_json()) for table in tables for item in table.all_items()]

    def stream_records(self, stream_arn: str, start: int, limit: int) -> list[dict[str, Any]]:
        """At most so many records of a table's stream, after those to skip, as Lambda delivers them."""
        with self._endpoint.lock:
            records = [plain(item.to_json()) for item in self._shard(stream_arn).items[start : start + limit]]
        return [{**record, "awsRegion": REGION, "eventSourceARN": stream_arn} for record in records]

    def stream_length(self, stream_arn: str) -> int:
        """How many records a table's stream has had so far."""
        with self._endpoint.lock:
            return len(self._shard(stream_arn).items)

    def shard_id(self, stream_arn: str) -> str:
        """The id of a stream's only shard."""
        return str(self._shard(stream_arn).id)

    def send(self, arn: str, body: str) -> None:
        """Puts a message into an SQS queue, or publishes it to an SNS topic."""
        from moto.sns.models import sns_backends

        with self._endpoint.lock:
            if ":sns:" in arn:
                sns_backends[ACCOUNT_ID][REGION].publish(body, arn=arn)
            else:
                self._sqs.send_message(_name(arn), body)

    def receive(self, queue_arn: str, limit: int) -> list[dict[str, Any]]:
        """Messages of a queue, as Lambda delivers them; they are hidden for the queue's visibility time."""
        with self._endpoint.lock:
            timeout = self._sqs.get_queue(_name(queue_arn)).visibility_timeout
            messages = self._sqs.receive_message(_name(queue_arn), limit, 0, timeout, ["All"])
        return [_sqs_record(message, queue_arn) for message in messages]

    def delete(self, queue_arn: str, receipt_handles: Iterable[str]) -> None:
        """Deletes messages that were received."""
        with self._endpoint.lock:
            for handle in receipt_handles:
                self._sqs.delete_message(_name(queue_arn), handle)

    def queued(self, logical_id: str) -> list[str]:
        """The bodies of the messages in a queue, oldest first; they stay there."""
        with self._endpoint.lock:
            queues = [queue for queue in self.resources("AWS::SQS::Queue") if queue.logical_id == logical_id]
            return [str(message.body) for queue in queues for message in queue.model._messages]  # noqa: SLF001 - receiving would hide them

    def count(self, namespace: str, metric: str, dimensions: Mapping[str, str]) -> None:
        """Adds one to a CloudWatch metric."""
        from moto.cloudwatch.models import cloudwatch_backends

        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        datum = {"MetricName": metric, "Value": 1, "Unit": "Count", "Dimensions": named}
        with self._endpoint.lock:
            cloudwatch_backends[ACCOUNT_ID][REGION].put_metric_data(namespace, [datum])

    @property
    def _sqs(self) -> Any:
        from moto.sqs.models import sqs_backends

        return sqs_backends[ACCOUNT_ID][REGION]

    @property
    def _dynamodb(self) -> Any:
        from moto.dynamodb.models import dynamodb_backends

        return dynamodb_backends[ACCOUNT_ID][REGION]

    def _shard(self, stream_arn: str) -> Any:
        name = stream_arn.partition(":table/")[2].partition("/stream/")[0]
        return self._dynamodb.get_table(name).stream_shard

    def _take_over(self) -> None:
        """Takes event sources and rules from moto, which would run functions in Docker, or not at all.

        Sets each table's TTL, too, which moto's CloudFormation passes over.
        """
        for resource in self.resources():
            if resource.type in ("AWS::DynamoDB::Table", "AWS::SQS::Queue"):
                resource.model.lambda_event_source_mappings.clear()
            if resource.type == "AWS::Events::Rule":
                resource.model.targets.clear()
            if expiry := resource.properties.get("TimeToLiveSpecification"):
                self._dynamodb.update_time_to_live(resource.model.name, expiry)

    def _reset(self) -> None:
        from moto.moto_api._internal.models import moto_api_backend

        self._stack = None
        with self._endpoint.lock:
            moto_api_backend.reset()


def _name(queue_arn: str) -> str:
    return queue_arn.rpartition(":")[2]


def _function_spec(resource: Resource) -> FunctionSpec:
    properties = resource.properties
    variables = properties.get("Environment", {}).get("Variables", {})
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
            key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in variables.items()
        },
        log_group=logging.get("LogGroup", f"/aws/lambda/{name}"),
        log_format=logging.get("LogFormat", "Text"),
        log_level=logging.get("ApplicationLogLevel"),
    )


def _sqs_record(message: Any, queue_arn: str) -> dict[str, Any]:
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
            for name, value in message.message_attributes.items()
        },
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def plain(value: Any) -> Any:
    """What moto's and boto3's objects stand for, as JSON: times in seconds since 1970, binary values in base64."""
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
    return value.to_regular_json()
