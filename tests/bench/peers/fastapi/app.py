# mypy: ignore-errors
"""FastAPI, by way of Mangum."""

from typing import Annotated

from domain.client_store import store
from domain.leads import LeadForm, new_lead
from domain.pages import find_page
from fastapi import FastAPI, Header, HTTPException, Response
from fastapi.middleware.gzip import GZipMiddleware
from mangum import Mangum

app = FastAPI(title="Practice", docs_url=None, redoc_url=None)
app.add_middleware(GZipMiddleware, minimum_size=1024)


@app.get("/{locale}/articles/{slug}")
async def page(locale: str, slug: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """The landing page."""
    found = find_page(locale, slug)
    if found is None:
        raise HTTPException(404)
    if if_none_match == found.headers["etag"]:
        return Response(status_code=304, headers={"etag": if_none_match})
    return Response(found.body, headers=found.headers)


@app.post("/api/leads", status_code=201)
def submit(
    form: LeadForm, response: Response, idempotency_key: Annotated[str | None, Header()] = None
) -> dict[str, str]:
    """Take an enquiry."""
    lead = new_lead(form, idempotency_key)
    stored = store(lead)
    if stored["fingerprint"] != lead.fingerprint:
        raise HTTPException(422, "This key came with another enquiry before.")
    if stored["stored_at"] != lead.stored_at:
        response.status_code = 200
    return {"reference": stored["reference"], "received_at": stored["stored_at"]}


lambda_handler = Mangum(app, lifespan="off")
