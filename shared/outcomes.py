"""What can become of an enquiry: one table of outcomes, by what each means for the clock and for what comes next."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from shared.messages import mark as _


class Outcome(StrEnum):
    """What a person at the practice says became of an enquiry."""

    CALLED = "called"
    WRITTEN = "written"
    LEFT_MESSAGE = "left_message"
    NOT_REACHED = "not_reached"
    BOOKED = "booked"
    NOT_FOR_US = "not_for_us"
    ADVERTISING = "advertising"


class Meaning(NamedTuple):
    """What an outcome means.

    Attributes:
        label: What its button is called.
        is_answer: Whether the person was answered by it, which stops the promise's clock.
        again_after_days: On which open day after this one the practice usually tries again, from its opening;
            None where nothing is left to do, or a person says when.
        has_button: Whether a tap says it; else it is said together with a date.
        is_written: Whether it is said beside the replies that the inbox offers, and not among the other buttons.
    """

    label: str
    is_answer: bool
    again_after_days: int | None = None
    has_button: bool = True
    is_written: bool = False

    @property
    def is_among_buttons(self) -> bool:
        """Whether it is one of the buttons that every page of an enquiry has, also by the link of a mail."""
        return self.has_button and not self.is_written


OUTCOMES: Final[Mapping[Outcome, Meaning]] = {
    Outcome.CALLED: Meaning(_("We spoke"), is_answer=True),
    Outcome.WRITTEN: Meaning(_("Answered in writing"), is_answer=True, is_written=True),
    # The person heard by when they were told to. Nobody spoke to them yet.
    Outcome.LEFT_MESSAGE: Meaning(_("Left a message"), is_answer=True, again_after_days=1),
    # Nobody heard from anybody: it only puts off the next try.
    Outcome.NOT_REACHED: Meaning(_("To be called again"), is_answer=False, has_button=False),
    Outcome.BOOKED: Meaning(_("Booked a visit"), is_answer=True),
    Outcome.NOT_FOR_US: Meaning(_("Not for us"), is_answer=True),
    Outcome.ADVERTISING: Meaning(_("Advertising"), is_answer=False),
}
# Those by which the person heard from the practice.
ANSWERS: Final = frozenset(outcome.value for outcome, meaning in OUTCOMES.items() if meaning.is_answer)
