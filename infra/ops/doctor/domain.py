"""Whether the sender's domain vouches for the alerts: DKIM, SPF and DMARC.

DMARC (RFC 7489 section 3.1) asks that a mail is signed by the domain of its sender (DKIM), or sent by a server that is
that domain's own by the address mails return to (SPF). SES signs and returns with amazonses.com, unless the domain is
verified with DKIM, or the identity has a custom MAIL FROM domain.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from infra.ops.doctor.case import Case
from infra.ops.doctor.findings import Finding, note, wrong
from infra.ops.doctor.mail import ADDRESSES, domains
from infra.ops.doctor.outside import Unreachable

# Whose mails nobody else can send: their owners ask receivers to refuse those, or receivers do so unasked.
_FREE_MAIL: Final = frozenset(
    (
        *("gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "rocketmail.com", "aol.com"),
        *("outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com"),
        *(
            "gmx.com",
            "gmx.net",
            "gmx.de",
            "web.de",
            "mail.com",
            "mail.ru",
            "yandex.com",
            "qq.com",
            "163.com",
            "126.com",
        ),
        *("proton.me", "protonmail.com", "zoho.com", "fastmail.com", "comcast.net", "att.net", "verizon.net"),
    )
)
_FOR_DKIM: Final = (
    "SES console, Identities, Create identity, Domain, with Easy DKIM; then publish its three CNAME records"
)


class Policy(NamedTuple):
    """What a domain publishes about mails that it does not vouch for.

    Attributes:
        domain: Where the record stands: at the domain itself or above it.
        tags: The record's tags, such as `p`.
    """

    domain: str
    tags: Mapping[str, str]

    def refuses(self, domain: str) -> bool:
        """Whether it asks receivers to refuse such mails, or to file them as junk."""
        own = self.tags.get("p", "none")
        return (own if domain == self.domain else self.tags.get("sp", own)) in ("quarantine", "reject")

    def accepts(self, domain: str, by: str, tag: str) -> bool:
        """Whether what `by` vouches for counts as vouched for by the sender's domain; `tag` is adkim or aspf."""
        one_under_the_other = f".{domain}".endswith(f".{by}") or f".{by}".endswith(f".{self.domain}")
        return by == domain or (one_under_the_other and self.tags.get(tag, "r") == "r")


def vouching(case: Case) -> Iterator[Finding]:
    """What makes receivers refuse alerts, or file them as junk."""
    domain = case.parameters["AlertSender"].rpartition("@")[2].lower()
    if not domain:
        return
    if domain in _FREE_MAIL:
        what = f"AlertSender is at {domain}: what SES sends in its name fails DMARC"
        yield wrong(what, f"Use an address at the practice's own domain: {ADDRESSES}")
        return
    name = next((each for each in domains(domain) if each in case.identities), None)
    identity = case.aws("sesv2").get_email_identity(EmailIdentity=name) if name else {}
    try:
        yield from _dkim(case, name or domain, identity.get("DkimAttributes", {}))
        yield from _spf(case, identity.get("MailFromAttributes", {}))
        yield from _dmarc(case, domain, name, identity)
    except Unreachable as error:
        yield note(f"The domain's records could not be looked at: {error}", "Look again later, or from elsewhere")


def _dkim(case: Case, name: str, dkim: Mapping[str, Any]) -> Iterator[Finding]:
    """Records that SES signs by, and that are gone."""
    if not _is_wanted(dkim):
        return
    if dkim["Status"] != "SUCCESS":
        what = f"SES does not find the DKIM records of {name} ({dkim['Status']}), and does not sign for it"
        yield wrong(what, "Publish the three CNAME records that the SES console shows for this identity")
    elif dkim.get("SigningAttributesOrigin", "AWS_SES").startswith("AWS_SES"):
        for token in dkim.get("Tokens", ()):
            if not case.resolve(record := f"{token}._domainkey.{name}", "CNAME"):
                do = f"Publish it again, as the SES console shows it for {name}: SES stops signing without it"
                yield wrong(f"The DKIM record {record} is gone", do)


def _spf(case: Case, returns: Mapping[str, Any]) -> Iterator[Finding]:
    """A custom MAIL FROM domain without its records. Without one, SPF is amazonses.com's affair."""
    if not (domain := returns.get("MailFromDomain")):
        return
    if returns["MailFromDomainStatus"] != "SUCCESS":
        what = f"SES does not find the records of the MAIL FROM domain {domain} ({returns['MailFromDomainStatus']})"
        yield wrong(what, "Publish the MX and the TXT record that the SES console shows for this identity")
    elif not any("include:amazonses.com" in each for each in _records(case, domain, "v=spf1")):
        what = f"The SPF record of the MAIL FROM domain {domain} does not let SES send"
        yield wrong(what, f'Publish it: {domain} TXT "v=spf1 include:amazonses.com ~all"')


def _dmarc(case: Case, domain: str, name: str | None, identity: Mapping[str, Any]) -> Iterator[Finding]:
    """Alerts that nobody vouches for, or a domain that does not say what is to become of those."""
    policy = _policy(case, domain)
    dkim, returns = identity.get("DkimAttributes", {}), identity.get("MailFromAttributes", {})
    # What is wanted and failed was said above; what would have been vouched for with it is no news.
    passes = (name and _is_wanted(dkim) and policy.accepts(domain, name, "adkim")) or (
        returns.get("MailFromDomain") and policy.accepts(domain, returns["MailFromDomain"], "aspf")
    )
    if not passes and policy.refuses(domain):
        what = f"{policy.domain} has receivers refuse what it does not sign, and SES does not sign as {domain}"
        yield wrong(what, f"Verify {domain}: {_FOR_DKIM}")
    elif not passes:
        what = f"SES does not sign as {domain}: nothing shows receivers that an alert is from there"
        yield note(what, f"Verify {domain}: {_FOR_DKIM}")
    elif not policy.tags:
        what = f"{domain} publishes no DMARC record, which some receivers ask for"
        yield note(what, f'Publish one: _dmarc.{domain} TXT "v=DMARC1; p=none"')


def _is_wanted(dkim: Mapping[str, Any]) -> bool:
    return bool(dkim.get("SigningEnabled")) and dkim["Status"] != "NOT_STARTED"


def _policy(case: Case, domain: str) -> Policy:
    """What the domain publishes, or one above it; a policy without tags where none does."""
    above = domain
    for above in domains(domain):
        records = _records(case, f"_dmarc.{above}", "v=DMARC1")
        if len(records) == 1:  # several count as none (RFC 7489 section 6.6.3)
            tags = (tag.partition("=") for tag in records[0].split(";"))
            return Policy(above, {name.strip().lower(): value.strip().lower() for name, _, value in tags})
    return Policy(above, {})


def _records(case: Case, name: str, beginning: str) -> list[str]:
    return [each for each in case.resolve(name, "TXT") if each.startswith(beginning)]
