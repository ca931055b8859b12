"""The site as a whole: its links, its languages, what search engines are told, and what it weighs."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from xml.etree import ElementTree as ET

import brotli
import pytest
from PIL import Image
from playwright.sync_api import Route
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from infra.pictures.png import title_of
from infra.site.places import Places
from tests.browser.markup import Element, parse
from tests.browser.pages import LOCALES, PAGES, PRACTICE, Kind, Shown, fetch, landing
from tests.browser.visitor import PATIENCE_MS, Visits
from tests.browser.wire import Reply, ask

AS_BROWSERS = {"Accept-Encoding": "gzip, deflate, br, zstd"}
KIBIBYTE = 1024
FIRST_SCREEN = 6 * KIBIBYTE
# Of the ten packets that a server may send on a new connection (RFC 6928). Headers are half a kB more, for which the
# handshake of TLS has made room: with each packet of it that was acknowledged a server may send one more (RFC 5681).
FIRST_FLIGHT = 14 * KIBIBYTE
SCRIPT = 7.5 * KIBIBYTE  # the form's and the promise's
FIRST_VISIT = 60 * KIBIBYTE
SHARE_PICTURE = 60 * KIBIBYTE

# Whether the page is painted within so many milliseconds.
IS_PAINTED = """patience => new Promise((done) => {
  new PerformanceObserver(() => done(true)).observe({ type: "paint", buffered: true });
  setTimeout(done, patience, false);
})"""

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"

# Below this a sentence is too short to tell its language with certainty.
TELLING_LETTERS = {"zh": 15}
TELLING_LETTERS_ELSEWHERE = 40
# What is written on one side only when Chinese is simplified; its presence in a zh-Hant page is a slip.
SIMPLIFIED_ONLY = set("这个们来时说国对没样头还过难边连关点变门东车长书见问马发风习电话脑药医疗针诊")


@dataclass(frozen=True)
class Crawled:
    """A page that was found by following links, under the address it was found by."""

    url: str
    reply: Reply
    root: Element

    @property
    def canonical(self) -> str | None:
        found = self.root.all("link", rel="canonical")
        return found[0]["href"] if found else None

    @property
    def alternates(self) -> dict[str, str]:
        """hreflang -> address."""
        found = self.root.all("link", rel="alternate")
        assert len({each["hreflang"] for each in found}) == len(found)
        return {each["hreflang"]: each["href"] for each in found}

    def links(self, origin: str) -> Iterator[tuple[Element, str]]:
        """The links to pages of the site, with the address they lead to."""
        for link in self.root.all("a"):
            target = urljoin(self.url, link["href"])
            if target.startswith(f"{origin}/"):
                yield link, target


@pytest.fixture(scope="module")
def crawl(origin: str) -> Mapping[str, Crawled]:
    """Every page that links lead to from the start page, by address without fragment."""
    wanted, found = [f"{origin}/"], dict[str, Crawled]()
    while wanted:
        url = wanted.pop()
        if url in found:
            continue
        reply = ask(origin, url.removeprefix(origin))
        if reply.status in (302, 308):
            wanted.append(urljoin(url, reply["location"] or ""))
            continue
        assert reply.status == 200, f"{url} answers {reply.status}"
        found[url] = Crawled(url, reply, parse(reply.text))
        wanted += [urldefrag(target).url for _, target in found[url].links(origin)]
    return found


@pytest.fixture(scope="module")
def sitemap(origin: str) -> Mapping[str, dict[str, str]]:
    """Address -> its alternates, by hreflang."""
    root = ET.fromstring(ask(origin, "/sitemap.xml").text)  # noqa: S314 - our own answer
    return {
        url.findtext(f"{SITEMAP}loc", ""): {
            each.attrib["hreflang"]: each.attrib["href"] for each in url.findall(f"{XHTML}link")
        }
        for url in root.findall(f"{SITEMAP}url")
    }


# ---- links


def test_every_page_is_found_by_following_links(crawl: Mapping[str, Crawled], origin: str) -> None:
    kinds: tuple[Kind, ...] = ("home", "landing", "references")
    assert {origin + Shown(kind, each).path for each in LOCALES for kind in kinds} <= crawl.keys()


def test_every_link_leads_straight_to_its_page_and_place(crawl: Mapping[str, Crawled], origin: str) -> None:
    wrong = []
    for page in crawl.values():
        for _, target in page.links(origin):
            url, fragment = urldefrag(target)
            ids = {each["id"] for each in crawl[url].root.walk()} if url in crawl else set()
            if url not in crawl or (fragment and unquote(fragment) not in ids):
                wrong.append(f"{page.url}: {target}")

    assert wrong == []


def test_links_stay_in_their_language_or_name_the_other(crawl: Mapping[str, Crawled], origin: str) -> None:
    wrong = []
    for page in crawl.values():
        for link, target in page.links(origin):
            language = urlsplit(target).path.split("/")[1]
            if language not in (page.root["lang"], link["hreflang"]):
                wrong.append(f"{page.url}: {target} ({link.text()})")

    assert wrong == []


def test_every_page_offers_every_language_under_its_own_name(crawl: Mapping[str, Crawled], origin: str) -> None:
    for page in crawl.values():
        offered = {link["hreflang"]: link for link, _ in page.links(origin) if link["hreflang"]}
        assert offered.keys() == set(LOCALES)
        assert len({link.text() for link in offered.values()}) == len(LOCALES)


# ---- what search engines are told


def test_sitemap_is_the_set_of_canonical_pages(
    crawl: Mapping[str, Crawled], sitemap: Mapping[str, dict[str, str]]
) -> None:
    canonical = {page.url for page in crawl.values() if page.canonical == page.url}

    assert set(sitemap) == canonical
    assert {page.canonical for page in crawl.values()} == canonical


def test_pages_and_their_translations_name_each_other(crawl: Mapping[str, Crawled], origin: str) -> None:
    for page in crawl.values():
        languages = {name: url for name, url in page.alternates.items() if name != "x-default"}
        assert languages[page.root["lang"]] == page.url
        assert languages.keys() == set(LOCALES)
        for name, url in languages.items():
            assert crawl[url].root["lang"] == name
            assert crawl[url].alternates == page.alternates
        unmatched = ask(origin, page.alternates["x-default"].removeprefix(origin))
        assert (unmatched.status, unmatched["location"]) == (302, urlsplit(languages[LOCALES[0]]).path)


def test_sitemap_says_the_same_as_the_pages(
    crawl: Mapping[str, Crawled], sitemap: Mapping[str, dict[str, str]]
) -> None:
    assert sitemap == {url: page.alternates for url, page in crawl.items()}


def test_robots_names_the_sitemap_and_shuts_no_page_out(origin: str, sitemap: Mapping[str, dict[str, str]]) -> None:
    from urllib.robotparser import RobotFileParser

    rules = RobotFileParser()
    rules.parse(ask(origin, "/robots.txt").text.splitlines())

    assert rules.site_maps() == [f"{origin}/sitemap.xml"]
    assert [url for url in sitemap if not rules.can_fetch("Googlebot", url)] == []


@pytest.mark.parametrize("kind", ["thanks", "missing", "errors"])
def test_pages_that_are_nobody_elses_are_not_to_be_found(origin: str, kind: Any) -> None:
    reply = fetch(origin, Shown(kind, LOCALES[-1]))
    robots = [each["content"] for each in parse(reply.text).all("meta", name="robots")]

    assert reply.status >= 400 or "noindex" in f"{robots} {reply['x-robots-tag']}"


def test_titles_and_descriptions_are_each_pages_own(crawl: Mapping[str, Crawled]) -> None:
    titles = [page.root.all("title")[0].text() for page in crawl.values()]
    descriptions = [page.root.all("meta", name="description")[0]["content"] for page in crawl.values()]

    assert len(set(titles)) == len(titles)
    assert len(set(descriptions)) == len(descriptions)
    assert [each for each in titles + descriptions if not each] == []


def test_share_preview_says_what_the_page_says(crawl: Mapping[str, Crawled]) -> None:
    for page in crawl.values():
        told = open_graph(page)
        assert told["og:url"] == page.canonical
        assert " ".join(told["og:title"].split()) in page.root.all("title")[0].text()
        assert told["og:description"] == page.root.all("meta", name="description")[0]["content"]
        # Facebook's own form: language and territory, such as es_ES, with no script.
        assert re.fullmatch(r"[a-z]{2}_[A-Z]{2}", told["og:locale"])


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", [landing, "/{}/".format], ids=["landing", "home"])
def test_share_preview_has_a_picture_in_the_pages_language(
    crawl: Mapping[str, Crawled], origin: str, locale: str, path: Callable[[str], str]
) -> None:
    pictures = {each: open_graph(crawl[f"{origin}{path(each)}"]).get("og:image", "") for each in LOCALES}

    assert pictures[locale].startswith(f"{origin}/assets/")
    assert list(pictures.values()).count(pictures[locale]) == 1
    reply = ask(origin, pictures[locale].removeprefix(origin))
    assert (reply.status, reply["content-type"]) == (200, "image/png")
    assert len(reply.body) <= SHARE_PICTURE
    assert Image.open(BytesIO(reply.body)).size == (1200, 630)
    assert title_of(reply.body) == open_graph(crawl[f"{origin}{path(locale)}"])["og:title"], "run `make pictures`"


# ---- languages


@pytest.fixture(scope="module")
def tell_language() -> LanguageIdentifier:
    """Asked only which of the site's languages it is: a short text may well look like one that is not spoken here."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages({"en", "es", "fr", "zh", "ar"} | {each[:2] for each in LOCALES})
    return identifier


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_every_text_is_in_the_language_it_says(origin: str, tell_language: Any, shown: Shown) -> None:
    root = parse(fetch(origin, shown).text)

    texts = list(telling_texts(root))
    wrong = [f"{language}: {text}" for language, text in texts if not speaks(tell_language, text, language)]

    assert root["lang"] == shown.locale
    assert wrong == []
    assert shown.locale in {language for language, _ in texts}


