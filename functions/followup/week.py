"""The digest: what a week brought, as a mail to the practice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.enquiry_blocks import Linked, clock_sentences, entry
from shared.enquiry_words import FURTHER, named
from shared.lead import Lead, seconds
from shared.letterhead import Letterhead
from shared.mail import Block, Button, Entries, Heading, Mail, Notice, Row, Rows, Sentence, Small, isolated
from shared.messages import mark as _

# Gmail cuts a mail off after 102 KB of HTML.
_LONGEST_LIST: Final = 50


@dataclass(frozen=True, slots=True)
class Week:
    """What is known of a week.

    Attributes:
        starts: Its first moment, in seconds since the epoch.
        articles: How many enquiries came by each article, by its name.
        languages: The same by locale.
        campaigns: The same by campaign; those of none are not among them.
        answered: How many enquiries were answered.
        median: Half of the answers took at most so many seconds of opening hours; None without answers.
        open: How many enquiries are open now, whenever they came.
        late: Those of them whose time is over, the latest first.
        kept_back: What was taken for spam and nobody has looked at, with the links that rescue it.
        bounced: Enquiries whose alert bounced for good.
        year_without_closures: The coming year, if the practice file has no closed day in it and the year is near.
        chosen: How many enquiries came by what was chosen in a further field of the form, for each that has choices.
    """

    starts: float
    articles: Mapping[str, int]
    languages: Mapping[str, int]
    campaigns: Mapping[str, int]
    answered: int
    median: float | None
    open: int
    late: Sequence[Linked] = ()
    kept_back: Sequence[Linked] = ()
    bounced: Sequence[Lead] = ()
    year_without_closures: int | None = None
    chosen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def received(self) -> int:
        """How many enquiries came."""
        return sum(self.articles.values())

    @property
    def is_worth_a_mail(self) -> bool:
        """Whether there is anything to tell."""
        lists = (self.late, self.kept_back, self.bounced, self.year_without_closures)
        return any((self.received, self.answered, self.open, *lists))


def digest(week: Week, letterhead: Letterhead) -> Mail:
    """Write what the week brought; `letterhead` is that of the practice's language."""
    blocks = [
        *_closures(week, letterhead),
        *_figures(week, letterhead),
        *_late(week, letterhead),
        *_kept_back(week, letterhead),
        *_bounces(week, letterhead),
    ]
    subject = letterhead.say(
        _("Week of {day}. Enquiries: {count}"), day=letterhead.day(week.starts), count=week.received
    )
    return Mail(subject, tuple(blocks))


def _figures(week: Week, letterhead: Letterhead) -> list[Block]:
    say = letterhead.say
    rows = [Row(say(_("Enquiries")), str(week.received)), Row(say(_("Answered")), str(week.answered))]
    if week.median is not None:
        rows.append(Row(say(_("Half of the answers took at most")), _duration(week.median, letterhead)))
    rows.append(Row(say(_("Open now")), str(week.open)))
    return [
        Rows(tuple(rows)),
        *_counted(say(_("By article")), week.articles, letterhead.article_title),
        *_counted(say(_("By language")), week.languages, letterhead.language_name),
        *_counted(say(_("By campaign")), week.campaigns),
        *(block for name, counts in week.chosen.items() for block in _chosen(name, counts, letterhead)),
    ]


def _chosen(name: str, counts: Mapping[str, int], letterhead: Letterhead) -> list[Block]:
    further, say = FURTHER[name], letterhead.say
    return _counted(say(further.label), counts, lambda value: named(further.choices, value, say))


def _counted(heading: str, counts: Mapping[str, int], called: Callable[[str], str] = str) -> list[Block]:
    most_first = sorted((-count, called(name)) for name, count in counts.items())
    return [Heading(heading), Rows(tuple(Row(str(-count), name) for count, name in most_first))] if counts else []


def _duration(seconds: float, letterhead: Letterhead) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return letterhead.say(_("{hours} h {minutes} min of opening hours"), hours=hours, minutes=minutes)


def _late(week: Week, letterhead: Letterhead) -> list[Block]:
    if not week.late:
        return []
    entries = [entry(each, letterhead, *_promised(each.lead, letterhead)) for each in week.late[:_LONGEST_LIST]]
    more = _more(week.late, letterhead)
    return [
        Heading(letterhead.say(_("Open and late"))),
        Entries(tuple(entries)),
        *more,
        *clock_sentences(week.late, letterhead),
    ]


def _promised(lead: Lead, letterhead: Letterhead) -> list[Row]:
    if not lead.answer_by:
        return []
    return [Row(letterhead.say(_("Answer promised by")), letterhead.moment(seconds(lead.answer_by)))]


def _kept_back(week: Week, letterhead: Letterhead) -> list[Block]:
    if not week.kept_back:
        return []
    say = letterhead.say
    why = say(_("These filled in a field that people do not see, so they are most likely from a machine."))
    entries = []
    for each in week.kept_back[:_LONGEST_LIST]:
        shown = entry(each, letterhead)
        rescue = Button(say(_("Take it in as an enquiry")), each.link) if each.link else None
        entries.append(shown._replace(button=rescue))
    more = _more(week.kept_back, letterhead)
    return [Heading(say(_("Kept back"))), Sentence(why), Entries(tuple(entries)), *more]


def _more(enquiries: Sequence[Linked], letterhead: Letterhead) -> list[Block]:
    further = len(enquiries) - _LONGEST_LIST
    return [Small(letterhead.say(_("Not shown here: {count}"), count=further))] if further > 0 else []


def _bounces(week: Week, letterhead: Letterhead) -> list[Block]:
    if not week.bounced:
        return []
    rows = tuple(Row(lead.reference, lead.bounce or "") for lead in week.bounced)
    return [Heading(letterhead.say(_("Alerts that the mailbox did not take"))), Rows(rows)]


def _closures(week: Week, letterhead: Letterhead) -> list[Block]:
    if (year := week.year_without_closures) is None:
        return []
    say, command = letterhead.say, isolated(f"make closures YEAR={year}")
    return [
        Notice(
            say(_("No closed days are known for {year}"), year=year),
            say(
                _(
                    "Until they stand in the practice file, visitors may be promised an answer on a holiday. "
                    "{command} proposes them."
                ),
                command=command,
            ),
        )
    ]
