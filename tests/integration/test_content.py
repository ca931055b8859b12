"""The content function over a site in five languages: every point of HTTP that it owns."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema  # type: ignore[import-untyped]  # comes with the SAM translator, without types
import pytest

from functions.content import app
from infra.local.events import query_parameters
from infra.site.views.policy import security_headers
from tests.codings import decoded
from tests.integration.conftest import SITE_LOCALES
from tests.practice import PRACTICE

REVALIDATED = "max-age=0, must-revalidate, s-maxage=300"
ARTICLE = "/articles/dry-needling-for-sciatica"
REFERENCES = f"{ARTICLE}/references"
API = f"/api{ARTICLE}"
ALLOW = "GET, HEAD, OPTIONS"

type Answer = dict[str, Any]
type Ask = Callable[..., Answer]


@pytest.fixture
def ask(task_root: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Send the function a request as API Gateway would."""
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(task_root))
    monkeypatch.setattr(app, "wiring", app.Wiring())

    def send(path: str, method: str = "GET", query: str = "", **headers: str) -> Answer:
        parameters = query_parameters(query)
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "queryStringParameters": parameters,
            "headers": {name.replace("_", "-"): value for name, value in headers.items()},
            "requestContext": {"http": {"method": method, "path": path}},
            "isBase64Encoded": False,
        }
        return app.lambda_handler(event, None)

    return send


def every_path(ask: Ask) -> list[str]:
    thanks = "/en/thank-you/BCDF-2345"
    return [*app.wiring.site.paths, *app.wiring.site.api, thanks, f"{thanks}/2026-12-01T1200"]


# ------------------------------------------------------------------------------- which language


@pytest.mark.parametrize("path", ["/", ARTICLE, REFERENCES])
@pytest.mark.parametrize(
    ("wanted", "locale"),
    [
        (None, "en"),
        ("es-MX,en;q=0.5", "es"),
        ("zh-HK", "zh-Hant"),
        ("zh-CN", "en"),
        ("ca, fr;q=0.1", "fr"),
        ("de, *;q=0.1", "en"),
        ("ar;q=0", "en"),
        (";;,=,q=9", "en"),
    ],
)
def test_an_address_without_a_locale_leads_to_the_readers(ask: Ask, path: str, wanted: str | None, locale: str) -> None:
    answer = ask(path, **({"accept_language": wanted} if wanted else {}))

    assert answer["statusCode"] == 302
    assert answer["headers"]["location"] == f"/{locale}{path}"
    assert answer["headers"]["cache-control"] == "private, no-store"
    assert answer["headers"]["vary"] == "accept-language"


@pytest.mark.parametrize("locale", SITE_LOCALES)
@pytest.mark.parametrize("path", ["/", ARTICLE, REFERENCES])
def test_a_path_with_a_locale_is_served_in_it_whatever_the_reader_prefers(ask: Ask, locale: str, path: str) -> None:
    answer = ask(f"/{locale}{path}", accept_language="fr")

    assert answer["statusCode"] == 200
    assert answer["headers"]["content-language"] == locale
    assert f'<html lang="{locale}"' in answer["body"]
    assert "language" not in answer["headers"]["vary"]


# What was found behind addresses in chats, mails and documents.
REMAINS = [
    ".",
    ")",
    ",",
    '"',
    ">",
    "،",
    "。",
    "*",
    "**",
    "…",
    "’",
    "»",
    "”)",
    "」",
    "؟",
    "|",
    "\\",
    "'>",
    "%29",
    "%D8%8C",
    "%2522",
    "&",
    "?",
]
REMAINS += [
    "/amp",
    "/amp/",
    "/index.html",
    "/INDEX.HTM",
    "/index.php",
    "看看",
    ".Please",
    "<br>",
    "\u200b",
    "\u200f.",
    " ",
]

