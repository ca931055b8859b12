"""The public API as OpenAPI 3.1. The bodies of `POST /api/leads` come from `lead_schema`.

All of it is held against the running service by `tests/stack/test_api_description.py`, in both directions.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.site.edition import Edition
from infra.site.outputs import api
from infra.site.outputs.lead_schema import lead_schemas
from shared.http import POLICY, SECURITY_HEADERS, content_security_policy
from shared.languages import MAX_LENGTH

type Schema = dict[str, Any]

# The articles' methods, and those of enquiries.
_READ, _SEND = "GET, HEAD, OPTIONS", "OPTIONS, POST"

_DESCRIPTION = f"""Articles in the reader's language, and enquiries to the practice.

Errors are RFC 9457 problems in the reader's language; `code` never changes. HEAD is GET without a body, OPTIONS names
the methods, and any other method is a 405 `method_not_allowed` that names them, too: `{_READ}` for articles, `{_SEND}`
for enquiries. Query parameters that are not described are ignored. One that is described and given twice, or with
nothing behind its name, is a 400: the values of a name are joined by commas, and that is none of the allowed ones."""


def document(edition: Edition) -> Schema:
    """The description served at `/openapi.json`."""
    leads = lead_schemas(edition.locales, edition.slugs, edition.practice.address.country)
    slug = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string", "enum": edition.slugs}}
    articles = [_locale(edition.locales), _FALLBACK, _ACCEPT_LANGUAGE, _CONDITION]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Needlepoint", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": edition.practice.origin}],
        "paths": {
            api.COLLECTION: _readable("Articles", "The articles, with their alternates.", "ArticleList", articles),
            api.article_path("{slug}"): {
                "parameters": [slug],
                **_readable("Article", "One article in full.", "Article", articles),
            },
            "/api/leads": {"post": _submit(), "options": _options("Leads", _SEND, "Closed-From")},
        },
        "components": {
            "headers": _HEADERS,
            "responses": {"MethodNotAllowed": _problem("Another method.", "Allow")},
            "schemas": {**_SCHEMAS, **leads},
        },
    }


def _readable(name: str, summary: str, schema: str, parameters: list[Schema]) -> Schema:
    """The operations on something that can be read."""
    get: Schema = {
        "operationId": f"get{name}",
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": _answer(summary, "application/json", schema, *_CACHED), **_UNCHANGED, **_REFUSALS},
    }
    if name == "Articles":
        first = {"slug": "$response.body#/articles/0/slug"}
        get["responses"]["200"]["links"] = {"article": {"operationId": "getArticle", "parameters": first}}
    bodiless = {status: _without_content(response) for status, response in get["responses"].items()}
    head = {**get, "operationId": f"head{name}", "summary": f"{summary} Without them.", "responses": bodiless}
    return {"get": get, "head": head, "options": _options(name, _READ)}


def _submit() -> Schema:
    return {
        "operationId": "submitLead",
        "summary": "Send an enquiry to the practice.",
        "description": "JSON is answered with JSON, a form with a redirect, or with its page again and what is wrong.",
        "parameters": [_KEY, _ACCEPT_LANGUAGE],
        "requestBody": {
            "required": True,
            "description": "In UTF-8, at most 16 KiB; a byte order mark is passed over.",
            "content": {
                "application/json": {"schema": _ref("Lead")},
                "application/x-www-form-urlencoded": {"schema": _ref("LeadForm")},
            },
        },
        "responses": {
            "200": _answer("JSON that was stored before.", "application/json", "Receipt", *_STORED),
            "201": _answer("JSON is stored; `Location` as for a form.", "application/json", "Receipt", *_STORED),
            "303": _plain("A form is stored; `Location` is the page that says so.", "Cache-Control", "Location"),
            **{status: _lead_refusal(status, what) for status, what in _LEAD_REFUSALS.items()},
            "429": {"description": "Too many at once; try again.", "content": _GATEWAY},
        },
    }


def _lead_refusal(status: str, description: str) -> Schema:
    response = _problem(description, *(["Retry-After"] if status == "503" else []))
    response["content"]["text/html"] = {"schema": _STRING}
    return response


def _options(name: str, methods: str, *headers: str) -> Schema:
    allowed = _plain(f"`Allow: {methods}`.", "Cache-Control", "Allow", *headers)
    missing = {"404": _problem("No such article.")} if name == "Article" else {}
    return {
        "operationId": f"options{name}",
        "summary": "What can be done here.",
        "responses": {"204": allowed, **missing},
    }


def _locale(locales: Sequence[str]) -> Schema:
    return {
        "name": "locale",
        "in": "query",
        # A language range (RFC 4647 section 2.1) that begins with a language, also with `_` as POSIX writes it.
        "schema": {
            "type": "string",
            "pattern": "^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$",
            "maxLength": MAX_LENGTH,
            "examples": list(locales),
        },
        "description": f"A BCP 47 language tag. Published are {', '.join(locales)}; a tag that is near one of them is "
        "served it, any other the first. Without a tag, Accept-Language decides.",
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _plain(description: str, *headers: str) -> Schema:
    """A response without content. Every answer has the security headers."""
    names = (*headers, *_SECURITY)
    return {"description": description, "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}


def _answer(description: str, media_type: str, schema: str, *headers: str) -> Schema:
    names = (*headers, "Content-Encoding", "Vary")
    return {**_plain(description, *names), "content": {media_type: {"schema": _ref(schema)}}}


def _problem(description: str, *headers: str) -> Schema:
    return _answer(description, "application/problem+json", "Problem", "Cache-Control", "Content-Language", *headers)


def _without_content(response: Schema) -> Schema:
    return {name: value for name, value in response.items() if name in ("description", "headers")}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_STRING: Schema = {"type": "string"}
_DATE: Schema = {"type": "string", "format": "date"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_URI: Schema = {"type": "string", "format": "uri"}
_INTEGER: Schema = {"type": "integer"}

_ACCEPT_LANGUAGE: Schema = {
    "name": "Accept-Language",
    "in": "header",
    "schema": _STRING,
    "description": "RFC 9110 section 12.5.4. What is malformed in it is passed over.",
}
_CONDITION: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "schema": _STRING,
    "description": "Tags that the client has; with one that still holds the answer is a 304.",
}
_FALLBACK: Schema = {
    "name": "fallback",
    "in": "query",
    "schema": {"type": "string", "enum": ["none"]},
    "description": "`none`: answer 404 rather than serve another locale than the one asked for.",
}
_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    # `functions.leads.app` reads it: an RFC 9651 String, whose parameters are ignored, or bare.
    "schema": {
        "type": "string",
        "pattern": r'^("([ !#-\[\]-~]|\\["\\]){1,255}"( *;[ -+\--~]*)?'
        r"|[!#-+\--:<-~]([ !#-+\--:<-~]{0,253}[!#-+\--:<-~])?)$",
        "examples": ['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    },
    "description": "The same key and enquiry again: the first result. The same key, another enquiry: refused. 1 to 255 "
    'printable ASCII characters, quoted (then `"` and `\\` have a `\\` before them), or bare without `"`, `,` and `;`.',
}

# A page's has the hash of the style in it.
_STYLED = content_security_policy().replace("style-src 'self'", "style-src 'self'( 'sha256-[0-9A-Za-z+/]{43}=')?")
_SECURITY: Mapping[str, Schema] = {
    **{name.title(): {"const": value} for name, value in SECURITY_HEADERS.items()},
    POLICY.title(): {"type": "string", "pattern": f"^{_STYLED}$"},
}
_HEADERS: dict[str, Schema] = {
    "Allow": {"required": True, "schema": _STRING, "description": "The methods that can be used here."},
    "Cache-Control": {"required": True, "schema": _STRING, "description": "How long this may be kept, and by whom."},
    "Closed-From": {
        "schema": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(, \d{4}-\d\d-\d\dT\d\d:\d\d)*$"},
        "description": "Days on which the practice closes beside its usual ones: from which time of its clocks on.",
    },
    "Content-Encoding": {"schema": {"enum": ["br", "gzip"]}, "description": "Where it is accepted and worth it."},
    "Content-Language": {"required": True, "schema": _STRING, "description": "The language of what is said."},
    "Content-Location": {"required": True, "schema": _STRING, "description": "The address of just this locale."},
    "ETag": {
        "required": True,
        "schema": {"type": "string", "pattern": '^"[!-~]+"$'},
        "description": "RFC 9110, 8.8.3.",
    },
    "Link": {"required": True, "schema": _STRING, "description": "The alternates, each with its `hreflang`."},
    "Location": {"required": True, "schema": _STRING, "description": "Where to go on."},
    "Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$"}, "description": "In seconds."},
    "Vary": {"schema": _STRING, "description": "Accept-Language where that decided, Accept-Encoding where it counts."},
    **{
        name: {"required": True, "schema": schema, "description": "For browsers."} for name, schema in _SECURITY.items()
    },
}
_STORED = ("Cache-Control", "Location")
_CACHED = ("Cache-Control", "Content-Language", "Content-Location", "ETag", "Link")
_GATEWAY: Schema = {"application/json": {"schema": _object(message=_STRING)}}

_UNCHANGED: Schema = {
    "304": _plain("What the client has still holds.", "Cache-Control", "Content-Location", "ETag", "Link", "Vary")
}
_REFUSALS: Schema = {
    "308": _plain("This address without the slash at its end.", "Cache-Control", "Location"),
    "400": _problem("`locale` is no language tag (`locales` lists the published ones), or `fallback` not `none`."),
    "404": _problem("No such article, or with `fallback=none` not in this locale."),
    "500": _problem("Something broke on our side."),
}

_LEAD_REFUSALS = {
    "400": "The body or the Idempotency-Key cannot be read.",
    "413": "The body is too large.",
    "415": "The body is of another type.",
    "422": "Some fields are not acceptable, each listed in `errors`; or the key came with another enquiry.",
    "500": "Something broke on our side; try again with the same key.",
    "503": "The enquiry could not be stored just now; try again with the same key.",
}

_PERSON = _object(name=_STRING, credentials=_STRING)
_TEXT: Schema = _object(
    text=_STRING,
    html={**_STRING, "description": "Its citations lead to the page of the references, by its whole address."},
    citations={**_list(_STRING), "description": "The ids of the `references` that it cites."},
)
_ITEM: Schema = {"allOf": [_object(id=_STRING), _ref("Text")]}

_SUMMARY_MEMBERS: dict[str, Schema] = {
    "slug": _STRING,
    "language": _STRING,
    "revision": _STRING,
    "url": _URI,
    "title": _STRING,
    "description": _STRING,
    "alternates": _list(_object(locale=_STRING, url=_URI, api=_STRING)),
}

_ARTICLE_MEMBERS: dict[str, Schema] = {
    "locale": _ref("Locale"),
    **_SUMMARY_MEMBERS,
    "summary": _ref("Text"),
    "dates": _object(published=_DATE, modified=_DATE, last_reviewed=_DATE, next_review_due=_DATE),
    "author": _object(name=_STRING, title=_STRING, credentials=_list(_STRING)),
    "reviewer": _nullable(_PERSON),
    "emergency": _object(number=_STRING, region=_STRING),
    "red_flags": _list(_ITEM),
    "see_doctor": _list(_ITEM),
    "takeaways": _list(_ITEM),
    "contraindications": _list(_ITEM),
    "risks": _list(_ITEM),
    "alternatives": _list(_ITEM),
    "opening": _ref("Text"),
    "sections": _list(
        {
            "allOf": [
                _object(id=_STRING, severity={"enum": ["editorial", "clinical", "safety"]}, heading=_STRING),
                _ref("Text"),
            ]
        }
    ),
    "evidence": _ref("Text"),
    "conflict_of_interest": _ref("Text"),
    "disclaimer": _ref("Text"),
    "references": _list(
        _object(
            number=_INTEGER,
            id=_STRING,
            authors=_STRING,
            year=_INTEGER,
            title=_STRING,
            source=_STRING,
            design=_STRING,
            doi=_nullable(_STRING),
            pmid=_nullable(_STRING),
            url=_nullable(_URI),
            link=_URI,
        )
    ),
    "translation": _nullable(
        _object(
            status={"enum": ["current", "drifted"]},
            method={"enum": ["human", "machine", "machine+human"]},
            translator=_nullable(_PERSON),
            reviewer=_nullable(_PERSON),
            date=_DATE,
        )
    ),
    "notices": _list({"enum": ["draft", "clinical", "editorial", "review_overdue"]}),
}

_SCHEMAS: dict[str, Schema] = {
    "Locale": _object(
        requested=_nullable(_STRING),
        served=_STRING,
        match={"enum": ["exact", "equivalent", "parent", "sibling", "default"]},
    ),
    "Text": _TEXT,
    "ArticleSummary": _object(**_SUMMARY_MEMBERS),
    "ArticleList": _object(locale=_ref("Locale"), articles=_list(_ref("ArticleSummary"))),
    "Article": _object(**_ARTICLE_MEMBERS),
    "Receipt": _object(reference=_STRING, received_at=_TIME, answer_by=_nullable(_TIME)),
    "Problem": {
        **_object(type=_STRING, title=_STRING, status=_INTEGER, detail=_STRING, code=_STRING),
        "description": "An RFC 9457 problem. `code` is stable; `title` and `detail` are in the reader's language.",
    },
}
_SCHEMAS["Problem"]["properties"] |= {
    "errors": _list(_object(field=_STRING, code=_STRING, detail=_STRING)),
    "locales": _list(_STRING),
    "allowed": _list(_STRING),
}
