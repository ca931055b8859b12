"""One thing about the practice, as its pages list them."""

from dataclasses import dataclass
from typing import Final

from shared.messages import mark as _

# Translators: between two entries of a list, such as degrees or the numbers of references.
SEPARATOR: Final = _(", ")


@dataclass(frozen=True)
class Detail:
    """What it is about, and what is so: text, or Markup where a part has a language or a direction of its own."""

    label: str
    html: str
