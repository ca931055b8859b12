"""The journey once more, through the packages that `sam build` makes for this machine: `make run PACKAGED=1`."""

from collections.abc import Iterator

import pytest

from infra.build.package import PACKAGES
from infra.local.stack import LocalStack
from tests.stack.asking import ask
from tests.stack.test_journey import (
    test_a_visitor_reads_sends_the_form_and_the_practice_hears_of_it,
    test_an_address_in_any_script_reaches_the_practice_as_it_is_read_and_as_it_is_replied_to,
    test_fifty_at_once_with_one_key_are_one_lead_and_one_mail,
    test_while_mail_fails_the_visitor_notices_nothing_and_afterwards_the_alert_goes_out,
)
from tests.template import packages

pytestmark = [pytest.mark.long, pytest.mark.sam]

# Collected here as well, where `running` is the stack of packages.
__all__ = [
    "test_a_visitor_reads_sends_the_form_and_the_practice_hears_of_it",
    "test_an_address_in_any_script_reaches_the_practice_as_it_is_read_and_as_it_is_replied_to",
    "test_fifty_at_once_with_one_key_are_one_lead_and_one_mail",
    "test_while_mail_fails_the_visitor_notices_nothing_and_afterwards_the_alert_goes_out",
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    packaged = packages.built_for_here(tmp_path_factory)
    with LocalStack(parameters={"AlertDetail": "full"}, packaged=packaged) as stack:
        yield stack


def test_every_function_starts_from_its_package(running: LocalStack) -> None:
    assert ask(running, "GET", "/en/").status == 200
    assert ask(running, "OPTIONS", "/api/leads").status == 204
    for logical_id in PACKAGES:
        assert running.functions[logical_id].kill() >= 1, f"{logical_id} was not running"
