"""Which function answers a request: the routes of an API Gateway HTTP API and how it chooses among them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_ANY_METHOD = "x-amazon-apigateway-any-method"
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
            arn = _function_arn(f"{method} {path}", operation.get("x-amazon-apigateway-integration", {}))
            if path.lstrip("/") == _DEFAULT:
                routes.append(Route("", "", arn))
            else:
                routes.append(Route("ANY" if method == _ANY_METHOD else method.upper(), path, arn))
    return routes


def _function_arn(where: str, integration: Mapping[str, Any]) -> str:
    if integration.get("type") != "aws_proxy" or integration.get("payloadFormatVersion") != "2.0":
        raise ValueError(f"route {where} is no Lambda proxy integration with payload format 2.0")
    _, _, path = str(integration["uri"]).partition("/functions/")
    return path.removesuffix("/invocations")


class Router:
    """Chooses a request's route: the most specific path, then an exact method before ``ANY``, last ``$default``."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(route, _pattern(route.path)) for route in sorted(routes, key=_specificity)]

    def match(self, method: str, path: str) -> Match | None:
        """The route for a request, or None, for which API Gateway answers 404.

        Args:
            method: HTTP method, upper case.
            path: Decoded request path.
        """
        for route, pattern in self._routes:
            if not route.path:
                return Match(route, {})
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                return Match(route, dict(zip(_names(route), found.groups(), strict=True)))
        return None


def _specificity(route: Route) -> tuple[bool, list[int], bool]:
    ranks = [2 if segment.endswith("+}") else segment.startswith("{") for segment in route.path.split("/")]
    return not route.path, ranks, route.method == "ANY"


def _names(route: Route) -> list[str]:
    return [name for name, _ in _VARIABLE.findall(route.path)]


def _pattern(path: str) -> re.Pattern[str]:
    """A path pattern as a regular expression: a variable is one segment, ``{name+}`` all that follows."""
    segments = (_VARIABLE.fullmatch(segment) or segment for segment in path.split("/"))
    return re.compile("/".join(map(_segment, segments)), re.DOTALL)


def _segment(segment: re.Match[str] | str) -> str:
    if isinstance(segment, str):
        return re.escape(segment)
    return "([^/].*)" if segment[2] else "([^/]+)"
