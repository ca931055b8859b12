"""Which function answers a request: the routes of an API Gateway HTTP API and how it chooses among them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_DEFAULT = "$default"
_VARIABLE = re.compile(r"\{([^{}+]+)(\+?)\}")


@dataclass(frozen=True)
class Route:
    """One route of the API.

    Attributes:
        method: HTTP method, or ``ANY``; empty for ``$default``.
        path: Path pattern, such as ``/things/{id}`` or ``/files/{proxy+}``; empty for ``$default``.
        function_arn: The function it calls.
    """

    method: str
    path: str
    function_arn: str

    @property
    def key(self) -> str:
        """The route key as API Gateway writes it: ``GET /things/{id}`` or ``$default``."""
        return f"{self.method} {self.path}" if self.path else _DEFAULT


@dataclass(frozen=True)
class Match:
    """A route and what its path variables stand for in one request."""

    route: Route
    path_parameters: dict[str, str]


def from_openapi(body: Mapping[str, Any]) -> list[Route]:
    """The routes in an API's OpenAPI body, whose intrinsic functions are resolved.

    Raises:
        ValueError: A route has no Lambda proxy integration with payload format 2.0.
    """
    routes = []
    for path, methods in body.get("paths", {}).items():
        for method, operation in methods.items():
            integration = operation.get("x-amazon-apigateway-integration", {})
            if (integration.get("type"), integration.get("payloadFormatVersion")) != ("aws_proxy", "2.0"):
                raise ValueError(f"route {method} {path} is no Lambda proxy integration with payload format 2.0")
            arn = str(integration["uri"]).partition("/functions/")[2].removesuffix("/invocations")
            verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            routes.append(Route("", "", arn) if path.lstrip("/") == _DEFAULT else Route(verb, path, arn))
    return routes


class Router:
    """Chooses a request's route: the most specific path, then an exact method before ``ANY``, last ``$default``."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(route, _pattern(route.path)) for route in sorted(routes, key=_specificity)]

    def match(self, method: str, path: str) -> Match | None:
        """The route for a method in upper case and a decoded path, or None, for which API Gateway answers 404."""
        for route, pattern in self._routes:
            if not route.path:
                return Match(route, {})
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                names = (name for name, _ in _VARIABLE.findall(route.path))
                return Match(route, dict(zip(names, found.groups(), strict=True)))
        return None


def _specificity(route: Route) -> tuple[bool, list[int], bool]:
    ranks = [2 if segment.endswith("+}") else segment.startswith("{") for segment in route.path.split("/")]
    return not route.path, ranks, route.method == "ANY"


def _pattern(path: str) -> re.Pattern[str]:
    """A path pattern as a regular expression: a variable is one segment, ``{name+}`` all that follows."""
    segments = []
    for segment in path.split("/"):
        variable = _VARIABLE.fullmatch(segment)
        segments.append(re.escape(segment) if not variable else "([^/].*)" if variable[2] else "([^/]+)")
    return re.compile("/".join(segments), re.DOTALL)
