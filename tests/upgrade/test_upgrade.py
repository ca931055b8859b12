"""An upgrade from the last release, a rollback to it, and the upgrade once more: nothing is lost or alerted twice."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from samtranslator.yaml_helper import yaml_parse

from functions.inbox.routes import enquiry_path
from infra.local.bus import matches
from infra.local.template import REGION
from shared.lead import timestamp
from tests import last_release
from tests.clock import Clock
from tests.inbox import signed_in
from tests.integration.test_inbox import Reader, path_of
from tests.integration.test_leads import ENQUIRY, document, send
from tests.upgrade.conftest import LastRelease, Release, ThisRelease
from tests.upgrade.states import AFTER, WAITING, Fill, enter, id_of
from tests.upgrade.states import before as states_before

HOUR = 3600
WAYS = pytest.mark.parametrize("way", ["notify", "sweep"])


@pytest.fixture(scope="session")
def tables() -> dict[type[Release], list[Any]]:
    """What each release leaves behind, once it was asked to."""
    return {}


@pytest.fixture
def filled_before(before: LastRelease, tables: dict[type[Release], list[Any]]) -> LastRelease:
    """The last release, which has left an enquiry in every state that it knows."""
    return fill(before, states_before(), tables)


@pytest.fixture
def filled_now(now: ThisRelease, tables: dict[type[Release], list[Any]]) -> ThisRelease:
    """This release, which has left an enquiry in every state of `AFTER`."""
    return fill(now, AFTER, tables)


def fill[R: Release](release: R, states: Mapping[str, tuple[Fill, int]], tables: dict[type[Release], list[Any]]) -> R:
    kind = type(release)
    for item in tables.get(kind, ()):
        release.dynamodb.put_item(TableName=release.table, Item=item)
    if kind not in tables:
        for state, (leave, _) in states.items():
            leave(release, state)
        tables[kind] = release.dynamodb.scan(TableName=release.table)["Items"]
    ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages.clear()
    release.mails().clear()
    return release


def run(release: Release, way: str) -> None:
    """Bring a release all that is there, in one way first, and then in the other too."""
    for each in dict.fromkeys((way, "sweep", "notify")):
        assert getattr(release, each)() in ({}, {"batchItemFailures": []})


def alerts(release: Release) -> list[str]:
    """The states of the enquiries that a release has alerted, each as often as it was."""
    states = {lead["reference"]: state for lead in release.leads() for state in AFTER if lead.get("id") == id_of(state)}
    references = [re.search(r"\S{4}-\S{4}", str(mail["Subject"])) for mail in release.mails()]
    return sorted(states[found[0]] for found in references if found)


def owed(states: Mapping[str, tuple[Fill, int]]) -> list[str]:
    return sorted(state for state, (_, alerts) in states.items() for _ in range(alerts))


def kept(release: Release) -> dict[str, dict[str, Any]]:
    """All that is known of each enquiry, but for its alert."""
    return {
        lead["pk"]: {name: value for name, value in lead.items() if "alert" not in name} for lead in release.leads()
    }


# What a write writes anew, whatever it is about: it follows from the facts.
WRITTEN_ANEW = ("version", "duties", "next_at", "queue")


def lost(was: Mapping[str, dict[str, Any]], release: Release) -> list[str]:
    """The enquiries of which something that was known is not known any more: what is a list only grows."""
    now = kept(release)
    return [
        each
        for each, facts in was.items()
        for name, value in facts.items()
        if name not in WRITTEN_ANEW and not _stands(value, now[each].get(name))
    ]


def _stands(was: Any, now: Any) -> bool:
    return bool(now[: len(was)] == was if isinstance(was, list) and now else now == was)


def acted_on() -> list[str]:
    """The states in which an enquiry of the last release's is in the inbox's lists."""
    return [state for state in states_before() if state not in ("kept back", "erased")]


# ---- this release on a table that the last one has filled


@WAYS
def test_what_was_owed_before_an_upgrade_is_alerted_once_and_in_its_time(
    filled_before: LastRelease, now: ThisRelease, clock: Clock, way: str
) -> None:
    was = kept(filled_before)

    run(now, way)
    assert alerts(now) == [state for state in owed(states_before()) if state not in (*WAITING, "returned")]

    clock.now += HOUR
    run(now, way)
    assert alerts(now) == owed(states_before())
    assert lost(was, now) == []
    assert [lead for lead in now.leads() if "alert_owed" in lead] == []


def test_what_was_over_before_an_upgrade_is_alerted_no_more_and_followed_up_if_it_was_before(
    filled_before: LastRelease, now: ThisRelease, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    over = ("sent", "kept back")
    was = [filled_before.lead(id_of(state)) for state in over]

    now.invoke("followup", {"repair": True})
    assert "LeadRepaired" not in capsys.readouterr().out  # what the last release's index shows is not lost

    clock.now += 100 * 24 * HOUR
    run(now, "notify")
    assert not {*over, "delivered", "bounced"} & {*alerts(now)}
    now.invoke("followup", {"source": "aws.events"})
    leads = [now.lead(id_of(state)) for state in over]
    if last_release.has_duties():
        assert ["reminder_at" in lead for lead in leads] == [True, False]
    else:
        assert leads == was


def test_an_enquiry_of_before_an_upgrade_that_comes_again_gets_the_first_answer(
    filled_before: LastRelease, now: ThisRelease, clock: Clock
) -> None:
    was = filled_before.leads()
    clock.now += HOUR

    for lead, state in ((filled_before.lead(id_of(state)), state) for state in states_before() if state != "erased"):
        again, other = enter(now, state), enter(now, state, name="Eva Ruiz")

        assert (again["statusCode"], other["statusCode"]) == (200, 422)
        assert document(again)["reference"] == lead["reference"]
        assert document(again)["received_at"] == lead["stored_at"]
        assert document(again)["answer_by"] == lead.get("answer_by")  # 0.2.0 promised nothing

    assert now.leads() == was


def test_an_enquiry_that_was_erased_before_an_upgrade_comes_again_where_nothing_stands_in_its_place(
    filled_before: LastRelease, now: ThisRelease, clock: Clock
) -> None:
    again = enter(now, "erased")

    if last_release.has_duties():
        assert (again["statusCode"], document(again)["code"]) == (422, "enquiry_erased")
    else:
        assert again["statusCode"] == 201


def test_without_a_key_it_is_the_same_enquiry_on_the_same_day_too(before: LastRelease, now: ThisRelease) -> None:
    first, again = send(before), send(now)

    assert (first["statusCode"], again["statusCode"]) == (201, 200)
    assert len(now.leads()) == 1


def test_of_an_alert_that_was_owed_before_an_upgrade_it_is_known_that_it_was_delivered(
    filled_before: LastRelease, now: ThisRelease, clock: Clock
) -> None:
    lead_id, at = id_of("stored"), timestamp(clock.now)
    now.bring(lead_id)

    assert now.hear(lead_id, type="Delivery", time=at, delivered_at=at) == {"batchItemFailures": []}
    assert now.lead(lead_id)["delivered_at"] == at


def test_the_link_says_what_became_of_an_enquiry_of_before_an_upgrade(
    filled_before: LastRelease, now: ThisRelease, clock: Clock
) -> None:
    was = kept(filled_before)

    for state in acted_on():
        reader = Reader(now, path_of(now, id_of(state)))
        assert now.lead(id_of(state))["reference"] in reader.gets()["body"]
        reader.presses(outcome="called")
        assert [each["outcome"] for each in reader.outcomes()] == ["called"]
    assert lost(was, now) == []

    clock.now += HOUR
    run(now, "sweep")
    assert alerts(now) == []  # nobody is told of what somebody has dealt with


def test_the_whole_page_of_an_enquiry_of_before_an_upgrade_shows_it_and_acts_on_it(
    filled_before: LastRelease, now: ThisRelease, clock: Clock
) -> None:
    member = signed_in(now)
    for state in (*acted_on(), "kept back"):
        path = enquiry_path(id_of(state))
        shown = member.get(path)
        assert (shown.status, now.lead(id_of(state))["reference"] in shown.body) == (200, True)
        shown = member.post(path, version=shown.hidden("version"), write="note", note="A note")
        assert (shown.status, "A note" in shown.body) == (200, True)


# ---- a rollback: the last release on a table that this one has filled, and then this one again


@WAYS
def test_after_a_rollback_each_alert_goes_out_once_and_no_fact_is_lost(
    filled_now: ThisRelease, before: LastRelease, clock: Clock, way: str
) -> None:
    was = kept(filled_now)
    clock.now += HOUR

    run(before, way)
    assert alerts(before) == owed(AFTER)
    assert lost(was, before) == []
    if not last_release.has_duties():  # it writes nothing of what it does not know
        assert kept(before) == was

    clock.now += HOUR
    run(filled_now, way)
    assert alerts(filled_now) == []
    assert [lead for lead in filled_now.leads() if "alert_owed" in lead] == []


def test_an_alert_that_fails_during_a_rollback_is_sent_once_this_release_is_back(
    before: LastRelease, now: ThisRelease, clock: Clock
) -> None:
    for state, before.mail_meets in WAITING.items():
        enter(now, state)
        before.bring(id_of(state))

    run(now, "sweep")
    assert alerts(now) == []

    clock.now += HOUR
    run(now, "sweep")
    assert (alerts(before), alerts(now)) == ([], sorted(WAITING))


def test_an_enquiry_that_comes_again_during_a_rollback_gets_the_first_answer(
    filled_now: ThisRelease, before: LastRelease, clock: Clock
) -> None:
    was = filled_now.leads()
    clock.now += HOUR

    for state in AFTER:
        again = enter(before, state)
        if state == "erased":
            assert again["statusCode"] == (422 if last_release.has_duties() else 503)
        elif state == "about something" and not last_release.has_duties():
            # A question that it does not have: refused, and not stored twice when that is left open.
            without = send(before, ENQUIRY, idempotency_key=f'"{state}"')
            assert again["statusCode"] == without["statusCode"] == 422
        else:
            assert (again["statusCode"], document(again)["reference"]) == (200, before.lead(id_of(state))["reference"])

    assert before.leads() == was


def test_the_last_releases_stream_takes_this_ones_leads_and_nothing_else_of_the_table(now: ThisRelease) -> None:
    function = yaml_parse(last_release.file("template.yaml"))["Resources"]["NotifyFunction"]["Properties"]
    filters = function["Events"]["NewLead"]["Properties"]["FilterCriteria"]["Filters"]
    enter(now, "stored")
    (new,) = now.dynamodb.scan(TableName=now.table)["Items"]
    now.notify()
    written = now.dynamodb.scan(TableName=now.table)["Items"]

    def is_taken(item: Any) -> bool:
        keys = {"pk": item["pk"], "sk": item["sk"]}
        record = {"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": item}}
        return any(matches(each["Pattern"], record) for each in filters)

    assert is_taken(new)
    assert len(written) > 1
    assert not any(is_taken(item) for item in written if item["sk"] != new["sk"])
