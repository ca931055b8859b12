"""What a visit is: the optional table `[visit]` of the practice file, of numbers and choices alone.

So it needs no translation: each choice is a message, and CLDR writes the numbers (`infra/site/views/visit_view.py`).
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from babel.numbers import is_currency
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from infra.site.sources.fields import EACH_ONCE, Text, wrong
from infra.site.sources.model import Model

Payment = Literal["card", "cash", "check", "bank-transfer", "health-savings"]
Insurance = Literal["in-network", "receipt", "none"]
Bring = Literal["photo-id", "insurance-card", "medicines", "reports", "referral"]
Wear = Literal["loose", "shorts", "sleeveless"]
Amount = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)]


def _listed(price: Any) -> Any:
    return price if isinstance(price, list) else [price]


def _as_range(prices: tuple[Decimal, ...]) -> tuple[Decimal, Decimal]:
    if len(prices) not in (1, 2):
        raise wrong("a price is a number, or two: from and to")
    low, high = prices[0], prices[-1]
    if high < low:
        raise wrong(f"{low} to {high}: the lower price comes first")
    return low, high


# The lowest and the highest; a price alone is both.
Price = Annotated[tuple[Amount, ...], BeforeValidator(_listed), AfterValidator(_as_range)]
Minutes = Annotated[int, Field(strict=True, gt=0, le=480)]


class VisitTable(Model):
    """The table `[visit]`. What is not given is asked for by telephone, or not spoken of."""

    first_minutes: Minutes | None = None
    later_minutes: Minutes | None = None
    # ISO 4217. Before the prices, which need one.
    currency: str | None = None
    first_price: Price | None = None
    later_price: Price | None = None
    prices_as_of: date | None = None
    payment: Annotated[tuple[Payment, ...], EACH_ONCE] = ()
    insurance: Annotated[tuple[Insurance, ...], EACH_ONCE] = ()
    # Those whose network the practice is in.
    plans: Annotated[tuple[Text, ...], EACH_ONCE] = ()
    referral: Literal["needed", "not-needed"] | None = None
    needles_on_first_visit: Literal["yes", "no", "if-suitable"] | None = None
    bring: Annotated[tuple[Bring, ...], EACH_ONCE] = ()
    wear: Annotated[tuple[Wear, ...], EACH_ONCE] = ()
    good_faith_estimate: Annotated[bool, Field(strict=True)] = False

    @field_validator("currency")
    @classmethod
    def _is_known(cls, currency: str | None) -> str | None:
        if currency and not is_currency(currency):
            raise wrong(f"{currency!r} is no currency of ISO 4217, such as 'USD'")
        return currency

    @field_validator("first_price", "later_price")
    @classmethod
    def _can_be_written(cls, price: Price | None, visit: ValidationInfo) -> Price | None:
        if price and "currency" in visit.data and visit.data["currency"] is None:
            raise wrong("a price needs a currency")
        return price

    @field_validator("prices_as_of")
    @classmethod
    def _is_of_a_price(cls, day: date | None, visit: ValidationInfo) -> date | None:
        # A price that is at fault itself is not missing.
        if day and all(visit.data.get(name, ...) is None for name in ("first_price", "later_price")):
            raise wrong("there is no price")
        return day

    @field_validator("insurance")
    @classmethod
    def _agree(cls, insurance: tuple[Insurance, ...]) -> tuple[Insurance, ...]:
        if "none" in insurance and len(insurance) > 1:
            raise wrong("'none' is said alone")
        return insurance

    @field_validator("plans")
    @classmethod
    def _are_of_a_network(cls, plans: tuple[str, ...], visit: ValidationInfo) -> tuple[str, ...]:
        if plans and "in-network" not in visit.data.get("insurance", ("in-network",)):
            raise wrong("plans are those of 'in-network', which insurance does not name")
        return plans
