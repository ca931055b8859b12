"""The last release's functions in a process of their own: started among its files, and so with its modules.

The first line that comes in says which table and secrets there are. Each further one is an invocation with the table's
items before it; each that goes out is what the function answered, the items after it, and the mails that SES took
meanwhile.
"""

import json
import os
import sys
import traceback
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws
from moto.ses.exceptions import MessageRejectedError
from moto.ses.models import SESBackend, ses_backends


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


# What becomes of a mail instead of SES taking it.
MAIL_MEETS = {
    "no": MessageRejectedError("Sending is paused."),
    "silence": ReadTimeoutError(endpoint_url="https://email"),
    "a killed sender": Killed(),
}


def main() -> None:
    """Serve until there is no more to read."""
    # What functions log goes elsewhere than the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        there = json.loads(sys.stdin.readline())
        table = there["table"]
        dynamodb.create_table(**table)
        for name, value in there["secrets"].items():
            boto3.client("secretsmanager").create_secret(Name=name, SecretString=value)
        boto3.client("sesv2").create_email_identity(EmailIdentity=os.environ["ALERT_SENDER"])
        import_module("infra.site").compile_all(Path(os.environ["LAMBDA_TASK_ROOT"]), drafts=True)
        items: list[Any] = []
        # One for the whole process: a function may keep the clock that it finds in its first invocation.
        clock = ExitStack().enter_context(mock.patch("time.time"))
        for line in sys.stdin:
            request = json.loads(line)
            clock.return_value = request["now"]
            if request["items"] != items:  # as a rule this process was the last to write
                _replace(dynamodb, table["TableName"], request["items"])
            answer = _invoke(request)
            items = dynamodb.scan(TableName=table["TableName"])["Items"]
            print(json.dumps({**answer, "items": items}), file=answers, flush=True)


def _replace(dynamodb: Any, table: str, items: list[Any]) -> None:
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
    for item in items:
        dynamodb.put_item(TableName=table, Item=item)


def _invoke(request: Any) -> dict[str, Any]:
    (ses,) = (backend for account in ses_backends.values() for backend in account.values())
    ses.sent_messages.clear()
    context = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: 30_000)
    with ExitStack() as patches:
        if met := MAIL_MEETS.get(request["mail_meets"]):
            patches.enter_context(mock.patch.object(SESBackend, "send_raw_email", side_effect=met))
        answer, error = None, None
        try:
            answer = import_module(f"functions.{request['function']}.app").lambda_handler(request["event"], context)
        except Killed:
            pass
        except Exception:
            error = traceback.format_exc()
    return {"answer": answer, "error": error, "mails": [mail.raw_data for mail in ses.sent_messages]}


if __name__ == "__main__":
    main()
