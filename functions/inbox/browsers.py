"""Which browser a member signed in with, by which they know the device again, and no more exactly than that."""

from typing import Final

# By what stands in a `User-Agent` (RFC 9110 section 10.1.5). Each calls itself by the names of those below it, too.
_BROWSERS: Final = {
    "SamsungBrowser/": "Samsung Internet",
    "Edg/": "Edge",
    "EdgA/": "Edge",
    "EdgiOS/": "Edge",
    "OPR/": "Opera",
    "FxiOS/": "Firefox",
    "Firefox/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
# An iPad says mostly that it is a Mac.
_SYSTEMS: Final = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def described(user_agent: str) -> str | None:
    """A browser and its system, such as `Chrome, Android`, or the one that is known; None where neither is."""
    found = (
        next((name for sign, name in known.items() if sign in user_agent), None) for known in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, found)) or None
