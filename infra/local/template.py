"""From template.yaml to plain CloudFormation, by the translator that AWS itself runs on deploy."""

import copy
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from infra.local.errors import TemplateError

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"  # moto's

# What a parameter's own words give as an example; under example.com an address reaches nobody (RFC 2606).
_EXAMPLE = re.compile(r"such as (\S+?)\.?$")


@dataclass(frozen=True)
class Template:
    """A translated template and the parameter values to create it with."""

    cloudformation: dict[str, Any]
    parameters: dict[str, str]


def arn(service: str, resource: str) -> str:
    """The ARN of something in this account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}"


def load(path: Path, parameters: Mapping[str, str] | None = None) -> Template:
    """Reads a SAM template and translates it, with these values in place of the defaults of its parameters.

    Raises:
        TemplateError: The file is no valid SAM template; a parameter is unknown, missing or out of range; or some of
            them do not go together.
    """
    sam = read(path)
    values = parameter_values(sam.get("Parameters", {}), parameters or {})
    for fault in rule_faults(sam.get("Rules", {}), values):
        raise TemplateError(f"{fault}.")
    return Template(translate(sam, values), values)


def read(path: Path) -> dict[str, Any]:
    """Reads a SAM template as it is written.

    Raises:
        TemplateError: The file is no YAML, or has no resources.
    """
    from samtranslator.yaml_helper import yaml_parse

    try:
        sam: Any = yaml_parse(path.read_text(encoding="utf-8"))
    except Exception as error:  # PyYAML's and the translator's own errors have no common base
        raise TemplateError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(sam, dict) or not isinstance(sam.get("Resources"), dict):
        raise TemplateError(f"{path} has no Resources.")
    return sam


def parameter_values(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """The value of every declared parameter: what was given, else the template's default, else the template's example.

    An example is what a ``ConstraintDescription`` ends with: "such as frontdesk@example.com".

    Raises:
        TemplateError: A given parameter is not declared, one has no value at all, or a value is not allowed.
    """
    if unknown := sorted(set(given) - set(declared)):
        raise TemplateError(f"The template has no parameter {unknown[0]}; it has {', '.join(sorted(declared))}.")
    values = {}
    for name, spec in declared.items():
        example = _EXAMPLE.search(spec.get("ConstraintDescription", ""))
        value = given.get(name, spec.get("Default", example and example[1]))
        if value is None:
            raise TemplateError(f"Parameter {name} needs a value: --parameter {name}=...")
        values[name] = str(value)
        if fault := parameter_fault(spec, values[name]):
            raise TemplateError(f"Parameter {name} {fault}.")
    return values


def parameter_fault(spec: Mapping[str, Any], value: str) -> str | None:
    """What CloudFormation refuses in a value of a parameter that is declared like this, to stand after its name."""
    allowed = [str(choice) for choice in spec.get("AllowedValues", [value])]
    if value not in allowed:
        return f"must be one of {', '.join(allowed)}, not {value}"
    if "AllowedPattern" in spec and not re.fullmatch(spec["AllowedPattern"], value):
        return str(spec.get("ConstraintDescription", "does not match its pattern"))
    if spec.get("Type") == "Number":
        lowest, highest = float(spec.get("MinValue", "-inf")), float(spec.get("MaxValue", "inf"))
        if not re.fullmatch(r"-?\d+(\.\d+)?", value) or not lowest <= float(value) <= highest:
            return f"must be a number from {lowest:g} to {highest:g}, not {value}"
    return None


def rule_faults(rules: Mapping[str, Any], values: Mapping[str, str]) -> Iterator[str]:
    """What CloudFormation refuses in values that do not go together, in the words of the template's rules."""
    for rule in rules.values():
        if "RuleCondition" not in rule or _holds(rule["RuleCondition"], values):
            for each in rule["Assertions"]:
                if not _holds(each["Assert"], values):
                    yield str(each["AssertDescription"])


def _holds(condition: Any, values: Mapping[str, str]) -> bool:
    ((function, operands),) = condition.items()
    match function:
        case "Fn::Not":
            return not _holds(operands[0], values)
        case "Fn::And":
            return all(_holds(each, values) for each in operands)
        case "Fn::Or":
            return any(_holds(each, values) for each in operands)
        case "Fn::Equals":
            one, other = (values[each["Ref"]] if isinstance(each, Mapping) else str(each) for each in operands)
            return one == other
    raise TemplateError(f"The local stack does not know {function} in a rule.")


def translate(sam: dict[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """The CloudFormation template that a SAM template stands for, whose functions have no code.

    Raises:
        TemplateError: It is no valid SAM template.
    """
    sam = copy.deepcopy(sam)
    sam.get("Globals", {}).get("Function", {}).pop("CodeUri", None)
    for resource in sam["Resources"].values():
        if resource.get("Type") == "AWS::Serverless::Function":  # the translator only takes code that is in S3
            resource.setdefault("Properties", {})["CodeUri"] = "s3://local/code"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the translator's, at import
        from samtranslator.metrics.metrics import DummyMetricsPublisher, Metrics
        from samtranslator.model.exceptions import InvalidDocumentException
        from samtranslator.parser.parser import Parser
        from samtranslator.translator.translator import Translator

        # All it asks of a session is the region. A real one would read the developer's AWS profile.
        session: Any = SimpleNamespace(region_name=REGION)
        metrics = Metrics("local", DummyMetricsPublisher())
        translator = Translator({}, Parser(), boto_session=session, metrics=metrics)
        try:
            translated: dict[str, Any] = translator.translate(sam, dict(parameters))
        except InvalidDocumentException as error:
            causes = "; ".join(cause.message for cause in error.causes)
            raise TemplateError(f"The SAM translator refuses the template: {causes}") from error
        finally:
            metrics.publish()  # to nowhere; the translator warns of metrics that were not
    for resource in translated["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"] = {"ZipFile": "pass"}
    return translated
