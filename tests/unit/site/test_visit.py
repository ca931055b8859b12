"""What a visit is: absent, present and wrong, in numbers, choices and five languages."""

from dataclasses import replace
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest

from infra.site.languages.localize import Localizer
from infra.site.sources.practice_file import load, read_file
from infra.site.sources.visit_table import VisitTable
from infra.site.views.visit_view import VisitView, visit_view
from tests.practice import PRACTICE, PRACTICE_FILE, assert_one_fault, write_full_practice
from tests.sample import SLUG, Sample
from tests.unit.site.test_pages import Page, graph_of

FILE = read_file(PRACTICE_FILE)
SOURCE = PRACTICE_FILE.read_text(encoding="utf-8")
PAGES = [f"/en/articles/{SLUG}", "/en/"]


def view(locale: str = "en", **fields: Any) -> VisitView:
    file = FILE.model_copy(update={"visit": VisitTable.model_validate(fields)})
    return visit_view(file, Localizer(locale, NullTranslations()))


def shown(locale: str = "en", **fields: Any) -> dict[str, str]:
    found = {each.label: each.html for each in view(locale, **fields).details}
    assert found.pop("Where") == "<bdi>100 Example Street, Suite 4, Phoenix</bdi>"
    return found


def section(html: str) -> str:
    return html.partition('<section class="visit">')[2].partition("</section>")[0]


@pytest.mark.parametrize("path", PAGES)
def test_with_nothing_given_the_page_leads_to_the_number_and_shows_no_empty_label(compiled: Sample, path: str) -> None:
    found = section(compiled.get(path).body.decode())

    assert (
        'Ask what a visit costs, and whether your insurance pays: <a class="number" href="tel:+16025550187">' in found
    )
    assert found.count("<dt>") == found.count("<dt>Where</dt>") == 1
    assert 'class="hint"' not in found
    assert "None" not in found


@pytest.mark.parametrize("path", PAGES)
def test_with_everything_given_there_is_nothing_to_ask(sample: Sample, path: str) -> None:
    write_full_practice(sample.sources.practice)
    sample.compile()

    found = section(sample.get(path).body.decode())

    for text in (
        "<dt>First visit</dt><dd>60 minutes, $95 to $140</dd>",
        "<dt>Later visits</dt><dd>30 minutes, $70</dd>",
        "<dd>Only if they are right for you, and if you agree</dd>",
        "<dd>Card, cash, check, bank transfer, and health savings account (HSA or FSA)</dd>",
        "<dd>We are in the network of <bdi>Example Health</bdi> and <bdi>Sample Mutual</bdi>. You pay us, and get",
        "<dt>Referral</dt><dd>You do not need one.</dd>",
        "<dd>A photo ID, your insurance card, a list of your medicines, reports",
        "<dd>Loose clothes, shorts, and a sleeveless top</dd>",
        '<a href="https://maps.example.org/?q=Phoenix" rel="noreferrer">Directions (a map on another site)</a>',
        "Prices as of November 1, 2026.",
        "(a good faith estimate)",
    ):
        assert text in found
    assert "tel:" not in found


