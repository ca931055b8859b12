"""The mailer: the one call to SES, and what its refusals mean."""

from email.message import EmailMessage
from functools import cache
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws import aws_client
from shared.errors import MailRefused

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# SES v2 SendEmail: the sender, the recipient or the account cannot be used, and waiting does not change that.
_PERMANENT: Final = frozenset(
    {
        "AccountSuspendedException",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
        "NotFoundException",
        "SendingPausedException",
        "AccessDeniedException",
        "BadRequestException",
    }
)


class Mailer:
    """Sends from one address, under one configuration set."""

    def __init__(self, sender: str, configuration_set: str, client: "SESV2Client | None" = None) -> None:
        self._sender = sender
        self._configuration_set = configuration_set
        self._client = client or _client()

    def send(self, mail: EmailMessage, recipient: str) -> str:
        """Hand `mail` to SES; its message id. Raises MailRefused with SES's code."""
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Raw": {"Data": mail.as_bytes()}},
                ConfigurationSetName=self._configuration_set,
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise MailRefused(code, permanent=code in _PERMANENT) from error
        except BotoCoreError as error:
            raise MailRefused(type(error).__name__, permanent=False) from error
        return answer["MessageId"]


@cache
def _client() -> "SESV2Client":
    # One try: a second one after a lost answer would be a second mail. The lead's own attempts come after it.
    ses: SESV2Client = aws_client("sesv2", connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 1})
    return ses
