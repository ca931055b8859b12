# mypy: ignore-errors
"""FastAPI, by way of Mangum, with Jinja: what is open, for who is signed in."""

import hashlib
import hmac
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import boto3
from boto3.dynamodb.types import TypeDeserializer
from domain.pages import SITE
from fastapi import Cookie, Depends, FastAPI, HTTPException, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from mangum import Mangum

app = FastAPI(title="Inbox", docs_url=None, redoc_url=None)
app.add_middleware(GZipMiddleware, minimum_size=1024)
templates = Jinja2Templates(Path(__file__).parent / "templates")
dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE_NAME"]
MEMBERS = os.environ["INBOX_MEMBERS"].split(",")
ZONE = ZoneInfo(SITE["time_zone"])
deserialize = TypeDeserializer().deserialize


def local(time: str) -> str:
    """A stored time on the practice's clock."""
    return f"{datetime.fromisoformat(time).astimezone(ZONE):%A, %B %-d, %-I:%M %p}"


templates.env.filters["local"] = local


def session(cookie: Annotated[str | None, Cookie(alias="__Host-session")] = None) -> dict:
    """Who is signed in."""
    digest, _, token = (cookie or "").partition(".")
    key = {"pk": {"S": f"MEMBER#{digest}"}, "sk": {"S": f"SESSION#{hashlib.sha256(token.encode()).hexdigest()}"}}
    item = dynamodb.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item")
    if item is None or int(item["expires_at"]["N"]) <= time.time() or item["member"]["S"] not in MEMBERS:
        raise HTTPException(303, headers={"location": "/inbox/sign-in"})
    return {"member": item["member"]["S"], "token": hmac.digest(token.encode(), b"form", "sha256").hex()[:32]}


@app.get("/inbox")
def open_list(request: Request, session: Annotated[dict, Depends(session)]) -> HTMLResponse:
    """Show the list."""
    now = datetime.now(UTC)
    found = dynamodb.query(
        TableName=TABLE,
        IndexName="due",
        KeyConditionExpression="queue = :lead",
        ExpressionAttributeValues={":lead": {"S": "LEAD"}},
        Limit=500,
    )
    keys = [{"pk": item["pk"], "sk": item["sk"]} for item in found["Items"]]
    leads = []
    for start in range(0, len(keys), 100):
        asked = {TABLE: {"Keys": keys[start : start + 100], "ConsistentRead": True}}
        items = dynamodb.batch_get_item(RequestItems=asked)["Responses"][TABLE]
        leads += [{name: deserialize(value) for name, value in item.items()} for item in items]
    leads.sort(key=lambda lead: lead["answer_by"])
    for lead in leads:
        lead["is_late"] = datetime.fromisoformat(lead["answer_by"]) < now
        lead["hours"] = int((now - datetime.fromisoformat(lead["stored_at"])).total_seconds() // 3600)
    context = {"practice": SITE["practice"], "session": session, "leads": leads, "now": now.isoformat()}
    return templates.TemplateResponse(request, "list.html", context, headers={"cache-control": "no-store"})


lambda_handler = Mangum(app, lifespan="off")
