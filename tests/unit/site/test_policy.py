"""A page carries its style in itself, and the policy that it is sent with allows exactly that one."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256

import pytest

from infra.site.views.policy import policy_of
from shared.http import HTML, SECURITY_HEADERS
from tests.sample import LOCALES, SLUG, Sample

_ALLOWED = re.compile(r"style-src 'self' '(sha256-[^']+)';")


def pages(sample: Sample) -> Iterator[tuple[Mapping[str, str], str]]:
    """Headers and HTML of every page, also of those that the leads function fills in."""
    compiled = sample.out / "compiled"
    for row in json.loads((compiled / "site/index.json").read_bytes())["rows"]:
        if row["headers"]["content-type"] == HTML:
            yield row["headers"], (compiled / "site/bodies" / row["body"]).read_text("utf-8")
    for path in (compiled / "forms").iterdir():
        form = json.loads(path.read_bytes())
        yield form["headers"], "".join(form["pieces"][::2])


def test_every_page_is_sent_with_the_hash_of_its_style(compiled: Sample) -> None:
    found = list(pages(compiled))

    assert len(found) >= len(LOCALES) * len(("home", "article", "thank you", "not found", "form"))
    for headers, html in found:
        (style,) = re.findall("<style[^>]*>(.*?)</style>", html, re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert _ALLOWED.findall(headers["content-security-policy"]) == [f"sha256-{digest}"]


def test_but_for_that_hash_the_policy_is_that_of_every_answer(compiled: Sample) -> None:
    policies = {headers["content-security-policy"] for headers, _ in pages(compiled)}

    assert {re.sub(r" 'sha256-[^']+'", "", each) for each in policies} == {SECURITY_HEADERS["content-security-policy"]}


def test_a_page_without_a_style_allows_none() -> None:
    assert policy_of("<p>A page.</p>") == SECURITY_HEADERS["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "has", "lacks"),
    [
        ("/{locale}/articles/" + SLUG, (".takeaways", ".consent"), (".cards",)),
        (f"/{{locale}}/articles/{SLUG}/references", (".design",), (".takeaways", ".consent", ".cards")),
        ("/{locale}/", (".cards",), (".takeaways", ".consent")),
        ("/{locale}/thank-you/BCDF-2345", (".reference",), (".takeaways", ".consent")),
        ("/{locale}/no", (".cards",), (".takeaways", ".consent")),
    ],
)
def test_a_page_carries_what_it_needs_and_no_more(
    compiled: Sample, path: str, has: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    for locale in LOCALES:
        (style,) = re.findall("<style>(.*?)</style>", compiled.get(path.format(locale=locale)).body.decode(), re.DOTALL)

        assert all(f"{each}{{" in style or f"{each} " in style for each in (".frame", *has))
        assert not any(each in style for each in (*lacks, "@media print", "min-width:40em"))
        assert ("Geeza Pro" in style) == (locale == "ar")
