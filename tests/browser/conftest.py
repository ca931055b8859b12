"""The whole stack, a real browser and the outside checkers, each started once and only by the tests that need it.

Where no browser or checker can be had, its tests are skipped with the reason; on CI they fail.
"""

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from infra.local.stack import LocalStack
from infra.pictures.chromium import browsing
from tests import canary
from tests.browser import tools
from tests.browser.visitor import PATIENCE_MS, Visitor, Visits


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Show a line at once, although pytest keeps what tests print to itself."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert capture is not None

    def show(line: str) -> None:
        with capture.global_and_fixture_disabled():
            # Where tests run in several processes, only standard error reaches the terminal.
            sys.stderr.write(f"\n== {line}\n")

    return show


@pytest.fixture(scope="session")
def chromium_path(say: Callable[[str], None]) -> Path:
    """The browser's program. As root it needs `--no-sandbox`."""
    return _have(tools.chromium, say)


@pytest.fixture(scope="session")
def whole_chromium_path(say: Callable[[str], None]) -> Path:
    """As `chromium_path`, with all that a browser with a window has."""
    return _have(partial(tools.chromium, whole=True), say)


@pytest.fixture(scope="session")
def node_modules(say: Callable[[str], None]) -> Path:
    """The folder with the checkers from npm; `tools.NODE` and `tools.JAVA` run them."""
    return _have(tools.npm_packages, say)


@pytest.fixture(scope="package")
def site() -> Iterator[LocalStack]:
    """The stack from template.yaml. It keeps what earlier tests stored. Its CloudFront is there to be read."""
    with LocalStack(parameters={"ContentDelivery": "cloudfront"}) as stack:
        canary.rests(stack)
        yield stack


@pytest.fixture(scope="package")
def origin(site: LocalStack) -> str:
    """The site's origin, such as `http://127.0.0.1:8000`."""
    return site.url


@pytest.fixture(scope="package")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """Chromium, without a window."""
    expect.set_options(timeout=PATIENCE_MS)
    with browsing(chromium_path) as started:
        yield started


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Visits]:
    """Called with how they browse, a visitor with a browser of their own, closed when the test ends."""
    visitors: list[Visitor] = []

    def start(**options: object) -> Visitor:
        visitors.append(Visitor.arrives(browser, origin, **options))
        return visitors[-1]

    yield start
    for visitor in visitors:
        visitor.leaves()


@pytest.fixture(scope="module")
def look(browser: Browser, origin: str) -> Iterator[Visits]:
    """As `visit`, for tests that only look: who browses in the same way comes in the same browser, which forgets."""
    at_rest: dict[str, Visitor] = {}

    def start(**options: object) -> Visitor:
        way = repr(sorted(options.items()))
        if way not in at_rest:
            at_rest[way] = Visitor.arrives(browser, origin, **options)
        return at_rest[way].forgets()

    yield start
    for visitor in at_rest.values():
        visitor.leaves()


def _have(tool: Callable[[Callable[[str], None]], Path], say: Callable[[str], None]) -> Path:
    try:
        return tool(say)
    except tools.ToolMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(f"CI must run the browser tests: {missing}")
        pytest.skip(str(missing))
