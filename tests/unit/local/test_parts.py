"""The small parts of the local stack that have no other home."""

from pathlib import Path
from typing import Any

import pytest

from infra.local.errors import TemplateError
from infra.local.logs import LogLine, Logs, level_of
from infra.local.process_environment import FunctionSpec, Placement, process_environment
from infra.local.reaper import groups_left
from infra.local.template import parameter_values, rule_faults
from infra.local.watch import makes_site

SPEC = FunctionSpec(
    logical_id="WebFunction",
    name="needlepoint-WebFunction-1",
    arn="arn:aws:lambda:us-east-1:123456789012:function:needlepoint-WebFunction-1",
    handler="handlers.web.lambda_handler",
    runtime="python3.13",
    timeout=3,
    memory=512,
    environment={"TABLE_NAME": "table"},
    log_group="/aws/lambda/web",
    log_format="JSON",
    log_level=None,
)


def test_a_process_gets_the_templates_environment_and_lambdas_but_not_the_developers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    placement = Placement(Path("/task"), Path("/code"), "http://127.0.0.1:5000")

    environment = process_environment(SPEC, placement, "127.0.0.1:9001", "stream-1")

    assert environment["TABLE_NAME"] == "table"
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:5000"
    assert environment["LAMBDA_TASK_ROOT"] == "/task"
    assert environment["PYTHONPATH"].split(":")[0] == "/code"
    assert environment["AWS_CONFIG_FILE"] == "/dev/null"
    assert not {"AWS_PROFILE", "HOME", "AWS_LAMBDA_LOG_LEVEL"} & set(environment)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('{"level": "ERROR", "message": "x"}', "ERROR"),
        ('{"level": "warning"}', "WARNING"),
        ('{"_aws": {}}', "INFO"),
        ("{broken", "INFO"),
        ("[ERROR]\t2026-01-01T00:00:00Z\tx", "ERROR"),
        ("Traceback (most recent call last):", "ERROR"),
        ("no errors were found", "INFO"),
        ("", "INFO"),
    ],
)
def test_a_log_line_has_the_level_it_names(text: str, level: str) -> None:
    assert level_of(text) == level


def test_the_last_log_lines_are_kept_and_each_is_passed_on() -> None:
    heard: list[LogLine] = []
    logs = Logs(heard.append, capacity=2)

    for text in ("one", "two", "WARNING three"):
        logs.add("WebFunction", "stream-1", text)

    assert [line.text for line in logs.lines()] == ["two", "WARNING three"]
    assert [line.text for line in heard] == ["one", "two", "WARNING three"]
    assert logs.lines()[-1].is_severe


def test_the_reaper_ends_what_was_announced_and_not_withdrawn() -> None:
    assert groups_left(["+10\n", "+11\n", "-10\n", "+12\n", "-99\n"]) == {11, 12}


DECLARED = {
    "Stage": {"Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"]},
    "AlertSender": {
        "Type": "String",
        "AllowedPattern": ".+@.+",
        "ConstraintDescription": "must be an address, such as website@example.com",
    },
    "Days": {"Type": "Number", "Default": 30, "MinValue": 7},
}


def test_parameters_are_given_defaulted_or_made_up_in_that_order() -> None:
    values = parameter_values(DECLARED, {"Stage": "prod"})

    assert values == {"Stage": "prod", "AlertSender": "website@example.com", "Days": "30"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"Colour": "blue"}, "no parameter Colour"),
        ({"Stage": "test"}, "Stage must be one of dev, prod"),
        ({"AlertSender": "nobody"}, "AlertSender must be an address"),
        ({"Days": "1"}, "Days must be a number from 7 to inf, not 1"),
        ({"Days": "many"}, "Days must be a number"),
    ],
)
def test_a_parameter_that_is_not_allowed_is_named(given: dict[str, str], message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        parameter_values(DECLARED, given)


def test_a_parameter_without_any_value_is_named() -> None:
    with pytest.raises(TemplateError, match="Colour needs a value"):
        parameter_values({"Colour": {"Type": "String"}}, {})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("functions/content/articles/x/en.md", True),
        ("infra/site/sources/blocks.py", True),
        ("shared/practice.toml", True),
        ("shared/lead.py", True),
        ("shared/locales/es/LC_MESSAGES/needlepoint.po", True),
        ("functions/leads/form.py", True),
        ("functions/notify/app.py", False),
    ],
)
def test_the_site_is_compiled_again_only_for_what_it_is_made_from(name: str, expected: bool) -> None:
    assert makes_site(Path(name)) is expected


REFERS: Any = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}


@pytest.mark.parametrize(
    ("rule", "is_refused"),
    [
        ({}, False),
        ({"RuleCondition": {"Fn::Not": [REFERS]}}, False),
        ({"RuleCondition": {"Fn::Or": [{"Fn::Not": [REFERS]}, REFERS]}}, False),
        ({"RuleCondition": {"Fn::And": [REFERS, {"Fn::Not": [REFERS]}]}, "Assert": {"Fn::Not": [REFERS]}}, False),
        ({"Assert": {"Fn::Not": [REFERS]}}, True),
        ({"RuleCondition": REFERS, "Assert": {"Fn::Not": [REFERS]}}, True),
    ],
)
def test_a_rule_is_looked_at_where_its_condition_holds(rule: dict[str, Any], is_refused: bool) -> None:
    assertion = {"Assert": rule.pop("Assert", REFERS), "AssertDescription": "Not so"}

    assert (
        list(rule_faults({"Rule": {**rule, "Assertions": [assertion]}}, {"Stage": "prod"})) == ["Not so"] * is_refused
    )


def test_a_rule_that_asks_for_what_is_not_known_here_is_refused() -> None:
    rules = {"Rule": {"Assertions": [{"Assert": {"Fn::Contains": [[], "x"]}, "AssertDescription": ""}]}}

    with pytest.raises(TemplateError, match="Fn::Contains"):
        list(rule_faults(rules, {}))
