"""The JSON-LD of every page: of schema.org's types as schema-dts has them, and true to what the page shows."""

import copy
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser import tools
from tests.browser.markup import Element, parse
from tests.browser.pages import LOCALES, PRACTICE, Kind, Shown, fetch
from tests.browser.wire import ask

type Graph = dict[str, Any]

PAGES = [Shown(kind, locale) for kind in ("landing", "references", "home") for locale in LOCALES]
SOURCE = LOCALES[0]


def _node(graph: Graph, type_: str) -> dict[str, Any]:
    (found,) = [each for each in graph["@graph"] if each["@type"] == type_]
    return found  # type: ignore[no-any-return]


# What a slip of the pen would make of a page's graph. The checker must not pass any of them.
SLIPS: Mapping[str, tuple[Kind, Callable[[Graph], object]]] = {
    "unknown-type": ("home", lambda graph: _node(graph, "MedicalBusiness").update({"@type": "Chiropractic"})),
    "unknown-property": (
        "landing",
        lambda graph: _node(graph, "MedicalWebPage").update({"lastReviewd": "2026-01-01"}),
    ),
    "property-of-another-type": (
        "home",
        lambda graph: _node(graph, "Person").update({"openingHours": "Mo 08:00-18:00"}),
    ),
    "number-for-a-text": ("home", lambda graph: _node(graph, "MedicalBusiness").update({"telephone": 6025550142})),
    "text-for-an-object": (
        "references",
        lambda graph: _node(graph, "WebPage").update({"citation": [{"@type": "Book", "author": 1}]}),
    ),
}


@pytest.fixture(scope="module")
def graphs(origin: str) -> Mapping[str, Graph]:
    return {str(shown): graph_of(origin, shown) for shown in PAGES}