# path, where it leads, with which status
SPELLINGS = [
    ("/ES/", "/es/", 308),
    ("/es", "/es/", 308),
    ("/es//", "/es/", 308),
    ("/zh-TW/", "/zh-Hant/", 308),
    ("/zh_hant" + ARTICLE, "/zh-Hant" + ARTICLE, 308),
    ("/en-US/", "/en/", 308),
    (f"/es{ARTICLE}/", f"/es{ARTICLE}", 308),
    (f"/ES{ARTICLE}/", f"/es{ARTICLE}", 308),
    (ARTICLE + "/", ARTICLE, 308),
    ("/api/articles/", "/api/articles", 308),
    ("/robots.txt/", "/robots.txt", 308),
    ("/ES/thank-you/BCDF-2345", "/es/thank-you/BCDF-2345", 308),
    ("/es-MX/", "/es/", 302),
    (f"/es-MX{ARTICLE}/", f"/es{ARTICLE}", 302),
    ("/zh-HK/", "/zh-Hant/", 302),
    ("/fr-CA", "/fr/", 302),
    # what a sentence, a bracket or a chat leaves behind an address
    *((f"/es{ARTICLE}{rest}", f"/es{ARTICLE}", 308) for rest in REMAINS),
    *((f"/es/{rest}", "/es/", 308) for rest in REMAINS if rest not in (".Please", "<br>")),
    (f"{ARTICLE})", ARTICLE, 308),
    (f"/es-MX{ARTICLE}).", f"/es{ARTICLE}", 302),
    (f"/es,{ARTICLE}", f"/es{ARTICLE}", 308),
    ("/robots.txt.", "/robots.txt", 308),
    ("/)", "/", 308),
    # in capitals, with other hyphens or none, with too many slashes or too few words
    (f"/es{ARTICLE}".upper(), f"/es{ARTICLE}", 308),
    (f"/ZH-HANT{ARTICLE.title()}", f"/zh-Hant{ARTICLE}", 308),
    ("/Sitemap.XML", "/sitemap.xml", 308),
    (f"/es{ARTICLE.replace('-', '\u2011')}", f"/es{ARTICLE}", 308),
    (f"/es{ARTICLE.replace('-', ' ')}", f"/es{ARTICLE}", 308),
    (f"/es{ARTICLE.replace('-', '_')}", f"/es{ARTICLE}", 308),
    (f"/es{ARTICLE[:20]}\u00ad\u200b{ARTICLE[20:]}", f"/es{ARTICLE}", 308),
    (f"//es//{ARTICLE}//", f"/es{ARTICLE}", 308),
    ("//en/", "/en/", 308),
    ("/es/dry-needling-for-sciatica", f"/es{ARTICLE}", 308),
    ("/Dry-Needling-for-Sciatica.", ARTICLE, 308),
    (f"/ES{REFERENCES}/", f"/es{REFERENCES}", 308),
    (f"{REFERENCES.title()}).", REFERENCES, 308),
    (f"/es-MX{REFERENCES}#ref-x", f"/es{REFERENCES}", 302),
    ("/en/thank-you/bcdf-2345", "/en/thank-you/BCDF-2345", 308),
    ("/en/thank-you/BCDF2345).", "/en/thank-you/BCDF-2345", 308),
    # what belongs into the query
    (f"/es{ARTICLE}&utm_source=mail", f"/es{ARTICLE}?utm_source=mail", 308),
    (f"/es{ARTICLE}&amp;utm_source=a&amp;utm_term=b", f"/es{ARTICLE}?utm_source=a&utm_term=b", 308),
    (f"/es{ARTICLE}?utm_source=a b#enquiry", f"/es{ARTICLE}?utm_source=a%20b", 308),
    (f"/es{ARTICLE}%3Futm_source=mail", f"/es{ARTICLE}?utm_source=mail", 308),
    (f"/es{ARTICLE}#enquiry", f"/es{ARTICLE}", 308),
    ("/es&utm_source=mail", "/es/?utm_source=mail", 308),
]


@pytest.mark.parametrize(("path", "location", "status"), SPELLINGS)
def test_another_spelling_leads_to_the_one_address(ask: Ask, path: str, location: str, status: int) -> None:
    answer = ask(path)

    assert (answer["statusCode"], answer["headers"]["location"]) == (status, location)


def test_a_redirect_keeps_what_a_campaign_says(ask: Ask) -> None:
    query = "utm_source=a%20b&x=1&x=2&y&z=%FF"
    assert ask(ARTICLE, query=query)["headers"]["location"] == f"/en{ARTICLE}?{query}"
    assert ask(ARTICLE, query='a="<é')["headers"]["location"] == f"/en{ARTICLE}?a=%22%3C%C3%A9"
    assert ask("/ES/", query="utm_source=a")["headers"]["location"] == "/es/?utm_source=a"


