"""Pictures of an article: beside the section they are named after, and where the page is shared."""

import pytest

from infra.site import ContentError
from tests.sample import SLUG, Sample
from tests.unit.site.test_pages import ORIGIN, landing

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 48"><path d="M0 0h64"/></svg>'
# A PNG as far as its size goes: the signature, then IHDR with width and height (PNG section 11.2.1).
PHOTO = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x0dIHDR" + (1200).to_bytes(4) + (630).to_bytes(4) + b"\x08\x02\0\0\0"


def add_picture(sample: Sample, name: str, body: bytes) -> None:
    path = sample.article / "pictures" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)


def add_caption(sample: Sample, section: str, *locales: str) -> None:
    for locale in locales or sample.locales:
        entry = f'captions:\n  - id: {section}\n    text: "[{locale}] A thin line."\n'
        sample.edit(f"{locale}.md", 'disclaimer: "This', f'{entry}disclaimer: "This')
    sample.accept(*(locales or sample.locales)[1:])


def test_a_section_shows_the_picture_named_after_it_with_its_caption_and_keeps_the_room_for_it(sample: Sample) -> None:
    add_picture(sample, "what.svg", DRAWING.encode())
    add_caption(sample, "what")

    sample.compile()

    page = landing(sample, "ar")
    (picture,) = page.all("img", width="64", height="48")
    assert picture["alt"] == ""
    assert page.html.index('id="what"') < page.html.index(picture["src"]) < page.html.index('id="call"')
    assert "<figcaption>[ar] A thin line.</figcaption></figure>" in page.html
    assert sample.get(picture["src"]).headers["content-type"] == "image/svg+xml"


def test_the_first_picture_stands_for_the_article_on_the_practices_page(sample: Sample) -> None:
    add_picture(sample, "call.svg", DRAWING.encode())
    add_caption(sample, "call")

    sample.compile()

    assert f"/assets/{SLUG}-call." in sample.get("/en/").body.decode()


def test_a_translation_without_words_for_a_new_picture_goes_without_it(sample: Sample) -> None:
    add_picture(sample, "what.svg", DRAWING.encode())
    add_caption(sample, "what", "en", "es")

    sample.compile()

    assert "<figure>" in landing(sample, "es").html
    assert "<figure>" not in landing(sample, "ar").html


@pytest.mark.parametrize(
    ("picture", "caption", "said"),
    [
        ("what", "call", "captions: call has no picture"),
        ("what", "call", "captions: what is missing: the picture needs one"),
        ("og.en", "what", "captions: what has no picture"),
    ],
)
def test_a_picture_without_a_caption_stops_the_build_and_so_does_a_caption_without_a_picture(
    sample: Sample, picture: str, caption: str, said: str
) -> None:
    add_picture(sample, f"{picture}.svg", DRAWING.encode())
    add_caption(sample, caption, "en")

    with pytest.raises(ContentError) as caught:
        sample.compile()

    assert said in str(caught.value)


def test_a_page_is_shared_with_the_picture_of_its_language(sample: Sample) -> None:
    add_picture(sample, "og.es.png", PHOTO)

    sample.compile()

    page = landing(sample, "es")
    shown = page.one("meta", property="og:image")["content"]
    assert sample.get(shown.removeprefix(ORIGIN)).body == PHOTO
    assert page.one("meta", property="og:image:width")["content"] == "1200"
    assert page.one("meta", property="og:image:height")["content"] == "630"
    assert "og:image" not in landing(sample, "en").html


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("what.svg", b"<svg/>", "what.svg: picture: must be a PNG, or an SVG with a viewBox"),
        ("what.gif", b"GIF89a", "what.gif: asset: files of type '.gif' are not served"),
    ],
)
def test_a_picture_of_unknown_size_or_type_stops_the_build(sample: Sample, name: str, body: bytes, said: str) -> None:
    add_picture(sample, name, body)

    with pytest.raises(ContentError) as caught:
        sample.compile()

    assert said in str(caught.value)
