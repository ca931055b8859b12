"""What people wrote down: the template's parameters, and the practice file."""

from collections.abc import Iterator
from typing import Final

from infra.local.template import parameter_fault, rule_faults
from infra.ops.doctor.case import Case
from infra.ops.doctor.findings import Finding, note, wrong
from shared.practice import year_without_closures

# An old file would end a pause, or take the stack back to the table of before a restore.
_SET_FOR_A_WHILE: Final = frozenset({"Paused", "RestoredTable", "RestoredStream"})
_PULL: Final = "samconfig.toml may be old: pull first. If it is not, "


def parameters(case: Case) -> Iterator[Finding]:
    """Values that CloudFormation or SAM would refuse or pass over, and those that are not deployed yet."""
    for name in sorted(case.given.keys() - case.declared.keys()):
        yield wrong(f"samconfig.toml has {name}, of which the template knows nothing: SAM passes over it", "Correct it")
    deployed = case.stack.parameters if case.stack else {}
    for name, spec in case.declared.items():
        planned = case.parameters[name]
        if not planned and parameter_fault(spec, planned):
            do = "`make deploy FLAGS=--guided` asks for it, or write it into samconfig.toml"
            yield wrong(f"{name} has no value", do)
        elif fault := parameter_fault(spec, planned):
            yield wrong(f"{name} {fault}", "Correct it in samconfig.toml")
        elif (now := deployed.get(name, planned)) != planned:
            do = f"{_PULL if name in _SET_FOR_A_WHILE else ''}`make deploy`"
            yield note(f"{name} is {now or 'empty'}, and {planned or 'empty'} in samconfig.toml", do)
    for fault in rule_faults(case.rules, case.parameters):
        yield wrong(fault, "Correct it in samconfig.toml")
    if (zone := case.parameters["TimeZone"]) != case.practice.time_zone:
        do = f"Deploy with TimeZone={case.practice.time_zone}, or correct the file"
        yield wrong(f"TimeZone is {zone}, and shared/practice.toml has {case.practice.time_zone}", do)


def closures(case: Case) -> Iterator[Finding]:
    """A year ahead without a closed day: visitors are promised times that nobody keeps."""
    if year := year_without_closures(case.practice, case.now):
        do = f"`make closures YEAR={year}` proposes some; then deploy"
        yield wrong(f"shared/practice.toml has no closed day in {year}", do)
