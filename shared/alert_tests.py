"""What a test of the alert is called: the mail has it as its subject, and the inbox says what to look for."""

from typing import Final

from shared.messages import mark as _

SUBJECT: Final = _("Test: alerts reach you here")
