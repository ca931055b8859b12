"""Woken by the table's stream for speed and by the schedule for certainty; both do the same."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from shared.init_phase import in_init_phase
from functions.notify.alert import MOST_IN_A_BUNDLE, Alerts
from functions.notify.alert_tests import AlertTests, compose_test
from functions.notify.compose import compose, compose_bundle
from functions.notify.filing import Filing
from functions.notify.sign_in import SignInMails
from shared.duties import Duty, duties, waits_since
from shared.enquiry_blocks import Linked
from shared.errors import ItemUnreadable
from shared.lead import Lead
from shared.mail_items import is_mail, mail_id
from shared.mail_wiring import MailSettings, MailWiring
from shared.members import Members
from shared.pointers import Pointers
from shared.sign_ins import SignIns, ask_id, is_sign_in
from shared.store import lead_id
from shared.telemetry import describe

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

# One mail can take as long as SES's time-outs together, and then there is time to record it; unless DynamoDB too makes
# a claim wait, and then the alert may come twice.
_MILLISECONDS_FOR_ONE_ALERT: Final = 15_000
_DONE_HERE: Final = (Duty.FILE, Duty.ALERT)


@dataclass(frozen=True, slots=True)
class Settings(MailSettings):
    """What the template gives this function."""

    alert_detail: str
    confirm_to_visitor: str
    inbox_members: str


class Wiring(MailWiring[Settings]):
    """What this function is made of. Each part is made on first use and kept between invocations."""

    def __init__(self) -> None:
        super().__init__(Settings)

    @cached_property
    def filing(self) -> Filing:
        """What files leads."""
        return Filing(
            store=self.store,
            pointers=Pointers(self.settings.table_name, self.dynamodb),
            mails=self.mails,
            digest=self.keys.person_digest,
            confirms=self.settings.confirm_to_visitor == "yes",
            clock=time.time,
        )

    @cached_property
    def alerts(self) -> Alerts:
        """What sends alerts."""
        return Alerts(
            store=self.store,
            mails=self.mails,
            outbox=self.outbox,
            recipient=self.settings.alert_recipient,
            hours=self.hours,
            compose=self._alert,
            compose_bundle=self._bundle,
            clock=time.time,
            telemetry=self.telemetry,
        )

    @cached_property
    def sign_in_mails(self) -> SignInMails:
        """What lets members sign in to the inbox."""
        return SignInMails(
            sign_ins=SignIns(self.settings.table_name, self.dynamodb),
            members=Members(self.settings.inbox_members),
            keys=self.keys,
            links=self.links,
            outbox=self.outbox,
            letterhead=self.letterhead,
            clock=time.time,
            telemetry=self.telemetry,
        )

    @cached_property
    def alert_tests(self) -> AlertTests:
        """What sends tests of the alert."""
        return AlertTests(
            mails=self.mails,
            outbox=self.outbox,
            recipient=self.settings.alert_recipient,
            compose=lambda: self.letterhead.message(compose_test(self.letterhead), self.settings.alert_recipient),
            clock=time.time,
            telemetry=self.telemetry,
        )

    def _alert(self, lead: Lead, recipient: str) -> EmailMessage:
        link = self._linked(lead).link
        mail = compose(lead, self.letterhead, detail=self.settings.alert_detail, link=link)
        return self.letterhead.message(mail, recipient)

    def _bundle(self, leads: list[Lead]) -> EmailMessage:
        mail = compose_bundle([self._linked(lead) for lead in leads], self.letterhead)
        return self.letterhead.message(mail, self.settings.alert_recipient)

    def _linked(self, lead: Lead) -> Linked:
        """The lead with its link in the alert; without keys the alert goes out without it, and ops hear of it."""
        linked = self.linked(lead, lead.alert_mail_id)
        if linked.link is None:
            self.telemetry.count("AlertWithoutLink")
            self.telemetry.log.error("alert without link", lead_id=lead.id, reason=self.keys.failure)
        return linked


wiring = Wiring()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take care of a batch of what is new from the stream, or on the schedule's tick of all leads that are due.

    Returns:
        The records that the stream is to bring again (`ReportBatchItemFailures`); nothing for the schedule.
    """
    log = wiring.telemetry.log_of(context)
    wiring.read_closures()
    if "Records" in event:
        return {"batchItemFailures": list(_unsent(event["Records"], context, log))}
    _sweep(context, log)
    return {}


