"""``/_local/``: what happened in the local stack, and buttons to make things go wrong."""

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined

from infra.local import faults, ses
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
    # With no-referrer a browser says `Origin: null` for a button of ours, which `_refuse_strangers` refuses.
    "referrer-policy": "same-origin",
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
        members=stack.members,
        articles=stack.articles(),
        mails=len(stack.mails()),
        items=len(stack.items()),
        faults=stack.endpoint.faults.current(),
        kinds=faults.KINDS,
    )


@_pages.get("/health")
def _health() -> ResponseReturnValue:
    health = _stack().health()
    return health, 200 if health["status"] == "ok" else 503


@_pages.get("/mail")
def _mail() -> str:
    return render_template("mail.html", mails=_stack().mails()[::-1], courses=ses.LATER)


@_pages.get("/mail.json")
def _mail_json() -> list[dict[str, Any]]:
    return [mail.to_json() for mail in _stack().mails()]


@_pages.post("/mail/<message_id>")
def _later(message_id: str) -> ResponseReturnValue:
    try:
        _stack().later(message_id, request.form.get("course", ""))
    except ValueError as error:
        return {"message": str(error)}, 400
    return _done({}, "mail")


@_pages.get("/second-channel")
def _second_channel() -> str:
    return render_template("second_channel.html", messages=_stack().second_channel[::-1])


@_pages.post("/second-channel")
def _take_message() -> ResponseReturnValue:
    """What the second channel sends: apprise's JSON."""
    if _stack().endpoint.faults.current()["second-channel"]:
        return {"message": "Service Unavailable"}, 503
    _stack().second_channel.append({"received_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S UTC}", **request.get_json()})
    return {}


@_pages.get("/leads")
def _leads() -> str:
    # The newest lead first; what is kept about leads, such as mails and pointers, after them.
    items = sorted(
        _stack().items(), key=lambda item: (item.get("sk") == "LEAD", item.get("stored_at", "")), reverse=True
    )
    texts = [json.dumps(item, ensure_ascii=False, indent=2) for item in items]
    return render_template("leads.html", items=list(zip(items, texts, strict=True)))


@_pages.post("/leads/<lead_id>/due")
def _make_due(lead_id: str) -> ResponseReturnValue:
    return _done({"due": _stack().make_due(lead_id)}, "leads")


@_pages.get("/leads.json")
def _leads_json() -> list[dict[str, Any]]:
    return _stack().items()


@_pages.post("/sample")
def _fill() -> ResponseReturnValue:
    return _done({"added": _stack().fill()})


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


def _done(outcome: dict[str, Any], page: str = "") -> ResponseReturnValue:
    """What came of it; who pressed a button is led back to its page."""
    is_button = request.mimetype == "application/x-www-form-urlencoded"
    return redirect(f"{PREFIX}/{page}", 303) if is_button else outcome
