# mypy: ignore-errors
"""AWS Chalice."""

import gzip

from chalice import Chalice, NotFoundError, Response
from domain.client_store import store
from domain.leads import LeadForm, new_lead
from domain.pages import find_page
from pydantic import ValidationError

app = Chalice(app_name="practice")
app.api.binary_types.append("text/html")


@app.route("/{locale}/articles/{slug}", methods=["GET"])
def page(locale: str, slug: str) -> Response:
    """The landing page."""
    found = find_page(locale, slug)
    if found is None:
        raise NotFoundError
    request = app.current_request.headers
    if request.get("if-none-match") == found.headers["etag"]:
        return Response("", {"etag": found.headers["etag"]}, 304)
    # Chalice knows a binary type by the whole header, parameters and all.
    headers = {**found.headers, "content-type": "text/html", "vary": "accept-encoding"}
    if "gzip" not in request.get("accept-encoding", ""):
        return Response(found.body, headers)
    return Response(gzip.compress(found.body, 6), {**headers, "content-encoding": "gzip"})


@app.route("/api/leads", methods=["POST"])
def submit() -> Response:
    """Take an enquiry."""
    try:
        form = LeadForm.model_validate_json(app.current_request.raw_body)
    except ValidationError as error:
        return Response({"errors": error.errors(include_url=False, include_context=False)}, status_code=422)
    key = app.current_request.headers.get("idempotency-key")
    lead = new_lead(form, key)
    stored = store(lead)
    if stored["fingerprint"] != lead.fingerprint:
        return Response({"detail": "This key came with another enquiry before."}, status_code=422)
    answer = {"reference": stored["reference"], "received_at": stored["stored_at"]}
    return Response(answer, status_code=201 if stored["stored_at"] == lead.stored_at else 200)


lambda_handler = app
