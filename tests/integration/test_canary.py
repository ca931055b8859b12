"""The canary: an enquiry of its own goes the whole way, nobody at the practice sees it, and its alarm sees a cut."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from samtranslator.yaml_helper import yaml_parse
from urllib3 import PoolManager
from urllib3.exceptions import ConnectTimeoutError

from functions.canary import canary, heartbeat
from functions.canary.errors import CanaryFailed
from functions.canary.heartbeat import Heartbeat
from functions.delivery.facts import Facts
from functions.followup import app as followup
from infra.ops import leads as command
from shared.erasure import Erasure
from shared.errors import StoreUnavailable
from shared.lead import CANARY_ADDRESS
from shared.pointers import Pointers
from shared.store import LeadStore, canary_key
from tests.conftest import ROOT
from tests.courses import Course
from tests.integration.chain import Chain
from tests.integration.conftest import Stack
from tests.integration.practice_inbox import Practice, open_inbox, references
from tests.world import MORNING, World

HOUR = 3600
ALARM = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Resources"]["CanarySilentAlarm"]["Properties"]


@pytest.fixture
def world(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> World:
    """A practice that mails visitors, and would be told by every way there is."""
    monkeypatch.setitem(stack.variables["notify"], "CONFIRM_TO_VISITOR", "yes")
    return World(stack, monkeypatch, second="push")


@pytest.fixture
def chain(world: World, monkeypatch: pytest.MonkeyPatch) -> Chain:
    return Chain(world, monkeypatch)


def fires(chain: Chain) -> bool:
    """What CloudWatch makes of the metric now, by the template's own numbers: a period without a value counts as 0."""
    assert (ALARM["TreatMissingData"], ALARM["Statistic"]) == ("breaching", "Sum")
    ends = [chain.world.now - ALARM["Period"] * number for number in range(ALARM["EvaluationPeriods"])]
    counts = [sum(end - ALARM["Period"] < at <= end for at in chain.proven_at) for end in ends]
    return all(count < ALARM["Threshold"] for count in counts)


# What ops are told of at once: the table refuses, or SES does.
AT_ONCE = {"LeadStoreUnavailable", "AlertNeedsHuman"}


def heard_of(world: World) -> list[str]:
    """Who at the practice, or beside it, was told of anything; and what other alarms read."""
    mails = [mail.recipient for mail in world.ses.sent if mail.recipient != CANARY_ADDRESS]
    return [*mails, *world.service.received, *(world.counted.keys() - {"CanaryProven"} - AT_ONCE)]


def test_a_deployment_has_it_go_at_once_whenever_it_went_last(world: World, chain: Chain) -> None:
    chain.prove()
    chain.prove()
    assert world.counted == {"CanaryProven": 1}

    chain.prove(anyway=True)
    assert world.counted == {"CanaryProven": 2}


def test_an_enquiry_of_its_own_goes_the_whole_way_once_and_nothing_of_it_is_left(world: World, chain: Chain) -> None:
    chain.prove()

    (mail,) = world.ses.sent
    assert (mail.kind, mail.recipient, mail.message["To"]) == ("alert", CANARY_ADDRESS, CANARY_ADDRESS)
    assert world.counted == {"CanaryProven": 1}
    (grave,) = world.items("LEAD")
    assert set(grave) == {"pk", "sk", "erased_at", "expires_at"}
    assert int(grave["expires_at"]) < world.now + 3 * 24 * HOUR
    # beside it there is when it was, for an hour that it was the canary's, and how many mails were sent that day
    assert {item["pk"].partition("#")[0] for item in world.items()} == {"LEAD", "CANARY", "BUDGET"}

    # the next day another one does, and of the first not even that is left
    for _ in range(24):
        world.now += HOUR
        chain.prove()
    assert world.counted == {"CanaryProven": 2}
    assert len([item for item in world.items() if item["pk"] == "CANARY"]) == 2
    assert heard_of(world) == []


# What cuts each link of the chain, and the link that the canary names.
type Cut = Callable[[Chain, pytest.MonkeyPatch], object]


def raising(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, error: Exception) -> None:
    def fail(*_: object, **__: object) -> Any:
        raise error

    monkeypatch.setattr(where, name, fail)


def ses(chain: Chain, course: Course) -> None:
    chain.world.ses.course = lambda mail_id, now: course


