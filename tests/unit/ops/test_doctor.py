"""What the doctor reads and asks, and when a domain vouches for a mail."""

import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dns.exception import DNSException
from dns.rdatatype import CNAME, TXT
from dns.resolver import NXDOMAIN, NoAnswer
from dns.rrset import RRset, from_text

from infra.ops.doctor import outside
from infra.ops.doctor import stack as stack_checks
from infra.ops.doctor.case import CannotLook, Case, Config, Deployed
from infra.ops.doctor.domain import vouching
from infra.ops.doctor.findings import Finding, Level
from infra.ops.doctor.functions import RUNTIME_ENDS
from infra.ops.doctor.outside import Unreachable, resolve
from tests.conftest import ROOT
from tests.practice import PRACTICE


def test_the_ends_of_runtimes_are_those_that_the_sam_cli_knows() -> None:
    known = json.loads(files("cfnlint.data.AdditionalSpecs").joinpath("LmbdRuntimeLifecycle.json").read_text("utf-8"))

    assert {name: str(end) for name, end in RUNTIME_ENDS.items()} == {
        name: known[name]["deprecated"] for name in RUNTIME_ENDS
    }


def test_what_to_do_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs/operations.md").read_text("utf-8"), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    sources = [path.read_text("utf-8") for path in (ROOT / "infra/ops/doctor").glob("*.py")]

    named = {anchor for text in sources for anchor in re.findall(r"operations\.md#([a-z-]+)", text)}
    assert named
    assert named <= anchors


@pytest.mark.parametrize(
    ("given", "still"),
    [
        ({"Paused": "yes"}, True),
        ({"RestoredTable": "restored"}, True),
        ({"RestoredTable": "restored", "RestoredStream": "arn"}, False),
        ({"Paused": "no"}, False),
    ],
)
def test_a_stage_that_stands_still_is_told_so_once_whatever_is_switched_off(
    given: dict[str, str], *, still: bool
) -> None:
    stack = Deployed("needlepoint-prod", "UPDATE_COMPLETE", given, {}, [])
    case = Case({}, {}, PRACTICE, stack, now=0, aws=pytest.fail)

    found = [*stack_checks.sources(case, stack), *stack_checks.schedules(case, stack)]

    assert [finding.what for finding in found if "stands still" in finding.what] == [each.what for each in found]
    assert len(found) == int(still)


# ---- samconfig.toml

HEAD = '[prod.global.parameters]\nstack_name = "needlepoint-prod"\n'


@pytest.mark.parametrize(
    "overrides",
    ['["Stage=prod", "InboxMembers=a@x.test,b@x.test"]', '"Stage=\\"prod\\" InboxMembers=\\"a@x.test,b@x.test\\""'],
    ids=["as it comes", "as --guided writes it"],
)
def test_parameters_are_read_as_sam_reads_them(tmp_path: Path, overrides: str) -> None:
    path = tmp_path / "samconfig.toml"
    path.write_text(
        f'{HEAD}[prod.deploy.parameters]\nregion = "eu-west-1"\nparameter_overrides = {overrides}\n', "utf-8"
    )

    read = Config.read("prod", path)

    assert read == Config("needlepoint-prod", "eu-west-1", {"Stage": "prod", "InboxMembers": "a@x.test,b@x.test"})


def test_a_stage_may_give_nothing_but_its_name(tmp_path: Path) -> None:
    path = tmp_path / "samconfig.toml"
    path.write_text(HEAD, "utf-8")

    assert Config.read("prod", path) == Config("needlepoint-prod", None, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[prod", "cannot be read"),
        ("[dev.global.parameters]\n", "has no .prod.global.parameters. with a stack_name"),
        (
            f'{HEAD}[prod.deploy.parameters]\nparameter_overrides = "Stage"\n',
            "parameter_overrides of prod: Stage is not",
        ),
    ],
    ids=["no TOML", "no such stage", "no parameters"],
)
def test_settings_that_cannot_be_read_are_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "samconfig.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(CannotLook, match=said):
        Config.read("prod", path)


