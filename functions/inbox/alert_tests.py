"""A test of the alert: a mail like one, on the way that alerts take, and what became of it.

One item of the table, `pk = PRACTICE`, `sk = ALERT_TEST`, says which was the last: its mail, who asked for it and when.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from functions.inbox.speech import Speech
from shared.items import Table, attribute, value_of
from shared.lead import seconds, timestamp
from shared.mail_items import MailItem, MailKind, MailStore
from shared.messages import mark as _
from shared.outbox import BUDGET_SPENT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from shared.items import Item

_KEY: "Final[Item]" = {"pk": {"S": "PRACTICE"}, "sk": {"S": "ALERT_TEST"}}
# Whoever presses again within this time sees the test that is under way.
_ONE_AT_A_TIME_SECONDS: Final = 120
# Most mail servers have taken it by then, or said why not.
_PROVEN_WITHIN_SECONDS: Final = 900

_NOT_PROVEN: Final = _(
    "Handed to the mail service: {time}. Nothing proves that it arrived. Look into the mailbox, and into its junk "
    "folder."
)


class LastTest(NamedTuple):
    """The last test: its mail, as far as it was written down; who asked for it, and when (ISO 8601)."""

    mail: MailItem | None
    by: str
    at: str


class Proof(NamedTuple):
    """What became of a test: in words, whether that is good or bad, or None while it is open."""

    said: str
    is_good: bool | None


@dataclass(frozen=True, slots=True)
class AlertTests:
    """What it takes to ask for a test.

    Attributes:
        table: The table.
        mails: Where mails are written down.
    """

    table: Table
    mails: MailStore

    @classmethod
    def of(cls, table_name: str, client: "DynamoDBClient", mails: MailStore) -> "AlertTests":
        """Those in one table."""
        return cls(Table(table_name, client), mails)

    def ask(self, by: str, now: float) -> bool:
        """Have a test sent, unless one was asked for just now. Raises StoreUnavailable.

        Returns:
            Whether one is sent now.
        """
        mail_id = f"{MailKind.TEST}-{int(now)}"
        asked = {"mail": attribute(mail_id), "by": attribute(by), "at": attribute(timestamp(now))}
        before = {":before": attribute(timestamp(now - _ONE_AT_A_TIME_SECONDS))}
        if self.table.update(_KEY, "attribute_not_exists(pk) OR #2 <= :before", asked, before) is None:
            return False
        return self.mails.create(mail_id, MailKind.TEST, (), now, next_at=int(now))

    def last(self) -> LastTest | None:
        """The last test, or None where there was none. Raises StoreUnavailable."""
        item = self.table.get(_KEY)
        if item is None:
            return None
        mail_id, by, at = (str(value_of(item[name])) for name in ("mail", "by", "at"))
        return LastTest(self.mails.read(mail_id), by, at)


def proof(test: LastTest, own: Speech, now: float) -> Proof:
    """What is known of a test, in the practice's language."""
    mail = test.mail
    if mail is None:
        return Proof(own.say(_("It could not be written down, and was not sent. Send another one.")), is_good=False)
    if lost := _lost(mail, own):
        return Proof(lost, is_good=False)
    if mail.delivered_at:
        time = own.moment(seconds(mail.delivered_at))
        return Proof(own.say(_("Accepted by your mail server: {time}"), time=time), is_good=True)
    if mail.left_at:
        return _under_way(seconds(mail.left_at), own, now)
    return Proof(own.say(_("It is about to be sent, within a minute.")), is_good=None)


def _lost(mail: MailItem, own: Speech) -> str | None:
    """Why it did not arrive, or None. What came back for now may be an automatic answer to what was delivered."""
    say = own.say
    if mail.rejected_at:
        return say(_("The mail service took it for unsafe and sent it to nobody."))
    if mail.bounced_at or (mail.returned_at and not mail.delivered_at):
        said = _("Your mail server did not take it. The mail service said: {bounce}")
        return say(said, bounce=mail.bounce or "")
    if mail.left_at or mail.next_at is not None:
        return None
    if mail.error == BUDGET_SPENT:
        return say(_("Not sent: as many mails were sent today as may be."))
    return say(_("The mail service did not take it. It said: {reason}"), reason=mail.error or "")


def _under_way(left: float, own: Speech, now: float) -> Proof:
    said, is_good = _("Handed to the mail service: {time}. Your mail server has not answered yet."), None
    if now - left >= _PROVEN_WITHIN_SECONDS:
        said, is_good = _NOT_PROVEN, False
    return Proof(own.say(said, time=own.moment(left)), is_good)
