"""Which page answers a path, and whether it is for everybody."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from functions.inbox.visit import Page
from shared.links import ENQUIRY_PATH, INBOX_PATH, SIGN_IN_PATH


class Route(NamedTuple):
    """A path, and the page that answers there.

    Attributes:
        path: The path; `{name}` stands for one part of it.
        page: Makes the page.
        is_public: Whether it is for everybody: all other pages are for who is signed in.
    """

    path: str
    page: Callable[[], Page]
    is_public: bool = False

    def match(self, path: str) -> dict[str, str] | None:
        """The path's named parts, or None where this is another path."""
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]*)", re.escape(self.path))
        found = re.fullmatch(pattern, path)
        return None if found is None else found.groupdict()


LINKED_ENQUIRY = f"{ENQUIRY_PATH}{{token}}"
ENQUIRY = f"{INBOX_PATH}/leads/{{id}}"
DAYS = f"{INBOX_PATH}/days"
OPEN_LIST = INBOX_PATH
SEARCH = f"{INBOX_PATH}/search"
CSV = f"{INBOX_PATH}/csv"
PERSON = f"{ENQUIRY}/person"
PERSON_FILE = f"{PERSON}.json"
SIGN_IN = f"{INBOX_PATH}/sign-in"
SIGN_IN_CODE = f"{SIGN_IN}/code"
SIGN_IN_LINK = f"{SIGN_IN_PATH}{{token}}"
SIGN_OUT = f"{INBOX_PATH}/sign-out"
SESSIONS = f"{INBOX_PATH}/sessions"


def enquiry_path(lead_id: str) -> str:
    """Where an enquiry is, for who is signed in."""
    return ENQUIRY.format(id=lead_id)


def find(routes: Iterable[Route], path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a path with the path's named parts, or None."""
    if path == f"{INBOX_PATH}/":
        path = INBOX_PATH
    for route in routes:
        if (parameters := route.match(path)) is not None:
            return route, parameters
    return None


def page_of_ours(text: str) -> str:
    """The path of a page here, from what an address or a form says; of the first page where it says something else."""
    return text if len(text) < 200 and re.fullmatch(rf"{INBOX_PATH}(/[\w-]+)*", text, re.ASCII) else INBOX_PATH
