"""POST /api/leads: read, validate, store, answer. OPTIONS does nothing: pages send it to start the function."""

import re
import time
from typing import TYPE_CHECKING, Any, Final

from shared.init_phase import in_init_phase, wait_briefly_for
from functions.leads.answers import Answers
from functions.leads.body import read_fields
from functions.leads.checks import Context
from functions.leads.codes import RequestCode
from functions.leads.enquiry import HONEYPOT, Accepted
from functions.leads.errors import RequestError
from functions.leads.spam import spam_reasons
from functions.leads.wiring import Wiring
from shared.consent import CONSENT_ID
from shared.errors import StoreUnavailable
from shared.http import Request, Response, finish
from shared.lead import (
    SECONDS_PER_DAY,
    Identity,
    Lead,
    identity_of_content,
    identity_of_key,
    reference_of,
    timestamp,
)
from shared.telemetry import describe

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

# An RFC 9651 Item: a String, of whose parameters none is known; or bare, and then without what separates items.
_KEY: Final = re.compile(r'"(?P<quoted>(?:[ !#-\[\]-~]|\\["\\])*)"(?: *;[ -+\--~]*)?|(?P<bare>[ !#-+\--:<-~]+)')


wiring = Wiring()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """What API Gateway calls: an HTTP API event (payload format 2.0) in, its result out."""
    request = Request.from_event(event)
    with wiring.telemetry.invocation(context) as log:
        answers = Answers(request, wiring)
        try:
            response = _answer_or_refusal(request, answers, log)
        except Exception as error:  # the visitor gets the practice's number, whatever broke
            log.error("unexpected", **describe(error))
            response = answers.failed(RequestCode.INTERNAL_ERROR)
    return finish(request, response)


def _answer_or_refusal(request: Request, answers: Answers, log: "Logger") -> Response:
    try:
        return _answer(request, answers)
    except RequestError as error:
        log.info("enquiry not accepted", code=error.code)
        return answers.refused(error)
    except StoreUnavailable as error:
        wiring.telemetry.count("LeadStoreUnavailable")
        log.error("lead not stored", reason=str(error))
        return answers.failed(RequestCode.STORE_UNAVAILABLE)


def _answer(request: Request, answers: Answers) -> Response:
    match request.method:
        case "POST":
            return _take(request, answers)
        case "OPTIONS":
            return answers.options()
    return answers.wrong_method()


def _take(request: Request, answers: Answers) -> Response:
    answers.fields = read_fields(request)
    key = idempotency_key(request)
    practice = wiring.practice
    context = Context(practice.address.country, practice.locales, wiring.pages.knows)
    accepted = wiring.form.validate(answers.fields, context)
    now = time.time()
    # A second try without what the honeypot caught is another submission, or a person would be spam for the day.
    content = f"{accepted.fingerprint}:{HONEYPOT}" if accepted.honeypot else accepted.fingerprint
    identity = identity_of_key(key) if key else identity_of_content(content, now)
    lead = _lead(accepted, identity, now)
    stored = wiring.store.create(lead, identity)
    # The digest of an earlier release was made otherwise, and a default may have been given or not.
    if stored.fingerprint != lead.fingerprint and stored.enquiry != lead.enquiry:
        raise RequestError(RequestCode.IDEMPOTENCY_KEY_REUSED)
    return answers.stored(stored, is_new=stored is lead)


def _lead(accepted: Accepted, identity: Identity, now: float) -> Lead:
    enquiry = accepted.enquiry
    return Lead(
        id=identity.id,
        reference=reference_of(identity.id),
        enquiry=enquiry,
        fingerprint=accepted.fingerprint,
        article_revision=wiring.pages.revision(enquiry.article, enquiry.locale),
        consent_id=CONSENT_ID,
        stored_at=timestamp(now),
        expires_at=int(now) + wiring.settings.lead_retention_days * SECONDS_PER_DAY,
        phone_as_written=accepted.phone_as_written,
        phone_as_typed=accepted.phone_as_typed,
        replaces=reference_of(identity_of_key(accepted.replaces).id) if accepted.replaces else None,
        spam_reasons=spam_reasons(enquiry, accepted.honeypot),
    )


def idempotency_key(request: Request) -> str | None:
    """The `Idempotency-Key`, quoted as the IETF draft has it (an RFC 9651 String) or bare as many clients send it."""
    value = request.headers.get("idempotency-key")
    if value is None:
        return None
    written = _KEY.fullmatch(value.strip())
    key = written and (written["bare"] or re.sub(r"\\(.)", r"\1", written["quoted"]))
    if not key or len(key) > 255:
        raise RequestError(RequestCode.IDEMPOTENCY_KEY_INVALID)
    return key


@in_init_phase
def prepare() -> None:
    """What every invocation needs; the connection to DynamoDB comes last, for nothing is to wait for it."""
    _ = wiring.pages, wiring.practice, wiring.form
    wait_briefly_for(wiring.store.connect)
