"""What every test starts from: an environment of nobody's in particular, and the cheap tests first."""

import os
from collections import Counter
from pathlib import Path

import hypothesis
import pytest

from tests.privacy import leaks

# The machines are shared: how long an example took says nothing about the code.
hypothesis.settings.register_profile("thorough", deadline=None)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=20)
hypothesis.settings.register_profile("long", deadline=None, max_examples=500)
hypothesis.settings.register_profile("trust", deadline=None, max_examples=500)
# In a copy of the project (tests/moves) what counts is which sources a test reads.
hypothesis.settings.register_profile("once", deadline=None, max_examples=1)
hypothesis.settings.load_profile("thorough")

ROOT = Path(__file__).parents[1]

# Random order within a folder, never between them: unit tests block sockets for the whole process, and what the later
# folders keep running in the background needs them. And a broken unit explains what fails after it.
ORDER = ("unit", "integration", "moves", "template", "upgrade", "stack", "browser", "bench")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    sizes = Counter(item.path for item in items)

    def rank(item: pytest.Item) -> tuple[int, bool, int]:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        # A file is the work of one process. The longest comes first in its folder: at the end, the others were idle.
        is_long = item.get_closest_marker("long") is not None
        return ORDER.index(folder) if folder in ORDER else len(ORDER), not is_long, -sizes[item.path]

    items.sort(key=rank)


# What the tests enter as a visitor (events/, tests/integration). The stack's tests search their own logs.
PERSONAL_DATA = ("Ana Ruiz", "Eva Ruiz", "ana@example.com", "6025550100", "(602) 555-0100", "My left leg hurts")
_leaking_tests: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Search all that a test wrote or logged for what a visitor entered in it."""
    output = [text for title, text in report.sections if title.startswith("Captured")]
    if list(leaks(output, PERSONAL_DATA)):
        _leaking_tests.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that logged personal data is a failed one."""
    if _leaking_tests:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests whose output held personal data."""
    if _leaking_tests:
        terminalreporter.section("personal data in the output")
        for test in _leaking_tests:
            terminalreporter.line(test, red=True)


@pytest.fixture(scope="session", autouse=True)
def _nobodys_aws_account() -> None:
    """Credentials that open nothing, and none of the developer's own."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "POWERTOOLS_"))]:
        if not name.endswith("_CA_BUNDLE"):
            del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SAM_CLI_TELEMETRY": "0",
    }
