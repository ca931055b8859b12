"""What somebody can do with a stack that stands still: write to it, and get into its inbox without a mail."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from infra.local.stack import LocalStack
from tests.stack.asking import ask
from tests.stack.conftest import MakeLeads, in_this_process
from tests.stack.test_journey import enquiry, send, stored
from tests.stack.test_sign_in import MEMBER, link, opened, pressed, session


@pytest.fixture(scope="module")
def running() -> Iterator[LocalStack]:
    """The stack from template.yaml, deployed with Paused=yes."""
    with LocalStack(parameters={"Paused": "yes"}, compile_site=in_this_process) as stack:
        yield stack


def test_no_mail_signs_anybody_in_but_a_link_from_a_shell_does(running: LocalStack, make_leads: MakeLeads) -> None:
    assert send(running, enquiry("Came Meanwhile")).status == 201
    form = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}
    typed = urlencode({"address": MEMBER, "to": "/inbox"}).encode()
    assert ask(running, "POST", "/inbox/sign-in", typed, **form).status == 303
    (asked,) = [item for item in running.items() if item["sk"] == "SIGNIN"]

    signed_in = pressed(running, link(make_leads("signin")[1]))

    inbox = opened(running, "/inbox", session(signed_in))
    (lead,) = stored(running, "Came Meanwhile")
    assert (inbox.status, lead["reference"] in inbox.body.decode()) == (200, True)
    assert "mailed_at" not in asked
    assert "alert_sent_at" not in lead
    assert running.mails() == []
