"""What a function may not load: a visitor waits for every module of a cold start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Whoever needs one of these needs it at build time, or has a lighter way.
FOR_BUILDING = {
    "babel",
    "infra.site",
    "jinja2",
    "markdown_it",
    "pydantic",
    "tomllib",
    "yaml",
}
HEAVIER_SDKS = {"aws_xray_sdk", "boto3", "s3transfer", "multiprocessing"}
HEAVIER_PARTS_OF_POWERTOOLS = {
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.idempotency",
    "aws_lambda_powertools.utilities.parser",
    "aws_lambda_powertools.utilities.validation",
}
# What the others need and a page does not.
BEYOND_A_PAGE = {
    "asyncio",
    "aws_lambda_powertools",
    "base64",
    "botocore",
    "dataclasses",
    "datetime",
    "email",
    "functions.content.promise",
    "functions.content.spelling",
    "hashlib",
    "inspect",
    "logging",
    "pathlib",
    "phonenumbers",
    "pydantic_core",
    "shared.cross_origin",
    "shared.moments",
    "ssl",
    "urllib",
    "urllib3",
}
# What only an address needs that is not plain.
FOR_SOME_ADDRESSES = {"dns", "email_validator", "idna"}
GET = {
    "requestContext": {"http": {"method": "GET"}},
    "rawPath": "/en/articles/dry-needling-for-sciatica",
    "headers": {"accept-encoding": "gzip, br"},
}
MUST_NOT_LOAD = {
    # Where it is installed, urllib3 loads it for the others; packages are without it.
    "content": FOR_BUILDING | HEAVIER_SDKS | BEYOND_A_PAGE | {"brotli"},
    "leads": FOR_BUILDING
    | HEAVIER_SDKS
    | HEAVIER_PARTS_OF_POWERTOOLS
    | FOR_SOME_ADDRESSES
    | {"asyncio", "zoneinfo", "email.headerregistry", "shared.cross_origin"},
    "inbox": (FOR_BUILDING - {"jinja2"})
    | HEAVIER_SDKS
    | HEAVIER_PARTS_OF_POWERTOOLS
    | FOR_SOME_ADDRESSES
    | {"asyncio", "phonenumbers", "pydantic_core"},
    "notify": FOR_BUILDING
    | HEAVIER_SDKS
    | HEAVIER_PARTS_OF_POWERTOOLS
    | FOR_SOME_ADDRESSES
    | {"asyncio", "phonenumbers", "pydantic_core"},
}
# Nobody waits for it: pydantic and the batch processor are worth their time.
MUST_NOT_LOAD["delivery"] = (FOR_BUILDING - {"pydantic"}) | HEAVIER_SDKS | FOR_SOME_ADDRESSES | {"phonenumbers"}
# What an invocation needs, as far as that goes without AWS.
START = {
    "content": f"assert app.lambda_handler({GET!r}, None)['statusCode'] == 200",
    "leads": "app.wiring.store; app.wiring.pages; app.wiring.practice; "
    "app.wiring.form.validate({'email': 'ana@example.com', 'name': 'Ana', 'consent': True, "
    "'locale': 'en', 'article': 'x'}, app.Context('US', ('en',), bool))",
    "inbox": "app.wiring.door; [route.page() for route in app.wiring.routes]",
    "notify": "app.prepare()",
    "delivery": "app.prepare()",
}


@pytest.mark.parametrize("function", MUST_NOT_LOAD)
def test_a_function_loads_nothing_beyond_its_budget(function: str, task_root: Path) -> None:
    program = f"import sys; import functions.{function}.app as app; {START[function]}; print(*sys.modules)"
    settings = (
        "TABLE_NAME",
        "ERASURES_TABLE",
        "ALERT_SENDER",
        "ALERT_RECIPIENT",
        "ALERT_DETAIL",
        "CONFIGURATION_SET",
        "CONFIRM_TO_VISITOR",
        "INBOX_MEMBERS",
        "KEYS_SECRET",
        "STAGE",
        "POWERTOOLS_SERVICE_NAME",
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={
            "PATH": os.defpath,
            "PYTHONPATH": ".",
            "LAMBDA_TASK_ROOT": str(task_root),
            "AWS_DEFAULT_REGION": "us-east-1",
            "DAILY_MAIL_BUDGET": "200",
            **dict.fromkeys(settings, "x"),
        },
        check=True,
        capture_output=True,
        text=True,
    )

    assert MUST_NOT_LOAD[function] & set(done.stdout.split()) == set()