def test_other_language_would_be_noticed(tell_language: Any) -> None:
    spanish = "Si le duele la espalda y el dolor baja por la pierna, no está solo: les pasa a muchas personas."

    assert speaks(tell_language, spanish, "es")
    assert not any(speaks(tell_language, spanish, each) for each in ("en", "fr", "ar", "zh-Hant"))
    assert speaks(tell_language, "如果您的背部疼痛並延伸到腿部，您並不孤單，許多人都有這種情況。", "zh-Hant")
    assert not speaks(
        tell_language, "如果您的背部疼痛并延伸到腿部，您并不孤单，许多人都有这种情况。他们来诊所。", "zh-Hant"
    )


# ---- weight


@pytest.mark.parametrize("locale", LOCALES)
def test_what_the_first_screen_needs_is_light(origin: str, locale: str) -> None:
    """As much of the page, with the style in it, as must have arrived to read it up to the takeaways."""
    page = ask(origin, landing(locale), AS_BROWSERS)
    reader, needed, read = brotli.Decompressor(), 0, b""
    while b'<section class="takeaways"' not in read:
        read += reader.process(page.body[needed : needed + 1])
        needed += 1

    assert b"<style>" in read
    assert needed <= FIRST_SCREEN


@pytest.mark.parametrize("locale", LOCALES)
def test_an_article_with_its_style_comes_in_the_first_flight(origin: str, locale: str) -> None:
    page = ask(origin, landing(locale), AS_BROWSERS)

    assert "<style>" in page.text
    assert len(page.body) <= FIRST_FLIGHT


