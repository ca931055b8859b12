"""What Schemathesis is told about this API beyond its description (`schemathesis.toml` names this module)."""

import secrets
from typing import Any

import schemathesis

# The connection's own, and what API Gateway adds of itself.
OF_THE_CONNECTION = {"connection", "content-length", "content-type", "date", "server", "apigw-requestid"}


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], _kwargs: dict[str, Any]) -> None:
    """Give every request that should be taken an Idempotency-Key that nobody has used.

    The one thing that no schema can say: a key is refused (422) when it comes with another enquiry than before, and
    generated enquiries share the few keys that are generated. What form a key may have is tried all the same.
    """
    key = case.headers.get("Idempotency-Key")
    if key and case.meta and case.meta.generation.mode.is_positive:
        case.headers["Idempotency-Key"] = _unused(key)


def _unused(key: str) -> str:
    token, is_short = secrets.token_hex(8), len(key) < 230
    if key.startswith('"'):
        return f'"{token}{key[1:]}' if is_short else f'"{token}"'
    return f"{token}{key}" if is_short else token


@schemathesis.check
def every_header_is_described(
    _context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """The other half of `response_headers_conformance`, which looks for what is described and missing."""
    responses = case.operation.definition.raw["responses"]
    described = responses.get(str(response.status_code), {}).get("headers", {})
    unknown = response.headers.keys() - {name.lower() for name in described} - OF_THE_CONNECTION
    # What no operation has to describe: another method than the described ones.
    if str(response.status_code) in responses:
        assert not unknown, f"headers that the description does not have: {', '.join(sorted(unknown))}"
