"""Which published locale a reader is served: RFC 4647 lookup, extended by CLDR and held inside one script.

A published locale fits a wish only if it is of the same language *and* the same script once CLDR's likely subtags are
added: `zh-HK` and `zh-TW` are served `zh-Hant` and never `zh-Hans`, `ca` is never served `es`, nor `hr` `sr-Latn`.
Where its own language is not published, one that CLDR counts to a macrolanguage is served that, in the same script:
`yue` is served `zh-Hant`, and `arz` `ar`.
Among those that fit, the nearest in CLDR's tree of parent locales wins (`es-AR` -> `es-419` -> `es`). The facts come
from a table that the compiler makes (`infra.site.languages.cldr.build_table`), cut down to what the published
locales need, so nothing here knows a language by name.

This module is on the content function's cold path: it imports only what the Lambda runtime has loaded already.
"""

from collections.abc import Container, Mapping, Sequence
from typing import Literal, NamedTuple, TypedDict

# Longer headers are cut at a comma, longer tags match nothing. It bounds the work that a stranger can ask for, and no
# reader is that long: RFC 5646 section 4.4.1 makes do with 35 characters a tag.
MAX_LENGTH = 500

Kind = Literal["exact", "equivalent", "parent", "sibling", "default"]


class Match(NamedTuple):
    """What was asked for, what is served, and how the two relate.

    `requested` is the range that was satisfied, as the client wrote it; with kind `default` it is the one wanted most,
    or None where the header names none. `served` is always a published locale. `kind` is one of

    exact       the published locale itself, letter for letter          (a page at this path: 200)
    equivalent  another spelling of it: `ES`, `zh-TW` for `zh-Hant`     (308 to the one spelling)
    parent      an ancestor of what was asked: `es-MX` -> `es`, `yue` -> `zh-Hant`
                                                                        (302: `es-MX` may be published one day)
    sibling     other variety, same language and script: `pt-PT` -> `pt-BR`   (302 likewise)
    default     nothing asked for fits: the first published locale that was not refused
    """

    requested: str | None
    served: str
    kind: Kind


class Group(TypedDict):
    """The published locales of one language in one script."""

    region: str  # the likely region: the one meant where none is written
    parents: dict[str, str]  # CLDR: region -> parent region; a region not named hangs from the language itself
    locales: list[str]  # where two are equally near, the earlier is served


class Table(TypedDict):
    """What CLDR says about the published locales, as JSON; every tag but `locales` in lower case, with hyphens."""

    locales: list[str]  # in the site's order; the first is the default
    aliases: dict[str, str]  # language, or language and one subtag -> the tag that it stands for: iw -> he
    regions: dict[str, str]  # region that was renamed -> its name now: uk -> gb
    scripts: dict[str, dict[str, str]]  # language -> region -> likely script; "" stands for any other region
    encompassed: dict[str, str]  # language -> macrolanguage, likely region: yue -> zh-hk; served where yue is not
    groups: dict[str, Group]  # "language-script" -> its locales


class Tag(NamedTuple):
    """A language tag taken apart, in lower case; what is not written is empty."""

    language: str  # with aliases replaced
    script: str
    region: str
    variants: frozenset[str]
    tail: str  # extensions and private use: said in the tag, but of no say in which text is served
    written: str  # the language subtag before aliases were replaced


