"""A stand-in for CloudFront: what the template's distribution lets through to the functions and back, and nothing else.

It follows AWS's documentation (CloudFront Developer Guide, "Control origin requests with a policy", "Cache content
based on cookies", "Request and response behavior for custom origins"). It keeps nothing, and speaks HTTP alone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from http.client import HTTPConnection
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from infra.local.http_messages import HttpRequest, HttpResponse
from infra.local.wire import LoopbackServer
from shared.http import quality_values
from tests.template.deployed import Resource

# AWS's own policy CachingDisabled: nothing is in its key, so nothing comes along for it.
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_KINDS = ("Header", "Cookie", "QueryString")
_CODINGS = {"br": "Brotli", "gzip": "Gzip"}
_OF_THE_CONNECTION = ("connection", "date", "keep-alive", "transfer-encoding")


@dataclass(frozen=True)
class Passing:
    """The names of headers, cookies or query strings that pass; None is all of them."""

    names: frozenset[str] | None

    @classmethod
    def of(cls, kind: str, policy: Mapping[str, Any]) -> Self:
        """What a policy says of one kind."""
        config = policy[f"{kind}sConfig"]
        match config[f"{kind}Behavior"]:
            case "none":
                return cls(frozenset())
            case "all":
                return cls(None)
            case "whitelist":
                names: list[str] = config[f"{kind}s"]
                return cls(frozenset(each.lower() if kind == "Header" else each for each in names))
        raise NotImplementedError(config)

    def __contains__(self, name: str) -> bool:
        return self.names is None or name in self.names

    def __or__(self, other: Self) -> "Passing":
        return Passing(None if self.names is None or other.names is None else self.names | other.names)


@dataclass(frozen=True)
class Behaviour:
    """What passes where a path has this pattern; CloudFront asks for those `codings` that its reader takes."""

    pattern: str
    methods: Collection[str]
    headers: Passing
    cookies: Passing
    queries: Passing
    codings: Collection[str]

    def forwards(self, request: HttpRequest) -> HttpRequest:
        """The request as the functions get it."""
        pairs = [each for each in parse_qsl(request.query, keep_blank_values=True) if each[0] in self.queries]
        target = f"{request.raw_path}?{urlencode(pairs)}" if pairs else request.raw_path
        return replace(request, target=target, headers=list(self._headers(request)))

    def _headers(self, request: HttpRequest) -> Iterator[tuple[str, str]]:
        if "user-agent" not in self.headers:
            yield "User-Agent", "Amazon CloudFront"
        yield "Via", "1.1 stand-in.cloudfront.net (CloudFront)"
        yield "X-Forwarded-For", request.source_ip
        accepted = dict(quality_values(request.header("accept-encoding") or ""))
        if normalized := ",".join(coding for coding in self.codings if accepted.get(coding)):
            yield "Accept-Encoding", normalized
        cookies = [each.strip() for each in (request.header("cookie") or "").split(";")]
        if passing := [each for each in cookies if each.partition("=")[0] in self.cookies]:
            yield "Cookie", "; ".join(passing)
        named = [(name, value) for name, value in request.headers if name.lower() != "cookie"]
        yield from (each for each in named if each[0].lower() in self.headers)

    def returns(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The headers of an answer as the reader gets them."""
        dropped = {*_OF_THE_CONNECTION, *(() if self.cookies.names != frozenset() else ("set-cookie",))}
        return [each for each in headers if each[0].lower() not in dropped]


def behaviours(resources: Iterable[Resource]) -> list[Behaviour]:
    """What a stack's distribution says, in the order in which a path is looked up."""
    found = {each.name: each for each in resources if each.type.startswith("AWS::CloudFront::")}
    (distribution,) = (each for each in found.values() if each.type == "AWS::CloudFront::Distribution")
    config = distribution.properties["DistributionConfig"]
    default = {**config["DefaultCacheBehavior"], "PathPattern": "*"}
    return [_behaviour(each, found) for each in (*config["CacheBehaviors"], default)]


def _behaviour(config: Mapping[str, Any], policies: Mapping[str, Resource]) -> Behaviour:
    asked = policies[config["OriginRequestPolicyId"]].properties["OriginRequestPolicyConfig"]
    passing, codings = [Passing.of(kind, asked) for kind in _KINDS], list[str]()
    if config["CachePolicyId"] != _CACHING_DISABLED:
        cached = policies[config["CachePolicyId"]].properties["CachePolicyConfig"]
        key = cached["ParametersInCacheKeyAndForwardedToOrigin"]
        passing = [one | Passing.of(kind, key) for kind, one in zip(_KINDS, passing, strict=True)]
        # "Serve compressed files": what it makes of Accept-Encoding, in this order.
        codings = [coding for coding, name in _CODINGS.items() if key[f"EnableAcceptEncoding{name}"]]
    headers, cookies, queries = passing
    return Behaviour(config["PathPattern"], config["AllowedMethods"], headers, cookies, queries, codings)


class CloudFront:
    """The stand-in on a port of its own, before a stack on another. It answers from :meth:`start` to :meth:`stop`."""

    def __init__(self) -> None:
        self._server = LoopbackServer(0, self._answer)
        # Where the pages are, for whoever reads them.
        self.url = f"http://{self._server.address}"

    def start(self, known: list[Behaviour], origin: str) -> None:
        """Answers by these behaviours with what is at `origin`, a host with its port."""
        self._behaviours, self._origin = known, origin
        self._server.start()

    def stop(self) -> None:
        """Closes it."""
        self._server.stop()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        behaviour = next(each for each in self._behaviours if fnmatchcase(request.raw_path, each.pattern))
        if request.method not in behaviour.methods or (request.body and request.method == "GET"):
            return HttpResponse(403)
        sent = behaviour.forwards(request)
        connection = HTTPConnection(self._origin, timeout=60)
        try:
            connection.request(sent.method, sent.target, sent.body or None, dict(sent.headers))
            answer = connection.getresponse()
            return HttpResponse(answer.status, behaviour.returns(answer.getheaders()), answer.read())
        finally:
            connection.close()
