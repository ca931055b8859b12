"""Woken every minute: proof that is missing, answers that are missing, and mails that wait; once a week, the digest."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property, partial
from typing import Any, Final

from shared.init_phase import in_init_phase
from functions.followup import mails
from functions.followup.post import Post
from functions.followup.proof import Proof
from functions.followup.reminders import Reminders
from functions.followup.second_channel import SecondChannel, read_urls
from functions.followup.survey import Survey
from functions.followup.week import digest
from shared.duties import Duty, waits_since
from shared.errors import ItemUnreadable
from shared.keys import Secret, secrets_manager_client
from shared.lead import Lead, seconds
from shared.mail_items import MailKind
from shared.mail_wiring import MailSettings, MailWiring
from shared.members import Members, member_digest
from shared.outbox import Outbox
from shared.pointers import Pointers
from shared.retries import LAST_RESORT_DELAY
from shared.telemetry import describe

# So many enquiries are looked at in one run. The others, longest due last, come a minute later.
_MOST_IN_ONE_SWEEP: Final = 200
_WATCHED: Final = (Duty.PROOF, Duty.ANSWER, Duty.AGAIN)
NO_BACKUP: Final = "none"


@dataclass(frozen=True, slots=True)
class Settings(MailSettings):
    """What the template gives this function."""

    backup_recipient: str
    confirmation_set: str
    second_channel_secret: str
    inbox_members: str


class Wiring(MailWiring[Settings]):
    """What this function is made of. Each part is made on first use and kept between invocations."""

    def __init__(self) -> None:
        super().__init__(Settings)

    @cached_property
    def proof(self) -> Proof:
        """What looks for another way where the alert is not proven."""
        secret = Secret(self.settings.second_channel_secret, secrets_manager_client())
        return Proof(
            store=self.store,
            channel=SecondChannel(
                urls=lambda: read_urls(secret),
                outbox=self.outbox,
                backup=self._backup_address,
            ),
            is_due=self.is_due,
            compose=self._backup,
            clock=time.time,
            telemetry=self.telemetry,
        )

    @cached_property
    def reminders(self) -> Reminders:
        """What reminds the practice."""
        return Reminders(
            store=self.store,
            outbox=self.outbox,
            recipient=self.settings.alert_recipient,
            hours=self.hours,
            is_due=self.is_due,
            compose=self._reminder,
            clock=time.time,
            telemetry=self.telemetry,
        )

    @cached_property
    def survey(self) -> Survey:
        """What looks back at a week."""
        pointers = Pointers(self.settings.table_name, self.dynamodb)
        return Survey(self.store, pointers, self.hours, self.practice, self.linked, self._digests_of_members)

    @cached_property
    def members(self) -> Members:
        """Who works in the inbox."""
        return Members(self.settings.inbox_members)

    def _digests_of_members(self) -> list[str]:
        return [member_digest(address, self.keys) for address in self.members.addresses]

    @cached_property
    def post(self) -> Post:
        """What sends the mails that wait by themselves."""
        confirmations = Outbox(self.mails, self.mailer, self.settings.confirmation_set, time.time)
        return Post(
            self.mails,
            {
                MailKind.DIGEST: (self.outbox, self._digest),
                MailKind.CONFIRMATION: (confirmations, self._confirmation),
            },
            time.time,
            self.telemetry,
        )

    @property
    def _backup_address(self) -> str | None:
        backup = self.settings.backup_recipient
        return None if backup == NO_BACKUP else backup

    def _backup(self, leads: list[Lead]) -> EmailMessage:
        # Without a second address nobody is mailed, and its text alone goes out.
        recipient = self._backup_address or self.settings.alert_recipient
        return self.letterhead.message(mails.backup(leads, self.letterhead), recipient)

    def _reminder(self, leads: list[Lead]) -> EmailMessage:
        linked = [self.linked(lead, lead.reminder_mail_id) for lead in leads]
        mail = mails.reminder(linked, self.letterhead, now=time.time())
        return self.letterhead.message(mail, self.settings.alert_recipient)

    def _digest(self, mail_id: str, _lead_ids: tuple[str, ...]) -> tuple[str, EmailMessage] | None:
        recipient = self.members.of_digest(mail_id.rpartition("-")[2], self.keys)
        # Who is a member no more gets none.
        if recipient is None or not (week := self.survey.of(mail_id)).is_worth_a_mail:
            return None
        return recipient, self.letterhead.message(digest(week, self.letterhead), recipient)

    def _confirmation(self, _mail_id: str, lead_ids: tuple[str, ...]) -> tuple[str, EmailMessage] | None:
        lead = self.store.read(lead_ids[0])
        if lead is None or lead.is_kept_back or not lead.enquiry.email:
            return None
        locale = lead.enquiry.locale
        letterhead = self.letterhead_in(locale if locale in self.practice.locales else self.practice.locales[0])
        answer_by = seconds(lead.answer_by) if lead.answer_by else None
        mail = mails.confirmation(lead.reference, answer_by, letterhead, reply_to=self.settings.alert_recipient)
        return lead.enquiry.email, letterhead.message(mail, lead.enquiry.email)


wiring = Wiring()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do what is due.

    Args:
        event: `{"digest": true}` also writes down the week's digest; `{"repair": true}` only looks for what was
            missed; anything else is a tick.
        context: Lambda's.

    Raises:
        Exception: The last failure, once everything else had its turn.
    """
    wiring.telemetry.log_of(context)
    wiring.read_closures()
    now = time.time()
    if event.get("repair"):
        _run([_repair, lambda: wiring.survey.write_down_missed(wiring.mails, now)])
        return {}
    due, unreadable = _read(wiring.store.due(_WATCHED, now), now)
    # What is wrong with one must not stop the others, and comes last.
    put_off = [partial(_put_off, *each) for each in unreadable]
    watched: list[Callable[[], None]] = [partial(wiring.proof.seek, due), partial(wiring.reminders.remind, due)]
    if event.get("digest"):
        watched.append(partial(wiring.survey.write_down, wiring.mails, now))
    oldest = min((waits_since(lead, _WATCHED, wiring.hours, now) for lead in due), default=now)
    swept = partial(wiring.telemetry.measure, "OldestStepSeconds", now - oldest)
    _run([*watched, wiring.post.send_waiting, _settle, swept, *put_off])
    return {}


