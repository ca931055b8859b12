"""Pages of the last release, which CloudFront hands out for some minutes after an upgrade."""

import re
from datetime import UTC, datetime

from infra.local import events
from infra.local.http_messages import HttpRequest
from infra.local.routes import Match, Route
from infra.site.build import read_edition
from infra.site.outputs.index import current_assets
from infra.site.places import Places
from tests.upgrade.conftest import LastRelease


def test_they_find_their_style_scripts_and_pictures(before: LastRelease) -> None:
    wanted, named = ["/en/", "/ar/articles/dry-needling-for-sciatica", "/en/thank-you/BCDF-2345"], set[str]()
    while wanted:
        path = wanted.pop()
        request = HttpRequest("GET", path, [], b"")
        match = Match(Route("ANY", path, "arn"), {})
        event = events.build(request, match, port=443, request_id="r", now=datetime.now(UTC))
        found = set(re.findall(r"/assets/[\w.-]+", before.invoke("content", event)["body"])) - named
        named |= found
        wanted += [each for each in found if each.endswith((".css", ".js"))]  # they name others

    edition, *_ = read_edition(Places(), drafts=True)
    served = {each.path for each in (*edition.released, *current_assets(edition))}
    assert {each.rpartition(".")[2] for each in named} >= {"css", "js", "svg"}
    assert named - served == set(), "`make released` was not run for the last release"
