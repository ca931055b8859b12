"""Somebody of the practice with a browser, and the mails of the local stack beside it."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from infra.local.mail import Mail
from infra.local.stack import LocalStack
from infra.site import Places, compile_from
from infra.site.languages.message_files import read, translations
from shared.messages import SOURCE_LOCALE
from tests.browser.pages import LOCALES, PRACTICE, good_fields
from tests.browser.visitor import Visitor
from tests.cloudfront import CloudFront, behaviours
from tests.stack.conftest import eventually
from tests.template.deployed import resource_of

MEMBER: Final = "frontdesk@example.com"  # the local stack's AlertRecipient
_CODE: Final = re.compile(r"\b\d{6}\b")
_LINK: Final = re.compile(r"https?://\S+/inbox/\S+")


@dataclass(frozen=True)
class House:
    """A stack whose practice speaks a language, where its pages are delivered from.

    Attributes:
        site: The stack.
        origin: Scheme and host of its pages.
        language: The practice's.
        say: Gives a message in it.
    """

    site: LocalStack
    origin: str
    language: str
    say: Callable[[str], str]

    def lead(self, name: str) -> dict[str, Any]:
        """What is stored of a person's enquiry; nothing where there is none."""
        return next((each for each in self.site.items() if each.get("sk") == "LEAD" and each.get("name") == name), {})

    def alert(self, reference: str) -> Mail:
        """The first mail about an enquiry, once it is there."""
        return eventually(lambda: [each for each in self.site.mails() if reference in each.subject])[0]

    def codes(self) -> list[Mail]:
        """The mails to sign in that were sent."""
        return [each for each in self.site.mails() if _CODE.search(each.subject)]

    def link(self, mail: Mail) -> str:
        """The link of a mail; it leads to where the pages are delivered from."""
        found = _LINK.search(mail.text or "")
        assert found
        assert found[0].startswith(f"{self.origin}/inbox/")
        return found[0]


@contextmanager
def house(site: LocalStack, language: str, folder: Path, *, by_cloudfront: bool = False) -> Iterator[House]:
    """The stack in a language, for as long as the context lasts; what is stored in it stays.

    Args:
        site: The stack as it comes.
        language: The practice's language; where it publishes nothing in that, the test is skipped.
        folder: An empty folder.
        by_cloudfront: Whether its pages are delivered by the stand-in for CloudFront.
    """
    if language not in LOCALES:
        pytest.skip(f"the practice has no pages in {language}")
    say = translations(None if language == SOURCE_LOCALE else read(Places().locales, language)).gettext
    with ExitStack() as after:
        origin = site.url
        if by_cloudfront:
            front = CloudFront()
            after.callback(front.stop)
            front.start(behaviours(map(resource_of, site.cloud.resources())), f"127.0.0.1:{site.port}")
            origin = front.url
        if by_cloudfront or language != PRACTICE.language:
            after.callback(_recompile, site, Places(), site.url)
            practice = folder / "practice.toml"
            text = Places().practice.read_text("utf-8")
            practice.write_text(re.sub('(?m)^language = ".*"', f'language = "{language}"', text), "utf-8")
            _recompile(site, replace(Places(), practice=practice), origin)
        yield House(site, origin, language, say)


def _recompile(site: LocalStack, sources: Places, origin: str) -> None:
    def compile_site(task_root: Path, _: str) -> None:
        compile_from(sources, task_root, origin=origin)

    site.compile_site = compile_site
    site.recompile()


class Member:
    """Who works at the practice, before one browser. What they press, follow and read is named in English."""

    def __init__(self, visitor: Visitor, at: House) -> None:
        self.visitor = visitor
        self.at = at

    @property
    def page(self) -> Page:
        """What they see."""
        return self.visitor.page

    def opens(self, path: str) -> None:
        """Types an address."""
        self.page.goto(path)

    def follows(self, message: str, within: str = "body") -> None:
        """Taps a link."""
        self.page.locator(within).get_by_role("link", name=self.at.say(message), exact=True).click()

    def presses(self, message: str, within: str = "main") -> None:
        """Presses a button."""
        self.page.locator(within).get_by_role("button", name=self.at.say(message), exact=True).click()

    def types(self, field: str, text: str) -> None:
        """Fills in a field, by its id."""
        self.page.locator(f"#{field}").fill(text)

    def sees(self, heading: str) -> None:
        """Comes to a page, by its first heading."""
        expect(self.page.locator("h1")).to_have_text(self.at.say(heading))

    def is_told(self, message: str, **values: str) -> None:
        """Reads what became of the button."""
        said = self.at.say(message) % {name: self.at.say(value) for name, value in values.items()}
        expect(self.page.get_by_role("status").filter(has_text=said)).to_be_visible()

    def row(self, reference: str) -> Locator:
        """An enquiry's row in a list."""
        return self.page.get_by_role("listitem").filter(has_text=reference)

    def signs_in_by_link(self) -> None:
        """Asks for a mail, and opens its link in this browser."""
        self.opens("/inbox")
        self.opens(self.at.link(self.asks()))
        self.sees("Sign in")
        self.presses("Sign in")

    def signs_in_by_code(self) -> None:
        """Asks for a mail on the page that is shown, and types its code."""
        found = _CODE.search(self.asks().subject)
        assert found
        self.types("code", found[0])
        self.presses("Sign in")

    def asks(self) -> Mail:
        """Asks for a mail on the page that is shown; the mail that comes."""
        before = len(self.at.codes())
        self.types("address", MEMBER)
        self.presses("Send me a code")
        self.sees("Enter the code")
        return eventually(lambda: self.at.codes()[before:])[-1]


def enquires(member: Member, name: str, **fields: str) -> dict[str, Any]:
    """A visitor who is where the member is sends the form; what is stored of it."""
    sent = {**good_fields(LOCALES[-1], name), "consent": True, **fields}
    assert member.page.request.post("/api/leads", data=sent).status == 201
    return member.at.lead(name)
