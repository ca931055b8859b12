"""The assets of the release before: a page from its time still finds its style and its script."""

import re
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from infra.site.build import compile_from
from infra.site.errors import ContentError
from infra.site.places import Places
from infra.site.released import keep
from infra.site.sources.assets import read_released
from tests.sample import TODAY, Sample

pytestmark = pytest.mark.long


@pytest.fixture
def sources(sample: Sample, tmp_path: Path) -> Places:
    """The sample's, with a style of its own."""
    copytree(Places().assets, tmp_path / "assets")
    return replace(sample.sources, assets=tmp_path / "assets", released=tmp_path / "released")


def style_of(sample: Sample, sources: Places) -> str:
    """The address of a style sheet that the page names, once it is compiled."""
    compile_from(sources, sample.out, today=TODAY)
    page = sample.get("/en/").body
    assert isinstance(page, bytes)
    found = re.search(r'href="(/assets/wide[^"]+)"', page.decode())
    assert found
    return found[1]


def change(sources: Places, style: str) -> None:
    (sources.assets / "wide.css").write_text(style)


def test_a_release_serves_the_style_of_the_one_before_and_of_no_earlier_one(sample: Sample, sources: Places) -> None:
    addresses = []
    for style in ("p { color: red }", "p { color: green }", "p { color: blue }"):
        change(sources, style)
        addresses.append(style_of(sample, sources))
        if style != "p { color: blue }":
            keep(sources)

    first, second, third = (sample.get(address) for address in addresses)

    assert (first.status, second.status, third.status) == (404, 200, 200)
    assert second.body == b"p{color:green}"
    assert second.headers["cache-control"] == third.headers["cache-control"] == "max-age=31536000, immutable"
    assert second.headers["content-type"] == "text/css; charset=utf-8"


def test_what_has_not_changed_since_the_release_adds_nothing(sample: Sample, sources: Places) -> None:
    compile_from(sources, sample.out, today=TODAY)
    before = {each.name: each.read_bytes() for each in (sample.out / "compiled/site").rglob("*") if each.is_file()}

    kept = keep(sources)
    compile_from(sources, sample.out, today=TODAY)

    assert any(each.startswith("site.") for each in kept)
    assert any(each.startswith("form.") for each in kept)
    assert any(each.startswith("words.es.") for each in kept)
    after = {each.name: each.read_bytes() for each in (sample.out / "compiled/site").rglob("*") if each.is_file()}
    assert after.keys() == before.keys()
    assert sum(map(len, after.values())) == sum(map(len, before.values()))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("site.0000000000.css", "not what its name says"),
        ("site.css", "not what its name says"),
        ("site.37d5dc9b06.exe", "not what its name says"),
    ],
)
def test_a_kept_file_that_is_not_what_its_name_says_stops_the_build(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / name).write_text("p { color: red }")

    with pytest.raises(ContentError, match=problem):
        read_released(tmp_path)


def test_a_second_generation_stops_the_build(sources: Places) -> None:
    keep(sources)
    kept = {each.name: each.read_bytes() for each in sources.released.iterdir()}
    change(sources, "p { color: red }")
    keep(sources)
    for name, body in kept.items():
        (sources.released / name).write_bytes(body)

    with pytest.raises(ContentError, match="kept twice"):
        read_released(sources.released)


def test_the_release_that_is_out_is_kept() -> None:
    kept = {re.sub(r"\.\w{10}\.", ".", each.path) for each in read_released(Places().released)}

    assert {"/assets/site.css", "/assets/form.js", "/assets/icon.svg"} <= kept