@pytest.mark.parametrize(
    "path",
    [
        "/no",
        "/de/",
        "/zh-Hans/",
        "/zh/",
        "/en/no",
        f"/de{ARTICLE}",
        "/en/articles/",
        "/en/articles/no",
        "/en/articles/no/references",
        "/en/articles/references",
        f"/de{REFERENCES}",
        f"/en{REFERENCES}/1",
        "/en/thank-you/",
        "/en/thank-you/BCDF-2341",
        "/en/thank-you/BCDF-2345/2026-12-01T1200/x",
        "/en/thank-you/BCDF-234",
        f"{ARTICLE}-more",
        f"/es{ARTICLE}/comments",
        "/es/enquiry",
        "/en/thank-you/<b>-2345",
        "/no/thank-you/BCDF-2345",
        "//example.com/",
        "/en/../en/",
        "/assets/site.css",
        "/" + "a" * 5000,
        "/" + "en-" * 2000 + "/",
        "/index.json",
        "/favicon.png",
        "/.env",
    ],
)
def test_what_is_not_there_is_a_404_with_the_phone_number(ask: Ask, path: str) -> None:
    answer = ask(path, accept_language="fr")

    assert answer["statusCode"] == 404
    assert "location" not in answer["headers"]
    assert 'href="tel:+' in answer["body"]
    assert f'{ARTICLE}"' in answer["body"]  # the article, in the language of the page
    assert 'content="noindex"' in answer["body"]
    assert answer["headers"]["cache-control"] == "no-store"
    assert "&lt;b&gt;" not in answer["body"]


@pytest.mark.parametrize(
    ("path", "wanted", "locale", "varies"),
    [
        ("/es/no", "fr", "es", False),
        ("/es-MX/no", "fr", "es", False),
        ("/no", "fr", "fr", True),
        ("/zh/", "ar", "ar", True),
    ],
)
def test_a_404_speaks_the_language_of_the_path_else_the_readers(
    ask: Ask, path: str, wanted: str, locale: str, varies: bool
) -> None:
    answer = ask(path, accept_language=wanted)

    assert answer["headers"]["content-language"] == locale
    assert ("accept-language" in answer["headers"]["vary"]) is varies


# ------------------------------------------------------------------------------- API


@pytest.mark.parametrize(
    ("query", "wanted", "locale"),
    [
        ("locale=es", "fr", {"requested": "es", "served": "es", "match": "exact"}),
        ("locale=ES", "fr", {"requested": "ES", "served": "es", "match": "equivalent"}),
        ("locale=zh-TW", "fr", {"requested": "zh-TW", "served": "zh-Hant", "match": "equivalent"}),
        ("locale=es-MX", "fr", {"requested": "es-MX", "served": "es", "match": "parent"}),
        ("locale=es&utm_source=x", "fr", {"requested": "es", "served": "es", "match": "exact"}),
        ("locale=de", "fr", {"requested": "de", "served": "en", "match": "default"}),
        ("locale=zh-Hans", "fr", {"requested": "zh-Hans", "served": "en", "match": "default"}),
        ("", "fr-CA, en", {"requested": "fr-CA", "served": "fr", "match": "parent"}),
        ("", "fr", {"requested": "fr", "served": "fr", "match": "exact"}),
        ("", "de", {"requested": "de", "served": "en", "match": "default"}),
        ("", "", {"requested": None, "served": "en", "match": "default"}),
    ],
)
@pytest.mark.parametrize("path", ["/api/articles", API])
def test_the_api_says_what_was_asked_for_and_what_is_served(
    ask: Ask, path: str, query: str, wanted: str, locale: dict[str, str]
) -> None:
    answer = ask(path, query=query, accept_language=wanted)

    served = locale["served"]
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["locale"] == locale
    assert answer["headers"]["content-language"] == served
    assert answer["headers"]["content-location"] == f"{path}?locale={served}"
    assert ("accept-language" in answer["headers"].get("vary", "")) is (not query)
    # what depends on who asks is nobody else's to keep
    assert answer["headers"]["cache-control"] == ("no-cache" if query else "private, no-cache")
    for each in SITE_LOCALES:
        assert f'<{path}?locale={each}>; rel="alternate"; hreflang="{each}"' in answer["headers"]["link"]


