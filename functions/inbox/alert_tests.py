"""A test of the alert: a mail like one, on the way that alerts take, and what became of it.

One item of the table, `pk = PRACTICE`, `sk = ALERT_TEST`, says which was the last: its mail, who asked for it and when.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from functions.inbox.speech import Speech
from shared.alert_tests import SUBJECT
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

_ACCEPTED: Final = _("Your mail server accepted it for {address}, {time}.")
# What is accepted is not seen yet.
_LOOK: Final = _("Now look there for “{subject}”, also in the junk folder.")
_GONE: Final = _("{address} does not exist, or refuses mail: no alert arrives there.")
_UNTIL_MENDED: Final = _("Until this is mended, look into this inbox yourself, and tell whoever set up the site.")
_ONCE_MORE: Final = _("Send another one. If that fails too, tell whoever set up the site.")


class LastTest(NamedTuple):
    """The last test: its mail, as far as it was written down; who asked for it, and when (ISO 8601)."""

    mail: MailItem | None
    by: str
    at: str


class Proof(NamedTuple):
    """What became of a test.

    Attributes:
        said: In words.
        is_good: Whether that is good or bad; None while it is open.
        next: What is to be done now; None where nothing is.
        reason: What the mail service says, in its own words; None where it says nothing.
    """

    said: str
    is_good: bool | None
    next: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AlertTests:
    """What it takes to ask for a test.

    Attributes:
        table: The table.
        mails: Where mails are written down.
        recipient: The address that alerts go to.
    """

    table: Table
    mails: MailStore
    recipient: str

    @classmethod
    def of(cls, table_name: str, client: "DynamoDBClient", mails: MailStore, recipient: str) -> "AlertTests":
        """Those in one table."""
        return cls(Table(table_name, client), mails, recipient)

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


def proof(test: LastTest, own: Speech, now: float, recipient: str) -> Proof:
    """What is known of a test that went to the recipient, in the practice's language."""
    mail = test.mail
    if mail is None:
        return Proof(own.say(_("It could not be written down, and was not sent. Send another one.")), is_good=False)
    if lost := _lost(mail, own, recipient):
        return lost
    if mail.delivered_at:
        time = own.moment(seconds(mail.delivered_at))
        look = own.say(_LOOK, subject=own.say(SUBJECT))
        return Proof(own.say(_ACCEPTED, address=recipient, time=time), is_good=True, next=look)
    if mail.left_at:
        return _under_way(seconds(mail.left_at), own, now)
    return Proof(own.say(_("It is about to be sent, within a minute.")), is_good=None)


def _lost(mail: MailItem, own: Speech, recipient: str) -> Proof | None:
    """Why it did not arrive, or None. What came back for now may be an automatic answer to what was delivered."""
    say = own.say
    if mail.rejected_at:
        return Proof(say(_("The mail service took it for unsafe and sent it to nobody.")), is_good=False)
    if mail.bounced_at or (mail.returned_at and not mail.delivered_at):
        said = _GONE if mail.bounced_at else _("Your mail server did not take it for {address}.")
        reason = say(_("The mail service said: {bounce}"), bounce=mail.bounce or "")
        return Proof(say(said, address=recipient), is_good=False, next=say(_UNTIL_MENDED), reason=reason)
    if mail.left_at or mail.next_at is not None:
        return None
    if mail.error == BUDGET_SPENT:
        return Proof(say(_("Not sent: as many mails were sent today as may be.")), is_good=False)
    reason = say(_("The mail service said: {bounce}"), bounce=mail.error or "")
    return Proof(say(_("The mail service did not take it.")), is_good=False, next=say(_ONCE_MORE), reason=reason)


def _under_way(left: float, own: Speech, now: float) -> Proof:
    said, is_good = _("Handed to the mail service: {time}. Your mail server has not answered yet."), None
    if now - left >= _PROVEN_WITHIN_SECONDS:
        said, is_good = _NOT_PROVEN, False
    return Proof(own.say(said, time=own.moment(left)), is_good)
