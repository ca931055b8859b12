"""What must hold of a world, whatever happened in it: the promises, as checks of the table and of the mails.

Where a mail may come twice, the documentation names the crash: SES's yes was lost, or nobody was left to write it down,
and no event of SES's told of it in time (docs/decisions/0002, 0026).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from shared.duties import Duty
from shared.items import value_of
from shared.lead import ID_PATTERN, REFERENCE_ALPHABET, SECONDS_PER_DAY, reference_of, seconds
from shared.ledger import What
from shared.links import ENQUIRY_PATH
from shared.mail_items import _SHARES, MailKind
from shared.retries import ALERT_LEASE_SECONDS
from tests.conditions import Item
from tests.courses import Sent
from tests.explained import Row, check_facts
from tests.privacy import leaks
from tests.world import World

ALERTS: Final = ("alert", "bundle")
# What a function takes for the failure of one thing among others, and says so: a fault of AWS's never has these names.
OF_OURS: Final = re.compile(r"\b(Attribute|Index|Key|Name|Type|UnboundLocal|Value|Zero\w+)Error\b")
URGING: Final = (*ALERTS, "reminder", "backup")


@dataclass
class Promises:
    """What was promised in a world, and to whom.

    Attributes:
        world: The world.
        answers: What each visitor was answered who was told that the enquiry is stored, by its reference.
        messages: What they wrote.
        reached: How they can be reached.
        acts: What people of the practice were told is saved: the reference, and the time of its line in the ledger.
        to_erase: References of what the practice wanted erased.
    """

    world: World
    answers: dict[str, Any] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    reached: dict[str, tuple[str, str]] = field(default_factory=dict)
    acts: set[tuple[str, str]] = field(default_factory=set)
    to_erase: set[str] = field(default_factory=set)
    # Of each enquiry, the alerts that SES took; and of all mails, those of whose leaving nobody may know.
    _alerts: dict[str, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    _unsure: set[int] = field(default_factory=set)
    failure: BaseException | None = None
    _begun: int = 0
    _checked: int = 0
    _before: dict[str, Row] = field(default_factory=dict)
    _is_overtaken: bool = False
    _seen: dict[str, int] = field(default_factory=dict)
    _plain: dict[int, tuple[Item, Row]] = field(default_factory=dict)

    # ---- what people were told

    def stored(self, answer: Any, fields: Row) -> None:
        """A visitor was told that what they wrote is stored."""
        reference, at, message = answer["reference"], seconds(answer["received_at"]), fields["message"]
        self.reached[reference] = fields["email"], fields["phone"]
        assert self.answers.setdefault(reference, answer) == answer, "another answer than before"
        assert self.messages.setdefault(reference, message) == message
        for other in (each for each, words in self.messages.items() if words == message and each != reference):
            first, second = sorted((at, seconds(self.answers[other]["received_at"])))
            assert second // SECONDS_PER_DAY > (first + 600) // SECONDS_PER_DAY, "one enquiry is two leads"

    def refused(self, lead_id: str, code: str, message: str) -> None:
        """A visitor was told that it is not, and why."""
        lead = self._rows()[f"LEAD#{lead_id}"] if code == "idempotency_key_reused" else None
        assert lead["message"] != message if lead else code == "enquiry_erased" and self.to_erase

    # ---- while something happens

    @contextmanager
    def checked(self) -> Iterator[None]:
        """A function is called within it, perhaps in the middle of another call."""
        self._check_mails()  # of that one
        outer = self._begun, self._before, self._is_overtaken
        self._begun, self._before, self._is_overtaken = len(self.world.ses.sent), self._rows(), False
        yield
        try:
            self.check()
        except AssertionError as error:  # which the function around it would take for a fault of its own
            self.failure = self.failure or error
        self._begun, self._before, self._is_overtaken = outer
        if self.failure:
            raise self.failure

    def doubt(self) -> None:
        """Something goes wrong: of what was mailed in this call, perhaps nobody knows."""
        self._unsure |= set(range(self._begun, len(self.world.ses.sent)))

    def overtake(self) -> None:
        """Something else happens in the middle of the call."""
        self._is_overtaken = True

    def check(self) -> None:
        """Check all that must hold at any time."""
        self._check_mails()
        leads = {item["reference"]: item for item in self._leads() if "reference" in item}
        graves = {reference_of(item["pk"][5:]): item for item in self._leads() if "erased_at" in item}
        assert graves.keys() <= self.to_erase, "something was erased that nobody wanted erased"
        for reference, answer in self.answers.items():
            assert reference in graves or reference in leads, "an enquiry is lost"
            if reference in leads:
                self._check_promise(leads[reference], answer, self.messages[reference])
        for reference, at in self.acts:
            assert reference in graves or at in (line["at"] for line in leads[reference]["ledger"]), "an act is lost"
        for reference, item in leads.items():
            if self._seen.get(reference) != item["version"]:
                self._seen[reference] = item["version"]
                check_facts(item)
        kept = {lead["email"] for lead in leads.values()}
        for reference, item in graves.items():
            if "mails" not in item:
                self._check_grave(reference, item)
            if (reach := self.reached.get(reference)) and reach[0] not in kept:
                assert not [each for each in reach if each in repr(self.world.raw)], "of a person something is left"

    def _check_promise(self, lead: Row, answer: Any, message: str) -> None:
        assert (lead["stored_at"], lead.get("answer_by")) == (answer["received_at"], answer["answer_by"]), "promise"
        assert lead["message"] == message, "another enquiry is stored"

    def _check_grave(self, reference: str, grave: Row) -> None:
        lead_id = grave["pk"][5:]
        assert set(grave) == {"pk", "sk", "erased_at", "expires_at"}
        # Other enquiries may name it as one of the same person, or of another one: by its id, which says nothing.
        left = [item for item in self._rows().values() if item["sk"] != "LEAD" and lead_id in repr(item)]
        assert not left, f"of {reference} something is left"

    def unfinished(self) -> list[str]:
        """The ids of those whose erasure was interrupted."""
        return [row["pk"][5:] for row in self._leads() if "erased_at" in row and "mails" in row]

    def _check_mails(self) -> None:
        new = list(enumerate(self.world.ses.sent))[self._checked :]
        self._checked = len(self.world.ses.sent)
        if not new:
            return
        before, after = self._before, self._rows()
        erased = {reference_of(key[5:]) for key, item in before.items() if "erased_at" in item}
        resting = {item["reference"] for item in before.values() if is_resting(item)}
        for number, mail in new:
            about = references(mail)
            assert not about & erased, f"{mail.id} is about who was erased"
            assert self._is_overtaken or mail.kind not in URGING or not about & resting, f"{mail.id} is of no use"
            for reference in about if mail.kind in ALERTS else ():
                self._check_alert(reference, mail, before, after)
                self._alerts[reference].append(mail)
            if not mail.is_answered:
                self._unsure.add(number)

    def _check_alert(self, reference: str, mail: Sent, before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
        """An alert comes once: another one has a reason."""
        if not self._alerts[reference]:
            return
        last = self._alerts[reference][-1]
        lead = next(item for item in after.values() if item.get("reference") == reference)
        if seconds(lead.get("alert_asked_at", "1970-01-01T00:00:00Z")) >= last.at:
            return
        known = [rows.get(f"MAIL#{last.id}", {}) for rows in (before, after)]
        if any("returned_at" in item and "delivered_at" not in item for item in known):
            return
        is_known = bool({"accepted_at", "sent_at", "delivered_at"} & known[0].keys())
        is_unsure = self.world.ses.sent.index(last) in self._unsure
        assert (is_unsure, is_known) == (True, False), f"{mail.id} is one alert too many"
        assert mail.at >= last.at + ALERT_LEASE_SECONDS, f"{mail.id} did not wait for an event of the last"

    # ---- at last

    def check_settled(self) -> None:
        """Every duty is written down as it follows from facts, opening hours and closures."""
        assert not list(self.world.store.stranded()), "duties are written otherwise than they follow"

    def check_at_rest(self) -> None:
        """All is well, and time has passed: all that was due is done."""
        hidden = [lead_id for lead_id, is_hidden in self.world.store.stranded() if is_hidden]
        assert not hidden, "something is due that no index shows"
        self.world.invoke("followup", {"repair": True})
        self.world.run(3)
        self.check_settled()
        waiting = [item for item in self._rows().values() if "queue" in item]
        assert not [item for item in waiting if item["next_at"] < self.world.now - 300], "something is due and not done"
        for lead in (item for item in self._leads() if "reference" in item):
            wanted = {Duty.ANSWER, Duty.AGAIN, Duty.REVIEW}
            assert lead.get("duties", {}).keys() <= wanted, f"{lead['duties']}"
            if Duty.ANSWER in lead.get("duties", {}) and lead["next_at"] == lead["expires_at"]:
                assert What.OPS_TOLD in [line["what"] for line in lead["ledger"]]
            self._check_reminders(lead)
        self._check_budget()
        # Of somebody who was erased nobody knows any more that they had one.
        confirmed = Counter(mail.id for mail in self.world.ses.sent if mail.kind == "confirmation")
        assert self.to_erase or set(confirmed.values()) <= {1}, "a visitor was mailed twice"

    def check_log(self, lines: Sequence[str]) -> None:
        """No line names anybody, or tells of a mistake of ours as if it were one of AWS's."""
        personal = {
            "Ana Ruiz",
            "This is message",
            *(each.lstrip("+1") for way in self.reached.values() for each in way),
        }
        assert not list(leaks(lines, personal)), "a log names somebody"
        assert not [line for line in lines if OF_OURS.search(line)], "a function met a mistake of its own"

    def _check_reminders(self, lead: Row) -> None:
        mails = [
            n
            for n, mail in enumerate(self.world.ses.sent)
            if mail.kind == "reminder" and lead["reference"] in references(mail)
        ]
        told = [line for line in lead.get("ledger", ()) if line["what"] == What.REMINDED]
        assert len(mails) <= len(told) + len(self._unsure & set(mails)), "one reminder too many"

    def _check_budget(self) -> None:
        """Each kind of mail leaves room for those that matter more."""
        budget = int(self.world.stack.variables["notify"]["DAILY_MAIL_BUDGET"])
        sent: Counter[int] = Counter()
        for mail in self.world.ses.sent:
            day = int(mail.at // SECONDS_PER_DAY)
            kind = next(kind for kind in MailKind if mail.id.startswith(f"{kind}-"))
            assert sent[day] < int(budget * _SHARES[kind]), f"{mail.id} was over the budget"
            sent[day] += 1

    def _leads(self) -> Iterator[Row]:
        return (row for key, row in self._rows().items() if key.startswith("LEAD#"))

    def _rows(self) -> dict[str, Row]:
        """Every item, by its key: of leads and mails the first part alone."""
        rows = {}
        for (pk, sk), item in self.world.raw.items():
            if self._plain.get(id(item), (None,))[0] is not item:  # items are replaced, and never changed
                self._plain[id(item)] = item, {name: value_of(value) for name, value in item.items()}
            rows[pk if sk in ("LEAD", "MAIL") else f"{pk} {sk}"] = self._plain[id(item)][1]
        return rows


def references(mail: Sent) -> set[str]:
    """Which enquiries a mail is about; it may name others, such as the one that it corrects."""
    if linked := re.findall(rf"{ENQUIRY_PATH}({ID_PATTERN})\.", mail.text):
        return {reference_of(each) for each in linked}
    return set(re.findall(rf"\b[{REFERENCE_ALPHABET}]{{4}}-[{REFERENCE_ALPHABET}]{{4}}\b", mail.text))


def is_resting(row: Row) -> bool:
    """Whether nothing is to be done about an enquiry."""
    return "reference" in row and "queue" not in row
