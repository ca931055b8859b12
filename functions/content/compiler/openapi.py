"""The public API as OpenAPI 3.1. The parts of `POST /api/leads` come from `lead_schema`."""

from collections.abc import Mapping, Sequence
from typing import Any

from functions.content.compiler import api

type Schema = dict[str, Any]


def document(origin: str, locales: Sequence[str], slugs: Sequence[str], lead_schema: Mapping[str, Any]) -> Schema:
    """The description served at `/openapi.json`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Needlepoint",
            "version": "1",
            "description": "Articles in the reader's language, and enquiries to the practice.",
        },
        "servers": [{"url": origin}],
        "paths": {
            api.COLLECTION: {"get": _collection(locales)},
            f"{api.COLLECTION}/{{slug}}": {"get": _article(locales, slugs)},
            "/api/leads": {"post": _leads()},
        },
        "components": {"schemas": {**_SCHEMAS, "Lead": dict(lead_schema)}},
    }


def _collection(locales: Sequence[str]) -> Schema:
    return {
        "operationId": "listArticles",
        "summary": "The articles, with their alternates.",
        "parameters": [_locale(locales), _fallback(), _ACCEPT_LANGUAGE],
        "responses": {"200": _json("The articles.", "ArticleList"), **_REFUSALS},
    }


def _article(locales: Sequence[str], slugs: Sequence[str]) -> Schema:
    slug = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string", "examples": slugs}}
    return {
        "operationId": "getArticle",
        "summary": "One article in full.",
        "parameters": [slug, _locale(locales), _fallback(), _ACCEPT_LANGUAGE],
        "responses": {"200": _json("The article.", "Article"), **_REFUSALS},
    }


def _leads() -> Schema:
    lead = {"schema": _ref("Lead")}
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": {"type": "string", "maxLength": 255},
        "description": "The same key and enquiry again: the first result. The same key, another enquiry: refused.",
    }
    return {
        "operationId": "submitLead",
        "summary": "Send an enquiry to the practice.",
        "parameters": [key, _ACCEPT_LANGUAGE],
        "requestBody": {
            "required": True,
            "content": {"application/json": lead, "application/x-www-form-urlencoded": lead},
        },
        "responses": {
            "201": _json("Stored.", "Receipt"),
            "200": _json("This enquiry was stored before.", "Receipt"),
            "303": {"description": "A form was stored; `Location` is the page that says so."},
            **{status: _problem(what) for status, what in _LEAD_REFUSALS.items()},
        },
    }


def _locale(locales: Sequence[str]) -> Schema:
    return {
        "name": "locale",
        "in": "query",
        "schema": {"type": "string"},
        "example": locales[-1],
        "description": f"A BCP 47 language tag. Published are {', '.join(locales)}; a tag that is near one of them is "
        "served it. Without a tag, Accept-Language decides.",
    }


def _fallback() -> Schema:
    return {
        "name": "fallback",
        "in": "query",
        "schema": {"type": "string", "enum": ["none"]},
        "description": "`none`: answer 404 rather than serve another locale than the one asked for.",
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(description: str, schema: str) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": _ref(schema)}}}


def _problem(description: str) -> Schema:
    return {"description": description, "content": {"application/problem+json": {"schema": _ref("Problem")}}}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_STRING: Schema = {"type": "string"}
_DATE: Schema = {"type": "string", "format": "date"}
_URI: Schema = {"type": "string", "format": "uri"}
_INTEGER: Schema = {"type": "integer"}

_ACCEPT_LANGUAGE: Schema = {"name": "Accept-Language", "in": "header", "schema": _STRING}

_REFUSALS: Schema = {
    "400": _problem("`locale` is no language tag; `locales` lists those that are published."),
    "404": _problem("No such article, or with `fallback=none` not in this locale."),
}

_LEAD_REFUSALS = {
    "400": "The body or the Idempotency-Key cannot be read.",
    "413": "The body is too large.",
    "415": "The body is of another type.",
    "422": "Some fields are not acceptable, each listed in `errors`; or the key came with another enquiry.",
    "500": "Something broke on our side; try again with the same key.",
    "503": "The enquiry could not be stored just now.",
}

_PERSON = _object(name=_STRING, credentials=_STRING)
_TEXT: Schema = _object(text=_STRING, html=_STRING, citations=_list(_STRING))
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
    "Receipt": _object(reference=_STRING, received_at={"type": "string", "format": "date-time"}),
    "Problem": {
        **_object(type=_STRING, title=_STRING, status=_INTEGER, detail=_STRING, code=_STRING),
        "description": "An RFC 9457 problem. `code` is stable; `title` and `detail` are in the reader's language.",
    },
}
_SCHEMAS["Problem"]["properties"] |= {
    "errors": _list(_object(field=_STRING, code=_STRING, detail=_STRING)),
    "locales": _list(_STRING),
}
