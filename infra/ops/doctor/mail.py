"""Whether SES takes the practice's mails, and who gets them."""

from collections.abc import Iterator
from typing import Final

from botocore.exceptions import ClientError

from infra.ops.doctor.case import Case, Deployed
from infra.ops.doctor.findings import Finding, note, wrong
from shared.members import Members

ADDRESSES: Final = "docs/operations.md#the-addresses"
_MAIL: Final = "docs/operations.md#mail"
# What registers an address, by the parameter that has it.
_SWITCHES: Final = {"AlertSender": "RegisterSender", "AlertRecipient": "RegisterRecipient"}


def sending(case: Case) -> Iterator[Finding]:
    """An account that may not send, or less than is asked of it."""
    account, wanted = case.account, case.parameters
    console = "See the SES console, Account dashboard"
    if not account["SendingEnabled"]:
        yield wrong("SES has stopped sending for this account", console)
    if (status := account.get("EnforcementStatus", "HEALTHY")) != "HEALTHY":
        yield wrong(f"SES has put this account under review ({status}), and may stop sending", console)
    quota, budget = account["SendQuota"]["Max24HourSend"], wanted["DailyMailBudget"]
    if budget.isdecimal() and 0 <= quota < int(budget):  # SES says -1 where there is none
        do = f"Ask AWS for a higher quota, or deploy with DailyMailBudget={quota:.0f}"
        yield wrong(f"SES takes {quota:.0f} mails a day, and DailyMailBudget is {budget}", do)
    if case.is_in_sandbox:
        what = "The account is in SES's sandbox: it mails confirmed addresses alone"
        request = "ask AWS for production access: SES console, Account dashboard"
        if wanted["ConfirmToVisitor"] == "yes":
            yield wrong(f"{what}, and ConfirmToVisitor is yes", f"Deploy with ConfirmToVisitor=no, or {request}")
        else:
            yield note(what, f"That is enough for alerts; for more, {request}")


def addresses(case: Case) -> Iterator[Finding]:
    """Addresses that SES refuses because nobody has confirmed them, or that CloudFormation cannot register."""
    for address, name in _mailed(case, "AlertSender").items():
        switch = _SWITCHES.get(name)
        if switch and _is_to_be_registered(case, name):
            if address in case.identities:
                what = f"SES knows {name} {address} already, and a deployment that registers it fails"
                yield wrong(what, f"Answer {switch} with no: {ADDRESSES}")
            else:
                yield note(f"A deployment has SES mail {address} a link", "Follow it within 24 hours")
        elif (name == "AlertSender" or case.is_in_sandbox) and not _is_verified(case, address):
            do = f"Follow the link that SES mailed there; to have another sent: {ADDRESSES}"
            yield wrong(f"{name} {address} is not verified, and SES refuses it", do)


def suppression(case: Case) -> Iterator[Finding]:
    """Addresses on the account's suppression list: one that a mail came back from, or that took it for junk."""
    for address, name in _mailed(case).items():
        try:
            found = case.aws("sesv2").get_suppressed_destination(EmailAddress=address)["SuppressedDestination"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NotFoundException":
                raise
        else:
            what = (
                f"{name} {address} is on SES's suppression list ({found['Reason']}, {found['LastUpdateTime']:%Y-%m-%d})"
            )
            do = f"`aws sesv2 delete-suppressed-destination --email-address {address}`, once it takes mail: {_MAIL}"
            yield wrong(what, do)


def configuration_set(case: Case, stack: Deployed) -> Iterator[Finding]:
    """A configuration set that keeps alerts from going out, while SES says yes to each."""
    name = stack["AlertConfigurationSet"]
    found = case.aws("sesv2").get_configuration_set(ConfigurationSetName=name)
    if found.get("SuppressionOptions", {}).get("SuppressedReasons") != []:
        command = "aws sesv2 put-configuration-set-suppression-options --suppressed-reasons '[]'"
        what = "After one bounce or one tap on junk, SES would send no alert to that address any more"
        yield wrong(what, f"`{command} --configuration-set-name {name}`")
    if not found.get("SendingOptions", {}).get("SendingEnabled", True):
        do = f"`aws sesv2 put-configuration-set-sending-options --sending-enabled --configuration-set-name {name}`"
        yield wrong("Sending is switched off for alerts", do)


def _mailed(case: Case, *also: str) -> dict[str, str]:
    """Addresses that mails go to, and those of `also`, each once with the parameter that has it first.

    In dev, every mail goes to AlertRecipient.
    """
    names = (*also, "AlertRecipient", *(("InboxMembers", "AlertBackup") if case.parameters["Stage"] == "prod" else ()))
    found: dict[str, str] = {}
    for name in names:
        for address in Members(case.parameters[name]).addresses:
            found.setdefault(address, name)
    return found


def _is_to_be_registered(case: Case, name: str) -> bool:
    """Whether the next deployment registers the address of this parameter, which the stack has not done before."""
    wanted, switch = case.parameters, _SWITCHES[name]
    if wanted[switch] == "no" or (name == "AlertRecipient" and wanted[name] == wanted["AlertSender"]):
        return False
    before = case.stack.parameters if case.stack and case.stack.stands else {}
    return (before.get(name), before.get(switch)) != (wanted[name], wanted[switch])


def _is_verified(case: Case, address: str) -> bool:
    return any(case.identities.get(each) for each in _identities(address))


def _identities(address: str) -> Iterator[str]:
    """What may be verified in an address's place: itself, itself without its label, its domain and those above."""
    local, _, domain = address.rpartition("@")
    yield from (address, f"{local}@{domain.lower()}", f"{local.partition('+')[0]}@{domain.lower()}")
    yield from domains(domain)


def domains(domain: str) -> Iterator[str]:
    """A domain and those above it, without the top-level domain."""
    labels = domain.lower().split(".")
    yield from (".".join(labels[at:]) for at in range(len(labels) - 1))