def test_an_article_has_the_same_parts_in_every_language(ask: Ask) -> None:
    articles = [json.loads(ask(API, query=f"locale={locale}")["body"]) for locale in SITE_LOCALES]

    for name in ("red_flags", "contraindications", "risks", "takeaways", "alternatives", "sections"):
        assert len({tuple(each["id"] for each in article[name]) for article in articles}) == 1
    assert [article["translation"] and article["translation"]["status"] for article in articles] == [
        None,
        *["current"] * 4,
    ]
    assert len({article["title"] for article in articles}) == len(SITE_LOCALES)
    assert articles[1]["emergency"] == {"number": PRACTICE.emergency_number, "region": PRACTICE.region}
    assert [each["locale"] for each in articles[1]["alternates"]] == list(SITE_LOCALES)


def test_the_collection_leads_to_its_articles(ask: Ask) -> None:
    (item,) = json.loads(ask("/api/articles", query="locale=ar")["body"])["articles"]

    assert item["language"] == "ar"
    assert item["url"] == f"https://needle.test/ar{ARTICLE}"
    assert {each["api"] for each in item["alternates"]} == {f"{API}?locale={locale}" for locale in SITE_LOCALES}


@pytest.mark.parametrize(
    ("path", "query", "schema"),
    [
        ("/api/articles", "locale=es", "ArticleList"),
        (API, "locale=en", "Article"),
        (API, "locale=ar", "Article"),
        (API, "locale=!", "Problem"),
        (API, "locale=es-MX&fallback=none", "Problem"),
        ("/api/no", "", "Problem"),
    ],
)
def test_answers_are_as_the_api_description_says(ask: Ask, path: str, query: str, schema: str) -> None:
    description = json.loads(ask("/openapi.json")["body"])
    document = json.loads(ask(path, query=query)["body"])

    jsonschema.validate(document, {**description, "$ref": f"#/components/schemas/{schema}"})

    documented = description["components"]["schemas"][schema]["properties"]
    assert document.keys() <= documented.keys()


@pytest.mark.parametrize("tag", ["12", "x", "", "en;q=1", "../en", "e" * 900, "en" + "-abc" * 300])
def test_what_is_no_language_tag_is_a_400_that_lists_what_there_is(ask: Ask, tag: str) -> None:
    answer = ask(API, query=f"locale={tag}", accept_language="es")

    problem = json.loads(answer["body"])
    assert answer["statusCode"] == problem["status"] == 400
    assert answer["headers"]["content-type"].startswith("application/problem+json")
    assert answer["headers"]["content-language"] == "es"
    assert "accept-language" in answer["headers"]["vary"]
    assert (problem["code"], problem["locales"]) == ("unknown_locale", list(SITE_LOCALES))


@pytest.mark.parametrize(
    ("query", "wanted", "status"),
    [
        ("locale=es&fallback=none", "", 200),
        ("locale=de&fallback=none", "", 404),
        ("locale=zh-Hans&fallback=none", "", 404),
        ("locale=zh-TW&fallback=none", "", 200),
        ("locale=es-MX&fallback=none", "", 404),
        ("fallback=none", "es", 200),
        ("fallback=none", "es-MX", 404),
        ("fallback=none", "", 404),
    ],
)
def test_without_fallback_only_the_locale_itself_will_do(ask: Ask, query: str, wanted: str, status: int) -> None:
    answer = ask(API, query=query, accept_language=wanted)

    assert answer["statusCode"] == status
    if status == 404:
        assert json.loads(answer["body"])["code"] == "not_translated"


@pytest.mark.parametrize("value", ["any", "", "None", "none,none", "none&fallback=none"])
def test_a_fallback_that_does_not_exist_is_a_400_that_names_the_one_that_does(ask: Ask, value: str) -> None:
    answer = ask(API, query=f"locale=es&fallback={value}")

    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["code"], problem["allowed"]) == (400, "unknown_fallback", ["none"])
    assert answer["headers"]["content-language"] == "es"
    assert problem["title"] == "Valor desconocido"


