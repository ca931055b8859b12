"""A thousand enquiries at once, on the local stack: all are answered and stored, and their alerts come in bundles."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, sleep

import pytest
from hypothesis import settings

from functions.notify.alert import MOST_IN_A_BUNDLE
from infra.local.stack import LocalStack
from tests.stack.test_journey import enquiry, send

ENQUIRIES = 1_000
# So many alerts go out alone before they are bundled, and a few more where functions run beside each other.
ALONE = 20 + 8


@pytest.mark.skipif(settings.get_current_profile_name() != "trust", reason="takes minutes; `make trust`")
def test_a_crowd_is_answered_and_stored_and_mailed_in_bundles(running: LocalStack) -> None:
    def visit(number: int) -> tuple[int, str]:
        """Send until it is taken, as the page's script does; how often that took, and the reference."""
        tries = 0
        while tries < 10:
            tries += 1
            # Each with a number of their own: an alert names earlier enquiries of the same person.
            fields = enquiry(f"Visitor {number}", phone=f"602 555 {number:04}")
            answer = send(running, fields, idempotency_key=f"one-of-a-crowd-{number}")
            if answer.status in (200, 201):
                return tries, answer.json["reference"]
        raise AssertionError(answer)

    start = perf_counter()
    with ThreadPoolExecutor(ENQUIRIES) as visitors:
        answers = list(visitors.map(visit, range(ENQUIRIES)))
    took = perf_counter() - start
    print(f"{ENQUIRIES} in {took:.0f} s, by tries {dict(Counter(often for often, _ in answers))}")
    references = {reference for _, reference in answers}
    assert len(references) == ENQUIRIES
    assert references == {item["reference"] for item in running.items() if item.get("sk") == "LEAD"}

    while any("alert_sent_at" not in item for item in running.items() if item.get("sk") == "LEAD"):
        assert perf_counter() - start < 3_600
        sleep(10)  # until its ten minutes are over, and then a bundle a minute
    mails = [f"{mail.subject} {mail.text}" for mail in running.mails()]
    print(f"{len(mails)} mails, {perf_counter() - start:.0f} s in all")
    assert {sum(each in mail for mail in mails) for each in references} == {1}
    assert len(mails) <= ALONE + -(-ENQUIRIES // MOST_IN_A_BUNDLE)
