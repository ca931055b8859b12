"""The second channel: another way to the practice than the alert's, where nothing proves that the alert arrived.

The owner lists addresses that `apprise` speaks to, such as a push service, in a secret; then there is a second mail
address, if the practice has one. Neither is told anything about a person.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from apprise import Apprise

from shared.errors import MailRefused, MailUnproven
from shared.keys import Secret
from shared.mail_items import MailKind
from shared.outbox import Outbox

# Whoever waits for it waits for the other enquiries as well.
_SECONDS: Final = 5

# Apprise's own lines quote the addresses, which are secrets.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


class ChannelFailed(Exception):
    """No way took the message. `reason` is a code, without an address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SecondChannel:
    """The ways beside the alert.

    Attributes:
        urls: Gives the owner's list for apprise; none if there is no list.
        outbox: What sends mails.
        backup: The second address, or None where there is none.
    """

    urls: Callable[[], Sequence[str]]
    outbox: Outbox
    backup: str | None

    def send(self, mail_id: str, message: EmailMessage) -> str:
        """Send a message by the first way that takes it.

        Returns:
            Which way: `apprise`, `mail`, or `ops` where the owner gave none: then the alarm alone tells of it.

        Raises:
            ChannelFailed: There is a way, and none took it.
        """
        reasons = []
        try:
            if urls := self.urls():
                status = _notify(urls, message)
                if status == "SUCCESS":
                    return "apprise"
                reasons.append(f"apprise {status}")
        except Exception as error:  # the secret cannot be read, or is no list; its text may be in the error's
            reasons.append(f"secret {type(error).__name__}")
        if self.backup:
            try:
                # It names no enquiry as an item: no event of it leads to one, and nothing is left to be erased.
                self.outbox.send(mail_id, MailKind.BACKUP, (), self.backup, lambda: message)
            except (MailRefused, MailUnproven) as error:
                reasons.append(f"mail {error.reason}")
            else:
                return "mail"
        if reasons:
            raise ChannelFailed(", ".join(reasons))
        return "ops"


def read_urls(secret: Secret) -> list[str]:
    """The owner's list: a secret whose value is a JSON array of addresses for apprise.

    Raises:
        Exception: It cannot be read, or is none.
    """
    urls = json.loads(secret.value())
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise TypeError
    return urls


def _notify(urls: Sequence[str], message: EmailMessage) -> str:
    """What apprise says: SUCCESS, or that one at least did not take it, or did not answer in time, or is none."""
    apprise = Apprise()
    if not all(apprise.add(url) for url in urls):
        return "NOMATCH"
    text = message.get_body(("plain",))
    return apprise.notify(
        body=text.get_content() if text else "", title=str(message["Subject"]), timeout=_SECONDS
    ).status.name
