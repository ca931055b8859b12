"""E-mail addresses: how people read one, and whether a header can carry it.

An address is stored as it is sent to, its domain in ASCII (`xn--…` where it is internationalised, RFC 5890).
`functions.leads.address` sees to that.
"""

import re
from typing import Final

# RFC 5321 section 4.1.2 without quotes, which no provider hands out, and without "=?", which mail programs take for the
# start of an encoded word (RFC 2047). Labels are those of RFC 1123; a top-level domain begins and ends with a letter.
_ATOM: Final = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL: Final = r"[^\W_](?:[a-z0-9-]{0,61}[^\W_])?"
_TOP_LABEL: Final = r"[a-z][a-z0-9-]{0,61}[a-z]"
_ADDRESS: Final = rf"(?=[^@]{{1,64}}@)(?!.*=\?){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_TOP_LABEL}"
# Zero width non-joiner and joiner, which some scripts spell with; no other character that is not seen.
_JOINERS: Final = dict.fromkeys(map(ord, "\u200c\u200d"))


def deliverable(address: str) -> str | None:
    """Say whether a header can carry an address.

    Returns:
        The address itself; or None where no header can carry it, as with `josé@` before the domain, or where it could
        be read as another address, or as more than one.
    """
    return address if re.fullmatch(_ADDRESS, address, re.ASCII | re.IGNORECASE) else None


def readable(address: str) -> str:
    """Write an address for people.

    Returns:
        `bo@müller.example` for `bo@xn--mller-kva.example`; a label that cannot be shown so stays as it is.
    """
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{'.'.join(map(_readable_label, domain.split('.')))}"


def _readable_label(label: str) -> str:
    # Python's punycode codec is RFC 3492 alone, without the mappings of IDNA 2003, which make another domain of some.
    if not label.startswith("xn--"):
        return label
    try:
        shown = label.removeprefix("xn--").encode().decode("punycode")
        is_same = f"xn--{shown.encode('punycode').decode()}" == label
    except UnicodeError:
        return label
    return shown if is_same and not shown.isascii() and shown.translate(_JOINERS).isprintable() else label
