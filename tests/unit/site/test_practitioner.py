"""Who treats: what the letters stand for, where to check it, a photograph, and the article's days in one line."""

import re
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from infra.site.errors import ContentError
from infra.site.languages.localize import Localizer
from infra.site.sources.portrait import PORTRAIT, portrait
from infra.site.sources.practice_file import read_file
from infra.site.sources.practitioner_table import PractitionerTable
from infra.site.views.person_view import person_view
from tests.practice import PRACTICE_FILE, assert_one_fault, write_full_practice
from tests.sample import SLUG, Sample, write_sample
from tests.unit.site.test_pages import Page, graph_of

SOURCE = PRACTICE_FILE.read_text(encoding="utf-8")
PAGES = [f"/es/articles/{SLUG}", "/es/"]


def author(html: str) -> str:
    return html.partition('<section class="author">')[2].partition("</section>")[0]


def shown(locale: str = "en", **fields: Any) -> dict[str, str]:
    person = {"id": "x", "name": "X", "title": "Chiropractor", "credentials": [], **fields}
    view = person_view(PractitionerTable.model_validate(person), "en", Localizer(locale, NullTranslations()))
    return {each.label: each.html for each in view.details}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, catalogues: Path) -> Sample:
    sample = write_sample(tmp_path_factory.mktemp("full"), catalogues)
    write_full_practice(sample.sources.practice)
    sample.compile()
    return sample


@pytest.mark.parametrize("path", PAGES)
def test_with_nothing_given_there_is_a_name_and_no_empty_label(compiled: Sample, path: str) -> None:
    found = author(compiled.get(path).body.decode())

    assert "<bdi>Rosa Quill</bdi>, [es] Chiropractor" in found
    assert not [tag for tag in ("<dl", "<dt", "<dd", "<img", "None") if tag in found]


@pytest.mark.parametrize("path", PAGES)
def test_with_everything_given_a_stranger_can_check_it(full: Sample, path: str) -> None:
    found = author(full.get(path).body.decode())

    for text in (
        "<dt><bdi>DACBSP®</bdi></dt>",
        '<dd><a href="https://example.org/dacbsp" rel="noreferrer"><bdi lang="en">Diplomate of the Example Board</bdi>',
        '</a>[es] , <bdi lang="en">Example Board</bdi></dd>',
        '<dt>[es] Degree</dt><dd><bdi lang="en">Doctor of Chiropractic (D.C.)</bdi></dd>',
        '<dd><bdi dir="ltr">DC-12345</bdi>[es] , <bdi lang="en">Example Board of Chiropractic Examiners</bdi>[es] , ',
        '<a href="https://register.example.org/DC-12345" rel="noreferrer">[es] Check it in the register</a></dd>',
        '<dd>54 horas[es] , <bdi lang="en">Example Institute, 2024</bdi></dd>',
        "<dt>[es] In practice since</dt><dd>2012</dd>",
        "<dt>[es] Languages</dt><dd>Inglés y español</dd>",
    ):
        assert text in found
    assert "<dt><bdi>FR" not in found


@pytest.mark.parametrize("path", ["/en/articles/needles", "/en/"])
def test_the_name_below_the_title_leads_to_who_that_is(compiled: Sample, path: str) -> None:
    byline = compiled.get(path).body.decode().partition('<p class="byline">')[2]

    assert byline.startswith('<a href="#author"><bdi>Rosa Quill</bdi>')


def test_languages_are_named_in_the_pages_own() -> None:
    assert shown("ar", languages=["en", "zh-Hant"])["Languages"] == "الإنجليزية والصينية التقليدية"


@pytest.mark.parametrize(
    ("published", "modified", "said"),
    [
        (
            "2026-01-05",
            "2026-02-06",
            (
                "Written on January 5, 2026. Last reviewed by the author on March 7, 2026. "
                "Last changed on February 6, 2026. Next review by March 7, 2027."
            ),
        ),
        (
            "2026-03-07",
            "2026-03-07",
            "Written and last reviewed by the author on March 7, 2026. Next review by March 7, 2027.",
        ),
    ],
)
def test_the_articles_days_are_one_line(sample: Sample, published: str, modified: str, said: str) -> None:
    sample.edit("article.yaml", "published: 2026-01-05", f"published: {published}")
    sample.edit("article.yaml", "modified: 2026-02-06", f"modified: {modified}")
    sample.compile()

    english, spanish = (author(sample.get(f"/{locale}/articles/{SLUG}").body.decode()) for locale in ("en", "es"))

    assert f'<p class="hint">{said}</p>' in re.sub("</?time[^>]*>", "", english)
    assert '<p class="hint">[es] The original text: [es] ' in spanish


