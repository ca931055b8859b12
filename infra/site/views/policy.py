"""The Content-Security-Policy of a page, which carries its style in itself (docs/decisions/0063)."""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from shared.http import POLICY, SECURITY_HEADERS, content_security_policy

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def policy_of(html: str) -> str:
    """The policy that allows the style in a finished page, by its hash, and no other that stands in a page."""
    digests = (sha256(style.encode()).digest() for style in _STYLE.findall(html))
    return content_security_policy(*(f"'sha256-{b64encode(digest).decode()}'" for digest in digests))


def security_headers(body: bytes) -> Mapping[str, str]:
    """What an answer with this body carries for the safety of whoever reads it."""
    return {**SECURITY_HEADERS, POLICY: policy_of(body.decode(errors="replace"))}
