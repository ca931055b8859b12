"""What the forms on the page of an enquiry send: a small model for each, with the fact that it writes."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Final, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from functions.inbox import steps
from functions.inbox.again import on_date
from functions.inbox.troubles import Code, Refused
from shared import acts
from shared.errors import NeedlepointError
from shared.lead import ID_PATTERN, Lead
from shared.messages import mark as _
from shared.opening_hours import OpeningHours
from shared.outcomes import OUTCOMES, Outcome
from shared.text import clean_lines

_TOO_LATE: Final = _("This enquiry is not kept for so long. Choose an earlier date.")
_OVER: Final = _("That time is over. Choose another one.")
_NO_DATE: Final = _("Choose a date.")
_NO_NOTE: Final = _("Write the note first.")
_LONG_NOTE: Final = _("A note can have at most 1,000 characters.")
_NO_ROOM: Final = _("There is no room for more notes. Delete one that is not needed any more.")

type LeadId = Annotated[str, StringConstraints(pattern=f"^{ID_PATTERN}$")]


class Wrong(NeedlepointError):
    """What was entered in a field cannot be taken, and why: a message."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field)
        self.field = field
        self.message = message


class Press(NamedTuple):
    """Who presses a button, when (seconds since the epoch), and the other enquiry that it is about, if it is."""

    now: float
    by: str
    hours: OpeningHours
    other: Lead | None = None


class Button(BaseModel):
    """What every form sends: the version of the lead that its page has shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    wrong: ClassVar[Mapping[str, str]] = {}  # by a field: what is wrong where it is not taken

    version: int

    @property
    def other(self) -> str | None:
        """The id of another enquiry that it is about: its facts are written there, too."""
        return None

    @abstractmethod
    def step(self, lead: Lead, press: Press) -> Lead | None:
        """The lead with what the button says; None where it says so already. Raises Wrong or Refused."""


class Say(Button):
    """What became of it."""

    outcome: Outcome

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """An outcome that a tap says."""
        if not OUTCOMES[self.outcome].has_button:
            raise Refused(Code.NO_BUTTON)
        return steps.said(lead, self.outcome, press.now, press.by, press.hours)


class Undo(Button):
    """The outcome of that time was a mistake."""

    undo: str

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """The outcome that stands, and no other."""
        return steps.undone(lead, self.undo, press.now, press.by)


class Rescue(Button):
    """What was kept back is a real enquiry."""

    rescue: Literal["1"]

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """It alerts, once."""
        return steps.rescued(lead, press.now, press.by)


class AlertAgain(Button):
    """The alert is to be sent once more."""

    alert: Literal["again"]

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """Unless one is on its way."""
        return acts.alert_asked(lead, press.now, press.by)


class Again(Button):
    """The person is to be called again at a time that the page offered."""

    wrong = {"again": _NO_DATE}
    again: AwareDatetime

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """A time that lies ahead, and until which the enquiry is kept."""
        return _again("again", lead, int(self.again.timestamp()), press)


class AgainOn(Button):
    """The same on a date."""

    wrong = {"day": _NO_DATE}
    on: Literal["date"]
    day: date

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """From the date's opening on."""
        if self.day < press.hours.zone.time(press.now).date():
            raise Wrong("day", _OVER)
        return _again("day", lead, on_date(press.hours, self.day, press.now), press)


class NotAgain(Button):
    """Nobody is to be called again."""

    never: Literal["1"]

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """The outcome stays."""
        return acts.not_again(lead, press.now, press.by)


class Write(Button):
    """A note."""

    wrong = {"note": _LONG_NOTE}
    write: Literal["note"]
    note: Annotated[str, StringConstraints(max_length=acts.LONGEST_NOTE), BeforeValidator(clean_lines)] = ""

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """While there is room."""
        if not self.note:
            raise Wrong("note", _NO_NOTE)
        if len(lead.notes) >= acts.MOST_NOTES:
            raise Wrong("note", _NO_ROOM)
        return acts.noted(lead, self.note, press.now, press.by)


class Delete(Button):
    """The note of that time is not to be kept."""

    delete: str

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """For good."""
        return acts.note_removed(lead, self.delete, press.now, press.by)


class Apart(Button):
    """Another enquiry of this number or address is another person's."""

    apart: LeadId

    @property
    def other(self) -> str:
        """That one."""
        return self.apart

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """Both say so."""
        return acts.apart(lead, _other(press), press.now, press.by)


class Together(Button):
    """It is the same person's after all."""

    together: LeadId

    @property
    def other(self) -> str:
        """That one."""
        return self.together

    def step(self, lead: Lead, press: Press) -> Lead | None:
        """Both say so."""
        return acts.together(lead, _other(press), press.now, press.by)


# By the field that no other form has.
_BUTTONS: Final[Mapping[str, type[Button]]] = {
    "outcome": Say,
    "undo": Undo,
    "rescue": Rescue,
    "alert": AlertAgain,
    "again": Again,
    "on": AgainOn,
    "never": NotAgain,
    "write": Write,
    "delete": Delete,
    "apart": Apart,
    "together": Together,
}


def read_button(fields: Mapping[str, str]) -> Button:
    """The button that was pressed, from its form's fields.

    Raises:
        Wrong: What was typed or chosen cannot be taken.
        Refused: No form of the page sends this.
    """
    kind = next((kind for name, kind in _BUTTONS.items() if name in fields), None)
    if kind is None:
        raise Refused(Code.NO_BUTTON)
    try:
        return kind.model_validate(dict(fields))
    except ValidationError as error:
        # Without the error itself, which quotes what was typed.
        field = str(error.errors()[0]["loc"][0])
    if field in kind.wrong:
        raise Wrong(field, kind.wrong[field])
    raise Refused(Code.NO_BUTTON)


def _again(field: str, lead: Lead, at: int, press: Press) -> Lead | None:
    if at <= press.now:
        raise Wrong(field, _OVER)
    if at >= lead.expires_at:
        raise Wrong(field, _TOO_LATE)
    return acts.again_chosen(lead, at, press.now, press.by)


def _other(press: Press) -> Lead:
    if press.other is None:
        raise Refused(Code.NO_BUTTON)
    return press.other
