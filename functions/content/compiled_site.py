"""The compiled site at run time: the index in memory, bodies from disk when they are asked for.

`infra/site/table.py` describes the files.
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from zlib import crc32

from shared.campaign import as_hidden_fields, as_link_query
from shared.http import Response
from shared.languages import Matcher


class CompiledSite:
    """The table of representations in `folder`, a path as text: pathlib alone would cost a fifth of the cold start."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._index: dict[str, Any] = json.loads(self._read("index.json"))
        self._matchers: dict[str, Matcher] = {}
        self._bodies: dict[str, bytes] = {}
        self.locales: list[str] = self._index["locales"]
        self.paths: dict[str, int] = self._index["paths"]
        self.negotiated: dict[str, Any] = self._index["negotiated"]
        self.api: dict[str, Any] = self._index["api"]
        self.allowed_origins: list[str] = self._index["allowed_origins"]
        self.errors: dict[str, Any] = self._index["errors"]

    def languages(self, key: str = "") -> Matcher:
        """The matcher over a set of locales: the site's, or that of an article which lacks some."""
        key = key or " ".join(self.locales)
        if key not in self._matchers:
            self._matchers[key] = Matcher(self._index["languages"][key])
        return self._matchers[key]

    def response(self, row: int, tags: Mapping[str, str] | None = None) -> Response:
        """The representation in a row of the table; a page takes the reader's campaign tags along."""
        found = self._index["rows"][row]
        if tags and "tag_places" in found:
            return self._tagged(found, tags)
        name = found["body"]
        codings = {coding: partial(self._body, f"{name}.{coding}") for coding in found.get("codings", ())}
        return Response(found["status"], found["headers"], self._body(name), codings)

    def _tagged(self, row: Mapping[str, Any], tags: Mapping[str, str]) -> Response:
        added = {"link": as_link_query(tags).encode(), "form": as_hidden_fields(tags).encode()}
        body, start = self._body(row["body"]), 0
        parts: list[bytes] = []
        for end, kind in row["tag_places"]:
            parts += (body[start:end], added[kind])
            start = end
        headers = dict(row["headers"])
        if etag := headers.get("etag"):
            headers["etag"] = f'{etag[:-1]}-{crc32(added["link"]):08x}"'
        return Response(row["status"], headers, b"".join((*parts, body[start:])))

    def opening(self, row: int) -> int:
        """How many bytes of an API document say which locale was asked for."""
        length: int = self._index["rows"][row]["opening"]
        return length

    def thank_you(self, locale: str, **texts: str) -> Response:
        """The page after the form, with what belongs in its slots, in HTML. KeyError for an unpublished locale."""
        response = self.response(self._index["thank_you"][locale])
        body = response.body
        for name, slot in self._index["slots"].items():
            body = body.replace(slot.encode(), texts[name].encode())
        return response._replace(body=body)

    def promises(self, locale: str) -> Mapping[str, Any]:
        """What a promise may be, and how it is said. Raises KeyError for an unpublished locale."""
        document: Mapping[str, Any] = json.loads(self._body(self._index["promises"][locale]))
        return document

    def _body(self, name: str) -> bytes:
        # Read when first asked for and then kept: all of them together are smaller than one library.
        body = self._bodies.get(name)
        if body is None:
            body = self._bodies[name] = self._read(f"bodies/{name}")
        return body

    def _read(self, name: str) -> bytes:
        with open(f"{self._folder}/{name}", "rb") as file:  # noqa: PTH123
            return file.read()
