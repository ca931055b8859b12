"""The console's routes and what each shows."""

import json
import re
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from infra.local import faults
from infra.local.console import guard
from infra.local.events import HttpRequest
from infra.local.responses import HttpResponse, json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.local.stack import LocalStack

PREFIX = "/_local"
# Our own styles only; a mail's HTML is shown in a sandboxed frame, which this also keeps from loading anything.
_SECURITY = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_LOCATION = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")


class Console:
    """Answers requests under :data:`PREFIX`."""

    def __init__(self, stack: "LocalStack") -> None:
        self._stack = stack
        self._routes: Mapping[tuple[str, str], Callable[[HttpRequest], HttpResponse]] = {
            ("GET", "/"): self._start,
            ("GET", "/health"): self._health,
            ("GET", "/mail"): self._mail,
            ("GET", "/mail.json"): self._mail_json,
            ("GET", "/leads"): self._leads,
            ("GET", "/leads.json"): self._leads_json,
            ("GET", "/logs"): self._logs,
            ("GET", "/faults"): self._show_faults,
            ("POST", "/faults"): self._set_faults,
            ("POST", "/schedule"): self._wake_schedule,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers one request."""
        refusal = guard.refuse(request)
        response = _problem(refusal) if refusal else self._route(request)
        headers = [*response.headers, *((name, value) for name, value in _SECURITY.items())]
        return HttpResponse(response.status, headers, response.body)

    def _route(self, request: HttpRequest) -> HttpResponse:
        path = request.raw_path.removeprefix(PREFIX)
        if not path:
            return _redirect(f"{PREFIX}/")
        method = "GET" if request.method == "HEAD" else request.method
        if handler := self._routes.get((method, path)):
            return handler(request)
        allowed = [verb for verb, known in self._routes if known == path]
        if allowed:
            return json_response(405, {"message": "Method Not Allowed"}, allow=", ".join(sorted(allowed)))
        return _problem(HTTPStatus.NOT_FOUND)

    def _start(self, _: HttpRequest) -> HttpResponse:
        return _page(
            "start.html",
            health=self._stack.health(),
            pages=self._site_pages(),
            articles=self._stack.articles(),
            mails=len(self._stack.mails()),
            items=len(self._stack.items()),
            fault=self._stack.current_faults()["ses"],
            kinds=faults.KINDS,
        )

    def _site_pages(self) -> list[str]:
        """The paths the site lists in its own sitemap."""
        sitemap = self._stack.request(HttpRequest("GET", "/sitemap.xml", [("Host", "localhost")]))
        urls = _LOCATION.findall(sitemap.body.decode("utf-8", "replace"))
        return [urlsplit(url).path for url in urls] or ["/"]

    def _health(self, _: HttpRequest) -> HttpResponse:
        health = self._stack.health()
        return json_response(200 if health["status"] == "ok" else 503, health)

    def _mail(self, _: HttpRequest) -> HttpResponse:
        return _page("mail.html", mails=list(reversed(self._stack.mails())))

    def _mail_json(self, _: HttpRequest) -> HttpResponse:
        return json_response(200, [mail.to_json() for mail in self._stack.mails()])

    def _leads(self, _: HttpRequest) -> HttpResponse:
        items = [json.dumps(item, ensure_ascii=False, indent=2) for item in self._stack.items()]
        return _page("leads.html", items=items)

    def _leads_json(self, _: HttpRequest) -> HttpResponse:
        return json_response(200, self._stack.items())

    def _logs(self, _: HttpRequest) -> HttpResponse:
        return _page("logs.html", lines=list(reversed(self._stack.log_lines())))

    def _show_faults(self, _: HttpRequest) -> HttpResponse:
        return json_response(200, self._stack.current_faults())

    def _set_faults(self, request: HttpRequest) -> HttpResponse:
        try:
            for service, kind in _wanted_faults(request).items():
                self._stack.set_fault(service, kind)
        except ValueError as error:
            return json_response(400, {"message": str(error)})
        return _redirect(f"{PREFIX}/") if _is_form(request) else json_response(200, self._stack.current_faults())

    def _wake_schedule(self, request: HttpRequest) -> HttpResponse:
        outcomes = self._stack.wake_schedule()
        return _redirect(f"{PREFIX}/") if _is_form(request) else json_response(200, outcomes)


def _wanted_faults(request: HttpRequest) -> dict[str, str | None]:
    """Faults by service, from JSON or a form, where an empty value means none."""
    body = request.body.decode("utf-8")
    if _is_form(request):
        return {name: values[0] or None for name, values in parse_qs(body, keep_blank_values=True).items()}
    wanted = json.loads(body)
    if not isinstance(wanted, dict) or not all(kind is None or isinstance(kind, str) for kind in wanted.values()):
        raise ValueError('expected an object such as {"ses": "rejected"}')
    return wanted


def _is_form(request: HttpRequest) -> bool:
    return (request.header("content-type") or "").startswith("application/x-www-form-urlencoded")


def _problem(status: HTTPStatus) -> HttpResponse:
    return json_response(status, {"message": status.phrase})


def _redirect(location: str) -> HttpResponse:
    return HttpResponse(HTTPStatus.SEE_OTHER, [("location", location)])


def _page(name: str, **context: object) -> HttpResponse:
    body = _templates().get_template(name).render(prefix=PREFIX, **context)
    return HttpResponse(200, [("content-type", "text/html; charset=utf-8")], body.encode("utf-8", "replace"))


@cache
def _templates() -> Environment:
    loader = PackageLoader("infra.local.console")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
