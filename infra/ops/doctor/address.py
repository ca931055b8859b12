"""Whether pages and links have one address: the own domain's certificate and records, and the origin of links."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.ops.doctor.case import Case, Deployed
from infra.ops.doctor.findings import Finding, note, wrong
from infra.ops.doctor.outside import Unreachable
from infra.ops.origin import mismatch

# CloudFront takes certificates of this region alone (CloudFront Developer Guide, "Requirements for using SSL/TLS
# certificates with CloudFront").
_CLOUDFRONTS_REGION: Final = "us-east-1"
# ACM renews sixty days before the end; what ends so soon was not renewed.
_SOON: Final = timedelta(days=30)
# RFC 9110, sections 15.4.2 and 15.4.9.
_FOR_GOOD: Final = (301, 308)
_DOCUMENT: Final = "docs/operations.md#an-own-domain"


def certificate(case: Case) -> Iterator[Finding]:
    """A certificate that cannot be used for the own domain, or not for long."""
    arn, domain = case.parameters["CertificateArn"], case.parameters["DomainName"]
    if not arn or not domain:
        return
    is_for_cloudfront = case.parameters["ContentDelivery"] == "cloudfront"
    there, wanted = arn.split(":")[3], _CLOUDFRONTS_REGION if is_for_cloudfront else case.region
    ask_for = f"`aws acm request-certificate --region {wanted} --domain-name {domain} --validation-method DNS`"
    if there != wanted:
        taker = "CloudFront" if is_for_cloudfront else "API Gateway"
        yield wrong(f"CertificateArn is in {there}, and {taker} takes those of {wanted} alone", ask_for)
        return
    try:
        found = case.aws("acm", region_name=there).describe_certificate(CertificateArn=arn)["Certificate"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        yield wrong(f"There is no certificate {arn}", ask_for)
        return
    if found["Status"] != "ISSUED":
        yield wrong(
            f"The certificate of {domain} is {found['Status']}", f"Make the record that ACM asks for: {_DOCUMENT}"
        )
    elif not _covers(found, domain):
        yield wrong(f"CertificateArn is for {found['DomainName']}, and not for {domain}", ask_for)
    elif (end := found["NotAfter"]) < datetime.fromtimestamp(case.now, UTC) + _SOON:
        do = "See in ACM's console why it was not renewed: its record has to stay; import anew what was imported"
        yield wrong(f"The certificate of {domain} ends on {end:%Y-%m-%d}", do)


def records(case: Case, stack: Deployed) -> Iterator[Finding]:
    """An own domain that leads nowhere, or elsewhere."""
    if not (target := stack.outputs.get("DomainTarget")):
        return
    domain = stack.parameters["DomainName"]
    if names := case.resolve(domain, "CNAME"):
        if target not in names:
            yield wrong(f"{domain} leads to {names[0]}", f"Let its CNAME record lead to {target}: {_DOCUMENT}")
    # An alias looks like any other address, and whether the pages are there is asked elsewhere.
    elif not case.resolve(domain, "A"):
        yield wrong(f"{domain} leads nowhere", f"Make a CNAME record for it that leads to {target}: {_DOCUMENT}")


def bare_name(case: Case, stack: Deployed) -> Iterator[Finding]:
    """A name without `www.` that is not forwarded to the domain by whoever keeps its records."""
    domain = stack.parameters.get("DomainName", "")
    if not domain.startswith("www."):
        return
    bare, page = domain.removeprefix("www."), f"{case.practice.locales[0]}/"
    do = f"Forward it where its records are, by HTTPS too, for good (301) and with the path: {_DOCUMENT}"
    try:
        answer = case.fetch(f"https://{bare}/{page}")
    except Unreachable as error:
        yield note(f"Who leaves out the www. finds nothing: {error}", do)
        return
    where = answer.headers.get("location", "")
    if answer.status not in _FOR_GOOD or where != f"https://{domain}/{page}":
        found = f"{answer.status} {where}".strip()
        yield note(f"https://{bare}/{page} answers {found}, and does not lead to https://{domain}/{page} for good", do)


def origin(case: Case, stack: Deployed) -> Iterator[Finding]:
    """Links in alerts and in search engines that lead elsewhere."""
    address, known = stack.outputs["PageUrl"].rstrip("/"), case.practice.origin
    if known == address:
        return
    what = f"The pages are at {address}, and shared/practice.toml has origin {known}"
    if stack.parameters.get("Stage") == "prod":
        yield wrong(what, f'Write origin = "{address}" and deploy: links in alerts lead there')
    else:
        yield note(what, "As long as that is prod's, links in this stage's mails lead to prod")


def planned_origin(case: Case) -> Iterator[Finding]:
    """An own domain that is to be deployed, and that links do not lead to."""
    planned, now = case.parameters["DomainName"], case.stack.parameters.get("DomainName") if case.stack else ""
    if planned != now and (what := mismatch(case.parameters, case.practice.origin)):
        yield note(what, f"Once the domain leads to the pages, write it there and deploy again: {_DOCUMENT}")


def _covers(found: Mapping[str, Any], domain: str) -> bool:
    # A wildcard stands for one label (RFC 9525 section 6.3).
    wildcard = f"*.{domain.partition('.')[2]}"
    return not {domain, wildcard}.isdisjoint([found["DomainName"], *found.get("SubjectAlternativeNames", ())])
