"""Where the compiler finds what it reads."""

from dataclasses import dataclass
from pathlib import Path

from infra.site.errors import ROOT

_CONTENT = ROOT / "functions" / "content"


@dataclass(frozen=True)
class Places:
    """Where everything is read from."""

    articles: Path = _CONTENT / "articles"
    templates: Path = _CONTENT / "templates"
    assets: Path = _CONTENT / "assets"
    icons: Path = _CONTENT / "icons"
    home: Path = _CONTENT / "home"
    released: Path = _CONTENT / "released"
    mail: Path = ROOT / "shared" / "mail.html"
    inbox: Path = ROOT / "functions" / "inbox" / "templates"
    locales: Path = ROOT / "shared" / "locales"
    practice: Path = ROOT / "shared" / "practice.toml"
