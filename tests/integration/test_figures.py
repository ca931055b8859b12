"""The dashboard's queries, and those of the documentation, on the lines that the functions really write."""

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from urllib3 import PoolManager
from urllib3.exceptions import ReadTimeoutError

from functions.canary.errors import CanaryFailed
from functions.delivery.facts import Facts
from infra.local import template
from shared.acts import alert_asked
from shared.errors import StoreUnavailable
from shared.lead import Lead
from tests.conftest import ROOT
from tests.courses import GOOD, Course
from tests.insights import ask, lines_of
from tests.integration.chain import Chain
from tests.integration.conftest import Stack
from tests.integration.test_enquiry_page import Desk, clock, desk
from tests.world import World

__all__ = ["clock", "desk"]

BODY: Final = template.load(ROOT / "template.yaml").cloudformation["Resources"]["Figures"]["Properties"][
    "DashboardBody"
]
WIDGETS: Final = [each["properties"] for each in json.loads(BODY["Fn::Sub"])["widgets"]]
QUERIES: Final = {each["title"].partition(" ")[0].rstrip(","): each["query"] for each in WIDGETS if "query" in each}
ENQUIRIES, ANSWERED, ALERTS, DELAY, REFUSED = QUERIES.values()


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(stack, monkeypatch)


@pytest.fixture
def chain(world: World, monkeypatch: pytest.MonkeyPatch) -> Chain:
    return Chain(world, monkeypatch)


@pytest.fixture
def figure(capsys: pytest.CaptureFixture[str]) -> Callable[[str], dict[str, Any]]:
    """Gives the one row of a query of all lines so far; nothing where it has none."""
    lines: list[dict[str, Any]] = []

    def figure(query: str) -> dict[str, Any]:
        lines.extend(lines_of(capsys.readouterr().out))
        rows = ask(query, lines)
        assert len(rows) <= 1
        return rows[0] if rows else {}

    return figure


type Figure = Callable[[str], dict[str, Any]]


def test_the_canary_is_in_none_and_hides_no_alert_that_is_not_proven(
    world: World, chain: Chain, figure: Figure
) -> None:
    lost = world.enquire(1)  # SES takes it, and says nothing more
    world.ses.events.clear()
    world.enquire(2)
    world.enquire(3)
    world.deliver(world.now + 60)
    before = [figure(query) for query in QUERIES.values()]
    assert world.told(lost) == ["alert_sent"]
    assert figure(ENQUIRIES) == {"enquiries": 3}
    assert figure(ALERTS) == {"proven": 2, "sent": 3}

    chain.prove()
    chain.prove(anyway=True)

    assert world.counted["CanaryProven"] == 2
    assert [figure(query) for query in QUERIES.values()] == before


def test_of_a_practice_to_which_nobody_writes_the_canary_makes_no_enquiry(chain: Chain, figure: Figure) -> None:
    chain.prove()

    assert figure(ENQUIRIES) == {"enquiries": 0}
    assert [figure(query) for query in (ANSWERED, ALERTS, DELAY, REFUSED)] == [{}] * 4


def test_the_canary_is_taken_off_also_where_the_answer_to_it_was_lost(
    chain: Chain, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_in_vain(*asked: Any, **more: Any) -> Any:
        answer = chain._ask(*asked, **more)
        if asked[0] == "POST":
            raise ReadTimeoutError(None, "/api/leads", "")  # type: ignore[arg-type]
        return answer

    monkeypatch.setattr(PoolManager, "request", lambda _, *asked, **more: ask_in_vain(*asked, **more))

    with pytest.raises(CanaryFailed, match=r"^POST /api/leads: ReadTimeoutError$"):
        chain.prove()

    assert figure(ENQUIRIES) == {"enquiries": 0}


def test_five_enquiries_in_one_mail_are_five_and_their_mail_is_one(world: World, figure: Figure) -> None:
    half = {"pk": {"S": "BUDGET#2026-11-25"}, "sk": {"S": "BUDGET"}, "sent": {"N": "100"}}
    world.stack.dynamodb.put_item(TableName=world.stack.table, Item=half)
    for number in range(5):
        world.enquire(number)

    world.run(15)

    assert [mail.kind for mail in world.ses.sent] == ["bundle"]
    assert figure(ENQUIRIES) == {"enquiries": 5}
    assert figure(ALERTS) == {"proven": 1, "sent": 1}
    assert figure(DELAY)["longest"] > 300


# What becomes of a mail, and what the figure says of it and of one that arrives.
COURSES: Final = {
    "it arrives": (GOOD, {"proven": 2, "sent": 2}),
    "its answer is lost, and it arrives": (Course(is_silent=True), {"proven": 2, "sent": 2}),
    "nothing is heard of it": (Course(events=()), {"proven": 1, "sent": 2}),
    "SES refuses it": (Course(refusal="MessageRejected"), {"proven": 1, "sent": 1}),
    "it bounces": (Course(events=((1, "send"), (5, "permanent"))), {"proven": 1, "sent": 2}),
    "it is told of twice": (Course(events=(*GOOD.events, *GOOD.events)), {"proven": 2, "sent": 2}),
}


@pytest.mark.parametrize("name", COURSES)
def test_no_alert_is_proven_that_is_not_among_those_that_were_sent(world: World, figure: Figure, name: str) -> None:
    course, wanted = COURSES[name]
    world.enquire(1)
    world.ses.course = lambda mail_id, now: course
    world.enquire(2)
    world.deliver(world.now + 60)

    assert figure(ALERTS) == wanted


def test_an_event_that_comes_again_because_it_could_not_be_written_counts_once(
    world: World, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.enquire(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Facts, "write", _written_by_half(Facts.write))
        world.deliver(world.now + 60)
    world.deliver(world.now + 600)

    assert figure(ALERTS) == {"proven": 1, "sent": 1}


def _written_by_half(write: Callable[..., None]) -> Callable[..., None]:
    def written(*given: Any) -> None:
        write(*given)
        raise StoreUnavailable("ThrottlingException")

    return written


def test_what_machines_send_is_no_enquiry(world: World, figure: Figure) -> None:
    world.enquire(1)
    world.enquire(2, aside="x")

    assert figure(ENQUIRIES) == {"enquiries": 1}


def test_an_alert_that_is_asked_for_days_later_took_no_days(world: World, figure: Figure) -> None:
    def asked(lead: Lead) -> Lead | None:
        return alert_asked(lead, world.now, "desk")

    lead_id = world.enquire(1)
    world.deliver(world.now + 60)
    before = figure(DELAY)
    world.now += 3 * 86_400
    assert world.store.change(lead_id, asked)
    world.run(2)

    assert len(world.alerts_of(lead_id)) == 2
    assert figure(ALERTS) == {"proven": 2, "sent": 2}
    assert figure(DELAY) == before


def test_an_answer_that_was_undone_and_said_anew_is_one(desk: Desk, figure: Figure) -> None:
    desk.presses(outcome="booked")
    assert figure(ANSWERED) == {"in_time": 1, "answered": 1}

    desk.presses(undo=desk.lead().outcomes[0]["at"])
    assert figure(ANSWERED) == {"in_time": 0, "answered": 0}

    desk.clock.now += 7 * 86_400
    desk.presses(outcome="called")
    assert figure(ANSWERED) == {"in_time": 0, "answered": 1}
