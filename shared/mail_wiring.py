"""What every function that sends mails to the practice is made of."""

import time
from dataclasses import dataclass
from functools import cached_property

from shared.duties import Duty, duties
from shared.enquiry_blocks import Linked
from shared.lead import Lead
from shared.letterhead import Letterhead, read_mail_parts
from shared.link_wiring import LinkSettings, LinkWiring
from shared.mail_items import MailStore
from shared.mailer import Mailer, ses_client
from shared.messages import translations
from shared.outbox import Outbox


@dataclass(frozen=True, slots=True)
class MailSettings(LinkSettings):
    """What the template gives each of them."""

    stage: str
    alert_sender: str
    alert_recipient: str
    configuration_set: str
    daily_mail_budget: int


class MailWiring[Settings: MailSettings](LinkWiring[Settings]):
    """The parts of one function. Each is made on first use and kept between invocations."""

    @cached_property
    def mails(self) -> MailStore:
        """The mails."""
        return MailStore(self.settings.table_name, self.dynamodb, self.settings.daily_mail_budget)

    @cached_property
    def mailer(self) -> Mailer:
        """The mailer. What is tried out mails nobody but its own recipient."""
        settings = self.settings
        only = None if settings.stage == "prod" else settings.alert_recipient
        return Mailer(settings.alert_sender, ses_client(), only)

    @cached_property
    def outbox(self) -> Outbox:
        """What sends mails to the practice."""
        return Outbox(self.mails, self.mailer, self.settings.configuration_set, time.time)

    @cached_property
    def letterhead(self) -> Letterhead:
        """That of the practice's language."""
        return self.letterhead_in(self.practice.language)

    def letterhead_in(self, locale: str) -> Letterhead:
        """That of one of the published languages."""
        return Letterhead(self.practice, self.settings.alert_sender, locale, translations(locale), read_mail_parts())

    def linked(self, lead: Lead, mail_id: str | None) -> Linked:
        """A lead with the link that leads to it from this mail."""
        return Linked(lead, self.links.to_enquiry(lead.id, mail_id or ""))

    def is_due(self, lead: Lead, duty: Duty) -> bool:
        """Whether a duty of a lead is due now."""
        at = duties(lead, self.hours).get(duty)
        return at is not None and at <= time.time()
