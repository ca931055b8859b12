"""The form as `leads` has it, compiled as the build does it, without a practice around it."""

import json
from typing import Any, Final

import pytest

from functions.leads.checks import Context
from functions.leads.enquiry import Accepted, CompiledForm
from functions.leads.errors import InvalidFields
from infra.site.outputs.compiled_form import compiled_form

FORM: Final = CompiledForm(json.loads(json.dumps(compiled_form())))
CONTEXT: Final = Context(country="US", locales=("en", "es"), knows_article=lambda slug: slug == "knees")
GOOD: Final[dict[str, Any]] = {
    "name": "Ana Ruiz",
    "phone": "(602) 555-0100",
    "consent": True,
    "locale": "es",
    "article": "knees",
}
MISSING: Final = object()


def accepted(form: CompiledForm = FORM, **changes: Any) -> Accepted:
    """A good enquiry with changes; MISSING takes a field out."""
    fields = {name: value for name, value in {**GOOD, **changes}.items() if value is not MISSING}
    return form.validate(fields, CONTEXT)


def faults(**changes: Any) -> list[tuple[str, str]]:
    """What is wrong with it then, as pairs of field and code."""
    with pytest.raises(InvalidFields) as error:
        accepted(**changes)
    return [(fault.field, fault.code.value) for fault in error.value.faults]
