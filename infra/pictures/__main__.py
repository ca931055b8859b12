"""``python -m infra.pictures``: makes every picture anew, from the site as it is now.

The pictures for sharing become part of the site when it is next compiled.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from infra.local.errors import LocalStackError
from infra.local.stack import PROJECT, LocalStack
from infra.pictures import icons, inbox, mails, screens, share
from infra.pictures.chromium import ToolMissing, browsing, chromium
from infra.site.sources.practice_file import load

CONTENT = PROJECT / "functions/content"
SCREENS = PROJECT / "docs/pictures"
ARTICLE = "dry-needling-for-sciatica"
MEMBER = "frontdesk@example.com"


def main() -> int:
    """Make the pictures and name each with its size; returns the exit code."""
    try:
        executable = chromium(print)
        with LocalStack(parameters={"AlertRecipient": MEMBER}, say=print) as stack, browsing(executable) as browser:
            for path in _made(browser, stack):
                print(f"{path.relative_to(PROJECT)}  {path.stat().st_size / 1024:.0f} KB")
    except (LocalStackError, ToolMissing) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _made(browser: Browser, stack: LocalStack) -> Iterator[Path]:
    practice = load()
    yield from icons.draw(browser, CONTENT / "assets/icon.svg", CONTENT / "icons")
    yield from share.draw(browser, stack.url, CONTENT, practice)
    yield from screens.take(browser, stack.url, ARTICLE, practice.locales, SCREENS)
    yield from inbox.take(browser, stack, MEMBER, SCREENS)
    yield from mails.take(browser, practice, SCREENS)


if __name__ == "__main__":
    sys.exit(main())