CUTS: dict[str, tuple[str, Cut]] = {
    "the public address cannot be reached": (
        "GET /api/articles: ConnectTimeoutError",
        lambda chain, patch: raising(patch, PoolManager, "request", ConnectTimeoutError()),
    ),
    "leads cannot store it": (
        "POST /api/leads: 503",
        lambda chain, patch: raising(patch, LeadStore, "create", StoreUnavailable("ThrottlingException")),
    ),
    "the stream brings nothing, and the schedule would": (
        "alerted",
        lambda chain, patch: setattr(chain, "streams", False),
    ),
    "its pointers cannot be written": (
        "filed",
        lambda chain, patch: raising(patch, Pointers, "write", StoreUnavailable("ThrottlingException")),
    ),
    "SES refuses": ("alerted: MessageRejected", lambda chain, patch: ses(chain, Course(refusal="MessageRejected"))),
    "SES's events are lost": ("delivered", lambda chain, patch: ses(chain, Course(events=()))),
    "delivery cannot write them": (
        "delivered",
        lambda chain, patch: raising(patch, Facts, "write", StoreUnavailable("ThrottlingException")),
    ),
    "the outcome cannot be written": (
        "ThrottlingException",
        lambda chain, patch: raising(patch, canary, "with_outcome", StoreUnavailable("ThrottlingException")),
    ),
    "it cannot be erased": (
        "ThrottlingException",
        lambda chain, patch: raising(patch, Erasure, "erase", StoreUnavailable("ThrottlingException")),
    ),
}


@pytest.mark.parametrize("name", CUTS)
def test_whichever_link_is_cut_the_alarm_fires_and_nobody_at_the_practice_hears_of_it(
    world: World, chain: Chain, name: str
) -> None:
    chain.prove()
    said, cut = CUTS[name]
    world.now = MORNING + 24 * HOUR

    with pytest.MonkeyPatch.context() as patch:
        cut(chain, patch)
        with pytest.raises((CanaryFailed, StoreUnavailable), match=f"^{said}$"):
            chain.prove()
        world.run(16)  # what would look for proof has nobody to tell
    assert not fires(chain)
    world.now = MORNING + 26 * HOUR + 120
    assert fires(chain)
    assert world.counted["CanaryProven"] == 1

    # and once it is mended, the next hour proves it, and nothing of the one that failed is left
    ses(chain, Course())
    chain.streams = True
    chain.prove()
    assert not fires(chain)
    assert world.counted["CanaryProven"] == 2
    assert [item for item in world.items("LEAD") if "erased_at" not in item] == []
    assert heard_of(world) == []