class Matcher:
    """Finds the published locale for a header or a tag. Keeps no state between calls and no cache of what was asked."""

    def __init__(self, table: Table) -> None:
        self.locales = tuple(table["locales"])
        self._table = table
        self._spelled = {locale.lower(): locale for locale in self.locales}
        self._tags = {locale: tag for locale in self.locales if (tag := self._read(locale))}

    @property
    def default(self) -> str:
        """The locale served to whoever asks for none."""
        return self.locales[0]

    def match_header(self, header: str | None) -> Match:
        """Find the published locale for an Accept-Language field (RFC 9110 section 12.5.4).

        Ranges are tried from the most wanted on (RFC 4647 section 3.4), `*` is passed over as that section says.

        Returns:
            The match. There always is one: a reader is better served by another language than by a 406.
        """
        ranges = parse_header(header or "")
        refused = self._refused(ranges)
        for text, weight in ranges:
            if weight and (match := self._match(text, refused)):
                return match
        served = next((locale for locale in self.locales if locale not in refused), self.default)
        return Match(ranges[0][0] if ranges else None, served, "default")

    def match_tag(self, tag: str) -> Match | None:
        """Find the published locale for one tag, from a path or a query.

        Returns:
            The match, or None where the text is no language tag or nothing fits.
        """
        return self._match(tag, ()) if len(tag) <= MAX_LENGTH else None

    def likely_region(self, locale: str) -> str:
        """The region of a published locale (ISO 3166-1 alpha-2), or else the likely one of its language and script."""
        found = self._group(self._tags[locale])
        return (found[0].region or found[1]["region"]).upper() if found else ""

    def _match(self, text: str, refused: Container[str]) -> Match | None:
        # No range is more specific than one that names the locale: where it is wanted it cannot be refused as well.
        if served := self._spelled.get(text.lower().replace("_", "-")):
            return Match(text, served, "exact" if text == served else "equivalent")
        tag = self._read(text)
        found = self._group(tag) if tag else None
        if found is None:
            return None
        tag, group = found
        fitting = [locale for locale in group["locales"] if locale not in refused]
        if not fitting:
            return None
        served = min(fitting, key=lambda locale: _distance(tag, self._tags[locale], group))
        return Match(text, served, _kind(tag, self._tags[served], group))

    def _read(self, text: str) -> Tag | None:
        return read_tag(text, self._table["aliases"], self._table["regions"])

    def _group(self, tag: Tag) -> tuple[Tag, Group] | None:
        """The locales that `tag` may be served, and how it reads among them."""
        scripts = self._table["scripts"].get(tag.language)
        if scripts is None:
            return None
        script = tag.script or scripts.get(tag.region) or scripts[""]
        groups = self._table["groups"]
        if group := groups.get(f"{tag.language}-{script}"):
            return tag, group
        macrolanguage, _, region = self._table["encompassed"].get(tag.language, "").partition("-")
        group = groups.get(f"{macrolanguage}-{script}")
        return (tag._replace(region=tag.region or region), group) if group else None

    def _refused(self, ranges: Sequence[tuple[str, int]]) -> frozenset[str]:
        """The published locales that a weight of 0 rules out (RFC 9110 section 12.4.2).

        A range speaks for the locales that it is a prefix of (RFC 4647 section 3.3.1), a wanted one also for the locale
        that it is another spelling of; where several speak for a locale the most specific decides. So `zh-TW, zh;q=0`
        still gets `zh-Hant`, and `en;q=0, en-GB` gets `en-GB` but not `en`.
        """
        if all(weight for _, weight in ranges):
            return frozenset()
        verdicts: dict[str, tuple[bool, int, int]] = {}
        for text, weight in ranges:
            spelling = text.lower().replace("_", "-")
            same = self._match(text, ()) if weight else None
            for locale in self.locales:
                published = locale.lower()
                is_other_spelling = same is not None and same.kind == "equivalent" and same.served == locale
                if f"{published}-".startswith(f"{spelling}-") or is_other_spelling:
                    verdict = (spelling == published, len(spelling), weight)
                    verdicts[locale] = max(verdict, verdicts.get(locale, verdict))
        return frozenset(locale for locale, (*_, weight) in verdicts.items() if not weight)


def parse_header(header: str) -> list[tuple[str, int]]:
    """Read an Accept-Language field.

    An item that RFC 9110 does not allow (no language range, a parameter other than `q`, a weight outside 0 to 1 or with
    more than three decimals) is dropped alone: the rest of the header still says what its reader can read. Of a header
    over MAX_LENGTH the whole items within that length count.

    Returns:
        The language ranges as written, most wanted first, each with its weight in thousandths.
    """
    if len(header) > MAX_LENGTH:
        header = header[: header.rfind(",", 0, MAX_LENGTH) + 1]
    ranges = []
    for item in header.split(","):
        text, has_parameter, parameter = item.partition(";")
        text = text.strip(" \t")
        weight = _thousandths(parameter.strip(" \t")) if has_parameter else 1000
        if weight is not None and (text == "*" or _subtags(text)):
            ranges.append((text, weight))
    ranges.sort(key=lambda weighed: -weighed[1])
    return ranges