def test_search_engines_hear_what_their_vocabulary_has(full: Sample) -> None:
    person = graph_of(Page(full, "/en/"))["Person"]

    assert person["honorificSuffix"] == "DACBSP®, FR® Spine"
    assert person["knowsLanguage"] == ["en", "es"]
    assert person["image"].startswith("https://www.example.com/assets/portrait.")
    assert [each.get("name") or each["identifier"] for each in person["hasCredential"]] == [
        "Diplomate of the Example Board",
        "Doctor of Chiropractic (D.C.)",
        "DC-12345",
        "Acupuncture, Example Board of Chiropractic Examiners",
    ]


def test_search_engines_hear_nothing_that_is_not_given(compiled: Sample) -> None:
    person = graph_of(Page(compiled, "/en/"))["Person"]

    assert not {"knowsLanguage", "image", "hasCredential"} & person.keys()


# ---- The photograph


def test_the_photograph_is_small_square_and_described_in_each_language(full: Sample) -> None:
    page = Page(full, PAGES[0])
    [image] = page.all("img", width="96")

    response = full.get(image["src"])

    assert image["alt"] == "[es] Photograph of Rosa Quill"
    assert (image["height"], image["loading"]) == ("96", "lazy")
    assert response.headers["content-type"] == "image/webp"
    assert len(response.body) <= 15_000
    assert Image.open(BytesIO(response.body)).size == (288, 288)


def test_a_photograph_is_made_small_enough_and_loses_what_the_camera_noted(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    write_full_practice(path)
    noted = Image.Exif()
    noted[0x010E] = "taken at home"
    Image.effect_noise((900, 900), 90).convert("RGB").save(tmp_path / "rosa-quill.jpg", exif=noted, quality=95)

    body = portrait(read_file(path), path)[PORTRAIT].body

    assert b"taken at home" in (tmp_path / "rosa-quill.jpg").read_bytes()
    assert b"taken at home" not in body
    assert not Image.open(BytesIO(body)).getexif()
    assert len(body) <= 40_000


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ((400, 500), "rosa-quill.jpg is 400 x 500 pixels: it must be square, of at least 288 x 288 pixels"),
        ((287, 287), "rosa-quill.jpg is 287 x 287 pixels: it must be square"),
        ((0, 0), "rosa-quill.jpg is no picture that can be read: it must be JPEG, PNG or WebP"),
        (None, "there is no file rosa-quill.jpg beside the practice file"),
    ],
)
def test_what_is_no_such_photograph_stops_the_build(sample: Sample, size: tuple[int, int] | None, fault: str) -> None:
    write_full_practice(sample.sources.practice)
    photo = sample.sources.practice.with_name("rosa-quill.jpg")
    photo.unlink()
    if size == (0, 0):
        photo.write_bytes(b"GIF89a")
    elif size:
        Image.new("RGB", size).save(photo)

    with pytest.raises(ContentError, match=f"practice.toml: practitioner.photo: {fault}"):
        sample.compile()


# ---- What is wrong


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('credentials = [{ short = "A", longer = "B" }]', r"practitioner.credentials.0.longer: .*not permitted"),
        ('credentials = [{ long = "B" }]', r"practitioner.credentials.0.short: .*required"),
        ('credentials = [{ short = "A", awarded_by = "B" }]', r"practitioner.credentials.0.awarded_by: say in `long`"),
        ('license_register = "https://example.org/"', "practitioner.license_register: there is no license_number"),
        ('license_number = "1"\nlicense_register = "http://example.org/"', "license_register: 'http:.* look like"),
        ("needling_hours = 0", "practitioner.needling_hours: .*greater than 0"),
        ('needling_hours = "54 hours"', "practitioner.needling_hours: .*integer"),
        ("practicing_since = 12", "practitioner.practicing_since: .*1940"),
        ('languages = ["English"]', r"practitioner.languages.0: 'English' should look like"),
        ('languages = ["en", "en"]', "practitioner.languages: 'en' is named twice"),
        ('photo = "../me.jpg"', "practitioner.photo: '../me.jpg' should look like 'byron-lam.jpg'"),
        ('photo = "me.gif"', "practitioner.photo: 'me.gif' should look like"),
    ],
)
def test_a_fault_is_named_by_file_and_field(tmp_path: Path, line: str, fault: str) -> None:
    source = re.sub("^credentials = .*", "", SOURCE, flags=re.MULTILINE) if "credentials" in line else SOURCE

    assert_one_fault(tmp_path, source.replace("[address]", f"{line}\n[address]"), fault)