def test_an_unknown_article_is_a_problem_in_the_readers_language(ask: Ask) -> None:
    answer = ask("/api/articles/no", query="locale=fr")

    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["code"]) == (404, "not_found")
    assert problem["title"] == "Cette page n’existe pas"
    assert answer["headers"]["content-language"] == "fr"


# ------------------------------------------------------------------------------- methods, conditions, coding


def test_head_is_get_without_the_body_on_every_path(ask: Ask) -> None:
    for path in every_path(ask):
        got, head = ask(path), ask(path, "HEAD")
        assert head["statusCode"] == got["statusCode"] == 200, path
        assert head["headers"] == got["headers"]
        assert head["body"] == ""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/es/", ARTICLE, "/es/thank-you/BCDF-2345", API, "/robots.txt"])
def test_a_method_that_does_not_fit_is_a_405_with_allow(ask: Ask, method: str, path: str) -> None:
    answer = ask(path, method, accept_language="es")

    assert answer["statusCode"] == 405
    assert answer["headers"]["allow"] == ALLOW
    assert answer["headers"]["content-language"] == "es"


def test_options_says_what_can_be_done(ask: Ask) -> None:
    for path in every_path(ask):
        answer = ask(path, "OPTIONS")
        assert (answer["statusCode"], answer["headers"]["allow"], answer["body"]) == (204, ALLOW, "")
    assert ask("/no", "OPTIONS")["statusCode"] == 404


def test_every_representation_has_a_tag_of_its_own_that_is_not_sent_twice(ask: Ask) -> None:
    tags = set()
    for path in every_path(ask):
        for coding in ("", "gzip", "br"):
            answer = ask(path, accept_encoding=coding)
            if (tag := answer["headers"].get("etag")) is None:
                assert answer["headers"]["cache-control"] == "no-store"
                continue
            tags.add((tag, path, answer["headers"].get("content-encoding")))
            again = ask(path, accept_encoding=coding, if_none_match=f'"x", W/{tag}')
            assert (again["statusCode"], again["body"]) == (304, "")
            assert again["headers"]["etag"] == tag
            assert again["headers"]["cache-control"] == answer["headers"]["cache-control"]
    assert len({tag for tag, _path, coding in tags if coding}) == len([tag for tag in tags if tag[2]])


def test_answers_that_differ_only_in_what_was_asked_for_have_different_tags(ask: Ask) -> None:
    tags = [ask(API, query=f"locale={tag}")["headers"]["etag"] for tag in ("es", "ES", "es-MX", "es-AR")]

    assert len(set(tags)) == 4


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_compressed_and_plain_are_the_same_page(ask: Ask, coding: str) -> None:
    path = f"/ar{ARTICLE}"
    plain, compressed = ask(path), ask(path, accept_encoding=coding)

    assert compressed["headers"]["content-encoding"] == coding
    assert decoded(base64.b64decode(compressed["body"]), coding).decode() == plain["body"]
    assert plain["headers"]["vary"] == compressed["headers"]["vary"] == "accept-encoding"


def test_what_is_put_together_for_one_reader_is_compressed_with_gzip_alone(ask: Ask) -> None:
    path = f"/ar{ARTICLE}"
    answers = [ask(path, query="utm_source=a", accept_encoding=each) for each in ("br, gzip", "br")]

    assert [each["headers"].get("content-encoding") for each in answers] == ["gzip", None]


@pytest.mark.parametrize("path", ["/", "/es/", f"/es{ARTICLE}", API, "/no", "/api/no", "/ES/", "/openapi.json"])
def test_every_answer_carries_the_security_headers(ask: Ask, path: str) -> None:
    answer = ask(path)

    assert security_headers(answer["body"].encode()).items() <= answer["headers"].items()


@pytest.mark.parametrize(
    ("path", "cache_control"),
    [
        ("/es/", REVALIDATED),
        (f"/es{ARTICLE}", REVALIDATED),
        (f"/es{REFERENCES}", REVALIDATED),
        (API, "private, no-cache"),
        ("/sitemap.xml", REVALIDATED),
        ("/es/thank-you/BCDF-2345", "no-store"),
    ],
)
def test_each_kind_may_be_kept_as_long_as_suits_it(ask: Ask, path: str, cache_control: str) -> None:
    assert ask(path, query="utm_source=x")["headers"]["cache-control"] == cache_control