def read_tag(text: str, aliases: Mapping[str, str], regions: Mapping[str, str]) -> Tag | None:
    """Take a language tag apart (RFC 5646 section 2.1; `_` counts as a hyphen, as POSIX and Java write it).

    What is neither script nor region counts as a variant, so that a tag with a typo still falls back as RFC 4647
    section 3.4 has it.

    Args:
        text: The tag.
        aliases: `Table.aliases`, or none to take the tag as it is written.
        regions: `Table.regions`, likewise.

    Returns:
        The tag's parts, or None where the text is no language tag.
    """
    subtags = _subtags(text)
    if (whole := "-".join(subtags[:2])) in aliases:
        subtags[:2] = [whole]
    end = next((place for place, subtag in enumerate(subtags) if len(subtag) == 1), len(subtags))
    if end == 0:
        return None
    written, *rest = subtags[:end]
    language = written
    if rest and len(rest[0]) == 3 and rest[0].isalpha():
        # An extended language subtag is the language, its prefix only a hint (RFC 5646 section 4.5): zh-yue is yue.
        language = rest.pop(0)
    script, region, variants = "", "", set()
    for subtag in rest:
        if not script and len(subtag) == 4 and subtag.isalpha():
            script = subtag
        elif not region and (len(subtag) == 2 or (len(subtag) == 3 and subtag.isdigit())):
            region = regions.get(subtag, subtag)
        else:
            variants.add(subtag)
    if language in aliases and (meant := read_tag(aliases[language], {}, {})):
        language, script, region = meant.language, script or meant.script, region or meant.region
    return Tag(language, script, region, frozenset(variants), "-".join(subtags[end:]), written)


def _subtags(text: str) -> list[str]:
    """The subtags of a language range (RFC 4647 section 2.1) in lower case; none if `text` is not one."""
    subtags = text.lower().replace("_", "-").split("-")
    is_range = text.isascii() and subtags[0].isalpha() and all(part.isalnum() and len(part) <= 8 for part in subtags)
    return subtags if is_range else []


def _thousandths(parameter: str) -> int | None:
    """The weight in `q=0.8` in thousandths (RFC 9110 section 12.4.2), or None if the parameter is no weight."""
    name, _, value = parameter.partition("=")
    whole, _, decimals = value.partition(".")
    if name not in ("q", "Q") or whole not in ("0", "1") or len(decimals) > 3:
        return None
    # str.isdigit is true of other scripts' digits as well, which no client means and int() would read.
    if decimals and not (decimals.isascii() and decimals.isdigit()):
        return None
    weight = int(whole) * 1000 + int(decimals.ljust(3, "0"))
    return weight if weight <= 1000 else None


def _distance(asked: Tag, published: Tag, group: Group) -> tuple[int, ...]:
    """How far `published` is from what was asked: compares the smaller the nearer.

    A variant that nobody asked for (a spelling reform, a dialect) is furthest away. Then count the steps up CLDR's tree
    and down again, and the variants that were asked for in vain. What is left differs only in how the tag is written:
    `de-DE` is nearer to `de-DE` than `de` is, and `he` to `he-IL` than `iw`.
    """
    up, down = _steps(asked.region, published.region, group)
    return (
        len(published.variants - asked.variants),
        up,
        down,
        len(asked.variants - published.variants),
        asked.region != published.region,
        (asked.script != published.script) + (asked.written != published.written),
    )


def _kind(asked: Tag, published: Tag, group: Group) -> Kind:
    up, down = _steps(asked.region, published.region, group)
    if (
        (up, down) == (0, 0)
        and asked.language == published.language
        and asked.variants == published.variants
        and asked.tail == published.tail
    ):
        return "equivalent"
    return "parent" if down == 0 and published.variants <= asked.variants else "sibling"


def _steps(asked: str, published: str, group: Group) -> tuple[int, int]:
    """Steps from the region `asked` up to the nearest ancestor that `published` shares, and from there down to it."""
    if (asked or group["region"]) == (published or group["region"]):
        return 0, 0
    upward, downward = _lineage(asked, group["parents"]), _lineage(published, group["parents"])
    up = next(steps for steps, region in enumerate(upward) if region in downward)
    return up, downward.index(upward[up])


def _lineage(region: str, parents: Mapping[str, str]) -> list[str]:
    """`region` and its ancestors, the last of them "", the language itself."""
    lineage = [region]
    while region:
        region = parents.get(region, "")
        lineage.append(region)
    return lineage
