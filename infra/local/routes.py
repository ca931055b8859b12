"""Which function answers a request: the routes of an API Gateway HTTP API and how it chooses among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_ANY_METHOD = "x-amazon-apigateway-any-method"
_DEFAULT = "$default"


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
        self._routes = sorted(routes, key=_specificity)

    def match(self, method: str, path: str) -> Match | None:
        """The route for a request, or None, for which API Gateway answers 404.

        Args:
            method: HTTP method, upper case.
            path: Decoded request path.
        """
        for route in self._routes:
            if not route.path:
                return Match(route, {})
            if route.method in (method, "ANY"):
                parameters = _path_parameters(route.path, path)
                if parameters is not None:
                    return Match(route, parameters)
        return None


def _specificity(route: Route) -> tuple[bool, list[int], bool]:
    return not route.path, [_segment_rank(segment) for segment in route.path.split("/")], route.method == "ANY"


def _segment_rank(segment: str) -> int:
    if not segment.startswith("{"):
        return 0
    return 2 if segment.endswith("+}") else 1


def _path_parameters(pattern: str, path: str) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    segments = path.split("/")
    for position, expected in enumerate(pattern.split("/")):
        rest = segments[position:]
        if not rest or (expected.startswith("{") and not rest[0]):
            return None
        if expected.endswith("+}"):
            parameters[expected[1:-2]] = "/".join(rest)
            return parameters
        if expected.startswith("{"):
            parameters[expected[1:-1]] = rest[0]
        elif expected != rest[0]:
            return None
    return parameters if len(segments) == len(pattern.split("/")) else None
