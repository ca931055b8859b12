"""Woken by a queue with what SES says of mails; what it cannot read or write comes again, and at last is put aside."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from pydantic import ValidationError

from shared.init_phase import in_init_phase
from functions.delivery.event import MailEvent
from functions.delivery.facts import Facts
from shared.errors import StoreUnavailable
from shared.mail_items import MailStore
from shared.telemetry import describe
from shared.wiring import LeadWiring, TableSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord


class Wiring(LeadWiring[TableSettings]):
    """What this function is made of. Each part is made on first use and kept between invocations."""

    def __init__(self) -> None:
        super().__init__(TableSettings)

    @cached_property
    def facts(self) -> Facts:
        """What writes down what became of a mail."""
        mails = MailStore(self.settings.table_name, self.dynamodb, budget=0)  # it sends none
        return Facts(mails, self.store, self.telemetry)

    @cached_property
    def processor(self) -> BatchProcessor:
        """Gives the events out one by one, and says which are to come again."""
        # Where all fail, it would otherwise raise an error that quotes what they are.
        return BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


wiring = Wiring()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write down what became of mails.

    Returns:
        The messages that the queue is to bring again (`ReportBatchItemFailures`).
    """
    wiring.telemetry.log_of(context)
    wiring.read_closures()
    response = process_partial_response(event, _write_down, wiring.processor, context)
    return {"batchItemFailures": response["batchItemFailures"]}


def _write_down(record: "SQSRecord") -> None:
    """Write one event down. What it raises has been logged, and brings the event again."""
    log = wiring.telemetry.log
    try:
        wiring.facts.write(MailEvent.model_validate_json(record.body))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))} {fault['type']}".strip() for fault in error.errors()]
        log.error("event cannot be read", queue_message_id=record.message_id, faults=faults)
        raise
    except Exception as error:
        # Only the store's own errors are texts of ours: DynamoDB's code, and no more.
        reason = str(error) if isinstance(error, StoreUnavailable) else None
        log.error("event not written", queue_message_id=record.message_id, reason=reason, **describe(error))
        raise


@in_init_phase
def prepare() -> None:
    """What every invocation needs."""
    _ = wiring.processor, wiring.facts
