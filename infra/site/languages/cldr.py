"""What CLDR knows about the published locales, cut down to what `shared.languages` needs to match against them.

The facts are CLDR's as Babel ships them: aliases, likely subtags (UTS 35, section "Likely Subtags") and parent locales
(section "Parent Locales"). Of the parents only the regions are kept, for the tree inside one language and script: that
CLDR also has parents of another language (`ht` -> `fr-HT`, `hi-Latn` -> `en-IN`) is not for readers.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from babel.core import get_global

from infra.site.languages.macrolanguages import ENCOMPASSED
from shared.languages import Group, Table, Tag, read_tag

# Tags registered whole, before RFC 4646, whose first subtag is no language or another one than they mean, with their
# "Preferred-Value" in the IANA language subtag registry (RFC 5646 section 2.2.8). Babel leaves them out.
_REGISTERED_WHOLE = {
    "art-lojban": "jbo",
    "i-ami": "ami",
    "i-bnn": "bnn",
    "i-hak": "hak",
    "i-klingon": "tlh",
    "i-lux": "lb",
    "i-navajo": "nv",
    "i-pwn": "pwn",
    "i-tao": "tao",
    "i-tay": "tay",
    "i-tsu": "tsu",
    "no-bok": "nb",
    "no-nyn": "nn",
    "zh-guoyu": "cmn",
    "zh-hakka": "hak",
    "zh-min": "nan",
    "zh-xiang": "hsn",
}
# What is published as `no` is Bokmål: CLDR makes it the parent of `nb`, once the same. `nn` is another language.
_SAME_LANGUAGE = {"nb": "no"}
# The "paradigmLocales" of CLDR's language matching data (languageInfo.xml), which Babel leaves out as well, as far as
# likely subtags do not say the same: served before their siblings where both are equally near.
_PARADIGMS = frozenset({"en-gb", "pt-pt"})


def build_table(locales: Sequence[str]) -> Table:
    """The table for `shared.languages.Matcher`, ready for JSON. `locales` in the site's order, the default first.

    Raises ValueError if there are none, one names no language, or two differ in nothing but upper and lower case.
    """
    if not locales or len({locale.lower() for locale in locales}) < len(locales):
        raise ValueError(f"locales must be one or more, each named once: {', '.join(locales)}")
    tags = {locale: _published(locale) for locale in locales}
    published = {tag.language for tag in tags.values()}
    encompassed = {
        language: _counted_to(macro, language) for language, macro in ENCOMPASSED.items() if macro in published
    }
    scripts = {language: _scripts(language) for language in sorted(published | encompassed.keys())}
    return {
        "locales": list(locales),
        "aliases": {
            alias: meant
            for alias, meant in _aliases().items()
            if scripts.keys() & {alias.split("-")[0], meant.split("-")[0]}
        },
        "regions": _renamed_regions(),
        "scripts": scripts,
        "encompassed": encompassed,
        "groups": _groups(tags),
    }


def _published(locale: str) -> Tag:
    tag = read_tag(locale, _aliases(), _renamed_regions())
    if tag is None:
        raise ValueError(f"not a language tag: {locale!r}")
    return tag


def _groups(tags: Mapping[str, Tag]) -> dict[str, Group]:
    members: dict[tuple[str, str], dict[str, Tag]] = {}
    for locale, tag in tags.items():
        script, _ = _likely(tag.language, tag.script, tag.region)
        members.setdefault((tag.language, script), {})[locale] = tag
    return {f"{language}-{script}": _group(language, script, group) for (language, script), group in members.items()}


def _group(language: str, script: str, tags: Mapping[str, Tag]) -> Group:
    _, likely_region = _likely(language, script, "")

    def rank(locale: str) -> int:
        region = tags[locale].region
        if region in ("", likely_region):
            return 0
        if region.isdigit():
            return 3  # es-419 is for those who live there, and to them it is an ancestor and nearer anyway
        return 1 if locale.lower() in _PARADIGMS else 2

    # Where no region is published every region hangs from what is, and which way makes no difference.
    parents = _parents(language, script) if any(tag.region for tag in tags.values()) else {}
    return {"region": likely_region, "parents": parents, "locales": sorted(tags, key=rank)}


def _parents(language: str, script: str) -> dict[str, str]:
    """Region -> parent region, where CLDR hangs a locale of this language and script below another with a region."""
    return {
        child.region: parent.region
        for child, parent in _parent_locales()
        if child.language == language and _likely(*child[:3])[0] == script
    }


def _scripts(language: str) -> dict[str, str]:
    """Region -> likely script, for the regions where it is not the language's usual one, which stands under "".

    Of a language that CLDR knows no script of, its macrolanguage's is the likely one.
    """
    usual, _ = _likely(language, "", "")
    if not usual and language in ENCOMPASSED:
        return _scripts(ENCOMPASSED[language])
    return {"": usual} | _scripts_by_region().get(language, {})


def _counted_to(macrolanguage: str, language: str) -> str:
    """The macrolanguage as it is spoken where `language` is: `zh-hk` for Cantonese."""
    _, region = _likely(language, "", "")
    return "-".join(filter(None, (macrolanguage, region)))


def _likely(language: str, script: str, region: str) -> tuple[str, str]:
    """Script and region with what is not written filled in (UTS 35, "Likely Subtags"); empty where CLDR knows none."""
    likely = _cldr("likely_subtags")
    for key in ((language, script, region), (language, script), (language, region), (language,)):
        if found := likely.get("-".join(filter(None, key))):
            _, likely_script, likely_region = found.split("-")
            return script or likely_script, region or likely_region
    return script, region


@cache
def _aliases() -> dict[str, str]:
    aliases = {**_cldr("language_aliases"), **_SAME_LANGUAGE, **_REGISTERED_WHOLE}
    return {alias: aliases.get(meant, meant) for alias, meant in aliases.items()}


@cache
def _renamed_regions() -> dict[str, str]:
    """Two-letter regions that were renamed. One that was split up (`su`) has no single name now and stays as it is."""
    renamed: Mapping[str, list[str]] = get_global("territory_aliases")
    return {old.lower(): new[0].lower() for old, new in renamed.items() if len(old) == 2 and len(new) == 1}


@cache
def _scripts_by_region() -> dict[str, dict[str, str]]:
    scripts: dict[str, dict[str, str]] = {}
    for key, likely in _cldr("likely_subtags").items():
        tag = read_tag(key, {}, {})
        if tag and tag.region and not tag.script:
            _, script, _ = likely.split("-")
            scripts.setdefault(tag.language, {})[tag.region] = script
    return scripts


@cache
def _parent_locales() -> list[tuple[Tag, Tag]]:
    pairs = (
        (read_tag(child, {}, {}), read_tag(parent, {}, {})) for child, parent in _cldr("parent_exceptions").items()
    )
    return [(child, parent) for child, parent in pairs if child and parent and child.region and parent.region]


@cache
def _cldr(name: str) -> dict[str, str]:
    """One of Babel's CLDR tables of tags, in lower case and with hyphens."""
    table: Mapping[str, str] = get_global(name)  # type: ignore[arg-type]
    return {key.lower().replace("_", "-"): value.lower().replace("_", "-") for key, value in table.items()}
