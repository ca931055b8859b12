"""What pages, with the style in them, and scripts weigh on the wire, by content coding and language."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from infra.site.views.article_view import REFERENCES
from shared.http import compress
from tests.bench.report import Table


class Size(NamedTuple):
    """Bytes of a body as it is, in gzip, and in Brotli where it has that coding."""

    plain: int
    gzip: int
    br: int | None


def as_table(site: Path) -> Table:
    """A row for each page in each language, and for what an article names, compiled below the task root `site`."""
    head = ("bytes", "as it is", "gzip", "Brotli")
    return [head, *((name, *("" if each is None else f"{each:,}" for each in size)) for name, size in _sizes(site))]


def _sizes(site: Path) -> Iterator[tuple[str, Size]]:
    folder = site / "compiled" / "site"
    index = json.loads((folder / "index.json").read_bytes())
    bodies: Mapping[str, bytes] = {each.name: each.read_bytes() for each in (folder / "bodies").iterdir()}

    def size(row: int) -> Size:
        name = index["rows"][row]["body"]
        body, gzip, br = (bodies.get(f"{name}{coding}") for coding in ("", ".gzip", ".br"))
        plain = body or b""
        # What has no coding from the build is compressed when it is asked for.
        return Size(len(plain), len(gzip or compress(plain)), len(br) if br else None)

    paths: Mapping[str, int] = index["paths"]
    articles = [path for locale in index["locales"] for path in paths if path.startswith(f"/{locale}/articles/")]
    page = bodies[index["rows"][paths[articles[0]]]["body"]].decode()
    for path in articles:
        yield f"{'references' if path.endswith(REFERENCES) else 'article'}, {path.split('/')[1]}", size(paths[path])
    for style in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page):
        yield f"its style sheet `{style.split('/')[-1].split('.')[0]}`", size(paths[style])
    for script in sorted(set(re.findall(r'(?:href|src)="(/assets/[^"]+\.js)"', page))):
        yield f"its script `{script.split('/')[-1].split('.')[0]}`", size(paths[script])
    for locale in index["locales"]:
        yield f"home page, {locale}", size(paths[f"/{locale}/"])
    for locale in index["locales"]:
        yield f"page after the form, {locale}", size(index["thank_you"][locale])
