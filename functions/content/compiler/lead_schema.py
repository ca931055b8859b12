"""The body of `POST /api/leads` as JSON Schema, from the table of fields that `leads` reads it by."""

from typing import Any

from functions.leads.form import FORM, HONEYPOT, Agreement, Choice, Email, Field, Kind, Name, Tags, Text

type Schema = dict[str, Any]


def lead_schema() -> Schema:
    """The whole object. The honeypot is left out: it is no part of the contract."""
    fields = {name: field for name, field in FORM.items() if name != HONEYPOT}
    return {
        "type": "object",
        "properties": {name: _property(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
        "anyOf": [{"required": ["phone"]}, {"required": ["email"]}],
        "additionalProperties": False,
    }


def _property(field: Field) -> Schema:
    schema = _schema(field.kind)
    if field.required:
        return schema
    # Null means "not given".
    return {"anyOf": [schema, {"type": "null"}], "default": field.default}


def _schema(kind: Kind) -> Schema:
    match kind:
        case Text():
            limits = {
                "maxLength": kind.max_length,
                "pattern": _whole(kind.pattern),
            }
            return {"type": "string", **{name: limit for name, limit in limits.items() if limit is not None}}
        case Name():
            return {"type": "string", "minLength": 1, "maxLength": kind.max_length}
        case Email():
            return {"type": "string", "maxLength": kind.max_length, "format": "email"}
        case Choice():
            return {"type": "string", "enum": list(kind.options)}
        case Agreement():
            return {"type": "boolean", "const": True}
        case Tags():
            return {
                "type": "object",
                "propertyNames": {"enum": list(kind.names)},
                "additionalProperties": _schema(kind.value),
            }
    raise TypeError(f"no JSON Schema for {type(kind).__name__}")


def _whole(pattern: str | None) -> str | None:
    return f"^{pattern}$" if pattern else None