def _read(ids: Iterable[str], now: float) -> tuple[list[Lead], list[tuple[str, ItemUnreadable]]]:
    """Those of these leads whose time is not over: DynamoDB deletes the others some days late. And what is no lead.

    Nobody is told of the canary's, which its own function erases, and ops hear of by its own alarm.
    """
    leads: list[Lead] = []
    unreadable: list[tuple[str, ItemUnreadable]] = []
    for lead_id in ids:
        if len(leads) == _MOST_IN_ONE_SWEEP:
            break
        try:
            lead = wiring.store.read(lead_id)
            if lead and lead.expires_at > now and not wiring.store.is_canary(lead):
                leads.append(lead)
        except ItemUnreadable as error:
            unreadable.append((lead_id, error))
    return leads, unreadable


def _put_off(lead_id: str, error: ItemUnreadable) -> None:
    """Look at an item that is no lead less often, and raise what is wrong with it, for a person to see."""
    wiring.store.put_off(lead_id, "ItemUnreadable", int(time.time()) + LAST_RESORT_DELAY)
    wiring.telemetry.log.error("lead cannot be read", lead_id=lead_id, attribute=error.attribute)
    raise error


def _repair() -> None:
    for lead_id, is_hidden in wiring.store.stranded():
        if wiring.store.change(lead_id, lambda lead: lead) and is_hidden:
            wiring.telemetry.count("LeadRepaired")
            wiring.telemetry.log.error("lead repaired", lead_id=lead_id)


def _settle() -> None:
    """Where closures were made or undone, the duties of all open enquiries follow otherwise than they were written."""
    if not wiring.closures.is_settled:
        begun = time.time()  # what is written while this goes on may be of before
        for lead_id in list(wiring.store.open()):
            wiring.store.derive_anew(lead_id)
        wiring.closures.record_settled(begun)


def _run(parts: Iterable[Callable[[], None]]) -> None:
    failure: Exception | None = None
    for part in parts:
        try:
            part()
        except Exception as error:  # what is wrong with one must not stop the others
            wiring.telemetry.log.error("not done, and so tried again", **describe(error))
            failure = error
    if failure:
        raise failure


@in_init_phase
def prepare() -> None:
    """What every invocation needs."""
    _ = wiring.proof, wiring.reminders, wiring.post
