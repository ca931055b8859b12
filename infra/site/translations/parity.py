"""Whether a translation says the same: the same blocks, and in each the same citations, numbers, units and so on."""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterator

from infra.site.errors import fault
from infra.site.sources.article import ArticleText
from infra.site.sources.blocks import Block

# Symbols that are written alike in every language. Of units spelt out only the numbers can be compared.
_UNIT = r"%|‰|°[CF]|(?:mg|kg|g|ml|mm|cm)\b"
_QUANTITY = re.compile(rf"(\d{{1,3}}(?:[ .,']\d{{3}})+(?![\d])|\d+(?:[.,]\d+)?)(?:\s?({_UNIT}))?")
_THOUSANDS = re.compile(r"\d{1,3}([ .,'])\d{3}(?:\1\d{3})*")
_CITATION = re.compile(r"\[@[^\]]*\]")
_FOREIGN_SIGNS = str.maketrans("٪٫٬", "%.,")


def quantities(text: str) -> Counter[str]:
    """Every number in `text` with its unit sign, as `20464`, `0.1%`: free of how a language writes separators.

    One separator before exactly three digits separates thousands (`1,000`, `1.000`, `1 000`), any other a fraction.
    """
    # NFKC turns full-width digits and signs and every no-break space into the plain ones.
    text = unicodedata.normalize("NFKC", _CITATION.sub("", text)).translate(_FOREIGN_SIGNS)
    text = "".join(str(unicodedata.digit(each)) if each.isdecimal() else each for each in text)
    return Counter(_number(match[1]) + (match[2] or "") for match in _QUANTITY.finditer(text))


def faults(source: ArticleText, translation: ArticleText, *, ignoring: Container[str]) -> Iterator[str]:
    """What a translation has and its source has not, or the other way round.

    Blocks in `ignoring` are known to have been made from another text of the source, so they may well differ.
    """
    for id_, block in source.blocks.items():
        translated = translation.blocks.get(id_)
        if id_ in ignoring:
            continue
        if translated is None:
            yield fault(translation.file.path, None, id_, "is in the source and not here")
        else:
            for message in _differences(block, translated):
                yield fault(translation.file.path, translated.line, id_, message)
    for id_, block in translation.blocks.items():
        if id_ not in source.blocks and id_ not in ignoring:
            yield fault(translation.file.path, block.line, id_, "is not in the source")
    common = [id_ for id_ in source.blocks if id_ in translation.blocks]
    for wanted, found in zip(common, (id_ for id_ in translation.blocks if id_ in source.blocks), strict=True):
        if wanted != found:
            yield fault(translation.file.path, translation.blocks[found].line, found, f"the source has {wanted} here")
            return


def _differences(source: Block, translated: Block) -> Iterator[str]:
    if translated.severity != source.severity:
        yield f"is {translated.severity}; in the source it is {source.severity}"
    pairs = (
        ("citations", Counter(source.citations), Counter(translated.citations)),
        ("numbers", quantities(source.whole), quantities(translated.whole)),
        ("placeholders", Counter(source.placeholders), Counter(translated.placeholders)),
        ("links", Counter(source.links), Counter(translated.links)),
        ("list items", _list_items(source), _list_items(translated)),
    )
    for what, wanted, found in pairs:
        if wanted != found:
            yield f"other {what} than in the source: lacks {_shown(wanted - found)}, adds {_shown(found - wanted)}"


def _number(written: str) -> str:
    if match := _THOUSANDS.fullmatch(written):
        return written.replace(match[1], "")
    return written.replace(",", ".")


def _list_items(block: Block) -> Counter[str]:
    return Counter(token.type for token in block.tokens if token.type == "list_item_open")


def _shown(counter: Counter[str]) -> str:
    return ", ".join(sorted(counter.elements())) or "nothing"
