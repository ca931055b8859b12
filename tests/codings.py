"""Content codings, undone as browsers undo them."""

import gzip
from collections.abc import Callable, Mapping

import brotli

_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}


def decoded(body: bytes, coding: str | None) -> bytes:
    """A body with its content coding undone, if it has one."""
    return _DECODERS[coding](body) if coding else body
