"""Woken by the table's stream for speed and by the schedule for certainty; both do the same."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from shared.init_phase import in_init_phase
from functions.notify.alert import Alerts
from functions.notify.compose import compose
from functions.notify.languages import read_languages
from functions.notify.mailer import Mailer
from shared.messages import translations
from shared.practice import read_compiled
from shared.settings import read
from shared.store import LeadStore, lead_id
from shared.telemetry import describe, invocation

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

# One mail can take as long as SES's time-outs together, and then there is time to record it; unless DynamoDB too makes
# a claim wait, and then the alert may come twice.
_MILLISECONDS_FOR_ONE_ALERT: Final = 15_000
_ALERTS_IN_ONE_SWEEP: Final = 25


@dataclass(frozen=True, slots=True)
class Settings:
    """What the template gives this function."""

    table_name: str
    alert_sender: str
    alert_recipient: str
    alert_detail: str
    configuration_set: str


@cache
def settings() -> Settings:
    """The settings, read on first use."""
    return read(Settings)


@cache
def store() -> LeadStore:
    """The lead store, with its connection kept between invocations."""
    return LeadStore(settings().table_name)


@cache
def mailer() -> Mailer:
    """The mailer, likewise."""
    return Mailer(settings().alert_sender, settings().configuration_set)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of stream records, or the schedule's tick. Answers which records the stream is to bring again."""
    with invocation(context) as log:
        alerts = _alerts(log)
        if "Records" in event:
            return {"batchItemFailures": list(_unsent(event["Records"], alerts, context, log))}
        _sweep(alerts, context, log)
        return {}


def _sweep(alerts: Alerts, context: Any, log: "Logger") -> None:
    """Every alert that is due, as far as time allows. Raises the last failure once all had their turn."""
    failure: Exception | None = None
    for owed in store().owed(time.time(), _ALERTS_IN_ONE_SWEEP):
        try:
            if _has_time(context):
                alerts.send(owed)
        except Exception as error:  # whatever is wrong with one, the others are sent
            _log_interrupted(log, owed, error)
            failure = error
    if failure:
        raise failure


def _unsent(
    records: Iterable[Mapping[str, Any]], alerts: Alerts, context: Any, log: "Logger"
) -> Iterable[dict[str, str]]:
    """The records whose alert was not tried to the end. One that was refused is not among them: the schedule has it."""
    for record in records:
        new = lead_id(record["dynamodb"]["Keys"])
        try:
            if _has_time(context):
                alerts.send(new)
                continue
        except Exception as error:  # likewise
            _log_interrupted(log, new, error)
        yield {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}


def _log_interrupted(log: "Logger", lead_id: str, error: Exception) -> None:
    log.error("alert not claimed, or not recorded and so sent again", lead_id=lead_id, **describe(error))


def _has_time(context: Any) -> bool:
    remaining: int = context.get_remaining_time_in_millis()
    return remaining > _MILLISECONDS_FOR_ONE_ALERT


def _alerts(log: "Logger") -> Alerts:
    practice, wanted = read_compiled(), settings()
    languages, catalogue = read_languages(), translations(practice.language)
    return Alerts(
        store=store(),
        mailer=mailer(),
        recipient=wanted.alert_recipient,
        compose=lambda lead: compose(
            lead,
            practice,
            languages,
            catalogue,
            sender=wanted.alert_sender,
            recipient=wanted.alert_recipient,
            detail=wanted.alert_detail,
        ),
        clock=time.time,
        log=log,
    )


@in_init_phase
def prepare() -> None:
    """What every invocation needs."""
    store()
    mailer()
    read_compiled()