def test_one_that_is_stopped_is_cleaned_up_after_by_the_next(
    world: World, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        raising(patch, Erasure, "erase", StoreUnavailable("the process is gone"))
        with pytest.raises(StoreUnavailable):
            chain.prove()
    world.run(55)  # followup is to let it be
    world.now += HOUR

    chain.prove()

    assert world.counted == {"CanaryProven": 1}
    assert [item for item in world.items("LEAD") if "erased_at" not in item] == []
    assert heard_of(world) == []


def test_whoever_gives_the_canarys_address_without_being_it_is_an_enquiry_like_all(world: World) -> None:
    lead_id = world.enquire(email=CANARY_ADDRESS)

    world.deliver(world.now + 60)

    assert [mail.recipient for mail in world.alerts_of(lead_id)] == ["frontdesk@example.com"]
    assert world.told(lead_id) == ["alert_sent", "delivered"]


def test_in_a_crowd_it_goes_out_by_itself(world: World, chain: Chain) -> None:
    half = {"pk": {"S": "BUDGET#2026-11-25"}, "sk": {"S": "BUDGET"}, "sent": {"N": "100"}}
    world.stack.dynamodb.put_item(TableName=world.stack.table, Item=half)
    world.enquire(1)
    world.enquire(2)

    chain.prove()
    world.run(15)

    assert world.counted["CanaryProven"] == 1
    assert [(mail.kind, mail.recipient) for mail in world.ses.sent] == [
        ("alert", CANARY_ADDRESS),
        ("bundle", "frontdesk@example.com"),
    ]


# ---- nobody sees it


@pytest.fixture
def practice(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Practice:
    monkeypatch.setattr("time.time", lambda: MORNING)
    return open_inbox(stack, MORNING)


PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "open": ("/inbox", {}),
    "all": ("/inbox/all", {}),
    "the month": ("/inbox/csv/2026-11", {}),
}


@pytest.mark.parametrize("is_filed", [True, False], ids=["filed", "just stored"])
def test_it_is_in_no_list_no_search_no_file_and_no_figure(
    stack: Stack,
    practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_filed: bool,
) -> None:
    found: dict[bool, set[str]] = {}
    at = MORNING - 7 * 24 * HOUR
    lead = practice.got(
        at, name="Canary Bird", email=CANARY_ADDRESS, phone=None, **({} if is_filed else {"filed_at": None})
    )

    for is_marked in (False, True):
        if is_marked:
            stack.dynamodb.put_item(TableName=stack.table, Item={**canary_key(lead.id), "expires_at": {"N": "9"}})
        found[is_marked] = set(shown_in(stack, practice, lead.reference, capsys))

    # without its mark it is in all of them
    assert found == {False: {*PAGES, "search", "digest", "command"}, True: set()}


def shown_in(stack: Stack, practice: Practice, reference: str, capsys: pytest.CaptureFixture[str]) -> Iterator[str]:
    for name, (path, query) in PAGES.items():
        if reference in practice.shows(path, **query).body:
            yield name
    if reference in references(practice.browser.post("/inbox/search", text=reference)):
        yield "search"
    with stack.environment_of("followup"):
        week = followup.wiring.survey.of("digest-2026-W47-x")
    if week.open or week.late or week.received:
        yield "digest"
    command.list_open(Shell(practice.store), None)  # type: ignore[arg-type]
    if reference in capsys.readouterr().out:
        yield "command"


class Shell:
    """What `make leads list` asks of a stack."""

    def __init__(self, store: LeadStore) -> None:
        self.store = store
        self.hours = followup.wiring.hours


# ---- the sign of life


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What the address outside answers; an error is raised."""
    given: list[Any] = []

    def ask(method: str, url: str, **options: Any) -> Any:
        assert (method, url, options["timeout"].total, options["redirect"]) == ("GET", URL, 5.0, False)
        answer = given.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return type("Answer", (), {"status": answer, "close": lambda _: None})()

    monkeypatch.setattr(heartbeat, "request", ask)
    yield given
    assert given == []


URL = "https://hc-ping.test/5d3a9f04-0000-4000-8000-000000000000"


def test_a_proof_gives_one_sign_of_life_and_nothing_else_does(
    stack: Stack, world: World, chain: Chain, monkeypatch: pytest.MonkeyPatch, answers: list[Any]
) -> None:
    monkeypatch.setitem(stack.variables["canary"], "HEARTBEAT_URL", URL)
    ses(chain, Course(events=()))
    with pytest.raises(CanaryFailed, match="delivered"):
        chain.prove()

    ses(chain, Course())
    answers.append(200)
    chain.prove()

    assert world.counted == {"CanaryProven": 1}


REFUSALS = [404, 301, 500, ConnectTimeoutError()]


@pytest.mark.parametrize("answer", REFUSALS, ids=repr)
def test_one_that_is_not_taken_is_counted_and_logged_without_its_address(
    monkeypatch: pytest.MonkeyPatch, answers: list[Any], answer: Any
) -> None:
    telemetry = Mock()
    answers.append(answer)

    Heartbeat(URL, telemetry).give()

    telemetry.count.assert_called_once_with("HeartbeatFailed")
    reason = str(answer) if isinstance(answer, int) else "ConnectTimeoutError"
    telemetry.log.error.assert_called_once_with("heartbeat not taken", reason=reason)


def test_one_that_is_not_taken_fails_nothing(
    stack: Stack, world: World, chain: Chain, monkeypatch: pytest.MonkeyPatch, answers: list[Any]
) -> None:
    monkeypatch.setitem(stack.variables["canary"], "HEARTBEAT_URL", URL)
    answers.append(404)

    chain.prove()

    assert world.counted == {"CanaryProven": 1, "HeartbeatFailed": 1}


def test_nobody_waits_for_one_by_default(world: World, chain: Chain, answers: list[Any]) -> None:
    chain.prove()

    assert world.counted == {"CanaryProven": 1}


def test_what_is_written_of_it_in_logs_names_link_and_code_alone(
    world: World, chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    ses(chain, Course(refusal="MessageRejected"))

    with pytest.raises(CanaryFailed):
        chain.prove()

    (line,) = [json.loads(each) for each in capsys.readouterr().out.splitlines() if "canary not proven" in each]
    assert (line["level"], line["link"], line["reason"]) == ("ERROR", "alerted", "MessageRejected")
