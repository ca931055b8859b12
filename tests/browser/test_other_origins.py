"""A page of another website with the lines of docs/api.md: it shows an article and takes an enquiry, if it may."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from infra.local.http_messages import HttpResponse
from infra.local.stack import LocalStack
from infra.local.wire import LoopbackServer
from tests.browser.pages import ARTICLE
from tests.browser.points import DEFAULT
from tests.browser.visitor import Visits
from tests.browser.wire import ask
from tests.cloudfront import CloudFront, behaviours
from tests.template.deployed import resource_of

DOCUMENT = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
(LINES,) = re.findall(r"^```html\n(.+?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)
IN_THE_LINES = ("https://www.example.com", "'dry-needling-for-sciatica'", "'en'")


@pytest.fixture(scope="module")
def front(site: LocalStack) -> Iterator[str]:
    """The practice's pages as CloudFront delivers them."""
    cloudfront = CloudFront()
    cloudfront.start(behaviours(map(resource_of, site.cloud.resources())), f"127.0.0.1:{site.port}")
    yield cloudfront.url
    cloudfront.stop()


@pytest.fixture(scope="module")
def website(site: LocalStack, front: str) -> Iterator[LoopbackServer]:
    """Another website, which may read and send as `localhost`, and may not by its address: that is another origin."""
    page = LINES
    for word, ours in zip(IN_THE_LINES, (front, f"'{ARTICLE}'", f"'{DEFAULT}'"), strict=True):
        assert page.count(word) == 1
        page = page.replace(word, ours)
    head = [("content-type", "text/html; charset=utf-8")]
    server = LoopbackServer(0, lambda _: HttpResponse(200, head, f"<!DOCTYPE html>{page}".encode()))
    server.start()
    with allowing(site, f"http://localhost:{server.port}"):
        yield server
    server.stop()


@contextmanager
def allowing(site: LocalStack, origin: str) -> Iterator[None]:
    """The stack with an allowed origin, written where the compiler does it: the practice file has none without TLS."""
    compiled = site._compiled_for("practice.json")
    before = {path: path.read_bytes() for path in (compiled / "practice.json", compiled / "site/index.json")}
    _rewrite(
        site,
        {path: json.dumps(json.loads(old) | {"allowed_origins": [origin]}).encode() for path, old in before.items()},
    )
    yield
    _rewrite(site, before)


def _rewrite(site: LocalStack, files: Mapping[Path, bytes]) -> None:
    for path, content in files.items():
        path.write_bytes(content)
    site.replace_environments()


def fill_in(page: Page, name: str, phone: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Phone").fill(phone)
    page.get_by_role("checkbox").check()
    page.get_by_role("button").click()


def stored(site: LocalStack, name: str) -> list[Any]:
    return [item for item in site.items() if item.get("name") == name]


def test_an_allowed_page_shows_an_article_and_what_is_wrong_and_sends_an_enquiry(
    website: LoopbackServer, site: LocalStack, front: str, visit: Visits
) -> None:
    page = visit().page
    article = json.loads(ask(site.url, f"/api/articles/{ARTICLE}?locale={DEFAULT}").text)

    page.goto(f"http://localhost:{website.port}/")
    expect(page.get_by_role("heading")).to_have_text(article["title"])
    expect(page.locator("article p")).to_have_text(article["summary"]["text"])

    fill_in(page, "", "12")
    expect(page.locator("output")).to_contain_text(re.compile(r"\w.*\. .*\w.*\."))
    assert page.url == f"http://localhost:{website.port}/"

    fill_in(page, "Other Origin", "(602) 555-0143")
    page.wait_for_url(f"{front}/{DEFAULT}/thank-you/**")
    assert len(stored(site, "Other Origin")) == 1


def test_another_page_gets_nothing_and_sends_nothing(website: LoopbackServer, site: LocalStack, visit: Visits) -> None:
    visitor = visit()
    page = visitor.page

    page.goto(f"http://{website.address}/")
    fill_in(page, "Not Allowed", "(602) 555-0144")

    expect(page.locator("output")).to_have_text("Please try again, or call us.")
    expect(page.get_by_role("heading")).to_have_text("")
    assert stored(site, "Not Allowed") == []
    refused = [each for each in visitor.complaints if "blocked by CORS policy" in each]
    assert len(refused) == 2  # to read, and to ask whether it may send
