"""Two hundred invented enquiries at every stage, to look at the inbox with and to measure it by.

Each is read by the form as its visitor's would be, and stored with all that would have come to be known of it since.
The lead and its facts are one write, so that nothing is left to do for a function: nobody is mailed. How long ago each
was sent is always the same, so that some are late and some are not whenever the button is pressed.
"""

import json
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from functions.leads.checks import Context
from functions.leads.enquiry import HONEYPOT, Accepted, CompiledForm
from functions.leads.new_lead import new_lead
from functions.leads.page import Pages
from functions.notify.filing import Filing
from shared import facts
from shared.duties import PROOF_AFTER_SECONDS, Duty, deadline, duties
from shared.errors import LeadErased
from shared.keys import Keys
from shared.lead import SECONDS_PER_DAY, Identity, Lead, identity_of_key, seconds, timestamp
from shared.mail_items import MailStore
from shared.opening_hours import OpeningHours
from shared.outcomes import Outcome
from shared.person import digests
from shared.pointers import Pointers
from shared.practice import from_document
from shared.store import LeadStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

COUNT: Final = 200

_TEXTS: Final[Mapping[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_AREAS: Final = (602, 480, 623, 520, 928)
_TIMES: Final = ("any", "morning", "any", "evening", "afternoon", "any")
# Half of the people do not say.
_TOPICS: Final = (None, "first_visit", None, "price", None, "suitability", "first_visit", None, "other", None)
_SOURCES: Final[tuple[dict[str, str], ...]] = ({}, {"utm_source": "newsletter"}, {}, {"utm_source": "search"}, {})
# What became of most, and after how many hours of open time: some of them later than was promised.
_ENDS: Final = (
    (Outcome.BOOKED, 0.4),
    (Outcome.CALLED, 1.1),
    (Outcome.BOOKED, 2.3),
    (Outcome.NOT_FOR_US, 0.7),
    (Outcome.BOOKED, 3.6),
    (Outcome.LEFT_MESSAGE, 1.9),
    (Outcome.CALLED, 5.5),
)
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Past:
    """What has happened to an enquiry up to now. Each method gives the lead with so much more known of it.

    Attributes:
        hours: The opening hours.
        now: The time in seconds since the epoch.
        member: Who works at the practice.
        number: Which enquiry of its stage it is.
    """

    hours: OpeningHours
    now: int
    member: str
    number: int

    def kept_back(self, lead: Lead) -> Lead:
        """Nobody was told."""
        return lead

    def sent(self, lead: Lead) -> Lead:
        """SES took the alert."""
        mail_id = f"alert-{lead.id}-1"
        start = seconds(lead.rescued_at or lead.stored_at)
        claimed = facts.alert_claimed(lead, start, 0, mail_id)
        return facts.alert_sent(claimed, mail_id, timestamp(start + 1), message_id=f"sample-{lead.id}") or claimed

    def heard(self, lead: Lead) -> Lead:
        """The practice's mail server has the alert."""
        sent = self.sent(lead)
        return facts.delivered(sent, timestamp(seconds(sent.alert_sent_at or "") + 2)) or sent

    def bounced(self, lead: Lead) -> Lead:
        """The alert came back for good, and the second channel was told why."""
        at = timestamp(seconds(lead.stored_at) + 4)
        sent = self.sent(lead)
        lost = facts.bounced(sent, at, "Permanent General 5.1.1") or sent
        return facts.backup_used(lost, seconds(lead.stored_at) + 60, "apprise", at)

    def unproven(self, lead: Lead) -> Lead:
        """Nobody knows whether the alert arrived, and the second channel was told."""
        sent = self.sent(lead)
        delayed = facts.delayed(sent, timestamp(seconds(lead.stored_at) + 300)) or sent
        return facts.backup_used(delayed, seconds(lead.stored_at) + PROOF_AFTER_SECONDS, "apprise", None)

    def late(self, lead: Lead) -> Lead:
        """It should have been answered by now, and the practice was reminded."""
        return self._reminded(self.heard(lead))

    def answered(self, lead: Lead) -> Lead:
        """Somebody said what became of it."""
        return self._ended(self.heard(lead), *_ENDS[self.number % len(_ENDS)])

    def undone(self, lead: Lead) -> Lead:
        """That was a mistake."""
        done = self.answered(lead)
        return facts.without_outcome(done, self.now - 5, self.member) or done

    def to_call_again(self, lead: Lead) -> Lead:
        """They were not there, and somebody wants to try again on one of the next days."""
        day = 1 + self.number % 4
        again_at = self.hours.opens_after(self.now, day) or self.now + day * SECONDS_PER_DAY
        return self._ended(self.heard(lead), Outcome.LEFT_MESSAGE, 1.5, again_at)

    def not_called_again(self, lead: Lead) -> Lead:
        """Somebody wanted to try again, has not, and was reminded."""
        day = seconds(lead.stored_at) + SECONDS_PER_DAY
        return self._reminded(self._ended(self.heard(lead), Outcome.LEFT_MESSAGE, 1.5, self.hours.next_open(day)))

    def advertising(self, lead: Lead) -> Lead:
        """Somebody looked at what was kept back, and it is what it looked like."""
        return self._ended(lead, Outcome.ADVERTISING, 6)

    def rescued(self, lead: Lead) -> Lead:
        """Somebody looked at what was kept back, and it is a person."""
        return self.heard(facts.rescued(lead, seconds(lead.stored_at) + _HOUR, self.member) or lead)

    def _ended(self, lead: Lead, outcome: Outcome, after_hours: float, again_at: int | None = None) -> Lead:
        at = self.hours.after(seconds(lead.stored_at), after_hours * _HOUR) or self.now
        by = self.member if self.number % 2 else "link"
        return facts.with_outcome(lead, outcome, min(at, self.now - 60), by, again_at) or lead

    def _reminded(self, lead: Lead) -> Lead:
        for rung in range(len(self.hours.remind_after)):
            due = duties(lead, self.hours)
            at, end = due.get(Duty.AGAIN, due.get(Duty.ANSWER)), deadline(lead, self.hours)
            if at is None or end is None or at > self.now:
                break
            mail_id = f"reminder-{lead.id[:16]}-{rung}"
            claimed = facts.reminder_claimed(lead, end, at, 0, mail_id)
            lead = facts.reminded(claimed, mail_id, timestamp(at)) or claimed
        return lead


class Stage(NamedTuple):
    """Where some of the enquiries stand.

    Attributes:
        size: How many.
        hours_ago: How long ago the last and the first of them were sent.
        story: What happened to them.
        is_caught: Whether the honeypot caught something.
    """

    size: int
    hours_ago: tuple[float, float]
    story: Callable[[Past, Lead], Lead]
    is_caught: bool = False


_HOSTILE: Final = Stage(len(_TEXTS["hostile"]), (0.3, 2.8), Past.heard)
# From some who were answered already, and some who still wait.
_TWICE: Final = Stage(6, (0.5, 2), Past.heard)
_OTHERS: Final = (
    Stage(12, (0.05, 2.9), Past.heard),
    Stage(7, (75, 200), Past.late),
    Stage(3, (0.6, 2.2), Past.bounced),
    Stage(4, (0.4, 2.5), Past.unproven),
    Stage(2, (0.9, 1.7), Past.undone),
    Stage(8, (20, 220), Past.to_call_again),
    Stage(3, (150, 230), Past.not_called_again),
    Stage(9, (1, 400), Past.kept_back, is_caught=True),
    Stage(6, (120, 700), Past.advertising, is_caught=True),
    Stage(2, (2.5, 2.7), Past.rescued, is_caught=True),
)
_ANSWERED: Final = Stage(COUNT - sum(each.size for each in (*_OTHERS, _TWICE, _HOSTILE)), (30, 24 * 28), Past.answered)
_STAGES: Final = (*_OTHERS, _ANSWERED, _TWICE, _HOSTILE)


class Sample:
    """What it takes to fill a stack.

    Args:
        compiled: What was compiled for the function that takes enquiries.
        variables: What the template gives the functions.
        dynamodb: Where the table is.
        secrets: Where the key is by which a person is known again.
    """

    def __init__(
        self, compiled: Path, variables: Mapping[str, str], dynamodb: "DynamoDBClient", secrets: "SecretsManagerClient"
    ) -> None:
        practice, table = from_document(_json(compiled / "practice.json")), variables["TABLE_NAME"]
        self._form, self._pages = CompiledForm(_json(compiled / "form.json")), Pages(compiled / "forms")
        self._context = Context(practice.address.country, practice.locales, self._pages.knows)
        self._hours = OpeningHours.of(practice)
        self._store, self._pointers = LeadStore(table, dynamodb, self._hours), Pointers(table, dynamodb)
        digest, mails = Keys(variables["KEYS_SECRET"], secrets).person_digest, MailStore(table, dynamodb, 0)
        self._filing = Filing(self._store, self._pointers, mails, digest, confirms=False, clock=time.time)
        self._member, self._keep_days = variables["ALERT_RECIPIENT"], practice.keep_days

    def fill(self, now: float) -> int:
        """Store what is not stored yet, and say how many that were; what was erased stays so.

        Args:
            now: The time in seconds since the epoch.
        """
        places = ((stage, place) for stage in _STAGES for place in range(stage.size))
        # Of one person, the first comes first.
        sent = sorted((now - _ago(*each) * _HOUR, number, each) for number, each in enumerate(places))
        stored = {lead.id for lead in self._store.read_each(_identity(number).id for number in range(COUNT))}
        new = (each for each in sent if _identity(each[1]).id not in stored)
        return sum(self._store_one(number, at, *each, int(now)) for at, number, each in new)

    def _store_one(self, number: int, at: float, stage: Stage, place: int, now: int) -> bool:
        identity = _identity(number)
        accepted = self._accepted(number, stage, place)
        new = new_lead(
            accepted,
            identity,
            at,
            hours=self._hours,
            revision=self._pages.revision(accepted.enquiry.article, accepted.enquiry.locale),
            keep_days=self._keep_days,
        )
        found = self._filing.found(new, digests(accepted.enquiry, self._filing.digest) or ())
        lead = stage.story(Past(self._hours, now, self._member, place), facts.filed(new, at + 1, **found))
        # The ledger's lines are of the next version: a page that is shown of it has seen them all.
        lead = replace(lead, version=new.version + 1)
        try:
            self._store.create(lead, identity)
        except LeadErased:
            return False
        return self._pointers.write(lead, lead.person)

    def _accepted(self, number: int, stage: Stage, place: int) -> Accepted:
        article, locale = self._pages.nearest("", "") or ("", "")
        locales = [each for each in self._context.locales if each in _TEXTS["languages"]] or [locale]
        person = number
        if stage is _TWICE:
            person = number - stage.size if place % 2 else _OTHERS[0].size + place
        fields = _entered(person, number, locales)
        fields |= {"article": article, "consent": True}
        if stage.is_caught:
            fields[HONEYPOT] = "https://cheap-traffic.example"
        if stage is not _HOSTILE:
            return self._form.validate(fields, self._context)
        text = _TEXTS["hostile"][place]
        name, message = text["name"], text["message"] * text.get("times", 1)
        accepted = self._form.validate(fields | {"name": name, "message": message}, self._context)
        return replace(accepted, enquiry=replace(accepted.enquiry, name=name, message=message))


def _identity(number: int) -> Identity:
    return identity_of_key(f"sample-{number}")


def _ago(stage: Stage, place: int) -> float:
    last, first = stage.hours_ago
    return last + (first - last) * place / (stage.size - 1)


def _json(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _entered(person: int, number: int, locales: list[str]) -> dict[str, Any]:
    """What a person enters in the form."""
    locale, turn = locales[person % len(locales)], person // len(locales)
    texts = _TEXTS["languages"].get(locale, _TEXTS["languages"]["en"])
    given, family = texts["given"][turn % len(texts["given"])], texts["family"][turn % len(texts["family"])]
    name = f"{family[0]}{given[0]}" if texts.get("family_first") else f"{given[0]} {family[0]}"
    entered = {
        "name": name,
        "locale": locale,
        "message": texts["messages"][(number // len(locales)) % len(texts["messages"])],
        "topic": _TOPICS[number % len(_TOPICS)],
        "preferred_time": _TIMES[number % len(_TIMES)],
        "source": dict(_SOURCES[number % len(_SOURCES)]),
    }
    if has_phone := person % 4 != 1:
        entered["phone"] = _number(person)
    if person % 3 == 0 or not has_phone:
        entered |= {"email": f"{given[1]}.{family[1]}{person}@example.com"}
        entered |= {"preferred_contact": "email"} if person % 2 else {}
    return entered


def _number(person: int) -> str:
    """A number that nobody has, as one may be typed."""
    if person % 10 == 2:
        return f"+33 6 39 98 {person // 100:02} {person % 100:02}"
    area, line = _AREAS[person * len(_AREAS) // COUNT], f"{100 + person % 100:04}"
    match person % 3:
        case 0:
            return f"({area}) 555-{line}"
        case 1:
            return f"{area}-555-{line} ext. {person}"
    return f"{area} 555 {line}"
