"""Every error that is ours, as one tree.

    NeedlepointError
    ├── ContentError            an article, template or catalogue is wrong; lives with the compiler, which stops
    ├── ConfigurationError      the deployment is wrong: a setting or the practice file; ops must act
    ├── StoreUnavailable        DynamoDB did not take or give the item; trying again is right
    │   └── ItemUnreadable      it gave an item that is no lead; trying again does not help, the next item may be fine
    ├── MailRefused             SES did not take the mail; says whether trying again can help
    ├── MailUnproven            SES was handed the mail and did not say whether it took it
    └── RequestError            the request is wrong; becomes an RFC 9457 problem; lives in functions/leads/errors.py

A branch that one function uses lives with it.
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


class MailRefused(NeedlepointError):
    """SES did not accept a mail: it said so, or it could not be reached.

    `reason` is SES's error code, which holds no personal data (its message may). `permanent` says that
    the sender, the recipient or the account cannot be used until somebody mends it.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class MailUnproven(NeedlepointError):
    """A mail was handed to SES and no answer came back: it may go out, or not. `reason` is the name of an exception."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FieldError(NamedTuple):
    """One fault in one field: the field's name, a stable code, and the sentence shown to the visitor."""

    field: str
    code: str
    detail: str
