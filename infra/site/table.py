"""The table of representations: what the content function finds at run time, by `functions/content/compiled_site.py`.

    compiled/site/index.json      paths, rows, and what else decides an answer
    compiled/site/bodies/<hash>   bodies, and their content codings in <hash>.br and <hash>.gzip

A row is `{"status", "headers", "body", "codings"}`; `body` is a name below `bodies/`, and `codings`, the smallest
first, may be absent.
A page also has `tag_places`: `[[byte, "link" or "form"], ...]`, where campaign tags go in (`tag_places.py`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import brotli

from infra.site.tag_places import tag_places
from shared.http import compress, dump_json, is_worth_compressing

# A browser asks each time whether its page is still the page; a content delivery network, if there is one, every five
# minutes. RFC 9111 section 5.2.2.
REVALIDATED = "max-age=0, must-revalidate, s-maxage=300"

type Row = int


@dataclass
class Table:
    """Rows and bodies as they are added. A row is referred to by its number."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)

    def add(self, body: bytes, headers: Mapping[str, str], *, status: int = 200, fixed: bool = True) -> Row:
        """Add a representation. One that is not `fixed` changes with each request, so it gets no coding."""
        name = sha256(body).hexdigest()[:16]
        row: dict[str, Any] = {"status": status, "headers": dict(headers), "body": name}
        self.bodies[name] = body
        if fixed and is_worth_compressing(body, headers["content-type"]):
            codings = _codings(body)
            row["codings"] = list(codings)
            self.bodies |= {f"{name}.{coding}": coded for coding, coded in codings.items()}
        if status == 200 and fixed:
            # The language counts too: a tag names a representation, and two of those may have the same bytes.
            identity = "\0".join((headers["content-type"], headers.get("content-language", ""), name))
            row["headers"]["etag"] = f'"{sha256(identity.encode()).hexdigest()[:16]}"'
        self.rows.append(row)
        return len(self.rows) - 1

    def add_document(self, document: Mapping[str, Any]) -> str:
        """Add JSON that the function itself reads; returns its body's name."""
        body = dump_json(document)
        name = sha256(body).hexdigest()[:16]
        self.bodies[name] = body
        return name

    def add_page(self, html: str, headers: Mapping[str, str], *, status: int = 200) -> Row:
        """Add a page, which can take a reader's campaign tags along."""
        row = self.add(html.encode(), headers, status=status)
        self.rows[row]["tag_places"] = [[len(html[:at].encode()), kind] for at, kind in tag_places(html)]
        return row

    def write(self, folder: Path, index: Mapping[str, Any]) -> None:
        """Write the table below `folder`, with `index` beside the rows."""
        (folder / "bodies").mkdir(parents=True)
        for name, body in self.bodies.items():
            (folder / "bodies" / name).write_bytes(body)
        document = {**index, "rows": self.rows}
        (folder / "index.json").write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), "utf-8")


# Kept, because tests compile the same pages again and again, and Brotli takes its time to find what is small.
@lru_cache(maxsize=256)
def _codings(body: bytes) -> Mapping[str, bytes]:
    """`body` in each content coding, as small as it gets; Brotli only where gzip is not smaller."""
    br, gzip = brotli.compress(body, quality=11), compress(body, level=9)
    return ({"br": br} if len(br) < len(gzip) else {}) | {"gzip": gzip}
