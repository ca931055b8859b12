"""The mailer: the one call to SES, and what its refusals and lost answers mean."""

from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError
from botocore.parsers import ResponseParserError

from shared.aws import aws_client
from shared.errors import MailRefused, MailUnproven
from shared.lead import CANARY_ADDRESS
from shared.mail_items import TAG

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
# The mail was handed over, and the answer is late, cut off or none; connections that were never made are other classes.
_WITHOUT_ANSWER: Final = (HTTPClientError, IncompleteReadError, ResponseParserError, KeyError)


class Mailer:
    """Sends from one address.

    Args:
        sender: The address.
        client: SES.
        only: Where every mail goes, whomever it is for, but those that nobody reads; None if it goes to whom it is for.
    """

    def __init__(self, sender: str, client: "SESV2Client", only: str | None = None) -> None:
        self._sender = sender
        self._client = client
        self._only = only

    def send(self, mail: EmailMessage, recipient: str, *, mail_id: str, configuration_set: str) -> str:
        """Hand a mail to SES.

        Args:
            mail: The mail.
            recipient: Whom it goes to: one address, or what became of it could not be told.
            mail_id: The id of its item, which SES's events bring back.
            configuration_set: Under which configuration set.

        Returns:
            The id that SES gave it.

        Raises:
            MailRefused: SES said no, or was never reached.
            MailUnproven: SES was handed the mail, and its answer did not arrive.
        """
        if self._only and recipient != CANARY_ADDRESS:
            del mail["To"]
            mail["To"] = recipient = self._only
        raw = mail.as_bytes()
        try:
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Raw": {"Data": raw}},
                ConfigurationSetName=configuration_set,
                EmailTags=[{"Name": TAG, "Value": mail_id}],
            )
            return answer["MessageId"]
        except _WITHOUT_ANSWER as error:
            raise MailUnproven(type(error).__name__) from error
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise MailRefused(code, permanent=code in _PERMANENT) from error
        except BotoCoreError as error:
            raise MailRefused(type(error).__name__, permanent=False) from error


def ses_client() -> "SESV2Client":
    """A client for the mailer, with the time-outs that alerts need."""
    # One try: a second one after a lost answer would be a second mail. The lead's own attempts come after it.
    retries = {"total_max_attempts": 1}
    ses: SESV2Client = aws_client("sesv2", connect_timeout=2, read_timeout=8, retries=retries)
    ses.meta.events.register("before-send.sesv2.SendEmail", _on_its_own_connection)
    return ses


def _on_its_own_connection(request: Any, **_: Any) -> None:
    # Minutes may pass between two mails, and SES closes the connection meanwhile. A mail sent on a connection that is
    # just being closed would look like one whose answer was lost.
    request.headers["Connection"] = "close"
