"""What every mail in one language has in common: who it comes from, the words, and how times are written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from gettext import NullTranslations
from typing import Final, TypedDict

from shared import moments
from shared.mail import Mail, build_message, plain
from shared.mail_bodies import Layout, as_html, as_text
from shared.messages import mark as _
from shared.practice import Practice
from shared.settings import compiled
from shared.time_zone import TimeZone

# Within these, the name of a weekday says which day it was.
_SAME_WEEK: Final = timedelta(days=6)


class Language(TypedDict):
    """A language that is published."""

    name: str  # what it is called in the practice's language
    direction: str  # how it is written: ltr, rtl
    moments: moments.Words


class Compiled(TypedDict):
    """What the site compiler has written down for mails (`infra/site/outputs/mail.py`)."""

    layout: Layout
    languages: Mapping[str, Language]  # by locale
    articles: Mapping[str, str]  # by the last part of its address: its title in the practice's language, if it has one
    phone: str  # the practice's number, as people write it


def read_mail_parts() -> Compiled:
    """Read what the package holds for mails.

    Raises:
        FileNotFoundError: The package lacks it.
    """
    parts: Compiled = json.loads((compiled() / "mail.json").read_bytes())
    return parts


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Mails of one practice in one language.

    Attributes:
        practice: The practice.
        sender: The address that mails come from.
        locale: The language, one of those that are published.
        catalogue: The messages in it.
        parts: What the compiler has written down.
    """

    practice: Practice
    sender: str
    locale: str
    catalogue: NullTranslations
    parts: Compiled

    def message(self, mail: Mail, recipient: str) -> EmailMessage:
        """The mail to one recipient, as text and as HTML."""
        direction = self.parts["languages"][self.locale]["direction"]
        return build_message(
            mail,
            sender=Address(plain(self.practice.name), addr_spec=self.sender),
            recipient=recipient,
            language=self.locale,
            text=self.text(mail),
            html=as_html(mail, self.parts["layout"], language=self.locale, direction=direction),
        )

    def text(self, mail: Mail) -> str:
        """What the mail says, for programs that show text and for channels that carry nothing else."""
        # Translators: between a label and its value, such as "Name: Ana".
        return as_text(mail, colon=self.say(_(": ")))

    def say(self, message: str, **values: object) -> str:
        """A message in this language, with its `{placeholders}` filled."""
        said = self.catalogue.gettext(message)
        return said.format(**values) if values else said

    def listed(self, *words: str) -> str:
        """Some words one after the other, with the commas of the language."""
        return self.say(_(", ")).join(words)

    def language_name(self, locale: str) -> str:
        """What a language is called in the practice's own; its tag where it is published no more."""
        languages = self.parts["languages"]
        return languages[locale]["name"] if locale in languages else locale

    def article_title(self, slug: str) -> str:
        """What an article is called; the last part of its address where it is published no more."""
        return self.parts["articles"].get(slug, slug)

    def day(self, at: float) -> str:
        """The day of a moment (seconds since the epoch) where the practice is."""
        local = self._local(at)
        return moments.day(self._words, local.month, local.day, local.weekday())

    def moment(self, at: float) -> str:
        """A moment (seconds since the epoch) on the practice's clock."""
        return moments.moment(self._words, self._local(at))

    def zoned(self, at: float) -> str:
        """A moment with the name of the practice's time zone, for whoever may be in another."""
        return moments.zoned(self._words, self.moment(at))

    def recent(self, at: float, now: float) -> str:
        """A moment of the last days by its weekday alone; of before by its date (both seconds since the epoch)."""
        local = self._local(at)
        if self._local(now).date() - local.date() > _SAME_WEEK:
            return self.moment(at)
        weekday = self._words["weekdays"][local.weekday()]
        return moments.joined(self._words, weekday, moments.clock(self._words, local.hour, local.minute))

    @property
    def _words(self) -> moments.Words:
        return self.parts["languages"][self.locale]["moments"]

    def _local(self, at: float) -> datetime:
        return TimeZone(self.practice.utc_offsets).time(at)