def _unsent(records: Iterable[Mapping[str, Any]], context: Any, log: "Logger") -> Iterator[dict[str, str]]:
    """The records whose lead was not taken care of. One that SES refused is not among them: the schedule has it."""
    for record in records:
        keys = record["dynamodb"]["Keys"]
        if is_sign_in(keys):
            _send_beside(wiring.sign_in_mails.send, ask_id(keys), log)
            continue
        if is_mail(keys):
            _send_beside(wiring.alert_tests.send, mail_id(keys), log)
            continue
        new = lead_id(keys)
        try:
            if _has_time(context):
                if lead := _filed(new, log):
                    wiring.alerts.send_or_bundle(lead)
                continue
        except ItemUnreadable as error:
            wiring.alerts.put_off(new, error)
            continue
        except Exception as error:  # what is wrong with one must not stop the others
            _log_interrupted(log, new, error)
        yield {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}


def _send_beside(send: Callable[[str], None], which: str, log: "Logger") -> None:
    """Whatever fails, no alert waits for it: who gets no mail to sign in asks again, and a test is sent by the tick."""
    try:
        send(which)
    except Exception as error:  # as below
        log.error("mail not sent", about=which, **describe(error))


def _sweep(context: Any, log: "Logger") -> None:
    """Do what is due, as far as time allows. Raises the last failure once all had their turn."""
    alerts, now = wiring.alerts, time.time()
    crowd: list[Lead] = []
    oldest = now
    failure: Exception | None = None
    ids = dict.fromkeys(chain(wiring.store.due(_DONE_HERE, now), wiring.store.owed(now)))
    for due in ids:
        try:
            if not _has_time(context) or len(crowd) == MOST_IN_A_BUNDLE:
                break
            lead = _filed(due, log)
            # The canary's alert is left to the stream: sent from here, it would not show that the stream is dead.
            if lead is None or wiring.store.is_canary(lead):
                continue
            oldest = min(oldest, waits_since(lead, _DONE_HERE, wiring.hours, now))
            if not alerts.is_due(lead):
                continue
            if lead.alert_bundle:
                crowd.append(lead)
            else:
                alerts.send_or_bundle(lead)
        except ItemUnreadable as error:
            alerts.put_off(due, error)
        except Exception as error:  # as above
            _log_interrupted(log, due, error)
            failure = error
    _send_crowd(crowd)
    wiring.alert_tests.send_waiting()
    wiring.telemetry.measure("OldestStepSeconds", now - oldest)
    if failure:
        raise failure


def _send_crowd(crowd: list[Lead]) -> None:
    if len(crowd) == 1:
        wiring.alerts.send(crowd[0])
    elif crowd:
        wiring.alerts.send_bundle(crowd)


def _filed(lead_id: str, log: "Logger") -> Lead | None:
    """The lead, filed if that was possible; its alert does not wait for it. None where there is none (any more)."""
    lead = wiring.store.read(lead_id)
    # What a release before duties has alerted owes nothing: a fact would make it owe a proof that cannot come.
    if lead is None or lead.filed_at or not duties(lead, wiring.hours):
        return lead
    try:
        return wiring.filing.file(lead)
    except ItemUnreadable:
        raise
    except Exception as error:
        log.warning("lead not filed, the next sweep will", lead_id=lead_id, **describe(error))
        return lead


def _log_interrupted(log: "Logger", lead_id: str, error: Exception) -> None:
    log.error("alert not claimed, or not recorded and so sent again", lead_id=lead_id, **describe(error))


def _has_time(context: Any) -> bool:
    remaining: int = context.get_remaining_time_in_millis()
    return remaining > _MILLISECONDS_FOR_ONE_ALERT


@in_init_phase
def prepare() -> None:
    """What every invocation needs."""
    _ = wiring.alerts, wiring.filing, wiring.letterhead
