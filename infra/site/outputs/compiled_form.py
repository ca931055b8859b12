"""The form as `leads` reads it at run time: pydantic's core schema as JSON, so that nobody waits for pydantic.

`compiled/form.json` holds

    schema      for `pydantic_core.SchemaValidator`; a function is `{"check": its name in functions.leads.checks}`
    config      the configuration that goes with it
    limits      how many characters a field takes at most
"""

from collections.abc import Mapping
from typing import Any

from functions.leads import checks
from functions.leads.enquiry import KNOWN
from functions.leads.form import Form


def form_fields(form: type[Form] = Form) -> dict[str, dict[str, Any]]:
    """What a page has to know of each field, in the form's order: `required`, and of a text how it is counted.

    That is `clean`, the name of what cleans it, and `limit`, how many characters it has at most then.
    """
    required = {name: {"required": True} for name, field in form.model_fields.items() if field.is_required()}
    return {name: {**required.get(name, {}), **_counted(field)} for name, field in core_schemas(form).items()}


def limits(form: type[Form] = Form) -> dict[str, int]:
    """How many characters each field takes at most, where there is a limit."""
    return {name: field["limit"] for name, field in form_fields(form).items() if "limit" in field}


def choices(form: type[Form] = Form) -> dict[str, list[str]]:
    """What can be chosen in each field that has choices."""
    return {name: found for name, field in core_schemas(form).items() if (found := _chosen(field))}


def core_schemas(form: type[Form] = Form) -> dict[str, Any]:
    """Each field's core schema, in the form's order."""
    model: Any = form.__pydantic_core_schema__
    fields: dict[str, Any] = model["schema"]["fields"]
    return fields


def _chosen(field: Any) -> list[str]:
    match field:
        case {"type": "literal", "expected": [*values]}:
            return values
        case {"schema": inner}:
            return _chosen(inner)
    return []


def _counted(field: Any) -> dict[str, Any]:
    match field:
        case {"type": "function-before", "function": {"function": clean}, "schema": {"max_length": limit}}:
            return {"clean": clean.__name__, "limit": limit}
        case {"schema": inner}:
            return _counted(inner)
    return {}


def compiled_form(form: type[Form] = Form) -> dict[str, Any]:
    """The document of `compiled/form.json`.

    Raises:
        TypeError: `leads` could not find a check by its name, or not keep what a field holds.
    """
    most = limits(form)
    for name in form.model_fields.keys() - KNOWN - most.keys() - choices(form).keys():
        raise TypeError(f"{name}: a field without code of its own is a text with a limit, or a choice")
    model: Any = form.__pydantic_core_schema__
    return {
        "schema": _portable(model["schema"]),
        "config": model["config"],
        "limits": most,
    }


def _portable(part: Any) -> Any:
    match part:
        case Mapping():
            is_schema = isinstance(part.get("type"), str)
            return {name: _portable(each) for name, each in part.items() if not (is_schema and name == "metadata")}
        case list() | tuple():
            return [_portable(each) for each in part]
        case None | bool() | int() | str():
            return part
    name = getattr(part, "__name__", "")
    if getattr(checks, name, None) is not part:
        raise TypeError(f"{part!r} is no function of functions/leads/checks.py")
    return {"check": name}
