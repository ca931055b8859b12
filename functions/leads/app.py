"""POST /api/leads: read, validate, store, answer. OPTIONS stores nothing: pages send it to start the function.

What becomes of forms is counted by log lines, by article and language, without anything that would tell one visitor
from another (docs/operations.md).
"""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from shared.init_phase import in_init_phase, wait_briefly_for
from functions.leads.answers import Answers
from functions.leads.body import read_fields
from functions.leads.checks import Context
from functions.leads.codes import FieldCode, RequestCode
from functions.leads.enquiry import HONEYPOT
from functions.leads.errors import InvalidFields, RequestError
from functions.leads.new_lead import new_lead, promised
from functions.leads.wiring import Wiring
from shared.errors import ItemChanged, ItemUnreadable, LeadErased, StoreUnavailable
from shared.http import Request, Response, finish
from shared.lead import Identity, Lead, identity_of_content, identity_of_key
from shared.telemetry import describe

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

# An RFC 9651 Item: a String, of whose parameters none is known; or bare, and then without what separates items.
_KEY: Final = re.compile(r'"(?P<quoted>(?:[ !#-\[\]-~]|\\["\\])*)"(?: *;[ -+\--~]*)?|(?P<bare>[ !#-+\--:<-~]+)')


wiring = Wiring()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """What API Gateway calls: an HTTP API event (payload format 2.0) in, its result out."""
    request = Request.from_event(event)
    log = wiring.telemetry.log_of(context)
    answers = Answers(request, wiring)
    try:
        response = _answer_or_refusal(request, answers, log)
    except Exception as error:  # the visitor gets the practice's number, whatever broke
        log.error("unexpected", **describe(error))
        response = answers.failed(RequestCode.INTERNAL_ERROR)
    return finish(request, answers.across_origins(response))


def _answer_or_refusal(request: Request, answers: Answers, log: "Logger") -> Response:
    try:
        return _answer(request, answers, log)
    except RequestError as error:
        log.info(
            "enquiry not accepted", code=error.code, **_other_site(request), **_page(answers.fields), **_faults(error)
        )
        return answers.refused(error)
    except StoreUnavailable as error:
        wiring.telemetry.count("LeadStoreUnavailable")
        log.error("lead not stored", reason=str(error))
        return answers.failed(RequestCode.STORE_UNAVAILABLE)


def _answer(request: Request, answers: Answers, log: "Logger") -> Response:
    match request.method:
        case "POST":
            return _take(request, answers, log)
        case "OPTIONS" if request.headers.get("access-control-request-method"):
            return answers.methods()  # a browser asks for another site's page: no form of ours was begun
        case "OPTIONS":
            if page := _page(request.query):
                log.info("form begun", **page)
            with suppress(StoreUnavailable):  # then what is known has to do
                wiring.closures.refresh(time.time())
            return answers.options(time.time())
    return answers.wrong_method()


def _page(given: Mapping[str, Any]) -> dict[str, Any]:
    """On which page it was, for the log: names of ours, and never what somebody sent in their place."""
    ours = {"article": wiring.pages.knows, "locale": wiring.practice.locales.__contains__}
    return {
        name: value for name, is_ours in ours.items() if isinstance(value := given.get(name), str) and is_ours(value)
    }


def _other_site(request: Request) -> dict[str, Any]:
    """From which other site it was sent, for the log: one that the practice file names."""
    origin = request.headers.get("origin")
    return {"origin": origin} if origin in wiring.practice.allowed_origins else {}


def _faults(error: RequestError) -> dict[str, Any]:
    """What was wrong with which fields, for the log; of one that the sender made up, not its name."""
    if not isinstance(error, InvalidFields):
        return {}
    named = (code if code is FieldCode.UNKNOWN_FIELD else f"{field} {code}" for field, code in error.faults)
    return {"faults": ", ".join(named)}


def _take(request: Request, answers: Answers, log: "Logger") -> Response:
    answers.fields = read_fields(request)
    key = idempotency_key(request)
    practice = wiring.practice
    context = Context(practice.address.country, practice.locales, wiring.pages.knows)
    accepted = wiring.form.validate(answers.fields, context)
    now = time.time()
    # A second try without what the honeypot caught is another submission, or a person would be spam for the day.
    content = f"{accepted.fingerprint}:{HONEYPOT}" if accepted.honeypot else accepted.fingerprint
    identity = identity_of_key(key) if key else identity_of_content(content, now)
    lead = new_lead(
        accepted,
        identity,
        now,
        hours=wiring.hours,
        revision=wiring.pages.revision(accepted.enquiry.article, accepted.enquiry.locale),
        keep_days=practice.keep_days,
    )
    try:
        lead, stored = _store(lead, identity, now)
    except LeadErased as error:
        raise RequestError(RequestCode.ENQUIRY_ERASED) from error
    # The digest of an earlier release was made otherwise, and a default may have been given or not.
    if stored.fingerprint != lead.fingerprint and stored.enquiry != lead.enquiry:
        raise RequestError(RequestCode.IDEMPOTENCY_KEY_REUSED)
    if stored is lead:
        log.info("enquiry stored", kept_back=int(lead.is_kept_back), **_other_site(request), **_page(answers.fields))
    return answers.stored(stored, is_new=stored is lead)


def _store(lead: Lead, identity: Identity, now: float) -> tuple[Lead, Lead]:
    """Store a lead with a promise that no closure breaks; the lead that was to be stored, and the one that is.

    Where it was long ago that closures were looked for, the write is made under the condition that there are no others:
    that takes one call, as without. Whatever is wrong with them, the lead is stored.
    """
    if watched := wiring.closures.watched(now):
        try:
            stored = wiring.store.create(lead, identity, watched)
        except ItemChanged as changed:
            with suppress(ItemUnreadable):
                wiring.closures.take(changed.item, now)
                lead = replace(lead, answer_by=promised(wiring.hours, now))
        else:
            wiring.closures.confirm(now)
            return lead, stored
    return lead, wiring.store.create(lead, identity)


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
    _ = wiring.pages, wiring.practice, wiring.form, wiring.hours
    # Whether there are closures is the first thing that is asked; reading the authorities' certificates alone takes as
    # long as storing a lead.
    wait_briefly_for(lambda: wiring.closures.refresh(time.time()))
