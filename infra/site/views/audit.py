"""What must hold of every page that is compiled, whatever the template.

The Content-Security-Policy would drop inline scripts, and styles but one, without a word, and a fragment link that
leads nowhere fails just as silently; here they stop the build.
"""

from collections.abc import Iterator
from html.parser import HTMLParser

from infra.site.errors import ContentError

type Attributes = list[tuple[str, str | None]]

_LOADING = {"audio", "embed", "iframe", "img", "object", "script", "source", "video"}
_DATA_TYPES = ("application/ld+json", "application/json")
_REFERRING = ("aria-describedby", "aria-labelledby", "for")


def check(html: str, page: str) -> None:
    """Raise ContentError, naming `page`, for whatever does not hold."""
    parser = _Auditor()
    parser.feed(html)
    parser.close()
    if faults := [f"{page}: {each}" for each in parser.faults()]:
        raise ContentError(faults)


class _Auditor(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._ids: list[str] = []
        self._wanted: list[tuple[str, str]] = []
        self._found: list[str] = []
        self._has_style = False

    def faults(self) -> Iterator[str]:
        yield from self._found
        for id_ in sorted({each for each in self._ids if self._ids.count(each) > 1}):
            yield f"id {id_!r} is there more than once"
        for id_, where in self._wanted:
            if id_ not in self._ids:
                yield f"{where} refers to #{id_}, which is not there"

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self._ids.append(values["id"])
        if values.get("href", "").startswith("#"):
            self._wanted.append((values["href"][1:], f"<{tag} href>"))
        for name in _REFERRING:
            self._wanted += [(id_, f"<{tag} {name}>") for id_ in values.get(name, "").split()]
        if tag == "style":
            if self._has_style or values:
                self._found.append("<style>: one without attributes is all that a page may have")
            self._has_style = True
        self._found.extend(_inline(tag, values))
        self._found.extend(_foreign(tag, values))


def _inline(tag: str, values: dict[str, str]) -> Iterator[str]:
    if "style" in values:
        yield f"<{tag}>: no inline style"
    if tag == "script" and "src" not in values and values.get("type") not in _DATA_TYPES:
        yield "<script>: no inline script"
    yield from (f"<{tag} {name}>: no inline script" for name in values if name.startswith("on"))


def _foreign(tag: str, values: dict[str, str]) -> Iterator[str]:
    """Whatever the browser would fetch by itself must come from this site."""
    source = values.get("src" if tag in _LOADING else "href" if _is_loading_link(tag, values) else "", "")
    if source and (not source.startswith("/") or source.startswith("//")):
        yield f"<{tag}>: loads {source!r}, which is not on this site"


def _is_loading_link(tag: str, values: dict[str, str]) -> bool:
    return tag == "link" and values.get("rel") not in ("alternate", "canonical")
