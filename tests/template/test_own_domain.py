"""An own domain: who answers for it, where its records lead, and what does not go together."""

import re
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra.local import template
from infra.local.errors import TemplateError
from shared.http import SECURITY_HEADERS
from tests.conftest import ROOT
from tests.template.deployed import Deployed, deploy

DOMAIN = "www.clinic.test"
CERTIFICATE = f"arn:aws:acm:us-east-1:{template.ACCOUNT_ID}:certificate/12345678-1234-1234-1234-123456789012"
OWN = {"DomainName": DOMAIN, "CertificateArn": CERTIFICATE}
ZONE = {"HostedZoneId": "Z0123456789ABC"}
TEMPLATE: Any = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def at_the_api() -> Deployed:
    with deploy(OWN | ZONE) as stack:
        return stack


@pytest.fixture(scope="module")
def at_cloudfront() -> Deployed:
    with deploy(OWN | {"ContentDelivery": "cloudfront"}) as stack:
        return stack


def test_there_is_none_unless_it_is_asked_for(deployed: Deployed) -> None:
    kinds = {each.type for each in deployed.resources.values()}

    assert kinds.isdisjoint({"AWS::ApiGatewayV2::DomainName", "AWS::Route53::RecordSet"})
    assert "DomainTarget" not in deployed.outputs


def test_the_api_answers_for_it_with_its_certificate_and_tls_1_2(at_the_api: Deployed) -> None:
    domain, mapping = at_the_api["ApiDomain"].properties, at_the_api["ApiDomainMapping"].properties
    (configuration,) = domain["DomainNameConfigurations"]

    assert domain["DomainName"] == mapping["DomainName"] == DOMAIN
    assert configuration["CertificateArn"] == CERTIFICATE
    assert (configuration["EndpointType"], configuration["SecurityPolicy"]) == ("REGIONAL", "TLS_1_2")
    assert mapping["ApiId"] == at_the_api["HttpApi"].name
    assert mapping["Stage"] == at_the_api["HttpApiApiGatewayDefaultStage"].name


def test_its_records_in_route_53_lead_there_by_both_kinds_of_address(at_the_api: Deployed) -> None:
    records = [each.properties for each in at_the_api.of_type("AWS::Route53::RecordSet")]

    target = {"DNSName": at_the_api.outputs["DomainTarget"], "HostedZoneId": "ZLOCAL"}
    assert records == [{**ZONE, "Name": DOMAIN, "Type": kind, "AliasTarget": target} for kind in ("A", "AAAA")]
    # Else nothing would answer at an IPv6 address (API Gateway Developer Guide, "IP address types").
    (configuration,) = at_the_api["ApiDomain"].properties["DomainNameConfigurations"]
    assert configuration["IpAddressType"] == "dualstack"


def test_cloudfront_answers_for_it_where_there_is_one_and_the_api_does_not(at_cloudfront: Deployed) -> None:
    config = at_cloudfront["CloudFront"].properties["DistributionConfig"]

    assert config["Aliases"] == [DOMAIN]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == CERTIFICATE
    assert config["ViewerCertificate"]["MinimumProtocolVersion"].startswith("TLSv1.2")
    assert config["ViewerCertificate"]["SslSupportMethod"] == "sni-only"  # the other costs 600 dollars a month
    assert at_cloudfront.outputs["DomainTarget"] == at_cloudfront["CloudFront"].name
    assert "ApiDomain" not in at_cloudfront.resources
    assert at_cloudfront.of_type("AWS::Route53::RecordSet") == []  # no zone was given


def test_records_of_cloudfronts_are_aliases_in_its_own_zone() -> None:
    records = [
        each["Properties"] for each in TEMPLATE["Resources"].values() if each["Type"] == "AWS::Route53::RecordSet"
    ]

    # Route 53 API Reference, AliasTarget: "Specify Z2FDTNDATAQYW2."
    zones = [each["AliasTarget"]["HostedZoneId"]["Fn::If"][:2] for each in records]
    assert zones == [["UseCloudFront", "Z2FDTNDATAQYW2"]] * 2


@pytest.mark.parametrize("stack", ["at_the_api", "at_cloudfront"])
def test_the_addresses_that_are_told_are_at_the_domain(stack: str, request: pytest.FixtureRequest) -> None:
    outputs = request.getfixturevalue(stack).outputs

    assert (outputs["PageUrl"], outputs["ApiUrl"]) == (f"https://{DOMAIN}/", f"https://{DOMAIN}/api")


def test_cloudfronts_origin_goes_on_answering(at_cloudfront: Deployed) -> None:
    (origin,) = at_cloudfront["CloudFront"].properties["DistributionConfig"]["Origins"]

    assert "execute-api" in origin["DomainName"]
    assert "DisableExecuteApiEndpoint" not in TEMPLATE["Resources"]["HttpApi"]["Properties"]


def test_no_other_host_of_the_practice_is_bound_to_https() -> None:
    # RFC 6797 section 6.1.2: at example.com it would be every host of the practice, for as long as max-age says.
    assert SECURITY_HEADERS["strict-transport-security"] == "max-age=63072000"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"DomainName": DOMAIN}, "DomainName needs CertificateArn"),
        ({"CertificateArn": CERTIFICATE}, "CertificateArn needs DomainName"),
        (ZONE, "HostedZoneId needs DomainName"),
        ({"DomainName": DOMAIN} | ZONE, "DomainName needs CertificateArn"),
        ({"DomainName": "WWW.clinic.test"}, "DomainName must be a host name alone"),
        ({"CertificateArn": "clinic.test"}, "CertificateArn must be the ARN of a certificate"),
        ({"HostedZoneId": "clinic.test"}, "HostedZoneId must be the id of a hosted zone"),
    ],
)
def test_what_does_not_go_together_is_named(given: dict[str, str], fault: str) -> None:
    with pytest.raises(TemplateError, match=fault):
        template.load(ROOT / "template.yaml", given)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("DomainName", ["", "example.com", "www.example.com", "x.xn--p1ai", "xn--mller-kva.example", "1.a-b.co.uk"]),
        ("CertificateArn", ["", CERTIFICATE, CERTIFICATE.replace("aws:", "aws-us-gov:", 1)]),
        ("HostedZoneId", ["", "Z1", "Z0123456789ABCDEFGHIJ"]),
    ],
)
def test_what_aws_gives_is_taken(name: str, values: list[str]) -> None:
    assert all(re.fullmatch(TEMPLATE["Parameters"][name]["AllowedPattern"], each) for each in values)


@pytest.mark.parametrize(
    "name",
    [
        *("https://www.example.com", "www.example.com/", "www.example.com:443", "example", "*.example.com", "a..com"),
        *("-a.com", "a-.com", "www.example.com.", "müller.example", "192.0.2.1", " example.com", f"{'a' * 64}.com"),
    ],
)
def test_what_is_no_host_name_is_not_taken(name: str) -> None:
    assert not re.fullmatch(TEMPLATE["Parameters"]["DomainName"]["AllowedPattern"], name)
