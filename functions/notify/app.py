"""Woken by the table's stream for speed and by the schedule for certainty; both do the same."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from gettext import NullTranslations
from typing import TYPE_CHECKING, Any, Final

from shared.init_phase import in_init_phase
from functions.notify.alert import Alerts
from functions.notify.compose import compose
from functions.notify.languages import Language, read_languages
from functions.notify.mailer import Mailer, ses_client
from shared.messages import translations
from shared.store import lead_id
from shared.telemetry import describe
from shared.wiring import LeadWiring, TableSettings

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

# One mail can take as long as SES's time-outs together, and then there is time to record it; unless DynamoDB too makes
# a claim wait, and then the alert may come twice.
_MILLISECONDS_FOR_ONE_ALERT: Final = 15_000
_ALERTS_IN_ONE_SWEEP: Final = 25


@dataclass(frozen=True, slots=True)
class Settings(TableSettings):
    """What the template gives this function."""

    alert_sender: str
    alert_recipient: str
    alert_detail: str
    configuration_set: str


class Wiring(LeadWiring[Settings]):
    """What this function is made of. Each part is made on first use and kept between invocations."""

    def __init__(self) -> None:
        super().__init__(Settings)

    @cached_property
    def mailer(self) -> Mailer:
        """The mailer."""
        return Mailer(self.settings.alert_sender, self.settings.configuration_set, ses_client())

    @cached_property
    def languages(self) -> dict[str, Language]:
        """The published languages by locale."""
        return read_languages()

    @cached_property
    def catalogue(self) -> NullTranslations:
        """The messages in the practice's language."""
        return translations(self.practice.language)


wiring = Wiring()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send the alerts of a batch of stream records, or on the schedule's tick all that are due.

    Returns:
        The records that the stream is to bring again (`ReportBatchItemFailures`); nothing for the schedule.
    """
    with wiring.telemetry.invocation(context) as log:
        alerts = _alerts()
        if "Records" in event:
            return {"batchItemFailures": list(_unsent(event["Records"], alerts, context, log))}
        _sweep(alerts, context, log)
        return {}


def _sweep(alerts: Alerts, context: Any, log: "Logger") -> None:
    """Send every alert that is due, as far as time allows. Raises the last failure once all had their turn."""
    failure: Exception | None = None
    for owed in wiring.store.owed(time.time(), _ALERTS_IN_ONE_SWEEP):
        try:
            if _has_time(context):
                alerts.send(owed)
        except Exception as error:  # what is wrong with one must not stop the others
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
        except Exception as error:  # as above
            _log_interrupted(log, new, error)
        yield {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}


def _log_interrupted(log: "Logger", lead_id: str, error: Exception) -> None:
    log.error("alert not claimed, or not recorded and so sent again", lead_id=lead_id, **describe(error))


def _has_time(context: Any) -> bool:
    remaining: int = context.get_remaining_time_in_millis()
    return remaining > _MILLISECONDS_FOR_ONE_ALERT


def _alerts() -> Alerts:
    settings, practice, languages, catalogue = wiring.settings, wiring.practice, wiring.languages, wiring.catalogue
    return Alerts(
        store=wiring.store,
        mailer=wiring.mailer,
        recipient=settings.alert_recipient,
        compose=lambda lead: compose(
            lead,
            practice,
            languages,
            catalogue,
            sender=settings.alert_sender,
            recipient=settings.alert_recipient,
            detail=settings.alert_detail,
        ),
        clock=time.time,
        telemetry=wiring.telemetry,
    )


@in_init_phase
def prepare() -> None:
    """What every invocation needs."""
    _alerts()
