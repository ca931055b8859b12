"""CloudFront, if it is wanted: nobody is shown what was made for somebody else."""

import re
from collections.abc import Iterable
from typing import Any

import pytest

from infra.local.http_messages import HttpRequest
from shared.campaign import SOURCE_TAGS
from tests.cloudfront import behaviours
from tests.conftest import ROOT
from tests.template.deployed import Deployed, deploy

BEHIND_THE_PAGES = ("functions/content", "functions/leads", "shared")
# What pages of other origins ask for, which the API alone answers.
ACROSS_ORIGINS = {"origin", "access-control-request-method"}
# CloudFront brings the first along in its own way, and answers the second itself.
NOT_FORWARDED = {"accept-encoding", "if-none-match"}


@pytest.fixture(scope="module")
def delivered() -> Deployed:
    # Read whole, and closed again: moto knows one stack at a time, and `deployed` may come after it.
    with deploy({"ContentDelivery": "cloudfront"}) as stack:
        return stack


@pytest.fixture
def distribution(delivered: Deployed) -> Any:
    return delivered["CloudFront"].properties["DistributionConfig"]


@pytest.fixture
def cached(delivered: Deployed) -> Any:
    return delivered["PageCachePolicy"].properties["CachePolicyConfig"]


@pytest.fixture
def api(delivered: Deployed, distribution: Any) -> Any:
    """The API's behaviour, with its policies in the place of their names."""
    (behaviour,) = (each for each in distribution["CacheBehaviors"] if each["PathPattern"] == "/api/*")
    names = {each.name: each.properties for each in delivered.resources.values()}
    return {name: names.get(str(value), value) for name, value in behaviour.items()}


@pytest.fixture
def forwarded(delivered: Deployed) -> Any:
    return delivered["PageRequestPolicy"].properties["OriginRequestPolicyConfig"]


def named_in_the_sources(pattern: str, folders: Iterable[str] = BEHIND_THE_PAGES) -> set[str]:
    files = (file for folder in folders for file in (ROOT / folder).glob("*.py"))
    return {name for file in files for name in re.findall(pattern, file.read_text("utf-8"))}


def test_there_is_none_unless_it_is_asked_for(deployed: Deployed) -> None:
    assert not [each for each in deployed.resources.values() if each.type.startswith("AWS::CloudFront")]


def test_the_key_is_the_path_and_the_query_that_the_functions_look_at(cached: Any) -> None:
    key = cached["ParametersInCacheKeyAndForwardedToOrigin"]

    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert key["QueryStringsConfig"]["QueryStringBehavior"] == "whitelist"
    looked_at = named_in_the_sources(r'query\.get\("(\w+)"') | set(SOURCE_TAGS)
    assert set(key["QueryStringsConfig"]["QueryStrings"]) == looked_at
    assert len(looked_at) <= 10  # CloudFront's quota
    assert key["EnableAcceptEncodingGzip"] is key["EnableAcceptEncodingBrotli"] is True


def test_nothing_is_kept_longer_than_the_functions_say(cached: Any) -> None:
    assert (cached["MinTTL"], cached["DefaultTTL"]) == (0, 0)


