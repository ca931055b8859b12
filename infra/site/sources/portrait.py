"""The practitioner's photograph: checked, and made small enough for a phone, when the site is compiled."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

from infra.site.errors import ContentError, fault
from infra.site.sources.assets import Asset, asset
from infra.site.sources.practice_file import PracticeFile

# The name among the assets.
PORTRAIT: Final = "portrait.webp"
# In pixels: three for each of the 96 that its place on the page has, as phones show it.
SIDE: Final = 288
_MOST_BYTES: Final = 15_000
_QUALITIES: Final = (80, 65, 50, 35)


def portrait(file: PracticeFile, path: Path) -> Mapping[str, Asset]:
    """The photograph that the practice file at `path` names, as an asset by its name; none if it names none.

    Whatever a camera notes in a file, such as the place, stays behind. Raises ContentError for what is no square
    photograph of at least `SIDE` pixels.
    """
    name = file.practitioner.photo
    if name is None:
        return {}
    try:
        body = _compressed(path.with_name(name))
    except ValueError as error:
        raise ContentError([fault(path, None, "practitioner.photo", str(error))]) from error
    return {PORTRAIT: asset(PORTRAIT, body)}


def _compressed(path: Path) -> bytes:
    # Only where there is a photograph: it takes as long to load as all else.
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as opened:
            photo = ImageOps.exif_transpose(opened)
    except FileNotFoundError:
        raise ValueError(f"there is no file {path.name} beside the practice file") from None
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise ValueError(f"{path.name} is no picture that can be read: it must be JPEG, PNG or WebP") from None
    width, height = photo.size
    if width != height or width < SIDE:
        raise ValueError(
            f"{path.name} is {width} x {height} pixels: it must be square, of at least {SIDE} x {SIDE} pixels"
        )
    small = photo.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    for quality in _QUALITIES:
        buffer = BytesIO()
        small.save(buffer, "WEBP", quality=quality, method=6, icc_profile=photo.info.get("icc_profile"))
        if buffer.tell() <= _MOST_BYTES:
            break
    return buffer.getvalue()
