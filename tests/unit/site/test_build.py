"""Compiling is all or nothing, and the same sources always give the same bytes."""

import json
import shutil
from dataclasses import replace
from gettext import GNUTranslations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from functions.content.routes import REFERENCE_ALPHABET
from infra.site import ContentError, compile_from
from infra.site.__main__ import main
from infra.site.places import Places
from shared import lead
from tests.sample import LOCALES, SLUG, Sample

pytestmark = pytest.mark.long

ORIGIN = "https://www.example.com"
NAMESPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_task_root_has_what_each_function_reads(compiled: Sample) -> None:
    files = contents(compiled.out / "compiled")

    assert "site/index.json" in files
    assert {f"forms/{SLUG}.{locale}.json" for locale in LOCALES} <= files.keys()
    assert {f"locales/{locale}/LC_MESSAGES/needlepoint.mo" for locale in LOCALES[1:]} <= files.keys()
    assert {"practice.json", "languages.json", "mail.json", "report.json"} <= files.keys()


def test_content_and_leads_know_the_same_other_websites(sample: Sample) -> None:
    practice = sample.sources.practice
    text = practice.read_text("utf-8")
    practice.write_text(f'allowed_origins = ["https://www.clinic.test"]\n{text}', "utf-8")

    sample.compile()

    for name in ("practice.json", "site/index.json"):
        document = json.loads((sample.out / "compiled" / name).read_text("utf-8"))
        assert document["allowed_origins"] == ["https://www.clinic.test"]


def test_the_same_sources_give_the_same_bytes(compiled: Sample, sample: Sample) -> None:
    sample.compile()

    assert contents(sample.out) == contents(compiled.out)


def test_a_catalogue_does_not_tell_when_it_was_compiled(compiled: Sample) -> None:
    with (compiled.out / "compiled/locales/es/LC_MESSAGES/needlepoint.mo").open("rb") as file:
        header = GNUTranslations(file).info()

    assert {value for name, value in header.items() if name.endswith("-date")} == {"1970-01-01 00:00+0000"}


def test_a_fault_leaves_the_former_site_untouched(sample: Sample) -> None:
    sample.compile()
    before = contents(sample.out)
    sample.edit("en.md", "A thin needle.", "A <b>thin</b> needle.")

    with pytest.raises(ContentError):
        sample.compile()

    assert contents(sample.out) == before


def test_compiling_again_leaves_nothing_of_the_former_site(sample: Sample) -> None:
    sample.compile()
    stray = sample.out / "compiled" / "stray"
    stray.touch()

    sample.compile()

    assert not stray.exists()
    assert [path.name for path in sample.out.iterdir()] == ["compiled"]


@pytest.mark.parametrize(
    ("name", "broken", "said"),
    [
        ("home.html", "{% if %}", "home.html:1: template: Expected an expression"),
        ("partials/contact.html", "\n{{ practise.name }}", "contact.html:2: template: 'practise' is undefined"),
        ("base.html", "{{ asset('no.css') }}", "base.html:1: template: 'there is no asset no.css'"),
        ("error.html", '<p style="x">', "error.html: <p>: no inline style"),
    ],
)
def test_a_broken_template_is_named_with_its_line(
    sample: Sample, tmp_path: Path, name: str, broken: str, said: str
) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(Places().templates, templates)
    (templates / name).write_text(broken, encoding="utf-8")

    with pytest.raises(ContentError) as caught:
        compile_from(replace(sample.sources, templates=templates), sample.out, drafts=True)

    assert said in str(caught.value)


def test_the_origin_can_be_another(sample: Sample) -> None:
    sample.compile(origin="http://127.0.0.1:8000")

    page = sample.get(f"/en/articles/{SLUG}").body.decode()
    assert f'href="http://127.0.0.1:8000/es/articles/{SLUG}"' in page
    assert ORIGIN not in page


def test_the_sitemap_is_the_set_of_canonical_pages(compiled: Sample) -> None:
    root = ET.fromstring(compiled.get("/sitemap.xml").body)  # noqa: S314 - our own
    listed = {str(url.findtext("s:loc", namespaces=NAMESPACES)): url for url in root}

    pages = [
        path for path in compiled.site().paths if compiled.get(path).headers["content-type"].startswith("text/html")
    ]
    assert listed.keys() == {ORIGIN + path for path in pages}
    for url in listed.values():
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMESPACES)}
        assert links.keys() == {*LOCALES, "x-default"}
        assert set(links.values()) - {links["x-default"]} <= listed.keys()


def test_robots_may_read_the_pages_and_find_the_sitemap(compiled: Sample) -> None:
    lines = compiled.get("/robots.txt").body.decode().splitlines()

    assert f"Sitemap: {ORIGIN}/sitemap.xml" in lines
    assert {"Disallow: /api/", "Disallow: /inbox"} <= set(lines)


def test_the_api_description_covers_the_api_and_hides_the_honeypot(compiled: Sample) -> None:
    description = json.loads(compiled.get("/openapi.json").body)

    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {"/api/articles", "/api/articles/{slug}", "/api/leads"}
    fields = description["components"]["schemas"]["Lead"]["properties"]
    assert {"name", "consent", "locale", "article"} <= fields.keys()
    assert "aside" not in fields


def test_the_command_says_what_is_published_and_why_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], sample: Sample
) -> None:
    sample.edit("en.md", "numbness in both legs", "numbness")
    report = sample.compile()
    monkeypatch.setattr("infra.site.__main__.compile_all", lambda *_args, **_options: report)

    assert main([str(tmp_path)]) == 0

    said = capsys.readouterr().out
    assert "withheld   es       needles\n" in said
    assert "- safety text red_flags.numb: changed in the source\n" in said


def test_the_command_fails_with_every_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise ContentError(["a.md:1: title: one", "b.md:2: title: two"])

    monkeypatch.setattr("infra.site.__main__.compile_all", fail)

    assert main([str(tmp_path)]) == 1

    said = capsys.readouterr().err
    assert "a.md:1: title: one\nb.md:2: title: two\n" in said
    assert "Faults: 2" in said


def test_a_reference_is_spelt_with_the_leads_alphabet() -> None:
    assert REFERENCE_ALPHABET == lead.REFERENCE_ALPHABET
