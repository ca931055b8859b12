"""Mails each new item that asks for it; an item whose mail is ``never`` always fails."""

import os
from email.message import EmailMessage
from typing import Any

import boto3


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if "Records" not in event:
        print("scheduled", event["detail-type"], flush=True)
        return {}
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        if image["mail"]["S"] == "never":
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        _send(image["mail"]["S"], image["pk"]["S"])
    return {"batchItemFailures": []}


def _send(to: str, subject: str) -> None:
    message = EmailMessage()
    message["From"] = os.environ["SENDER"]
    message["To"] = to
    message["Reply-To"] = "visitor@example.com"
    message["Subject"] = subject
    message.set_content("as text")
    message.add_alternative("<p>as <b>HTML</b></p>", subtype="html")
    boto3.client("sesv2").send_email(
        FromEmailAddress=os.environ["SENDER"],
        Destination={"ToAddresses": [to]},
        Content={"Raw": {"Data": message.as_bytes()}},
        ConfigurationSetName=os.environ["CONFIGURATION_SET"],
    )