def test_functions_know_nothing_of_it(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    write_full_practice(path)

    # But for other websites, about which they are asked.
    assert replace(load(path), allowed_origins=()) == PRACTICE


@pytest.mark.parametrize(
    ("fields", "labels"),
    [
        ({"first_minutes": 60}, {"First visit": "60 minutes"}),
        ({"later_price": 49.5, "currency": "USD"}, {"Later visits": "$49.50"}),
        ({"first_price": 0, "currency": "USD"}, {"First visit": "$0"}),
        ({"insurance": ["none"]}, {"Insurance": "We do not work with insurance. You pay for your visits yourself."}),
        (
            {"insurance": ["in-network"]},
            {"Insurance": "We are in the network of some insurance plans. Ask about yours."},
        ),
        ({"referral": "needed"}, {"Referral": "You need a referral from a doctor."}),
        ({"payment": ["cash"]}, {"Payment": "Cash"}),
        ({"payment": []}, {}),
        ({"good_faith_estimate": True}, {}),
    ],
)
def test_what_is_given_alone_stands_alone(fields: dict[str, Any], labels: dict[str, str]) -> None:
    assert shown(**fields) == labels


@pytest.mark.parametrize(
    ("fields", "ask"),
    [
        ({}, "Ask what a visit costs, and whether your insurance pays:"),
        ({"insurance": ["none"]}, "Ask what a visit costs:"),
        ({"currency": "USD", "later_price": 70}, "Ask whether your insurance pays:"),
        ({"currency": "USD", "later_price": 70, "insurance": ["receipt"]}, None),
    ],
)
def test_what_is_not_given_is_asked_for(fields: dict[str, Any], ask: str | None) -> None:
    assert view(**fields).ask == ask


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "60 minutes, $1,200"),
        ("es", "60 minutos, 1.200\xa0US$"),
        ("fr", "60 minutes, 1\u202f200\xa0$US"),
        ("zh-Hant", "60 分鐘, US$1,200"),
        ("ar", "60 دقيقة, \u20661,200\xa0US$\u2069"),
    ],
)
def test_time_and_money_are_written_as_the_language_writes_them(locale: str, said: str) -> None:
    assert shown(locale, first_minutes=60, first_price=1200, currency="USD")["First visit"] == said


def test_the_name_of_a_plan_is_no_markup() -> None:
    found = shown(insurance=["in-network"], plans=["A <b>"])["Insurance"]

    assert found == "We are in the network of <bdi>A &lt;b&gt;</bdi>."


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("first_minutes = 0", "visit.first_minutes: .*greater than 0"),
        ("first_minutes = true", "visit.first_minutes: .*integer"),
        ('later_minutes = "half an hour"', "visit.later_minutes: .*integer"),
        ('currency = "dollars"', "visit.currency: 'dollars' is no currency of ISO 4217"),
        ("first_price = 95", "visit.first_price: a price needs a currency"),
        ('currency = "USD"\nlater_price = [140, 95]', "visit.later_price: 140 to 95: the lower price comes first"),
        ('currency = "USD"\nlater_price = []', "visit.later_price: a price is a number, or two"),
        ('currency = "USD"\nlater_price = -1', r"visit.later_price.0: .*greater than or equal to 0"),
        ('currency = "USD"\nlater_price = "much"', r"visit.later_price.0: .*decimal"),
        ("prices_as_of = 2026-11-01", "visit.prices_as_of: there is no price"),
        ('payment = ["gold"]', r"visit.payment.0: .*'card'"),
        ('payment = ["card", "card"]', "visit.payment: 'card' is named twice"),
        ('insurance = ["none", "receipt"]', "visit.insurance: 'none' is said alone"),
        ('insurance = ["receipt"]\nplans = ["A"]', "visit.plans: plans are those of 'in-network'"),
        ('referral = "maybe"', "visit.referral: .*'needed' or 'not-needed'"),
        ("needles_on_first_visit = true", "visit.needles_on_first_visit: .*'if-suitable'"),
        ('bring = ["patience"]', r"visit.bring.0: "),
        ('wear = "loose"', r"visit.wear: .*tuple"),
        ('good_faith_estimate = "yes"', "visit.good_faith_estimate: .*boolean"),
        ("price = 95", "visit.price: .*not permitted"),
    ],
)
def test_a_fault_is_named_by_file_and_field(tmp_path: Path, lines: str, fault: str) -> None:
    assert_one_fault(tmp_path, f"{SOURCE}\n[visit]\n{lines}\n", fault)


def test_search_engines_hear_what_their_vocabulary_has(sample: Sample) -> None:
    write_full_practice(sample.sources.practice)
    sample.compile()

    business = graph_of(Page(sample, "/en/"))["MedicalBusiness"]

    assert business["priceRange"] == "USD 70-140"
    assert business["paymentAccepted"] == "Credit Card, Cash, Check, Bank Transfer, Health Savings Account"


def test_search_engines_hear_nothing_that_is_not_given(compiled: Sample) -> None:
    assert not {"priceRange", "paymentAccepted"} & graph_of(Page(compiled, "/en/"))["MedicalBusiness"].keys()
