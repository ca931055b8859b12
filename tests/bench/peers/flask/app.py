# mypy: ignore-errors
"""Flask, by way of apig-wsgi."""

import gzip

from apig_wsgi import make_lambda_handler
from domain.client_store import store
from domain.leads import LeadForm, new_lead
from domain.pages import find_page
from flask import Flask, Response, abort, request
from pydantic import ValidationError

app = Flask(__name__, static_folder=None)


@app.get("/<locale>/articles/<slug>")
def page(locale: str, slug: str) -> Response:
    """The landing page."""
    found = find_page(locale, slug)
    if found is None:
        abort(404)
    response = Response(found.body, headers=found.headers)
    if request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(found.body, 6))
        response.headers["content-encoding"] = "gzip"
    response.vary.add("accept-encoding")
    return response.make_conditional(request)


@app.post("/api/leads")
def submit() -> tuple[dict[str, object], int]:
    """Take an enquiry."""
    try:
        form = LeadForm.model_validate_json(request.get_data())
    except ValidationError as error:
        return {"errors": error.errors(include_url=False, include_context=False)}, 422
    lead = new_lead(form, request.headers.get("idempotency-key"))
    stored = store(lead)
    if stored["fingerprint"] != lead.fingerprint:
        return {"detail": "This key came with another enquiry before."}, 422
    status = 201 if stored["stored_at"] == lead.stored_at else 200
    return {"reference": stored["reference"], "received_at": stored["stored_at"]}, status


lambda_handler = make_lambda_handler(app)
