"""Which published locale a reader is served: the promises of the design, then properties over headers of every kind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.site.languages.cldr import build_table
from infra.site.languages.macrolanguages import ENCOMPASSED
from shared.languages import MAX_LENGTH, Kind, Match, Matcher, parse_header

ROOT = Path(__file__).parents[2]
PUBLISHED = ("en", "es", "fr", "zh-Hant", "ar")

# Tags that browsers send, with the language and the script of their text as people, not tables, know it.
MEANING = {
    "en": ("English", "Latin"),
    "en-US": ("English", "Latin"),
    "en-GB": ("English", "Latin"),
    "en-AU": ("English", "Latin"),
    "en-Shaw": ("English", "Shavian"),
    "es": ("Spanish", "Latin"),
    "es-419": ("Spanish", "Latin"),
    "es-MX": ("Spanish", "Latin"),
    "es-ES": ("Spanish", "Latin"),
    "ca": ("Catalan", "Latin"),
    "gl": ("Galician", "Latin"),
    "fr": ("French", "Latin"),
    "fr-CA": ("French", "Latin"),
    "ht": ("Haitian Creole", "Latin"),
    "pt": ("Portuguese", "Latin"),
    "pt-BR": ("Portuguese", "Latin"),
    "pt-PT": ("Portuguese", "Latin"),
    "pt-AO": ("Portuguese", "Latin"),
    "zh": ("Mandarin", "simplified"),
    "zh-CN": ("Mandarin", "simplified"),
    "zh-SG": ("Mandarin", "simplified"),
    "zh-Hans": ("Mandarin", "simplified"),
    "zh-Hans-HK": ("Mandarin", "simplified"),
    "zh-Hant": ("Mandarin", "traditional"),
    "zh-TW": ("Mandarin", "traditional"),
    "zh-HK": ("Mandarin", "traditional"),
    "zh-MO": ("Mandarin", "traditional"),
    "cmn-Hant": ("Mandarin", "traditional"),
    "yue": ("Cantonese", "traditional"),
    "zh-yue": ("Cantonese", "traditional"),
    "yue-Hant-HK": ("Cantonese", "traditional"),
    "zh-yue-HK": ("Cantonese", "traditional"),
    "yue-Hans": ("Cantonese", "simplified"),
    "zh-hakka": ("Hakka", "simplified"),
    "hak-TW": ("Hakka", "traditional"),
    "nan-Latn": ("Southern Min", "Latin"),
    "sr": ("Serbian", "Cyrillic"),
    "sr-Latn": ("Serbian", "Latin"),
    "sr-ME": ("Serbian", "Latin"),
    "sh": ("Serbian", "Latin"),
    "hr": ("Croatian", "Latin"),
    "bs": ("Bosnian", "Latin"),
    "no": ("Bokmål", "Latin"),
    "nb": ("Bokmål", "Latin"),
    "nn": ("Nynorsk", "Latin"),
    "da": ("Danish", "Latin"),
    "ar": ("Arabic", "Arabic"),
    "ar-EG": ("Arabic", "Arabic"),
    "arz": ("Egyptian Arabic", "Arabic"),
    "ar-apc": ("Levantine Arabic", "Arabic"),
    "acy": ("Cypriot Arabic", "Latin"),
    "fa": ("Persian", "Arabic"),
    "he": ("Hebrew", "Hebrew"),
    "iw": ("Hebrew", "Hebrew"),
    "uk": ("Ukrainian", "Cyrillic"),
    "ru": ("Russian", "Cyrillic"),
}

# Languages that are one of several under another's name: who reads one reads that as well.
READ_AS_WELL = {
    "Cantonese": "Mandarin",
    "Hakka": "Mandarin",
    "Southern Min": "Mandarin",
    "Egyptian Arabic": "Arabic",
    "Levantine Arabic": "Arabic",
    "Cypriot Arabic": "Arabic",
}

KIN = ["en", "en-US", "en-GB", "es", "es-ES", "es-419", "zh", "zh-Hant", "zh-TW", "zh-HK", "yue", "ar", "arz"]
tags = st.sampled_from(sorted(MEANING)) | st.sampled_from(KIN)
weights = st.sampled_from([0, 0, 1, 100, 500, 500, 999, 1000])
wishes = st.dictionaries(tags, weights, max_size=8)
sites = st.lists(tags, min_size=1, max_size=8, unique=True).map(build_table).map(Matcher)
junk = st.sampled_from(
    ["", " ", ";", "q=1", "en;q=2", "es;q=0.1234", "fr;q=.5", "ar;level=1", "zh-", "-", "é", "ｅｎ", "\0"]
)


@pytest.fixture(scope="module")
def site() -> Matcher:
    """Ours, by way of JSON, as the content function gets it."""
    return Matcher(json.loads(json.dumps(build_table(PUBLISHED))))


def accept_language(wanted: dict[str, int]) -> str:
    return ", ".join(f"{tag};q={weight / 1000}" for tag, weight in wanted.items())


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("es", Match("es", "es", "exact")),
        ("es-MX,es;q=0.9,en;q=0.8", Match("es-MX", "es", "parent")),
        ("en-US,en;q=0.9", Match("en-US", "en", "equivalent")),
        ("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", Match("zh-TW", "zh-Hant", "equivalent")),
        ("zh-HK", Match("zh-HK", "zh-Hant", "parent")),
        ("zh-CN,zh;q=0.9,en;q=0.8", Match("en", "en", "exact")),
        ("ca,es;q=0.8", Match("es", "es", "exact")),
        ("da, en-gb;q=0.8, fr;q=0.9", Match("fr", "fr", "exact")),
        ("fr;q=0.5, ar;q=0.5", Match("fr", "fr", "exact")),
        ("FR_ca", Match("FR_ca", "fr", "parent")),
        ("ar-u-nu-latn", Match("ar-u-nu-latn", "ar", "parent")),
        ("spa", Match("spa", "es", "equivalent")),
        ("yue-Hant-HK, zh-TW;q=0.9, en;q=0.8", Match("yue-Hant-HK", "zh-Hant", "parent")),
        ("nan-Hant-TW, en;q=0.9", Match("nan-Hant-TW", "zh-Hant", "parent")),
        ("arz, en;q=0.9", Match("arz", "ar", "parent")),
        ("yue, en;q=0.5, zh;q=0", Match("en", "en", "exact")),
        ("yue-CN, fr;q=0.9", Match("fr", "fr", "exact")),
        ("de, ja;q=0.9", Match("de", "en", "default")),
        ("ca", Match("ca", "en", "default")),
        ("zh", Match("zh", "en", "default")),
        ("*", Match("*", "en", "default")),
        ("*, fr;q=0.1", Match("fr", "fr", "exact")),
        ("", Match(None, "en", "default")),
        (None, Match(None, "en", "default")),
    ],
)
def test_a_header_is_answered_with_what_was_asked_what_is_served_and_why(
    site: Matcher, header: str | None, answer: Match
) -> None:
    assert site.match_header(header) == answer


@pytest.mark.parametrize(
    ("header", "served"),
    [
        ("en;q=0", "es"),
        ("en;q=0, *", "es"),
        ("de, en;q=0.000", "es"),
        ("es, es;q=0", "es"),
        ("en-GB, en;q=0, fr;q=0.1", "fr"),
        ("zh-TW, zh;q=0", "zh-Hant"),
        ("zh;q=0, zh-Hant;q=0.1, fr;q=0.05", "zh-Hant"),
        ("zh-Hant, zh-TW;q=0", "zh-Hant"),
        ("en-US, en;q=0", "es"),
        ("es-MX, *;q=0", "es"),
        ("*;q=0", "en"),
        ("en;q=0, es;q=0, fr;q=0, zh;q=0, ar;q=0", "en"),
    ],
)
def test_a_weight_of_zero_rules_out_what_it_names_and_nothing_else(site: Matcher, header: str, served: str) -> None:
    assert site.match_header(header).served == served


def test_of_two_ranges_that_speak_for_a_locale_the_more_specific_decides() -> None:
    matcher = Matcher(build_table(["de-CH-1901", "fr"]))

    assert matcher.match_header("de, de-CH;q=0, fr;q=0.1").served == "fr"
    assert matcher.match_header("de;q=0, de-CH, fr;q=0.1").served == "de-CH-1901"


@pytest.mark.parametrize(
    ("tag", "answer"),
    [
        ("zh-Hant", ("zh-Hant", "exact")),
        ("ES", ("es", "equivalent")),
        ("zh-hant", ("zh-Hant", "equivalent")),
        ("zh_TW", ("zh-Hant", "equivalent")),
        ("zh-cmn-Hant-TW", ("zh-Hant", "equivalent")),
        ("zh-guoyu-TW", ("zh-Hant", "equivalent")),
        ("es-ES", ("es", "equivalent")),
        ("es_mx", ("es", "parent")),
        ("zh-HK", ("zh-Hant", "parent")),
        ("zh-UK", ("zh-Hant", "parent")),
        ("en-GB-oxendict", ("en", "parent")),
        ("zh-TW-x-private", ("zh-Hant", "parent")),
        ("de", None),
        ("zh-Hans", None),
        ("zh-yue", ("zh-Hant", "parent")),
        ("zh-yue-HK", ("zh-Hant", "parent")),
        ("yue-HK", ("zh-Hant", "parent")),
        ("zh-min-nan-Hant", ("zh-Hant", "parent")),
        ("i-hak-TW", ("zh-Hant", "parent")),
        ("hak-TW", ("zh-Hant", "parent")),
        ("wuu-Hant", ("zh-Hant", "parent")),
        ("lzh-Hant-HK", ("zh-Hant", "parent")),
        ("apc", ("ar", "parent")),
        ("ajp", ("ar", "parent")),
        ("ar-aeb-TN", ("ar", "parent")),
        ("sgn-ar-arz", None),
        ("acy", None),
        ("zh-hakka", None),
        ("nan", None),
        ("nan-Latn-TW", None),
        ("yue-Hans", None),
        ("zh-yue-CN", None),
        ("gan", None),
        ("ug", None),
        ("za", None),
        ("fa", None),
        ("ckb", None),
        ("articles", None),
        ("x-en", None),
        ("en-", None),
        ("en--US", None),
        ("ｅｎ", None),
        ("", None),
        ("en" + "-x" * 10_000, None),
    ],
)
def test_a_path_tells_the_spelling_another_spelling_a_fallback_and_no_locale_apart(
    site: Matcher, tag: str, answer: tuple[str, str] | None
) -> None:
    match = site.match_tag(tag)

    assert (match and (match.served, match.kind)) == answer


@pytest.mark.parametrize(
    ("published", "tag", "served", "kind"),
    [
        (["es", "es-419"], "es-AR", "es-419", "parent"),
        (["es", "es-419"], "es-PT", "es", "parent"),
        (["es-MX", "es-ES"], "es-419", "es-MX", "sibling"),
        (["en", "en-GB"], "en-AU", "en-GB", "sibling"),
        (["en-IN", "en-GB"], "en-ZA", "en-GB", "sibling"),
        (["pt-BR", "pt-PT"], "pt-AO", "pt-PT", "parent"),
        (["pt-PT", "pt-BR"], "pt", "pt-BR", "equivalent"),
        (["pt-BR"], "pt-PT", "pt-BR", "sibling"),
        (["zh-TW", "zh-HK"], "zh-MO", "zh-HK", "parent"),
        (["de", "de-1901"], "de-DE", "de", "equivalent"),
        (["de-1901"], "de", "de-1901", "sibling"),
        (["de", "de-1996"], "de-AT-1996", "de-1996", "parent"),
        (["nb", "no"], "nb-NO", "nb", "equivalent"),
        (["zh-Hant", "yue"], "zh-yue-HK", "yue", "equivalent"),
        (["zh-Hans", "zh-Hant"], "yue", "zh-Hant", "parent"),
        (["zh-Hant", "zh-Hans"], "yue-CN", "zh-Hans", "parent"),
        (["zh-TW", "zh-HK"], "yue", "zh-HK", "parent"),
        (["ar-SA", "ar-EG"], "arz", "ar-EG", "parent"),
        (["ar-EG", "ar-SY"], "apc", "ar-SY", "parent"),
        (["ms"], "id", "ms", "parent"),
        (["az", "fa"], "azb-Latn", "az", "parent"),
    ],
)
def test_of_several_locales_in_a_language_the_nearest_in_cldrs_tree_is_served(
    published: list[str], tag: str, served: str, kind: Kind
) -> None:
    assert Matcher(build_table(published)).match_tag(tag) == Match(tag, served, kind)


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        ("en", [("en", 1000)]),
        ("en;q=0.5,fr", [("fr", 1000), ("en", 500)]),
        ("a, b;q=1, c;q=1.000", [("a", 1000), ("b", 1000), ("c", 1000)]),
        ("en \t;\t Q=0.125 ", [("en", 125)]),
        ("en;q=0.,fr;q=1.", [("fr", 1000), ("en", 0)]),
        (",,;, en ,,", [("en", 1000)]),
        ("en;q=1.001, fr;q=0.1234, es;q=-1, ar;q=1e0, de;q=, it;q", []),
        ("en;q=0.٥, fr;q=１.０", []),
        ("en;level=1, fr;q=1;q=1, es;q = 1", []),
        ("englishes, english, e n, 12-en, **, en-*", [("english", 1000)]),
        ("zh_Hant_TW", [("zh_Hant_TW", 1000)]),
    ],
)
def test_a_header_is_read_item_by_item_and_a_bad_item_is_dropped_alone(
    header: str, ranges: list[tuple[str, int]]
) -> None:
    assert parse_header(header) == ranges


def test_of_a_header_that_is_too_long_the_whole_items_within_the_limit_count() -> None:
    longest = "en," * ((MAX_LENGTH - 5) // 3) + "fr-CA"

    assert parse_header(longest)[-1] == ("fr-CA", 1000)
    assert parse_header(f"{longest}-QC")[-1] == ("en", 1000)
    assert parse_header("e" * (MAX_LENGTH + 1)) == []


@pytest.mark.parametrize("locales", [[], ["en", "EN"], ["en", "x-bork"], ["english language"], [""]])
def test_a_site_needs_locales_that_name_languages_and_differ(locales: list[str]) -> None:
    with pytest.raises(ValueError, match=r"locales must be one or more|not a language tag"):
        build_table(locales)


@pytest.mark.parametrize("macrolanguage", sorted(set(ENCOMPASSED.values())))
def test_a_language_is_served_its_macrolanguage_in_its_own_script_and_never_the_other_way(macrolanguage: str) -> None:
    for language in (each for each, macro in ENCOMPASSED.items() if macro == macrolanguage):
        for script in ("Arab", "Cyrl", "Deva", "Hans", "Hant", "Latn"):
            published = [f"{macrolanguage}-{script}", "tlh"]
            match = Matcher(build_table(published)).match_header(f"{language}-{script}")
            assert match == Match(f"{language}-{script}", published[0], "parent")
            for other in {"Hans", "Hant", "Latn", "Arab"} - {script}:
                assert Matcher(build_table(published)).match_tag(f"{language}-{other}") is None
        assert Matcher(build_table([language])).match_tag(macrolanguage) is None


def test_the_table_of_the_published_locales_holds_nothing_that_they_do_not_need() -> None:
    table = build_table(PUBLISHED)

    assert {language for language in table["scripts"] if language not in table["encompassed"]} == {
        locale[:2] for locale in PUBLISHED
    }
    assert {encompassed[:2] for encompassed in table["encompassed"].values()} == {"ar", "zh"}
    assert all(not group["parents"] for group in table["groups"].values())
    assert len(json.dumps(table)) < 4000


def test_importing_the_matcher_loads_nothing_but_what_every_function_has_loaded() -> None:
    script = (
        "import sys, collections.abc, typing; loaded = set(sys.modules); "
        "import shared.languages; print(sorted(set(sys.modules) - loaded))"
    )

    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)

    assert loaded.stdout.strip() == "['shared', 'shared.languages']"


@given(sites, wishes)
def test_nobody_is_served_another_language_or_script_than_asked_for(matcher: Matcher, wanted: dict[str, int]) -> None:
    match = matcher.match_header(accept_language(wanted))

    assert match.served in matcher.locales
    if match.kind == "default":
        wanted_meanings = {meaning for tag, weight in wanted.items() if weight for meaning in read_by(tag)}
        not_refused = [tag for tag in matcher.locales if wanted.get(tag) != 0 and not _refused_by_prefix(tag, wanted)]
        assert not wanted_meanings & {MEANING[tag] for tag in not_refused}
    else:
        assert match.requested is not None
        assert MEANING[match.served] in read_by(match.requested)
        assert wanted[match.requested] > 0
        assert (match.kind == "exact") == (match.requested == match.served)


def read_by(tag: str) -> set[tuple[str, str]]:
    """What a reader who asks for `tag` reads: its own language and the one that it is counted to, in one script."""
    language, script = MEANING[tag]
    return {(language, script), (READ_AS_WELL.get(language, language), script)}


def _refused_by_prefix(locale: str, wanted: dict[str, int]) -> bool:
    return any(weight == 0 and locale.startswith(f"{tag}-") for tag, weight in wanted.items())


@given(sites, wishes)
def test_what_has_a_weight_of_zero_is_served_only_when_all_has(matcher: Matcher, wanted: dict[str, int]) -> None:
    served = matcher.match_header(accept_language(wanted)).served

    if wanted.get(served) == 0:
        assert all(wanted.get(tag) == 0 or _refused_by_prefix(tag, wanted) for tag in matcher.locales)


@given(sites, tags)
def test_a_published_locale_that_is_asked_for_by_name_is_served_however_it_is_spelt(matcher: Matcher, tag: str) -> None:
    shouted = tag.upper().replace("-", "_")

    expected, actual = matcher.match_tag(tag), matcher.match_tag(shouted)

    assert (expected and expected.served) == (actual and actual.served)
    if tag in matcher.locales:
        assert expected == Match(tag, tag, "exact")
        assert actual == Match(shouted, tag, "equivalent")


@given(sites, wishes, st.lists(st.tuples(junk, st.integers(0, 8)), max_size=6))
def test_junk_between_the_items_of_a_header_changes_nothing(
    matcher: Matcher, wanted: dict[str, int], rubbish: list[tuple[str, int]]
) -> None:
    header = accept_language(wanted)
    items = header.split(",") if header else []
    for item, place in rubbish:
        items.insert(place, item)

    assert matcher.match_header(",".join(items)) == matcher.match_header(header)


@given(sites, st.text(max_size=2 * MAX_LENGTH) | st.text(alphabet="enzhHT-_;,=q01.* ", max_size=2 * MAX_LENGTH))
def test_whatever_is_sent_gets_an_answer(matcher: Matcher, text: str) -> None:
    assert matcher.match_header(text).served in matcher.locales
    tag = matcher.match_tag(text)
    assert tag is None or tag.served in matcher.locales


@pytest.mark.parametrize("item", ["a,", "en-AU-x-y,", "es-MX;q=0.5,", "zh;q=0,", ",", ";", "-", "en-"])
def test_the_work_grows_with_the_header_and_stops_at_the_limit(item: str) -> None:
    matcher = Matcher(build_table(["en-GB", "en-IN", "es-419", "es", "zh-Hant", "zh-HK", "fr", "ar"]))
    half, whole, far_beyond = (item * (length // len(item)) for length in (MAX_LENGTH // 2, MAX_LENGTH, 1_000_000))

    assert _calls(matcher, whole) <= 2 * _calls(matcher, half) + 50
    assert _calls(matcher, far_beyond) <= _calls(matcher, whole) + 50


def _calls(matcher: Matcher, header: str) -> int:
    """How many functions, C's included, answering `header` calls."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        matcher.match_header(header)
    finally:
        sys.setprofile(None)
    return calls


def test_a_published_locale_has_the_region_that_is_written_or_else_the_likely_one() -> None:
    matcher = Matcher(build_table(["en", "es", "es-MX", "fr-CA", "zh-Hant", "ar"]))

    regions = {locale: matcher.likely_region(locale) for locale in matcher.locales}

    assert regions == {"en": "US", "es": "ES", "es-MX": "MX", "fr-CA": "CA", "zh-Hant": "TW", "ar": "EG"}
