"""What can be wrong with what was written down, with SES and with the sender's domain."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from tests.template.doctor.world import DOMAIN, TOKEN, Fault, World

SANDBOX: Final = "note: The account is in SES's sandbox.* -> .*ask AWS for production access"


def unverified(world: World, *names: str) -> None:
    """Nobody has followed the links for these, or published the records."""
    answer = world.aws("sesv2").list_email_identities()
    for each in answer["EmailIdentities"]:
        if each["IdentityName"] in names:
            each["VerificationStatus"] = "PENDING"
    world.stubs["sesv2", "ListEmailIdentities"] = answer


def in_the_sandbox(world: World, *names: str) -> None:
    """SES mails verified addresses alone, and these are not."""
    world.change("sesv2", "GetAccount", ProductionAccessEnabled=False)
    unverified(world, *names)


def sandbox_and_confirmations(world: World) -> None:
    in_the_sandbox(world)
    world.deploy(ConfirmToVisitor="yes")


def free_mail(world: World) -> Callable[[], object]:
    world.at("sesv2").create_email_identity(EmailIdentity="practice@gmail.com")
    world.deploy(AlertSender="practice@gmail.com")
    return lambda: world.at("sesv2").delete_email_identity(EmailIdentity="practice@gmail.com")


def sender_to_come(world: World) -> None:
    world.given["AlertSender"] = f"new@{DOMAIN}"


def sender_known_already(world: World) -> Callable[[], object]:
    world.at("sesv2").create_email_identity(EmailIdentity=f"new@{DOMAIN}")
    sender_to_come(world)
    return lambda: world.at("sesv2").delete_email_identity(EmailIdentity=f"new@{DOMAIN}")


def suppressed(world: World) -> None:
    healthy = world.stubs["sesv2", "GetSuppressedDestination"]

    def answer(asked: Any) -> Any:
        if asked["EmailAddress"] != f"frontdesk@{DOMAIN}":
            raise healthy
        return {"SuppressedDestination": {"Reason": "COMPLAINT", "LastUpdateTime": datetime(2026, 10, 1, tzinfo=UTC)}}

    world.stubs["sesv2", "GetSuppressedDestination"] = answer


def unsigned(world: World, policy: str) -> None:
    """SES signs with its own name alone, for a domain with this policy."""
    world.change("sesv2", "GetEmailIdentity", DkimAttributes={"SigningEnabled": False}, MailFromAttributes={})
    world.records[f"_dmarc.{DOMAIN}", "TXT"] = [f"v=DMARC1; p={policy}"]


def dkim_failed(world: World) -> None:
    world.change("sesv2", "GetEmailIdentity", DkimAttributes={"SigningEnabled": True, "Status": "FAILED"})


def records(world: World, name: str, kind: str, *found: str) -> None:
    world.records[name, kind] = found


def silent(world: World, name: str) -> None:
    world.records[name, "TXT"] = None


def restored_elsewhere(world: World) -> None:
    stream = "arn:aws:dynamodb:us-east-1:123456789012:table/clinic-1/stream/2026-11-29T10:00:00.000"
    restored = {"RestoredTable": "clinic-1", "RestoredStream": stream}
    world.stack = replace(world.stack, parameters={**world.stack.parameters, **restored})
    world.given |= dict.fromkeys(restored, "")  # as `--guided` wrote it before


MAIL_FAULTS: Final[dict[str, Fault]] = {
    # ---- what was written down
    "a parameter without a value": Fault(
        lambda world: world.given.update(OpsEmail=""),
        ("wrong: OpsEmail has no value -> .*make deploy FLAGS=--guided",),
    ),
    "a parameter that is not allowed": Fault(
        lambda world: world.given.update(LogRetentionDays="45"),
        ("wrong: LogRetentionDays must be one of 7, 14, .*, not 45 -> Correct it in samconfig.toml",),
    ),
    "a parameter that does not match its pattern": Fault(
        lambda world: world.given.update(OpsEmail="ops at elsewhere.test"),
        ("wrong: OpsEmail must be one e-mail address .* -> Correct it in samconfig.toml",),
    ),
    "a parameter out of range": Fault(
        lambda world: world.given.update(DailyMailBudget="7"),
        ("wrong: DailyMailBudget must be a number from 20 to 50000, not 7 -> Correct it in samconfig.toml",),
    ),
    "a parameter that is misspelt": Fault(
        lambda world: world.given.update(AlertSendr="website@clinic.test"),
        ("wrong: samconfig.toml has AlertSendr, of which the template knows nothing.* -> Correct it",),
    ),
    "a parameter that is not deployed": Fault(
        lambda world: world.given.update(AlertDetail="full"),
        ("note: AlertDetail is brief, and full in samconfig.toml -> `make deploy`",),
    ),
    "a restore that samconfig.toml does not know of": Fault(
        restored_elsewhere,
        (
            "note: RestoredTable is clinic-1, and empty in samconfig.toml -> samconfig.toml may be old: pull first",
            "note: RestoredStream is arn:.*, and empty in samconfig.toml -> samconfig.toml may be old: pull first",
        ),
    ),
    "parameters that do not go together": Fault(
        lambda world: world.deploy(CertificateArn=""),
        ("wrong: DomainName needs CertificateArn, a certificate for that name -> Correct it in samconfig.toml",),
    ),
    "a practice in another time zone": Fault(
        lambda world: setattr(world, "practice", replace(world.practice, time_zone="Europe/Paris")),
        ("wrong: TimeZone is America/Phoenix, and .* has Europe/Paris -> Deploy with TimeZone=Europe/Paris",),
    ),
    "a year without closed days": Fault(
        lambda world: setattr(world, "practice", replace(world.practice, closed=())),
        ("wrong: shared/practice.toml has no closed day in 2027 -> `make closures YEAR=2027`",),
    ),
    # ---- mail
    "an account that may not send": Fault(
        lambda world: world.change("sesv2", "GetAccount", SendingEnabled=False),
        ("wrong: SES has stopped sending .* -> See the SES console",),
    ),
    "an account under review": Fault(
        lambda world: world.change("sesv2", "GetAccount", EnforcementStatus="PROBATION"),
        (r"wrong: SES has put this account under review \(PROBATION\).* -> See the SES console",),
    ),
    "a quota below the budget": Fault(
        lambda world: world.change("sesv2", "GetAccount", SendQuota={"Max24HourSend": 100.0}),
        ("wrong: SES takes 100 mails a day, and DailyMailBudget is 200 -> .*DailyMailBudget=100",),
    ),
    "the sandbox": Fault(in_the_sandbox, (SANDBOX,)),
    "confirmations in the sandbox": Fault(
        sandbox_and_confirmations,
        ("wrong: The account is in SES's sandbox.*, and ConfirmToVisitor is yes -> Deploy with ConfirmToVisitor=no",),
    ),
    "a sender that is not verified": Fault(
        lambda world: unverified(world, f"website@{DOMAIN}", DOMAIN),
        ("wrong: AlertSender website@clinic.test is not verified.* -> Follow the link .*#the-addresses",),
    ),
    "a member who is not confirmed, in the sandbox": Fault(
        lambda world: in_the_sandbox(world, "doctor@elsewhere.test"),
        (SANDBOX, "wrong: InboxMembers doctor@elsewhere.test is not verified.* -> Follow the link"),
    ),
    "a second address that is not confirmed, in the sandbox": Fault(
        lambda world: in_the_sandbox(world, "owner@elsewhere.test"),
        (SANDBOX, "wrong: AlertBackup owner@elsewhere.test is not verified.* -> Follow the link"),
    ),
    "a sender that is to be registered": Fault(
        sender_to_come,
        (
            "note: AlertSender is website@clinic.test, and new@clinic.test in samconfig.toml -> `make deploy`",
            "note: A deployment has SES mail new@clinic.test a link -> Follow it within 24 hours",
        ),
    ),
    "a sender that is to be registered, and is known already": Fault(
        sender_known_already,
        (
            "note: AlertSender is website@clinic.test, and new@clinic.test in samconfig.toml -> `make deploy`",
            "wrong: SES knows AlertSender new@clinic.test already.* -> Answer RegisterSender with no",
        ),
    ),
    "a recipient on the suppression list": Fault(
        suppressed,
        (r"wrong: AlertRecipient .* suppression list \(COMPLAINT, 2026-10-01\) -> `aws sesv2 delete-suppressed",),
    ),
    "a configuration set that suppresses": Fault(
        lambda world: world.change("sesv2", "GetConfigurationSet", SuppressionOptions={}),
        ("wrong: After one bounce .* -> `aws sesv2 put-configuration-set-suppression-options",),
    ),
    "a configuration set that is switched off": Fault(
        lambda world: world.change("sesv2", "GetConfigurationSet", SendingOptions={"SendingEnabled": False}),
        ("wrong: Sending is switched off .* -> `aws sesv2 put-configuration-set-sending-options",),
    ),
    # ---- the sender's domain
    "a sender at a provider of free mail": Fault(
        free_mail,
        ("wrong: AlertSender is at gmail.com: .* fails DMARC -> Use an address at the practice's own domain",),
    ),
    "a domain that is not signed for, and refuses": Fault(
        lambda world: unsigned(world, "quarantine"),
        ("wrong: clinic.test has receivers refuse .*does not sign.* -> Verify clinic.test: .*Easy DKIM",),
    ),
    "a domain that is not signed for": Fault(
        lambda world: unsigned(world, "none"),
        ("note: SES does not sign as clinic.test.* -> Verify clinic.test: .*Easy DKIM",),
    ),
    "a domain without DMARC": Fault(
        lambda world: records(world, f"_dmarc.{DOMAIN}", "TXT"),
        ('note: clinic.test publishes no DMARC record.* -> Publish one: _dmarc.clinic.test TXT "v=DMARC1; p=none"',),
    ),
    "DKIM's records that SES does not find": Fault(
        dkim_failed,
        (r"wrong: SES does not find the DKIM records of clinic.test \(FAILED\).* -> Publish the three CNAME records",),
    ),
    "a record of DKIM that is gone": Fault(
        lambda world: records(world, f"{TOKEN}._domainkey.{DOMAIN}", "CNAME"),
        ("wrong: The DKIM record token1._domainkey.clinic.test is gone -> Publish it again",),
    ),
    "a MAIL FROM domain without its records": Fault(
        lambda world: world.change(
            "sesv2",
            "GetEmailIdentity",
            MailFromAttributes={"MailFromDomain": f"mail.{DOMAIN}", "MailFromDomainStatus": "FAILED"},
        ),
        (r"wrong: SES does not find the records of .* mail.clinic.test \(FAILED\) -> Publish the MX and the TXT",),
    ),
    "SPF that does not let SES send": Fault(
        lambda world: records(world, f"mail.{DOMAIN}", "TXT", "v=spf1 -all"),
        ('wrong: The SPF record of .* mail.clinic.test .* -> Publish it: mail.clinic.test TXT "v=spf1 include',),
    ),
    "name servers that are silent": Fault(
        lambda world: silent(world, f"_dmarc.{DOMAIN}"),
        ("note: The domain's records could not be looked at: _dmarc.clinic.test TXT: no nameservers -> Look again",),
    ),
}