# ---- the domain name system


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, RRset | Exception]:
    """What the name servers answer, by name."""
    known: dict[str, RRset | Exception] = {}

    def ask(name: str, _kind: str, *, lifetime: float) -> RRset:
        answer = known[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(outside, "Resolver", lambda: SimpleNamespace(resolve=ask))
    return known


def test_a_long_record_is_put_together(answers: dict[str, RRset | Exception]) -> None:
    answers["x.test"] = from_text("x.test.", 60, "IN", TXT, '"v=spf1 include:" "amazonses.com"', '"other"')

    assert resolve("x.test", "TXT") == ["v=spf1 include:amazonses.com", "other"]


def test_an_alias_is_what_it_points_to(answers: dict[str, RRset | Exception]) -> None:
    answers["t._domainkey.x.test"] = from_text("t._domainkey.x.test.", 60, "IN", CNAME, "t.dkim.amazonses.com.")

    assert resolve("t._domainkey.x.test", "CNAME") == ["t.dkim.amazonses.com"]


@pytest.mark.parametrize("nothing", [NXDOMAIN, NoAnswer])
def test_a_record_that_is_not_there_is_none(answers: dict[str, RRset | Exception], nothing: type[Exception]) -> None:
    answers["x.test"] = nothing.__new__(nothing)  # they are made of the answer in which nothing was

    assert resolve("x.test", "TXT") == []


def test_servers_that_do_not_answer_are_another_matter(answers: dict[str, RRset | Exception]) -> None:
    answers["x.test"] = DNSException("no nameservers")  # type: ignore[no-untyped-call]  # dnspython's own

    with pytest.raises(Unreachable, match="no nameservers"):
        resolve("x.test", "TXT")


# ---- DMARC


def findings(sender: str, identities: Sequence[str], records: Mapping[str, str], **identity: Any) -> list[Finding]:
    """What is said of a sender's domain, where SES signs for it."""
    signs = {"DkimAttributes": {"SigningEnabled": True, "Status": "SUCCESS"}, **identity}
    client = SimpleNamespace(
        get_email_identity=lambda **_: signs,
        list_email_identities=lambda: {
            "EmailIdentities": [{"IdentityName": name, "VerificationStatus": "SUCCESS"} for name in identities]
        },
    )
    case = Case(
        declared={"AlertSender": {}},
        given={"AlertSender": sender},
        practice=PRACTICE,
        stack=None,
        now=0,
        aws=lambda _: client,
        resolve=lambda name, _: [records[name]] if name in records else [],
    )
    return list(vouching(case))


UNSIGNED = {"DkimAttributes": {"SigningEnabled": False, "Status": "NOT_STARTED"}}


@pytest.mark.parametrize(
    ("sender", "verified", "records", "identity"),
    [
        ("a@x.test", "x.test", {"_dmarc.x.test": "v=DMARC1; p=reject; adkim=s"}, {}),
        ("a@mail.x.test", "x.test", {"_dmarc.x.test": "v=DMARC1; p=reject"}, {}),
        ("a@mail.x.test", "x.test", {"_dmarc.mail.x.test": "v=DMARC1; p=reject"}, {}),
        ("a@X.test", "x.test", {"_dmarc.x.test": "v=DMARC1;p=reject"}, {}),
        (
            "a@x.test",
            "x.test",
            {"_dmarc.x.test": "v=DMARC1; p=reject", "bounce.x.test": "v=spf1 include:amazonses.com -all"},
            {**UNSIGNED, "MailFromAttributes": {"MailFromDomain": "bounce.x.test", "MailFromDomainStatus": "SUCCESS"}},
        ),
    ],
    ids=["strict", "signed by the domain above", "a policy of its own", "capitals", "by SPF alone"],
)
def test_what_a_domain_vouches_for_passes(
    sender: str, verified: str, records: dict[str, str], identity: dict[str, Any]
) -> None:
    assert findings(sender, [verified], records, **identity) == []


@pytest.mark.parametrize(
    ("sender", "identities", "records", "identity", "level"),
    [
        ("a@mail.x.test", ["x.test"], {"_dmarc.x.test": "v=DMARC1; p=reject; adkim=s"}, {}, Level.WRONG),
        ("a@x.test", ["a@x.test"], {"_dmarc.x.test": "v=DMARC1; p=quarantine"}, {}, Level.WRONG),
        ("a@mail.x.test", ["a@mail.x.test"], {"_dmarc.x.test": "v=DMARC1; p=none; sp=reject"}, {}, Level.WRONG),
        ("a@mail.x.test", ["a@mail.x.test"], {"_dmarc.x.test": "v=DMARC1; p=reject; sp=none"}, {}, Level.NOTE),
        ("a@x.test", ["a@x.test"], {}, {}, Level.NOTE),
        ("a@mail.x.test", ["x.test"], {}, {}, Level.NOTE),
        ("a@x.test", ["x.test"], {"_dmarc.x.test": "v=DMARC1; p=reject"}, UNSIGNED, Level.WRONG),
    ],
    ids=["strict", "the address alone", "subdomains", "subdomains may", "nothing", "no record", "unsigned"],
)
def test_what_nobody_vouches_for_is_found(
    sender: str, identities: list[str], records: dict[str, str], identity: dict[str, Any], level: Level
) -> None:
    (finding,) = findings(sender, identities, records, **identity)

    assert finding.level is level
