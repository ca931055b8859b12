"""What `make release` leaves is no main on which tests fail: this folder's are run in a copy where this is released."""

import re
from datetime import date
from pathlib import Path

from infra.ops.release import release
from tests.repositories import begin, run_tests
from tests.template.packages import clone

# An upgrade, a rollback and the stream, each with one test; all of them would take a minute.
SOME = "comes_again or stream"


def test_once_this_is_released_the_upgrades_tests_hold_still(tmp_path: Path) -> None:
    copy = clone(tmp_path)
    # The released site is compiled there, and two languages of it do.
    practice = copy / "shared/practice.toml"
    text, found = re.subn(r"^locales = .*$", 'locales = ["en", "es"]', practice.read_text("utf-8"), flags=re.MULTILINE)
    assert found == 1
    practice.write_text(text, "utf-8")
    release("99.0.0", begin(copy), date(2027, 1, 4))

    run_tests(copy, "--no-cov", "-k", SOME, "tests/upgrade/test_upgrade.py")