def test_query_noise_changes_nothing(ask: Ask) -> None:
    assert ask(f"/es{ARTICLE}", query="gclid=1&utm_id=x&utm_source=") == ask(f"/es{ARTICLE}")


# ------------------------------------------------------------------------------- campaigns

TAGGED = "utm_source=news%20letter&utm_campaign=a%26b&gclid=1"
KEPT = "?utm_source=news%20letter&amp;utm_campaign=a%26b"


def links(page: str) -> list[str]:
    return re.findall(r'<a [^>]*href="([^"]*)"', page)


@pytest.mark.parametrize("path", ["/es/", f"/es{ARTICLE}", "/es/no", f"/ar{ARTICLE}", f"/es{REFERENCES}"])
def test_every_link_inside_the_site_takes_the_campaign_along(ask: Ask, path: str) -> None:
    plain, tagged = ask(path), ask(path, query=TAGGED)

    inside = [link for link in links(plain["body"]) if link.startswith("/")]
    assert len(inside) > len(SITE_LOCALES)
    kept = {link: re.sub("(?=#|$)", lambda _: KEPT, link, count=1) for link in inside}
    assert links(tagged["body"]) == [kept.get(link, link) for link in links(plain["body"])]
    # nothing else changes: canonical addresses, structured data, other sites
    fields = re.findall(r'<input type="hidden" name="utm_.*?>\n', tagged["body"])
    assert ("".join(fields).count("utm_") == 2) is path.endswith(ARTICLE)
    assert tagged["body"].replace(KEPT, "").replace("".join(fields) or KEPT, "") == plain["body"]


def test_the_form_of_a_page_without_a_script_has_the_campaign_in_it(ask: Ask) -> None:
    page = ask(f"/es{ARTICLE}", query="utm_source=" + quote('"><script>x\0\n\u202e') + "&utm_term=" + "é" * 300)["body"]

    form = page[page.index("<form") : page.index("</form>")]
    assert '<input type="hidden" name="utm_source" value="&quot;&gt;&lt;script&gt;x">' in form
    assert f'<input type="hidden" name="utm_term" value="{"é" * 100}">' in form
    assert "<script>x" not in page


def test_a_page_with_a_campaign_is_a_representation_of_its_own(ask: Ask) -> None:
    path = f"/es{ARTICLE}"
    answers = [ask(path, query=query, accept_encoding="gzip") for query in ("", "utm_source=a", "utm_source=b")]

    assert len({answer["headers"]["etag"] for answer in answers}) == 3
    for query, answer in zip(("", "utm_source=a", "utm_source=b"), answers, strict=True):
        tag = answer["headers"]["etag"]
        assert ask(path, query=query, accept_encoding="gzip", if_none_match=tag)["statusCode"] == 304
        page = decoded(base64.b64decode(answer["body"]), "gzip").decode()
        assert ("utm_source=a" in page, "utm_source=b" in page) == (query == "utm_source=a", query == "utm_source=b")


# ------------------------------------------------------------------------------- failing, starting


def test_a_failure_is_a_localized_page_with_the_phone_number_and_logged_without_the_request(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object) -> None:
        raise ValueError("secret-from-the-request")

    monkeypatch.setattr(app, "answer", fail)

    page, problem = ask(f"/es{ARTICLE}"), ask(API, accept_language="ar")

    assert (page["statusCode"], problem["statusCode"]) == (500, 500)
    assert page["headers"]["content-language"] == "es"
    assert 'href="tel:+' in page["body"]
    assert json.loads(problem["body"])["code"] == "internal_error"
    assert problem["headers"]["content-language"] == "ar"
    logged = capsys.readouterr().out
    assert json.loads(logged.splitlines()[0])["error"] == "ValueError"
    assert "secret" not in logged


def test_without_a_site_there_is_still_an_answer(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))

    answer = ask("/en/")

    assert answer["statusCode"] == 500
    assert "Something went wrong" in answer["body"]
    assert json.loads(capsys.readouterr().out)["error"] == "FileNotFoundError"
