"""Every error that is ours, as one tree.

    NeedlepointError
    ├── ContentError            an article, template or catalogue is wrong; the site compiler stops
    ├── ConfigurationError      the deployment is wrong: a setting or the practice file; ops must act
    ├── StoreUnavailable        DynamoDB did not take or give the item; trying again is right
    │   └── ItemUnreadable      it gave an item that is no lead; trying again does not help, the next item may be fine
    ├── MailRefused             SES did not take the mail; says whether trying again can help
    ├── MailUnproven            SES was handed the mail and did not say whether it took it
    └── RequestError            the request is wrong; becomes an RFC 9457 problem

What one function alone raises lives with it: the mail's errors in functions/notify/errors.py, a request's in
functions/leads/errors.py. ContentError lives with the compiler, in infra/site/errors.py.
"""

from typing import NamedTuple


class NeedlepointError(Exception):
    """The root, so that a caller can tell our errors from everyone else's."""


class ConfigurationError(NeedlepointError):
    """A setting is missing or malformed. The message names it."""


class StoreUnavailable(NeedlepointError):
    """The table could not be reached or refused the call for a reason that is not the request's fault."""


class ItemUnreadable(StoreUnavailable):
    """An item lacks what a lead has, or has it in another form. `attribute` is its name; its value is not kept."""

    def __init__(self, attribute: str) -> None:
        super().__init__(f"ItemUnreadable: {attribute}")
        self.attribute = attribute


class FieldError(NamedTuple):
    """One fault in one field: the field's name, a stable code, and the sentence shown to the visitor."""

    field: str
    code: str
    detail: str
