"""``/_local/``: what happened in the local stack, and buttons to make things go wrong."""

import json
import re
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined

from infra.local import faults
from infra.local.http_messages import HttpRequest

if TYPE_CHECKING:
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
_LOOPBACK_NAMES = frozenset(["127.0.0.1", "localhost", "::1"])
_pages = Blueprint("console", __name__, url_prefix=PREFIX)


def console(stack: "LocalStack") -> Flask:
    """The WSGI application for everything under :data:`PREFIX`."""
    app = Flask(__name__, static_folder=None)
    app.extensions["stack"] = stack
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["prefix"] = PREFIX
    app.register_blueprint(_pages)
    app.before_request(_refuse_strangers)
    app.after_request(_secure)
    return app


def _stack() -> "LocalStack":
    return cast("LocalStack", current_app.extensions["stack"])


def _refuse_strangers() -> ResponseReturnValue | None:
    """The person at this machine may use it, and no web page that their browser happens to show.

    A Host that is not this machine is another site's name resolving to it (DNS rebinding). A POST from another
    origin is a form or script on another site.
    """
    host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
    if not _is_loopback(host):
        return {"message": "Misdirected Request"}, 421
    if request.method in ("GET", "HEAD"):
        return None
    same_site = request.headers.get("Sec-Fetch-Site") in (None, "same-origin", "none")
    return None if same_site and origin in (None, f"http://{host}") else ({"message": "Forbidden"}, 403)


def _is_loopback(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in _LOOPBACK_NAMES
    except ValueError:
        return False


def _secure(response: Response) -> Response:
    response.headers.update(_SECURITY)
    return response


@_pages.get("/")
def _start() -> str:
    stack = _stack()
    sitemap = stack.gateway(HttpRequest("GET", "/sitemap.xml", [("Host", "localhost")]))
    urls = _LOCATION.findall(sitemap.body.decode("utf-8", "replace"))
    return render_template(
        "start.html",
        health=stack.health(),
        pages=[urlsplit(url).path for url in urls] or ["/"],
        articles=stack.articles(),
        mails=len(stack.mails()),
        items=len(stack.items()),
        fault=stack.endpoint.faults.current()["ses"],
        kinds=faults.KINDS,
    )


@_pages.get("/health")
def _health() -> ResponseReturnValue:
    health = _stack().health()
    return health, 200 if health["status"] == "ok" else 503


@_pages.get("/mail")
def _mail() -> str:
    return render_template("mail.html", mails=_stack().mails()[::-1])


@_pages.get("/mail.json")
def _mail_json() -> list[dict[str, Any]]:
    return [mail.to_json() for mail in _stack().mails()]


@_pages.get("/leads")
def _leads() -> str:
    items = [json.dumps(item, ensure_ascii=False, indent=2) for item in _stack().items()]
    return render_template("leads.html", items=items)


@_pages.get("/leads.json")
def _leads_json() -> list[dict[str, Any]]:
    return _stack().items()


@_pages.get("/logs")
def _logs() -> str:
    return render_template("logs.html", lines=_stack().logs.lines()[::-1])


@_pages.get("/faults")
def _faults() -> dict[str, str | None]:
    return _stack().endpoint.faults.current()


@_pages.post("/faults")
def _set_faults() -> ResponseReturnValue:
    try:
        wanted = {name: value or None for name, value in request.form.items()} or json.loads(request.get_data())
        if not isinstance(wanted, dict) or not all(kind is None or isinstance(kind, str) for kind in wanted.values()):
            raise ValueError('expected an object such as {"ses": "rejected"}')
        for service, kind in wanted.items():
            _stack().set_fault(service, kind)
    except ValueError as error:
        return {"message": str(error)}, 400
    return _done(_stack().endpoint.faults.current())


@_pages.post("/schedule")
def _wake_schedule() -> ResponseReturnValue:
    return _done(_stack().schedule.wake())


def _done(outcome: dict[str, Any]) -> ResponseReturnValue:
    """What came of it; who pressed a button is led back to the start page."""
    is_button = request.mimetype == "application/x-www-form-urlencoded"
    return redirect(f"{PREFIX}/", 303) if is_button else outcome
