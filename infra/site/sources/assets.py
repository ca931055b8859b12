"""Assets under names that change with their content, so that a browser may keep them for ever."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin

from infra.site.errors import ContentError, fault

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
# How one asset names another: a style sheet as `url("icon.svg")`, a script as `from './draft.js'`.
_NAMING = {".css": re.compile(rb'(url\(")([^"]+)("\))'), ".js": re.compile(rb"( from ')\./([^']+)(')")}
# Comments and blanks stay here: on a phone they are a third of what is sent.
_MINIFIED: Mapping[str, Callable[[bytes], bytes]] = {".css": cssmin, ".js": jsmin}
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG_SIZE = re.compile(rb"<svg[^>]* viewBox=\"0 0 (\d+) (\d+)\"")


@dataclass(frozen=True)
class Asset:
    """One file as it is served: `path` is its URL's path."""

    path: str
    content_type: str
    body: bytes

    @cached_property
    def size(self) -> tuple[int, int] | None:
        """A picture's width and height in CSS pixels, so that its page keeps the room for it; None where unknown."""
        if self.body.startswith(_PNG):
            # PNG section 11.2.1: IHDR comes first, and begins with width and height.
            return int.from_bytes(self.body[16:20]), int.from_bytes(self.body[20:24])
        match = _SVG_SIZE.search(self.body)
        return (int(match[1]), int(match[2])) if match else None


def read_assets(folder: Path) -> Mapping[str, Asset]:
    """Every asset by its name below `folder`, such as `site.css`.

    A style sheet or a script may name another asset; the name is replaced by the fingerprinted path. Raises
    ContentError for a file of a type that is not served, and where assets name each other in a circle.
    """
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    assets: dict[str, Asset] = {}
    # What is named comes first: the fingerprint of what names it depends on it.
    order = TopologicalSorter({name: paths.keys() & set(_named(path)) for name, path in paths.items()})
    try:
        for name in order.static_order():
            assets[name] = _asset(paths[name], name, assets)
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise ContentError([fault(folder, None, "asset", f"name each other in a circle: {circle}")]) from None
    return assets


def find(assets: Mapping[str, Asset], name: str) -> Asset:
    """The asset of this name. Raises KeyError, which says so, where there is none."""
    if name not in assets:
        raise KeyError(f"there is no asset {name}")
    return assets[name]


def style_sheets(assets: Mapping[str, Asset], locale: str, *names: str) -> Sequence[Asset]:
    """The style sheets of these names, such as `site`, and after them what the language of `locale` has of its own."""
    own = f"languages/{locale.partition('-')[0]}"
    return [find(assets, f"{name}.css") for name in (*names, *([own] if f"{own}.css" in assets else []))]


def read_icons(folder: Path) -> Sequence[Asset]:
    """What browsers ask for by a name of their own at the root of a site, such as `/favicon.ico`."""
    return [Asset(f"/{path.name}", _TYPES[path.suffix], path.read_bytes()) for path in sorted(folder.glob("*.*"))]


def read_pictures(page: Path) -> Mapping[str, Asset]:
    """The pictures of the article in folder `page`, or of the practice's own page, by their names below its `pictures`.

    `<section>.svg` illustrates the section with that id; `og.<locale>.png` stands for the page where it is shared.
    Raises ContentError for a file that is no picture of a known size.
    """
    pictures: dict[str, Asset] = {}
    for path in sorted((page / "pictures").glob("*")):
        pictures[path.name] = _asset(path, f"{page.name}/{path.name}", {})
        if pictures[path.name].size is None:
            message = 'must be a PNG, or an SVG with a viewBox="0 0 <width> <height>"'
            raise ContentError([fault(path, None, "picture", message)])
    return pictures


def read_released(folder: Path) -> Sequence[Asset]:
    """The assets of the release before, which pages from its time still name (`infra.site.released`).

    Raises ContentError for a file that is not what its name says, and for a second generation of one: each file is kept
    once, so that what is served does not grow from release to release.
    """
    assets: dict[str, Asset] = {}
    for path in sorted(folder.glob("*")):
        stem, _, fingerprint = path.stem.rpartition(".")
        if path.suffix not in _TYPES or fingerprint != _fingerprint(path.read_bytes()):
            raise ContentError([fault(path, None, "released", "is not what its name says: run `make released`")])
        if stem + path.suffix in assets:
            raise ContentError([fault(path, None, "released", "is kept twice: run `make released`")])
        assets[stem + path.suffix] = Asset(f"/assets/{path.name}", _TYPES[path.suffix], path.read_bytes())
    return list(assets.values())


def asset(name: str, body: bytes) -> Asset:
    """A file called `name`, its address changing with its content."""
    stem, dot, suffix = name.replace("/", "-").rpartition(".")
    return Asset(f"/assets/{stem}.{_fingerprint(body)}{dot}{suffix}", _TYPES[dot + suffix], body)


def _fingerprint(body: bytes) -> str:
    return sha256(body).hexdigest()[:10]


def _named(path: Path) -> Iterator[str]:
    if naming := _NAMING.get(path.suffix):
        yield from (match[2].decode() for match in naming.finditer(path.read_bytes()))


def _asset(path: Path, name: str, others: Mapping[str, Asset]) -> Asset:
    if path.suffix not in _TYPES:
        raise ContentError([fault(path, None, "asset", f"files of type {path.suffix!r} are not served")])

    def with_path(match: re.Match[bytes]) -> bytes:
        other = others.get(match[2].decode())
        return match[1] + other.path.encode() + match[3] if other else match[0]

    body = path.read_bytes()
    if naming := _NAMING.get(path.suffix):
        body = naming.sub(with_path, body)
    if minified := _MINIFIED.get(path.suffix):
        body = minified(body)
    return asset(name, body)
