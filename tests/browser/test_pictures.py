"""`make pictures`: what the README and the share previews show is made from the site itself."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from infra.pictures import icons, mails, png, screens, share
from infra.site.places import Places
from tests.browser import pages
from tests.browser.pages import ARTICLE, LOCALES, landing
from tests.browser.visitor import Visits
from tests.practice import PRACTICE


def test_every_article_gets_a_share_picture_for_each_language_it_is_published_in(
    browser: Browser, origin: str, visit: Visits, tmp_path: Path
) -> None:
    for name in (ARTICLE, "not-published"):
        (tmp_path / "articles" / name).mkdir(parents=True)
        (tmp_path / "articles" / name / "article.yaml").touch()

    made = list(share.draw(browser, origin, tmp_path, pages.PRACTICE))

    assert [path.relative_to(tmp_path).as_posix() for path in made] == [
        f"{folder}/pictures/og.{locale}.png" for folder in ("home", f"articles/{ARTICLE}") for locale in LOCALES
    ]
    for path, locale in zip(made[len(LOCALES) :], LOCALES, strict=True):
        with Image.open(path) as picture:
            assert picture.size == (1200, 630)
        assert png.title_of(path.read_bytes()) == visit().opens(landing(locale)).page.inner_text("h1")


def test_icons_have_the_sizes_that_are_asked_for_and_no_hole_where_a_home_screen_would_show_it(
    browser: Browser, tmp_path: Path
) -> None:
    favicon, touch = icons.draw(browser, Places().assets / "icon.svg", tmp_path / "icons")

    with Image.open(favicon) as icon:
        assert (icon.format, icon.size) == ("ICO", (32, 32))
        assert icon.convert("RGBA").getchannel("A").getpixel((0, 0)) == 0
    with Image.open(touch) as icon:
        assert (icon.size, icon.mode) == ((180, 180), "RGB")
        assert icon.getpixel((0, 0)) == icon.getpixel((90, 2)) == (11, 92, 99)


def test_pages_are_shown_on_a_phone_and_on_a_desk(browser: Browser, origin: str, tmp_path: Path) -> None:
    language = screens.LANGUAGES[0]

    made = list(screens.take(browser, origin, ARTICLE, [language, "zxx"], tmp_path / "new"))

    assert {path.name for path in made} == {
        f"{page}-{device}-{language}.png" for page in ("landing", "form", "thank-you") for device in screens.DEVICES
    }
    assert len({path.read_bytes() for path in made}) == len(made)
    assert all(path.stat().st_size < 150 * 1024 for path in made)


def test_every_kind_of_mail_is_shown_on_a_phone_light_and_dark(browser: Browser, tmp_path: Path) -> None:
    made = list(mails.take(browser, PRACTICE, tmp_path / "new"))

    kinds = ("alert", "bundle", "reminder", "digest", "backup", "confirmation", "sign-in")
    assert {path.name for path in made} == {f"mail-{kind}-{locale}.png" for kind in kinds for locale in mails.SCHEMES}
    assert len({path.read_bytes() for path in made}) == len(made)
    for path in made:
        assert path.stat().st_size < 150 * 1024
        with Image.open(path) as picture:
            assert picture.width == 780
            paper = picture.convert("L").crop((0, 0, 1, 1)).tobytes()[0]
            assert (paper < 64) == (mails.SCHEMES[path.stem.split("-")[-1]] == "dark")


def test_packing_makes_a_picture_small_and_keeps_its_looks() -> None:
    shades = Image.linear_gradient("L").resize((600, 600)).convert("RGB")
    output = BytesIO()
    shades.save(output, "PNG", compress_level=0)

    small = png.packed(output.getvalue(), title="Étirement", language="fr")

    difference = max(
        abs(was - now)
        for was, now in zip(shades.tobytes(), Image.open(BytesIO(small)).convert("RGB").tobytes(), strict=True)
    )
    assert len(small) < len(output.getvalue()) / 10
    assert difference <= 4
    assert png.title_of(small) == "Étirement"
    assert png.title_of(output.getvalue()) == ""
