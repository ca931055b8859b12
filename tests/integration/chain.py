"""The whole chain that the canary proves, of the functions themselves, in a world in which each link can be cut."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from urllib3 import PoolManager

from infra.local import events
from infra.local.http_messages import HttpRequest
from infra.local.routes import Match, Route
from shared.store import lead_id
from shared.telemetry import Telemetry
from tests.conftest import ROOT
from tests.world import World

TICK: Final = json.loads((ROOT / "events/canary-schedule.json").read_text("utf-8"))


class Chain:
    """The site, the stream, the schedules and the queue, all at the canary's pace: they go on while it waits.

    Attributes:
        streams: Whether the stream brings notify new leads.
        proven_at: When the metric came, in seconds since the epoch.
        pinged: The addresses outside that were asked for.
    """

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.streams = True
        self.proven_at: list[float] = []
        self.pinged: list[str] = []
        self._brought: set[str] = set()
        monkeypatch.setattr(PoolManager, "request", self._ask)
        monkeypatch.setattr("time.sleep", self.wait)
        monkeypatch.setattr(Telemetry, "count", self._count)

    def prove(self, **asked: bool) -> None:
        """What the schedule starts every hour, or a deployment asks for. Raises what the function raises."""
        self.world.stack.invoke("canary", {**TICK, **asked})

    def wait(self, seconds: float) -> None:
        """What happens meanwhile."""
        until = self.world.now + seconds
        if self.streams:
            self.stream()
        self.world.deliver(until)
        if int(until) // 60 > int(until - seconds) // 60:
            self.world.minute()

    def stream(self) -> None:
        """The stream brings notify the leads that it has not brought yet."""
        for item in self.world.items("LEAD"):
            if (pk := item["pk"]) not in self._brought and "erased_at" not in item:
                self._brought.add(pk)
                self.world.stream(lead_id({"pk": {"S": pk}}))

    def _count(self, name: str) -> None:
        self.world.counted.update([name])
        if name == "CanaryProven":
            self.proven_at.append(self.world.now)

    def _ask(
        self, method: str, url: str, *, body: str = "", headers: Mapping[str, str] | None = None, **_: Any
    ) -> SimpleNamespace:
        """What API Gateway does with a request of the canary's."""
        path = urlsplit(url).path
        function, route = ("leads", "/api/leads") if path == "/api/leads" else ("content", "$default")
        request = HttpRequest(method, path, list((headers or {}).items()), body.encode())
        match = Match(Route("ANY", route, "arn"), {})
        event = events.build(request, match, port=443, request_id="r", now=datetime.now(UTC))
        answer = self.world.stack.invoke(function, event)
        return SimpleNamespace(status=answer["statusCode"], data=answer["body"].encode())
