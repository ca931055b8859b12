"""Every error that is ours, as one tree.

    NeedlepointError
    ├── ContentError            an article, template or catalogue is wrong; the site compiler stops
    ├── ConfigurationError      the deployment is wrong: a setting or the practice file; ops must act
    ├── StoreUnavailable        DynamoDB did not take or give the item; trying again is right
    │   └── ItemUnreadable      it gave an item that is no lead; trying again does not help, the next item may be fine
    ├── ItemChanged             what a write depends on is another item now; writing again is right
    ├── KeysUnavailable         the keys were never read, so that no signature can be checked; trying again is right
    ├── LeadErased              the enquiry was stored before, and erased: nothing of it is written again
    ├── MailRefused             SES did not take the mail; says whether trying again can help
    ├── MailUnproven            SES was handed the mail and did not say whether it took it
    └── RequestError            the request is wrong; becomes an RFC 9457 problem

What one function alone raises lives with it: a request's errors in functions/leads/errors.py. ContentError lives with
the compiler, in infra/site/errors.py.
"""

from typing import Any, NamedTuple


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


class ItemChanged(NeedlepointError):
    """An item that a write depends on was changed by somebody else. `item` is how it is now."""

    def __init__(self, item: Any) -> None:
        super().__init__()
        self.item = item


class KeysUnavailable(NeedlepointError):
    """The keys could not be read yet. The message is the code of why."""


class LeadErased(NeedlepointError):
    """What is to be stored was stored before, and erased."""


class MailRefused(NeedlepointError):
    """SES did not accept a mail: it said so, or it could not be reached.

    Attributes:
        reason: SES's error code, or the name of an exception. Neither holds personal data; SES's message may.
        permanent: Whether waiting does not help, because the sender, the recipient or the account cannot be used.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class MailUnproven(NeedlepointError):
    """A mail was handed to SES and no answer came back: it may go out, or not.

    Attributes:
        reason: The name of an exception.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FieldError(NamedTuple):
    """One fault in one field: the field's name, a stable code, and the sentence shown to the visitor."""

    field: str
    code: str
    detail: str
