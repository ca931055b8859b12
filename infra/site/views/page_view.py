"""What every template calls `page`: which page this is, in which language, and where else it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from infra.site.languages.localize import Localizer


@dataclass(frozen=True)
class Alternate:
    """A page in one of its languages, named in that language."""

    locale: str
    endonym: str
    dir: str
    path: str
    absolute: str
    current: bool


@dataclass(frozen=True)
class OpenGraphImage:
    """The picture that stands for a page where it is shared; `size` is width and height in pixels."""

    absolute: str
    size: tuple[int, int] | None


@dataclass(frozen=True)
class PageView:
    """One page.

    `canonical` is None on a page that no search engine is to keep. `alternates` is what the language switcher leads to;
    where there is a canonical address, they are that page in its languages.
    """

    locale: str
    dir: str
    title: str
    description: str
    canonical: str | None
    alternates: tuple[Alternate, ...]
    x_default: str
    og_type: str
    og_locale: str
    og_image: OpenGraphImage | None
    json_ld: Markup | None


@dataclass(frozen=True)
class SourceView:
    """What templates call `source`: the language that articles are written in, named in the page's language."""

    locale: str
    name: str


def alternates(localizers: Iterable[Localizer], current: str, path: str, origin: str) -> tuple[Alternate, ...]:
    """The page at `path`, in which `{locale}` stands for the locale, in each of the languages."""
    return tuple(
        Alternate(
            locale=each.tag,
            endonym=each.endonym,
            dir=each.direction,
            path=path.format(locale=each.tag),
            absolute=origin + path.format(locale=each.tag),
            current=each.tag == current,
        )
        for each in localizers
    )
