"""CloudFront, if it is wanted: nobody is shown what was made for somebody else."""

import re
from typing import Any

import pytest

from shared.campaign import SOURCE_TAGS
from tests.conftest import ROOT
from tests.template.deployed import Deployed, deploy

FUNCTIONS_THAT_FACE_THE_WEB = ("functions/content", "functions/leads", "shared")
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
def forwarded(delivered: Deployed) -> Any:
    return delivered["PageRequestPolicy"].properties["OriginRequestPolicyConfig"]


def named_in_the_sources(pattern: str) -> set[str]:
    files = (file for folder in FUNCTIONS_THAT_FACE_THE_WEB for file in (ROOT / folder).glob("*.py"))
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
    assert key["EnableAcceptEncodingGzip"] is True


def test_nothing_is_kept_longer_than_the_functions_say(cached: Any) -> None:
    assert (cached["MinTTL"], cached["DefaultTTL"]) == (0, 0)


def test_every_header_that_the_functions_read_reaches_them(forwarded: Any) -> None:
    read = named_in_the_sources(r'request\.headers\.get\("([\w-]+)"')

    assert {name.lower() for name in forwarded["HeadersConfig"]["Headers"]} == read - NOT_FORWARDED
    assert forwarded["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert forwarded["CookiesConfig"] == {"CookieBehavior": "none"}


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
