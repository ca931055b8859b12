"""The points of HTTP that a request and its answer show: one line of thought each, tested one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.browser.pages import ARTICLE, LOCALES, landing


@dataclass(frozen=True)
class Point:
    """A request and what its answer must have. A header's value is a pattern; None says it must be absent."""

    name: str
    target: str
    status: int
    has: Mapping[str, str | None] = field(default_factory=dict)
    sends: Mapping[str, str] = field(default_factory=dict)


DEFAULT: Final = LOCALES[0]
SECOND: Final = LOCALES[1]
PROBLEM: Final = r"application/problem\+json; charset=utf-8"
NEVER_KEPT: Final = "(private, )?no-store"
POINTS: Final = [
    # Negotiated: for this reader alone.
    Point(
        "start page", "/", 302, {"location": f"/{DEFAULT}/", "cache-control": NEVER_KEPT, "vary": ".*accept-language.*"}
    ),
    Point("start page, by language", "/", 302, {"location": f"/{SECOND}/"}, {"Accept-Language": f"{SECOND}, en;q=0.5"}),
    Point("start page, by weight", "/", 302, {"location": f"/{SECOND}/"}, {"Accept-Language": f"en;q=0.5, {SECOND}"}),
    Point(
        "start page, refused language", "/", 302, {"location": f"/{SECOND}/"}, {"Accept-Language": f"{SECOND}, en;q=0"}
    ),
    Point("start page, junk", "/", 302, {"location": f"/{DEFAULT}/"}, {"Accept-Language": ";;q=,,\x80, de-@, en_"}),
    Point(
        "start page, long header", "/", 302, {"location": f"/{SECOND}/"}, {"Accept-Language": f"{SECOND}," + "x" * 8000}
    ),
    Point(
        "article",
        f"/articles/{ARTICLE}",
        302,
        {"location": landing(SECOND), "cache-control": NEVER_KEPT},
        {"Accept-Language": SECOND},
    ),
    Point("redirect keeps a campaign", "/?utm_source=a%26b", 302, {"location": rf"/{DEFAULT}/\?utm_source=a%26b"}),
    # Pages: asked for again each time, and then mostly 304; never by language.
    Point(
        "page",
        landing(SECOND),
        200,
        {
            "cache-control": "max-age=0, .*",
            "content-language": SECOND,
            "vary": "accept-encoding",
            "content-location": None,
        },
    ),
    Point("page, other reader", landing(SECOND), 200, {"content-language": SECOND}, {"Accept-Language": DEFAULT}),
    Point("thank-you", f"/{SECOND}/thank-you/BCDF-2345", 200, {"cache-control": "no-store", "x-robots-tag": "noindex"}),
    Point("no reference", f"/{SECOND}/thank-you/AEIO-1234", 404, {"cache-control": "no-store"}),
    # One spelling each.
    Point("no slash after a language", f"/{SECOND}", 308, {"location": f"/{SECOND}/"}),
    Point("slash after an article", f"{landing(SECOND)}/", 308, {"location": landing(SECOND)}),
    Point(
        "upper case", f"/{SECOND.upper()}/", 308, {"location": f"/{SECOND}/", "cache-control": r"private, max-age=\d+"}
    ),
    Point("both at once, in one hop", f"/{SECOND.upper()}", 308, {"location": f"/{SECOND}/"}),
    Point("upper case, article", f"/{SECOND.upper()}/articles/{ARTICLE}/", 308, {"location": landing(SECOND)}),
    Point("spelling keeps a campaign", f"/{SECOND}?utm_source=x", 308, {"location": rf"/{SECOND}/\?utm_source=x"}),
    Point("near language", f"/{SECOND}-MX/", 302, {"location": f"/{SECOND}/", "cache-control": NEVER_KEPT}),
    Point("underscore", f"/{SECOND}_MX/", 302, {"location": f"/{SECOND}/"}),
    *(
        [
            Point("Taiwan", "/zh-TW/", 308, {"location": "/zh-Hant/"}),
            Point("Taiwan, article", f"/zh-TW/articles/{ARTICLE}", 308, {"location": landing("zh-Hant")}),
            Point("other script", "/zh-Hans/", 404),
            Point("other script, reader", "/", 302, {"location": "/en/"}, {"Accept-Language": "zh-CN"}),
            Point("Hong Kong, reader", "/", 302, {"location": "/zh-Hant/"}, {"Accept-Language": "zh-HK"}),
        ]
        if "zh-Hant" in LOCALES
        else []
    ),
    # Nowhere: said in the language of the address, else of the reader.
    Point("no such page", f"/{SECOND}/nowhere", 404, {"content-language": SECOND, "cache-control": "no-store"}),
    Point("no such article", f"/{SECOND}/articles/nowhere", 404, {"content-language": SECOND}),
    Point(
        "no language in the address",
        "/nowhere",
        404,
        {"content-language": SECOND, "vary": ".*accept-language.*"},
        {"Accept-Language": SECOND},
    ),
    Point("other language", f"/{SECOND}/nowhere", 404, {"content-language": SECOND}, {"Accept-Language": DEFAULT}),
    Point("no such file", "/assets/site.0000000000.css", 404, {"cache-control": "no-store"}),
    Point(
        "API, no such article",
        f"/api/articles/nowhere?locale={SECOND}",
        404,
        {"content-type": PROBLEM, "content-language": SECOND},
    ),
    Point("API, no such address", "/api/nowhere", 404, {"content-type": PROBLEM}),
    # Spelt otherwise, but the same address (RFC 3986 section 6.2.2.2), or not an address at all.
    Point("percent-encoded letters", f"/{SECOND}/%61rticles/{ARTICLE}", 200, {"content-language": SECOND}),
    Point("double slash inside", f"/{SECOND}//articles/{ARTICLE}", 308, {"location": landing(SECOND)}),
    Point("double slash before", f"//{SECOND}/", 308, {"location": f"/{SECOND}/"}),
    Point("other host", "//other.example/", 404, {"location": None}),
    Point("other host, language", "//other.example/en", 404, {"location": None}),
    Point("backslash", "/%5Cother.example/", 404, {"location": None}),
    Point("dot segments", f"/{DEFAULT}/../{SECOND}/", 404),
    Point("encoded dot segments", "/..%2F..%2Fetc%2Fpasswd", 404),
    Point("to the compiled index", "/assets/../../index.json", 404),
    Point("NUL after a page", f"{landing(SECOND)}%00", 308, {"location": landing(SECOND)}),
    # What a sentence leaves behind an address, or a keyboard makes of it.
    Point("bracket and full stop", f"{landing(SECOND)}).", 308, {"location": landing(SECOND)}),
    Point("Arabic comma", f"{landing(SECOND)}%D8%8C", 308, {"location": landing(SECOND)}),
    Point("capitals", landing(SECOND).upper(), 308, {"location": landing(SECOND)}),
    Point(
        "ampersand for a question mark",
        f"{landing(SECOND)}&utm_source=a",
        308,
        {"location": rf"{landing(SECOND)}\?utm_source=a"},
    ),
    Point("not UTF-8", f"/{SECOND}/%FF", 400),
    Point(
        "line break",
        f"/{SECOND}?x=%0D%0ASet-Cookie:%20a=b",
        308,
        {"set-cookie": None, "location": rf"/{SECOND}/\?x=%0D%0ASet-Cookie.*"},
    ),
    Point("very long", f"/{SECOND}/" + "a" * 5000, 404, {"content-language": SECOND}),
    Point("very long, no language", "/" + "a" * 5000, 404),
    # The API negotiates in place and says what it chose.
    Point(
        "API by header",
        "/api/articles",
        200,
        {
            "content-language": SECOND,
            "content-location": rf"/api/articles\?locale={SECOND}",
            "vary": ".*accept-language.*",
        },
        {"Accept-Language": SECOND},
    ),
    Point(
        "API by query",
        f"/api/articles?locale={SECOND}",
        200,
        {"content-language": SECOND, "vary": "(accept-encoding)?"},
        {"Accept-Language": DEFAULT},
    ),
    Point(
        "API article by header",
        f"/api/articles/{ARTICLE}",
        200,
        {"content-language": SECOND, "content-location": rf"/api/articles/{ARTICLE}\?locale={SECOND}"},
        {"Accept-Language": f"{SECOND}-MX"},
    ),
    Point(
        "API wanted as picture", "/api/articles", 200, {"content-type": "application/json.*"}, {"Accept": "image/png"}
    ),
    Point("API, no tag", "/api/articles?locale=12345", 400, {"content-type": PROBLEM, "cache-control": "no-store"}),
    Point("page wanted as picture", landing(SECOND), 200, {"content-type": "text/html.*"}, {"Accept": "image/png"}),
    # For machines.
    Point("sitemap", "/sitemap.xml", 200, {"content-type": "(application|text)/xml.*"}),
    Point("robots", "/robots.txt", 200, {"content-type": "text/plain; charset=utf-8"}),
    Point("description", "/openapi.json", 200, {"content-type": "application/json.*"}),
]
