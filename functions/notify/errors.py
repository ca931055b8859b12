"""What can become of a mail other than being accepted."""

from shared.errors import NeedlepointError


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