@pytest.fixture(scope="module")
def complaints(
    graphs: Mapping[str, Graph], node_modules: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, list[str]]:
    """What the type checker says of each graph, and of each slip: one run for all, since schema.org is large."""
    folder = tmp_path_factory.mktemp("graphs")
    (folder / "node_modules").symlink_to(node_modules, target_is_directory=True)
    programs = dict(graphs)
    for name, (kind, slip) in SLIPS.items():
        slip(programs.setdefault(name, copy.deepcopy(graphs[f"{kind}-{SOURCE}"])))
    for name, graph in programs.items():
        text = json.dumps(graph, indent=1, ensure_ascii=False)
        program = f'import type {{ Graph }} from "schema-dts";\nexport const graph: Graph = {text};\n'
        (folder / f"{name}.ts").write_text(program, encoding="utf-8")
    return _checked(folder, list(programs))


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_graph_is_of_schema_orgs_types(complaints: Mapping[str, list[str]], shown: Shown) -> None:
    found = complaints[str(shown)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("slip", SLIPS)
def test_checker_would_find_a_slip(complaints: Mapping[str, list[str]], slip: str) -> None:
    assert complaints[slip] != []


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_everything_referred_to_is_there(graphs: Mapping[str, Graph], origin: str, shown: Shown) -> None:
    nodes = graphs[str(shown)]["@graph"]
    named = {each["@id"] for each in nodes if "@id" in each}

    for reference in references(nodes):
        if reference not in named:
            assert ask(origin, reference.removeprefix(origin)).status == 200


def said_of_its_page(graphs: Mapping[str, Graph], origin: str, shown: Shown, type_: str) -> tuple[Graph, Element]:
    """A node that stands for a page, and the page, once it has the language, the address and the name of it."""
    node, page = _node(graphs[str(shown)], type_), parse(fetch(origin, shown).text)
    assert node["inLanguage"] == shown.locale
    assert node["url"] == page.all("link", rel="canonical")[0]["href"]
    assert " ".join(node["name"].split()) == page.all("h1")[0].text()
    return node, page


@pytest.mark.parametrize("locale", LOCALES)
def test_article_says_what_its_page_shows(graphs: Mapping[str, Graph], origin: str, locale: str) -> None:
    article, page = said_of_its_page(graphs, origin, Shown("landing", locale), "MedicalWebPage")

    assert article["author"]["name"] in page.text()
    dates = {each["datetime"] for each in page.all("time")}
    assert {article["datePublished"], article["dateModified"]} <= dates
    # What the author reads again himself was not reviewed by anyone.
    assert not {"lastReviewed", "reviewedBy"} & article.keys()


@pytest.mark.parametrize("locale", LOCALES)
def test_references_say_what_their_page_shows(graphs: Mapping[str, Graph], origin: str, locale: str) -> None:
    listed, page = said_of_its_page(graphs, origin, Shown("references", locale), "WebPage")

    assert listed["isPartOf"]["@id"] == origin + Shown("landing", locale).path
    assert len(listed["citation"]) == len(page.all("cite"))
    for citation in listed["citation"]:
        assert " ".join(citation["name"].split()) in page.text()


@pytest.mark.parametrize("locale", LOCALES)
def test_article_is_linked_with_its_translations(graphs: Mapping[str, Graph], origin: str, locale: str) -> None:
    article = _node(graphs[f"landing-{locale}"], "MedicalWebPage")
    others = {origin + Shown("landing", each).path for each in LOCALES if each != SOURCE}

    if locale == SOURCE:
        assert {each["@id"] for each in article["workTranslation"]} == others
    else:
        assert article["translationOfWork"]["@id"] == origin + Shown("landing", SOURCE).path


@pytest.mark.parametrize("locale", LOCALES)
def test_practice_is_the_one_on_the_page(graphs: Mapping[str, Graph], origin: str, locale: str) -> None:
    shown = Shown("home", locale)
    practice = _node(graphs[str(shown)], "MedicalBusiness")
    page = parse(fetch(origin, shown).text)

    assert practice["name"] == PRACTICE.name
    assert f"tel:{practice['telephone']}" in {each["href"] for each in page.all("a")}
    assert {(each["opens"], each["closes"]) for each in practice["openingHoursSpecification"]} == {
        (each.opens, each.closes) for each in PRACTICE.hours
    }


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("way", [("home", "landing"), ("home", "landing", "references")])
def test_trail_leads_from_the_practice_to_the_page(
    graphs: Mapping[str, Graph], origin: str, locale: str, way: Sequence[Kind]
) -> None:
    steps = _node(graphs[f"{way[-1]}-{locale}"], "BreadcrumbList")["itemListElement"]

    assert [each["position"] for each in steps] == list(range(1, len(way) + 1))
    assert [urlsplit(each["item"]).path for each in steps] == [Shown(kind, locale).path for kind in way]
    assert {ask(origin, each["item"].removeprefix(origin)).status for each in steps} == {200}


def graph_of(origin: str, shown: Shown) -> Graph:
    """The one graph of a page."""
    html = fetch(origin, shown).text
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    graph: Graph = json.loads(found)
    return graph


def references(value: Any) -> Iterator[str]:
    """Every `@id` that stands alone, and so names something described elsewhere."""
    if isinstance(value, dict):
        if value.keys() == {"@id"}:
            yield value["@id"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def _checked(folder: Path, names: Sequence[str]) -> Mapping[str, list[str]]:
    """The type checker's lines, by program."""
    options = [
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--pretty",
        "false",
        "--skipLibCheck",
    ]
    command = [str(tools.NODE), "node_modules/typescript/bin/tsc", *options, *(f"{name}.ts" for name in names)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    # The slips see to it that there is something to complain about.
    assert done.returncode in (1, 2), done.stdout + done.stderr
    found: dict[str, list[str]] = {name: [] for name in names}
    for line in done.stdout.splitlines():
        if not line.startswith(" "):  # a complaint goes on in lines that are indented
            about = line.partition(".ts(")[0]
        found[about].append(line)
    return found
