"""Whether Lambda runs the functions, today and in years."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from infra.ops.doctor.case import Case, Deployed
from infra.ops.doctor.findings import Finding, note, wrong

# When Lambda deprecates a runtime: "Lambda runtimes" in the Lambda Developer Guide, as of 2026-11-29. A test compares
# the dates with those that cfn-lint knows, which comes with the SAM CLI.
RUNTIME_ENDS: Final[Mapping[str, date]] = {
    "python3.12": date(2028, 10, 31),
    "python3.13": date(2029, 6, 30),
    "python3.14": date(2029, 6, 30),
}
_SOON: Final = timedelta(days=180)
# After so long without a deployment, libraries have had their fixes of security. One that brings none counts as well.
_OLD: Final = timedelta(days=180)
# A new account has 10; two readers at a cold start can use that up (docs/scale.md).
_FEW: Final = 100
_REQUEST: Final = "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384"


def concurrency(case: Case) -> Iterator[Finding]:
    """An account that runs so few functions at once that readers meet errors."""
    limit = case.aws("lambda").get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    if limit < _FEW:
        what = f"Lambda runs {limit} functions of this account at once: a few readers together may see an error"
        yield note(what, f"`{_REQUEST} --desired-value 1000`")


def runtimes(case: Case, stack: Deployed) -> Iterator[Finding]:
    """Runtimes that Lambda keeps no longer, functions that cannot run, and a deployment that is long ago."""
    today = datetime.fromtimestamp(case.now, UTC)
    found = {
        each.logical_id: case.aws("lambda").get_function_configuration(FunctionName=each.id)
        for each in stack.of_type("AWS::Lambda::Function")
    }
    for name, function in found.items():
        if (state := function.get("State", "Active")) not in ("Active", "Pending", "Inactive"):
            yield wrong(f"{name} is {state}: {function.get('StateReason', '')}", "`make deploy`")
    for runtime in sorted({function["Runtime"] for function in found.values()}):
        yield from _runtime(runtime, today.date())
    last = max(datetime.fromisoformat(function["LastModified"]) for function in found.values())
    if last < today - _OLD:
        do = "Update the libraries (`uv lock --upgrade`, CONTRIBUTING.md has uv's path), `make test`, then deploy"
        yield note(f"No function was deployed since {last:%Y-%m-%d}, and so no library's fixes either", do)


def _runtime(runtime: str, today: date) -> Iterator[Finding]:
    do = "Take a release of this project with a newer one, or change Runtime in template.yaml, and deploy"
    if (end := RUNTIME_ENDS.get(runtime)) is None:
        yield note(f"Functions run on {runtime}, whose end is not known here", "See AWS's page Lambda runtimes")
    elif end <= today:
        yield wrong(f"Functions run on {runtime}, which Lambda has not kept up since {end}", do)
    elif end - today < _SOON:
        yield note(f"Functions run on {runtime}, which Lambda keeps up until {end}", do)
