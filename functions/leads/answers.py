"""The answers to a submission: JSON for programs, pages for people, both in the visitor's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from gettext import NullTranslations
from typing import Any

from functions.leads import phone
from functions.leads.body import FORM, media_type
from functions.leads.body import JSON as JSON_BODY
from functions.leads.codes import RequestCode
from functions.leads.errors import InvalidFields, RequestError
from functions.leads.sentences import Sentences, detail, title
from functions.leads.wiring import Wiring
from shared.errors import FieldError
from shared.http import JSON, Request, Response, dump_json, prefers_html, problem
from shared.lead import Lead, seconds
from shared.opening_hours import TIME_IN_ADDRESS

ALLOW = "OPTIONS, POST"
_UNCACHED = {"cache-control": "no-store"}
# The page that comes back, for the visitor's own browser: with no-store, "Back" to it is an error, their words gone.
_KEPT_FOR_BACK = {"cache-control": "private, no-cache"}


@dataclass
class Answers:
    """The answers to one request. `fields` are what was sent, once the body could be read."""

    request: Request
    wiring: Wiring
    fields: Mapping[str, Any] = field(default_factory=dict)

    def stored(self, lead: Lead, *, is_new: bool) -> Response:
        """The lead is stored: a page to read, or for JSON the reference and the promise; a replay gets the same."""
        location = f"/{lead.enquiry.locale}/thank-you/{lead.reference}"
        if lead.answer_by:
            location += f"/{self.wiring.hours.zone.time(seconds(lead.answer_by)):{TIME_IN_ADDRESS}}"
        if self._wants_page:
            return Response(303, {"location": location, **_UNCACHED})
        body = dump_json({"reference": lead.reference, "received_at": lead.stored_at, "answer_by": lead.answer_by})
        return Response(201 if is_new else 200, {"content-type": JSON, "location": location, **_UNCACHED}, body)

    def refused(self, error: RequestError) -> Response:
        """The request is wrong; nothing was stored."""
        faults = error.faults if isinstance(error, InvalidFields) else ()
        return self._problem(error.code, [self._sentences.of_field(fault) for fault in faults])

    def failed(self, code: RequestCode) -> Response:
        """We are at fault; nothing was stored, and nothing typed is lost."""
        response = self._problem(code)
        again = {"retry-after": "5"} if code is RequestCode.STORE_UNAVAILABLE else {}
        return response._replace(headers={**response.headers, **again})

    def methods(self) -> Response:
        """What can be done here."""
        return Response(204, {"allow": ALLOW, **_UNCACHED})

    def options(self, now: float) -> Response:
        """What can be done here, and from when on (a time of its own clocks) the practice closes on which days.

        Pages ask it before an enquiry is sent, and so say what will be promised (`assets/promise.js`).
        """
        closed = {"closed-from": ", ".join(times)} if (times := self.wiring.hours.closed_from(now)) else {}
        return Response(204, {"allow": ALLOW, **closed, **_UNCACHED})

    def across_origins(self, response: Response) -> Response:
        """For other origins, if the practice allows any, this is there to be sent enquiries as JSON."""
        if not (allowed := self.wiring.practice.allowed_origins):
            return response
        from shared.cross_origin import Use, readable

        use = Use("POST", headers="content-type, idempotency-key", exposed="location, retry-after")
        return readable(self.request, response, allowed, use)

    def wrong_method(self) -> Response:
        """Anything but POST."""
        response = self._problem(RequestCode.METHOD_NOT_ALLOWED)
        return response._replace(headers={**response.headers, "allow": ALLOW})

    def _problem(self, code: RequestCode, errors: Sequence[FieldError] = ()) -> Response:
        sentence = detail(code, self._catalogue, phone=self._practice_number)
        if page := self._page(code.status, sentence, errors):
            return page
        return problem(
            code.status,
            code,
            title=title(code.status, self._catalogue),
            detail=sentence,
            locale=self._locale,
            errors=errors,
        )

    def _page(self, status: int, sentence: str, errors: Sequence[FieldError]) -> Response | None:
        nearest = self.wiring.pages.nearest(self.fields.get("article"), self._locale)
        if not self._wants_page or nearest is None:
            return None
        article, locale = nearest
        body = self.wiring.pages.fill(article, locale, typed=self.fields, summary=sentence, errors=errors)
        return Response(status, {**self.wiring.pages.headers(article, locale), **_KEPT_FOR_BACK}, body)

    @cached_property
    def _locale(self) -> str:
        asked = self.fields.get("locale")
        if isinstance(asked, str) and asked in self.wiring.practice.locales:
            return asked
        return self.wiring.languages.match_header(self.request.headers.get("accept-language")).served

    @property
    def _catalogue(self) -> NullTranslations:
        return self.wiring.catalogue(self._locale)

    @cached_property
    def _sentences(self) -> Sentences:
        practice, region = self.wiring.practice, self.wiring.languages.likely_region(self._locale)
        own = phone.example(practice.address.country) or self._practice_number
        abroad = phone.example_abroad(self._locale, region) or practice.phone
        return Sentences(self._catalogue, own, abroad, self.wiring.form.limits)

    @property
    def _wants_page(self) -> bool:
        kind = media_type(self.request)
        return kind == FORM or (kind != JSON_BODY and prefers_html(self.request))

    @property
    def _practice_number(self) -> str:
        practice = self.wiring.practice
        return phone.as_written(practice.phone, practice.address.country)
