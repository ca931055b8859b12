"""CLDR's languages that are each one of several under another's name, as Cantonese is Chinese and Egyptian is Arabic.

Who reads one of them is served the language that encompasses it where their own is not published. These are the rows
of CLDR 48's language matching data (supplemental data, `languageMatching`) from one language to another at distance 10,
all of them one way; Babel leaves that file out. `tests/unit/test_languages_conformance.py` compares them with CLDR's.
"""

from typing import Final

ENCOMPASSED: Final = {
    language: macrolanguage
    for macrolanguage, languages in {
        "ar": "aao abh abv acm acq acw acx acy adf aeb aec afb apc apd arq ars ary arz auz avl ayh ayl ayn ayp bbz pga"
        " shu ssh",
        "az": "azb",
        "et": "vro",
        "ff": "ffm fub fue fuf fuh fui fuq fuv",
        "gn": "gnw gui gun nhd",
        "iu": "ikt",
        "kln": "enb eyo niq oki pko sgc tec tuy",
        "kok": "knn",
        "kpe": "gkp",
        "luy": "ida lkb lko lks lri lrm lsm lto lts lwg nle nyd rag",
        "lv": "ltg",
        "mg": "bhr bjq bmm bzc msh skg tdx tkg txy xmv xmw",
        "mn": "mvf",
        "ms": "bjn btj bve bvu coa dup hji id jak jax kvb kvr kxd lce lcf liw max meo mfa mfb min mqg msi mui orn ors"
        " pel pse tmw urk vkk vkt xmm zlm zmi",
        "ne": "dty",
        "om": "gax hae orc",
        "or": "spv",
        "ps": "pbt pst",
        "qu": "qub qud quf qug quh quk qul qup qur qus quw qux quy qva qvc qve qvh qvi qvj qvl qvm qvn qvo qvp qvs qvw"
        " qvz qwa qwc qwh qws qxa qxc qxh qxl qxn qxo qxp qxr qxt qxu qxw",
        "sc": "sdc sdn sro",
        "sq": "aae aat aln",
        "syr": "aii",
        "uz": "uzs",
        "yi": "yih",
        "zh": "cdo cjy cnp cpx csp czh czo gan hak hnm hsn luh lzh mnp nan sjc wuu yue",
    }.items()
    for language in languages.split()
}
"""Language -> the language that encompasses it."""