def test_every_header_that_the_functions_read_reaches_them(forwarded: Any) -> None:
    read = named_in_the_sources(r'request\.headers\.get\("([\w-]+)"')

    assert {name.lower() for name in forwarded["HeadersConfig"]["Headers"]} == read - NOT_FORWARDED - ACROSS_ORIGINS
    assert forwarded["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert forwarded["CookiesConfig"] == {"CookieBehavior": "none"}


def test_what_the_api_answers_is_kept_for_each_origin_by_itself(api: Any) -> None:
    cached = api["CachePolicyId"]["CachePolicyConfig"]
    key = cached["ParametersInCacheKeyAndForwardedToOrigin"]

    # As its answers say: `Vary: Origin`.
    assert key["HeadersConfig"] == {"HeaderBehavior": "whitelist", "Headers": ["Origin"]}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert set(key["QueryStringsConfig"]["QueryStrings"]) == named_in_the_sources(r'query\.get\("(\w+)"')
    assert key["EnableAcceptEncodingGzip"] is key["EnableAcceptEncodingBrotli"] is True
    assert (cached["MinTTL"], cached["DefaultTTL"]) == (0, 0)


def test_the_api_hears_who_asks_and_for_what(api: Any, distribution: Any) -> None:
    forwarded = api["OriginRequestPolicyId"]["OriginRequestPolicyConfig"]
    read = named_in_the_sources(r'request\.headers\.get\("([\w-]+)"')

    assert read >= ACROSS_ORIGINS
    in_the_key = {"origin"}
    assert {name.lower() for name in forwarded["HeadersConfig"]["Headers"]} == read - NOT_FORWARDED - in_the_key
    assert forwarded["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert forwarded["CookiesConfig"] == {"CookieBehavior": "none"}
    default = distribution["DefaultCacheBehavior"]
    same = ("TargetOriginId", "ViewerProtocolPolicy", "AllowedMethods", "CachedMethods", "Compress")
    assert {name: api[name] for name in same} == {name: default[name] for name in same}


def test_the_practices_pages_are_kept_for_nobody(delivered: Deployed, distribution: Any) -> None:
    (inbox,) = (each for each in distribution["CacheBehaviors"] if each["PathPattern"] == "/inbox*")
    forwarded = delivered["InboxRequestPolicy"].properties["OriginRequestPolicyConfig"]

    # AWS's CachingDisabled (CloudFront Developer Guide, "Use managed cache policies").
    assert inbox["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert inbox["ViewerProtocolPolicy"] == "redirect-to-https"
    assert "POST" in inbox["AllowedMethods"]
    assert inbox["TargetOriginId"] == distribution["DefaultCacheBehavior"]["TargetOriginId"]
    read = named_in_the_sources(r'request\.headers\.get\("([\w-]+)"', ["functions/inbox"])
    # Every answer is compressed by it (shared/http.py). With a policy that keeps nothing, CloudFront drops it unless it
    # is asked for (CloudFront API Reference, ParametersInCacheKeyAndForwardedToOrigin), and compresses nothing itself.
    read |= {"accept-encoding"}
    assert {name.lower() for name in forwarded["HeadersConfig"]["Headers"]} == read
    assert forwarded["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    # Every cookie is named in one module.
    named = named_in_the_sources(r'"(__Host-\w+)"', ["functions/inbox"])
    assert forwarded["CookiesConfig"] == {"CookieBehavior": "whitelist", "Cookies": sorted(named)}


def test_the_stand_in_of_the_browser_tests_lets_the_inbox_have_what_it_reads_and_nothing_else(
    delivered: Deployed,
) -> None:
    inbox, _, pages = behaviours(delivered.resources.values())
    headers = {"Host": "d1.cloudfront.net", "Referer": "https://d1.cloudfront.net/", "Sec-Fetch-Site": "same-origin"}
    cookies = ("Cookie", "other=1; __Host-session=s")
    request = HttpRequest("POST", "/inbox/days?closed=2026-11-30", [*headers.items(), cookies], b"day=2026-11-30")

    forwarded, elsewhere = inbox.forwards(request), pages.forwards(request)

    assert (forwarded.target, forwarded.body) == (request.target, request.body)
    assert (forwarded.header("sec-fetch-site"), forwarded.header("cookie")) == ("same-origin", "__Host-session=s")
    assert {forwarded.header("host"), forwarded.header("referer"), elsewhere.header("cookie")} == {None}
    assert inbox.returns([("Set-Cookie", "a=b")]) == [("Set-Cookie", "a=b")]
    assert pages.returns([("Set-Cookie", "a=b")]) == []


@pytest.mark.parametrize(
    ("accepted", "asked_for"),
    [
        ("gzip, deflate, br, zstd", "br,gzip"),
        ("gzip", "gzip"),
        ("br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("deflate", None),
    ],
)
def test_the_stand_in_asks_for_the_codings_that_the_policy_names(
    delivered: Deployed, accepted: str, asked_for: str | None
) -> None:
    inbox, *others = behaviours(delivered.resources.values())
    request = HttpRequest("GET", "/en/", [("Accept-Encoding", accepted)], b"")

    assert {each.forwards(request).header("accept-encoding") for each in others} == {asked_for}
    assert inbox.forwards(request).header("accept-encoding") == accepted


def test_the_stand_in_lets_the_api_have_a_preflight(delivered: Deployed) -> None:
    _, api, pages = behaviours(delivered.resources.values())
    asked = {"Origin": "https://www.clinic.test", "Access-Control-Request-Method": "POST", "Cookie": "a=b"}
    request = HttpRequest("OPTIONS", "/api/leads", list(asked.items()), b"")

    assert request.method in api.methods
    heard = api.forwards(request)
    assert {name: heard.header(name.lower()) for name in asked} == {**asked, "Cookie": None}
    assert pages.forwards(request).header("origin") is None


def test_an_error_is_not_shown_to_the_next_reader(distribution: Any) -> None:
    kept = {each["ErrorCode"]: each["ErrorCachingMinTTL"] for each in distribution["CustomErrorResponses"]}

    # All that CloudFront lets one say this of.
    assert kept == dict.fromkeys((400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504), 0)


def test_the_form_can_be_sent_through_it(distribution: Any) -> None:
    behaviour = distribution["DefaultCacheBehavior"]

    assert "POST" in behaviour["AllowedMethods"]
    assert behaviour["CachedMethods"] == ["GET", "HEAD"]
    assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"


def test_it_reaches_the_api_encrypted(distribution: Any) -> None:
    (origin,) = distribution["Origins"]

    assert re.fullmatch(r"\w+\.execute-api\.us-east-1\.amazonaws\.com", origin["DomainName"])
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["Id"] == distribution["DefaultCacheBehavior"]["TargetOriginId"]


def test_the_pages_address_is_where_they_are_delivered_from(deployed: Deployed, delivered: Deployed) -> None:
    assert "execute-api" in deployed.outputs["PageUrl"]
    assert "execute-api" not in delivered.outputs["PageUrl"]
    assert "execute-api" not in delivered.outputs["ApiUrl"]