def test_a_phone_shows_the_page_before_any_other_file_has_arrived(visit: Visits) -> None:
    page = visit().page
    page.route("**/assets/**", lambda _route: None)  # is never answered

    page.goto(landing(LOCALES[0]), wait_until="commit")

    assert page.evaluate(IS_PAINTED, PATIENCE_MS)
    assert page.evaluate("getComputedStyle(document.body).display") == "flex"


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_a_browser_applies_the_style_that_a_page_carries(visit: Visits, shown: Shown) -> None:
    visitor = visit().meets(shown)

    assert visitor.complaints == []
    assert visitor.page.evaluate("getComputedStyle(document.body).display") == "flex"


def test_a_style_that_the_policy_does_not_name_would_be_noticed(visit: Visits) -> None:
    visitor = visit()
    visitor.page.route(f"**{landing(LOCALES[0])}", with_another_style)

    visitor.opens(landing(LOCALES[0]))

    assert any("Content Security Policy" in each for each in visitor.complaints)
    assert visitor.page.evaluate("getComputedStyle(document.body).display") == "block"


def test_script_is_light(origin: str) -> None:
    scripts = [each["src"] for each in parse(ask(origin, landing(LOCALES[0])).text).all("script") if each["src"]]

    assert sum(packed(origin, each) for each in scripts) <= SCRIPT


