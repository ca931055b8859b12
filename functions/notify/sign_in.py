"""The mail by which a member of the practice signs in to the inbox, if it was a member who asked."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from shared.errors import MailRefused, MailUnproven
from shared.keys import Keys
from shared.lead import seconds
from shared.letterhead import Letterhead
from shared.links import Links
from shared.mail import Block, Button, Heading, Mail, Row, Rows, Sentence, Small
from shared.mail_items import MailKind
from shared.members import Members
from shared.messages import mark as _
from shared.outbox import Outbox
from shared.sign_ins import Ask, SignIns
from shared.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class SignInMails:
    """What it takes to send them.

    Attributes:
        sign_ins: Who asked.
        members: Who gets a mail.
        keys: By which an address is known again.
        links: Makes link and code.
        outbox: What sends mails.
        letterhead: That of the practice's language.
        clock: Gives the time in seconds since the epoch.
        telemetry: The log.
    """

    sign_ins: SignIns
    members: Members
    keys: Keys
    links: Links
    outbox: Outbox
    letterhead: Letterhead
    clock: Callable[[], float]
    telemetry: Telemetry

    def send(self, ask_id: str) -> None:
        """Send the mail of an ask, once: a member who gets none asks again, and mails in between lose nothing by it.

        Raises:
            KeysUnavailable: Nobody can tell now who asked.
            StoreUnavailable: It could not be read or written down.
        """
        now = self.clock()
        ask = self.sign_ins.read(ask_id, now)
        member = self.members.of_digest(ask.digest, self.keys) if ask else None
        if ask is None or ask.mailed_at or member is None:
            return
        until = self.sign_ins.take_mail(ask.digest, now)
        if until is None:
            self.telemetry.log.warning("sign-in asked for too often", ask_id=ask_id)
        elif not self.sign_ins.mail(ask_id, until, now) or not self._has_left(ask, member, until):
            self.sign_ins.give_mail_back(ask.digest, now)

    def _has_left(self, ask: Ask, member: str, until: int) -> bool:
        """Send it; whether SES has it, or may have it."""
        try:
            link, [code, *_older] = self.links.to_sign_in(ask.id), self.links.codes(ask.id)
            mail = compose(link, code, asked_at=seconds(ask.created_at), until=until, letterhead=self.letterhead)
            self.outbox.send(
                f"{MailKind.SIGN_IN}-{ask.id}", MailKind.SIGN_IN, (), member, lambda: self._message(mail, member)
            )
        except MailRefused as refusal:
            self.telemetry.log.warning("sign-in mail not sent", ask_id=ask.id, reason=refusal.reason)
            return False
        except MailUnproven as lost:
            self.telemetry.log.warning("sign-in mail unproven", ask_id=ask.id, reason=lost.reason)
        else:
            self.telemetry.log.info("sign-in mail sent", ask_id=ask.id)
        return True

    def _message(self, mail: Mail, member: str) -> EmailMessage:
        return self.letterhead.message(mail, member)


def compose(link: str, code: str, *, asked_at: float, until: float, letterhead: Letterhead) -> Mail:
    """Write the mail: a code for the browser that asked, and a link for any other.

    Args:
        link: Where a button signs in.
        code: Six digits.
        asked_at: When somebody asked, in seconds since the epoch.
        until: Until when both are good, likewise.
        letterhead: That of the practice's language.
    """
    say = letterhead.say
    blocks: tuple[Block, ...] = (
        Sentence(say(_("The code, for the page on which it was asked for:"))),
        Heading(code),
        Sentence(say(_("Or open this link in the browser in which you want to be signed in:"))),
        Button(say(_("Sign in")), link),
        Rows(
            (
                Row(say(_("Asked for")), letterhead.moment(asked_at)),
                Row(say(_("Good once, until")), letterhead.zoned(until)),
            )
        ),
        Small(
            say(
                _(
                    "If you did not ask for this, you need not do anything. Give code and link to nobody, whoever asks "
                    "for them."
                )
            )
        ),
    )
    return Mail(say(_("{code} is your code to sign in"), code=code), blocks)
