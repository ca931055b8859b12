"""Links and keys through the whole stack: rotated by the command, and gone."""

from urllib.parse import urlsplit

import pytest

from infra.local.cloud import STACK_NAME
from infra.local.stack import LocalStack
from infra.local.template import REGION
from infra.ops import rotate_keys
from shared.links import ENQUIRY_PATH
from tests.links import keys_secret, links_of, secrets_manager
from tests.stack.asking import get
from tests.stack.conftest import eventually
from tests.stack.test_journey import enquiry, mailed, send, stored


def opened(stack: LocalStack, address: str) -> int:
    """What opening a link is answered by functions that have just started, and so know the keys of now."""
    return get(stack, urlsplit(address).path).status


def link(stack: LocalStack, name: str) -> str:
    address = links_of(stack).to_enquiry(stored(stack, name)[0]["id"], "alert-1")
    assert address is not None
    return address


def test_keys_rotate_twice_and_only_the_oldest_link_is_refused(
    running: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert send(running, enquiry("Rotated Twice")).status == 201
    made = [link(running, "Rotated Twice")]
    assert opened(running, made[0]) == 200

    # when
    assert rotate_keys.main([STACK_NAME]) == 1, "the stack has just been deployed"
    assert "Not yet" in capsys.readouterr().err
    monkeypatch.setattr(rotate_keys, "KEPT_SECONDS", 0)
    for _ in range(2):
        assert rotate_keys.main([STACK_NAME]) == 0
        made.append(link(running, "Rotated Twice"))
    running.replace_environments()

    # then
    assert [opened(running, each) for each in made] == [404, 200, 200]


def test_no_stack_of_that_name_is_said_in_words(
    running: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)

    assert rotate_keys.main(["no-such-stack"]) == 1
    assert "no-such-stack" in capsys.readouterr().err


def test_without_keys_alerts_go_out_and_pages_say_to_try_again(running: LocalStack) -> None:
    client, secret = secrets_manager(running), keys_secret(running)
    assert send(running, enquiry("Before The Outage")).status == 201
    address = link(running, "Before The Outage")
    reference = stored(running, "Before The Outage")[0]["reference"]
    (mail,) = eventually(lambda: mailed(running, reference))
    assert ENQUIRY_PATH in (mail.text or "")
    client.delete_secret(SecretId=secret)
    running.replace_environments()

    try:
        answer = send(running, enquiry("In The Outage"))
        assert opened(running, address) == 503
        (mail,) = eventually(lambda: mailed(running, answer.json["reference"]))
        assert ENQUIRY_PATH not in (mail.text or "") + (mail.html or "")
    finally:
        client.restore_secret(SecretId=secret)
        running.replace_environments()

    assert opened(running, address) == 200
