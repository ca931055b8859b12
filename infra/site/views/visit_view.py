"""What a visit is, as pages show it in one language: its length, its price, what to bring, and what to ask for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from infra.site.languages.localize import Localizer
from infra.site.sources.practice_file import PracticeFile
from infra.site.sources.visit_table import VisitTable
from infra.site.views.detail import SEPARATOR, Detail
from shared.messages import mark as _

_NAME: Final = Markup("<bdi>{}</bdi>")
_LINK: Final = Markup('<a href="{}" rel="noreferrer">{}</a>')

_FIRST: Final = _("First visit")
_LATER: Final = _("Later visits")
_NEEDLES: Final = _("Needles on the first visit")
_PAYMENT: Final = _("Payment")
_INSURANCE: Final = _("Insurance")
_REFERRAL: Final = _("Referral")
_BRING: Final = _("Please bring")
_WEAR: Final = _("Please wear")
_WHERE: Final = _("Where")
_DIRECTIONS: Final = _("Directions (a map on another site)")
_NETWORK: Final = _("We are in the network of {plans}.")
_AS_OF: Final = _("Prices as of {date}.")
_ESTIMATE: Final = _(
    "If you pay without insurance, you can have an estimate of the cost before your visit (a good faith estimate)."
)

# By which of the two is given: the price, and what insurance pays.
_ASK: Final[Mapping[tuple[bool, bool], str | None]] = {
    (False, False): _("Ask what a visit costs, and whether your insurance pays:"),
    (False, True): _("Ask what a visit costs:"),
    (True, False): _("Ask whether your insurance pays:"),
    (True, True): None,
}

# The choices of the practice file; those of a list stand in a list of their kind.
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "needles": {
        "yes": _("Yes, if you agree"),
        "no": _("No"),
        "if-suitable": _("Only if they are right for you, and if you agree"),
    },
    "payment": {
        "card": _("card"),
        "cash": _("cash"),
        "check": _("check"),
        "bank-transfer": _("bank transfer"),
        "health-savings": _("health savings account (HSA or FSA)"),
    },
    "insurance": {
        "in-network": _("We are in the network of some insurance plans. Ask about yours."),
        "receipt": _("You pay us, and get an itemized receipt for your insurance."),
        "none": _("We do not work with insurance. You pay for your visits yourself."),
    },
    "referral": {
        "needed": _("You need a referral from a doctor."),
        "not-needed": _("You do not need one."),
    },
    "bring": {
        "photo-id": _("a photo ID"),
        "insurance-card": _("your insurance card"),
        "medicines": _("a list of your medicines"),
        "reports": _("reports and pictures that you have, such as an MRI"),
        "referral": _("your referral"),
    },
    "wear": {
        "loose": _("loose clothes"),
        "shorts": _("shorts"),
        "sleeveless": _("a sleeveless top"),
    },
}


@dataclass(frozen=True)
class VisitView:
    """What is known of a visit.

    `details` have a label each, `notes` are sentences. `ask` leads to the practice's number, where the price or what
    insurance pays is not given.
    """

    details: tuple[Detail, ...]
    notes: tuple[str, ...]
    ask: str | None


def visit_view(file: PracticeFile, localizer: Localizer) -> VisitView:
    """The table `[visit]`, and where the practice is, in `localizer`'s language."""
    visit = file.visit
    has_price = bool(visit.first_price or visit.later_price)
    ask = _ASK[has_price, bool(visit.insurance)]
    return VisitView(
        tuple(Detail(localizer.say(label), html) for label, html in _details(file, localizer) if html),
        tuple(_notes(visit, localizer)),
        ask and localizer.say(ask),
    )


def _details(file: PracticeFile, localizer: Localizer) -> Iterator[tuple[str, str]]:
    visit = file.visit
    yield _FIRST, _one_visit(visit.first_minutes, visit.first_price, visit.currency, localizer)
    yield _LATER, _one_visit(visit.later_minutes, visit.later_price, visit.currency, localizer)
    yield _NEEDLES, _choice("needles", visit.needles_on_first_visit, localizer)
    yield _PAYMENT, _choices("payment", visit.payment, localizer)
    yield _INSURANCE, Markup(" ").join(_insurance(visit, localizer))
    yield _REFERRAL, _choice("referral", visit.referral, localizer)
    yield _BRING, _choices("bring", visit.bring, localizer)
    yield _WEAR, _choices("wear", visit.wear, localizer)
    yield _WHERE, Markup(" ").join(_place(file, localizer))


def _place(file: PracticeFile, localizer: Localizer) -> Iterator[Markup]:
    yield _NAME.format(f"{file.address.street}, {file.address.locality}")
    if file.access.directions:
        yield _LINK.format(file.access.directions, localizer.say(_DIRECTIONS))


def _one_visit(
    minutes: int | None, price: tuple[Decimal, ...] | None, currency: str | None, localizer: Localizer
) -> str:
    known = []
    if minutes:
        known.append(localizer.duration(timedelta(minutes=minutes), "minute"))
    if price and currency:
        known.append(localizer.price(price[0], price[-1], currency))
    return localizer.say(SEPARATOR).join(known)


def _insurance(visit: VisitTable, localizer: Localizer) -> Iterator[str]:
    for each in visit.insurance:
        if each == "in-network" and visit.plans:
            names = [_NAME.format(name) for name in visit.plans]
            yield localizer.html(_NETWORK, plans=localizer.listed(names))
        else:
            yield _choice("insurance", each, localizer)


def _notes(visit: VisitTable, localizer: Localizer) -> Iterator[str]:
    if visit.prices_as_of:
        yield localizer.say(_AS_OF, date=localizer.date(visit.prices_as_of))
    if visit.good_faith_estimate:
        yield localizer.say(_ESTIMATE)


def _choice(kind: str, choice: str | None, localizer: Localizer) -> str:
    return localizer.say(_WORDS[kind][choice]) if choice else ""


def _choices(kind: str, choices: Sequence[str], localizer: Localizer) -> str:
    if not choices:
        return ""
    listed = localizer.listed(localizer.say(_WORDS[kind][each]) for each in choices)
    return listed[:1].upper() + listed[1:]
