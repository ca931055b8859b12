"""What the canary raises."""

from shared.errors import NeedlepointError


class CanaryFailed(NeedlepointError):
    """The chain is not proven: which link of it broke, and a code for why, without anything of an enquiry."""

    def __init__(self, link: str, reason: str = "") -> None:
        super().__init__(f"{link}: {reason}" if reason else link)
        self.link = link
        self.reason = reason
