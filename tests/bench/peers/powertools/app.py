# mypy: ignore-errors
"""Powertools' resolver with validation, Logger and Metrics, and boto3's resource."""

import os
from http import HTTPStatus

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError
from domain.leads import LeadForm, item_of, new_lead
from domain.pages import find_page

logger, metrics = Logger(), Metrics()
app = APIGatewayHttpResolver(enable_validation=True)
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


@app.get("/<locale>/articles/<slug>", compress=True)
def page(locale: str, slug: str) -> Response[str]:
    """The landing page."""
    found = find_page(locale, slug)
    if found is None:
        raise NotFoundError
    if app.current_event.headers.get("if-none-match") == found.headers["etag"]:
        return Response(HTTPStatus.NOT_MODIFIED, headers={"etag": found.headers["etag"]})
    headers = {**found.headers, "vary": "accept-encoding"}
    return Response(HTTPStatus.OK, headers.pop("content-type"), found.body.decode(), headers)


@app.post("/api/leads")
def submit(form: LeadForm) -> Response[dict[str, str]]:
    """Take an enquiry."""
    key = app.current_event.headers.get("idempotency-key")
    lead = new_lead(form, key)
    try:
        table.put_item(
            Item=item_of(lead),
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        return _replayed(error, lead.fingerprint)
    metrics.add_metric("LeadStored", MetricUnit.Count, 1)
    answer = {"reference": lead.reference, "received_at": lead.stored_at}
    return Response(HTTPStatus.CREATED, "application/json", answer)


def _replayed(error: ClientError, fingerprint: str) -> Response[dict[str, str]]:
    if "Item" not in error.response:
        raise error
    stored = {name: value.get("S") for name, value in error.response["Item"].items()}
    if stored["fingerprint"] != fingerprint:
        answer = {"detail": "This key came with another enquiry before."}
        return Response(HTTPStatus.UNPROCESSABLE_ENTITY, "application/json", answer)
    answer = {"reference": stored["reference"], "received_at": stored["stored_at"]}
    return Response(HTTPStatus.OK, "application/json", answer)


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict, context: object) -> dict:
    """What API Gateway calls."""
    return app.resolve(event, context)
