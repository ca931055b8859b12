"""What the forms send, as models. A page imports this when it has a form to read: pydantic takes time to load."""

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from functions.inbox.routes import page_of_ours
from functions.inbox.troubles import Code, Refused
from shared.links import INBOX_PATH

# The field in which a form travels through a sign-in.
KEPT: Final = "kept"


class Form(BaseModel):
    """The fields of a form, without the spaces around what was typed; others are passed over."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


class Faults(dict[str, str]):
    """What is wrong with a form: pydantic's code by the field's name."""


def read[F: Form](form: type[F], fields: Mapping[str, str]) -> F | Faults:
    """Read a form's fields; what was sent empty is as if it was not sent."""
    try:
        return form.model_validate(dict(fields))
    except ValidationError as error:
        return Faults({str(fault["loc"][0]): fault["type"] for fault in error.errors(include_input=False)})


class Kept(BaseModel):
    """A form that was sent when its session had ended: to which page, and what."""

    path: Annotated[str, AfterValidator(page_of_ours)]
    fields: dict[str, str]


def read_kept(fields: Mapping[str, str]) -> Kept | None:
    """What was kept through a sign-in; None where nothing was. Raises Refused where it is none of ours."""
    text = fields.get(KEPT)
    try:
        return Kept.model_validate_json(text) if text else None
    except ValidationError:
        raise Refused(Code.NO_BUTTON) from None


class AddressForm(Form):
    """Who wants to sign in, and for which page."""

    address: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    to: Annotated[str, AfterValidator(page_of_ours)] = INBOX_PATH


def _digits(text: str) -> str:
    """The digits of whatever script, without what stands between them."""
    return "".join(str(unicodedata.digit(each)) for each in text if each.isdecimal())


class CodeForm(Form):
    """The code of a mail."""

    code: Annotated[str, BeforeValidator(_digits), StringConstraints(pattern=r"^[0-9]{6}$")]