@pytest.mark.parametrize("locale", LOCALES)
def test_first_visit_is_light_and_asks_nobody_else(visit: Visits, origin: str, locale: str) -> None:
    visitor = visit(locale=locale)
    debugger = visitor.page.context.new_cdp_session(visitor.page)
    received: list[float] = []
    debugger.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    debugger.send("Network.enable")

    visitor.opens(landing(locale))
    visitor.page.locator("[name=name]").focus()
    visitor.page.wait_for_load_state("networkidle")

    assert len(received) >= 2
    assert sum(received) <= FIRST_VISIT
    assert {url for url in visitor.requested if not url.startswith((f"{origin}/", "data:"))} == set()


def test_page_of_the_release_before_still_finds_all_it_names(origin: str) -> None:
    for path in Places().released.iterdir():
        reply = ask(origin, f"/assets/{path.name}")
        assert (reply.status, reply.body) == (200, path.read_bytes())
        assert reply["cache-control"] == "max-age=31536000, immutable"


# ---- helpers


@pytest.mark.parametrize("locale", LOCALES)
def test_a_phones_first_screen_shows_where_the_article_begins(visit: Visits, locale: str) -> None:
    page = visit().opens(landing(locale)).page

    in_sight = page.locator("p.summary").evaluate(
        """each => {
          const { left, width, top } = each.getBoundingClientRect();
          const line = parseFloat(getComputedStyle(each).lineHeight);
          return each.contains(document.elementFromPoint(left + width / 2, top + line / 2));
        }"""
    )

    assert in_sight


def open_graph(page: Crawled) -> dict[str, str]:
    metas = page.root.all("meta")
    return {each["property"]: each["content"] for each in metas}


def with_another_style(route: Route) -> None:
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace("<style>", "<style>p{}", 1))


def packed(origin: str, path: str) -> int:
    """The size of a file as browsers get it, in bytes."""
    body = ask(origin, path, AS_BROWSERS).body
    assert body
    return len(body)


def telling_texts(root: Element) -> Iterator[tuple[str, str]]:
    """The texts that are long enough to tell their language, each with the language it says it is in."""
    phrases = [(language, text.replace(PRACTICE.name, "")) for language, text in root.phrases()]
    whole = " ".join(text for language, text in phrases if language == root["lang"])
    for language, text in [*phrases, (root["lang"], whole)]:
        if sum(map(str.isalpha, text)) >= TELLING_LETTERS.get(language[:2], TELLING_LETTERS_ELSEWHERE):
            yield language, text


def speaks(tell_language: Any, text: str, language: str) -> bool:
    """Whether `text` is in `language`."""
    found, _ = tell_language.classify(text)
    return found == language[:2] and not (language == "zh-Hant" and SIMPLIFIED_ONLY & set(text))
