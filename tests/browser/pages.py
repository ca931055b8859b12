"""The pages that a visitor can meet, in every language: what the outside checkers are shown."""

from dataclasses import dataclass
from typing import Final, Literal

from infra.site.sources.practice_file import load
from tests.browser.wire import Reply, ask, form

PRACTICE: Final = load()
LOCALES: Final = PRACTICE.locales
ARTICLE: Final = "dry-needling-for-sciatica"
REFERENCE: Final = "BCDF-2345"

Kind = Literal["landing", "references", "errors", "home", "thanks", "missing"]

STATUS: Final[dict[Kind, int]] = {
    "landing": 200, "references": 200, "errors": 422, "home": 200, "thanks": 200, "missing": 404,
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One page in one language."""

    kind: Kind
    locale: str

    def __str__(self) -> str:
        return f"{self.kind}-{self.locale}"

    @property
    def path(self) -> str:
        """Its address; for the page with errors, that of the page whose form is sent."""
        match self.kind:
            case "landing" | "errors":
                return landing(self.locale)
            case "references":
                return f"{landing(self.locale)}/references"
            case "home":
                return f"/{self.locale}/"
            case "thanks":
                return f"/{self.locale}/thank-you/{REFERENCE}"
            case "missing":
                return f"/{self.locale}/no-such-page"


PAGES: Final = [Shown(kind, locale) for kind in STATUS for locale in LOCALES]


def landing(locale: str) -> str:
    """The address of the landing page."""
    return f"/{locale}/articles/{ARTICLE}"


def wrong_fields(locale: str) -> dict[str, str]:
    """What a form sends that has something wrong in it wherever that is possible, and markup in what was typed."""
    return {
        "locale": locale,
        "article": ARTICLE,
        "name": "Ð",
        "phone": "12",
        "email": '"><script>alert(1)</script>',
        "preferred_contact": "email",
        "preferred_time": "afternoon",
        "message": "x" * 1001 + "</textarea>",
    }


def good_fields(locale: str, name: str) -> dict[str, str]:
    """What a form sends that is filled in well."""
    return {
        "locale": locale,
        "article": ARTICLE,
        "name": name,
        "phone": "+1 602 555 0142",
        "preferred_time": "any",
        "consent": "true",
    }


def fetch(origin: str, shown: Shown, **headers: str) -> Reply:
    """The page as it is served; underscores in header names stand for hyphens."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if shown.kind != "errors":
        return ask(origin, shown.path, given)
    posted, body = form(wrong_fields(shown.locale))
    return ask(origin, "/api/leads", posted | given, method="POST", body=body)
