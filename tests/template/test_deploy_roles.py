"""What the workflow deploys with can make what the template has and nothing else, and no role beyond the boundary."""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse

from infra.local import template
from infra.local.moto_models import teach
from infra.ops.doctor.tables import LOOKED_AT
from infra.ops.stack import named_values
from tests.conftest import ROOT
from tests.template.deployed import Deployed
from tests.template.test_permissions import as_list

ROLES: Final = ROOT / "infra/deploy_roles.yaml"

# The first release whose template has it.
WITH_BOUNDARY: Final = (0, 3)
# What a type's handlers may call for features that no resource of ours has: keys and copies elsewhere, files, imports.
NOT_USED: Final = re.compile(
    r"""
    (ec2 | elasticfilesystem | firehose | kinesis | kms | s3files) : .*
    | s3:(REST\..* | [a-z]\w+ | GetObjectMetadata | ListBucket)
    | dynamodb:(\w*TableReplica | (Batch)?(Delete|Get|Put|Update|Write)Item | Query | Scan | (Describe)?Import(Table)?)
    | dynamodb:((Delete|Put)ResourcePolicy | \w+KinesisStreamingDestination | UpdateContributorInsights)
    | iam:(CreateServiceLinkedRole | (At|De)tachRolePolicy)
    | lambda:(\w+CapacityProvider | (Delete|Put)FunctionCodeSigningConfig | GetCodeSigningConfig | GetLayerVersion)
    | lambda:(PublishVersion | (Delete|Put)FunctionConcurrency | PutFunction(Recursion|Scaling)Config)
    | lambda:(AssociateRuntimeAlias | PutRuntimeManagementConfig)
    | logs:(\w+KmsKey | (Create|Describe)LogStreams? | PutLogEvents | PutBearerTokenAuthentication)
    | logs:((Delete|Put)(DataProtection|Index)Policy | PutLogGroupDeletionProtection)
    | secretsmanager:(ReplicateSecretToRegions | RemoveRegionsFromReplication)
    | ses:(PutConfigurationSet(Archiving|Tracking|Vdm)Options | PutEmailIdentity\w+)
    | cloudfront:(\w+ConnectionGroup | GetVpcOrigin | UpdateDistributionWithStagingConfig)
    | sns:PutDataProtectionPolicy
    # Certificates of visitors (mutual TLS), not of the domain.
    | apigateway:(AddCertificateTo|RemoveCertificateFrom)Domain
    # IAM knows no such action: tags of an API come with PUT, those of a distribution with CreateDistribution.
    | apigateway:(Unt|T)agResource | cloudfront:CreateDistributionWithTags
    # Whoever may take a boundary off has none.
    | iam:DeleteRolePermissionsBoundary
    """,
    re.VERBOSE,
)
# Beyond the handlers: how an access log is begun (API Gateway Developer Guide, "Configure logging for HTTP APIs").
ACCESS_LOG: Final = {f"logs:{each}LogDelivery" for each in ("Delete", "Get", "Update")} | {"logs:ListLogDeliveries"}


def statements(policy: Mapping[str, Any]) -> list[Any]:
    return [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]


def actions(policy: Mapping[str, Any]) -> set[str]:
    return {action for each in statements(policy) for action in as_list(each["Action"])}


@pytest.fixture(scope="module")
def resources() -> Any:
    return yaml_parse(ROLES.read_text("utf-8"))["Resources"]


def policy_of(resources: Any, role: str) -> Any:
    (policy,) = resources[role]["Properties"]["Policies"]
    return policy


def handled(kinds: set[str]) -> Iterator[str]:
    """What CloudFormation calls to make, read, change and delete resources of these types, by its published schemas."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    for kind in kinds:
        handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema["handlers"]
        for name, handler in handlers.items():
            if name != "list":
                yield from handler["permissions"]


def test_it_is_a_template_without_a_fault() -> None:
    from cfnlint.api import lint

    assert lint(ROLES.read_text("utf-8")) == []


def test_a_stack_of_it_says_what_the_repository_and_the_stages_are_to_be_given() -> None:
    with mock_aws():
        teach(["AWS::IAM::OIDCProvider"])
        client = boto3.client("cloudformation")
        repository: Any = {"ParameterKey": "Repository", "ParameterValue": "example/needlepoint"}
        client.create_stack(StackName="deploy-roles", TemplateBody=ROLES.read_text("utf-8"), Parameters=[repository])
        (stack,) = client.describe_stacks(StackName="deploy-roles")["Stacks"]

    made = named_values(stack, "Output")
    assert made.keys() == {"DeployRole", "CloudFormationRole", "Boundary"}
    whole = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Parameters"]["PermissionsBoundary"]
    assert re.fullmatch(whole["AllowedPattern"], made["Boundary"])


def test_cloudformation_may_make_what_the_template_has_and_nothing_else(resources: Any) -> None:
    whole = template.load(ROOT / "template.yaml").cloudformation["Resources"]
    needed = {each for each in handled({each["Type"] for each in whole.values()}) if not NOT_USED.fullmatch(each)}

    assert actions(policy_of(resources, "CloudFormationRole")) == needed | ACCESS_LOG


def test_no_name_but_the_stacks_own_stands_in_the_way_of_a_second_stack_or_outside_what_the_role_may_make() -> None:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    named = []
    for logical_id, resource in template.load(ROOT / "template.yaml").cloudformation["Resources"].items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource["Type"]).schema
        for identifier in [schema["primaryIdentifier"], *schema.get("additionalIdentifiers", ())]:
            parts = [resource.get("Properties", {}).get(each.removeprefix("/properties/")) for each in identifier]
            if all(isinstance(each, str) for each in parts):
                named.append((logical_id, parts))

    assert named == []


def test_the_workflow_changes_nothing_but_through_cloudformation_and_calls_the_canary_alone(resources: Any) -> None:
    beside_looking = {
        each
        for each in actions(policy_of(resources, "DeployRole"))
        if not re.match(r"\w+:(Describe|Detect|Get|List|BatchGet|Scan)", each)
    }

    assert beside_looking == {
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:ExecuteChangeSet",
        "iam:PassRole",
        "lambda:InvokeFunction",
        "s3:PutObject",
    }
    (calling,) = (
        each for each in statements(policy_of(resources, "DeployRole")) if each["Action"] == "lambda:InvokeFunction"
    )
    assert calling["Resource"]["Fn::Sub"].endswith(":function:${StackPrefix}-*-CanaryFunction-*")


def test_the_workflow_has_the_rights_of_the_doctor(resources: Any) -> None:
    listed = (ROOT / "docs/operations.md").read_text("utf-8").partition("These are the rights that it takes.")[2]
    rights = set(re.findall(r"`([a-z0-9]+:\w+)`", listed.partition("\n## ")[0]))

    assert rights
    assert rights <= actions(policy_of(resources, "DeployRole"))


def test_of_an_enquiry_the_workflow_can_ask_for_what_the_doctor_looks_at_alone(resources: Any) -> None:
    (asking,) = (
        each for each in statements(policy_of(resources, "DeployRole")) if each["Action"] == "dynamodb:BatchGetItem"
    )

    assert set(asking["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]) == set(LOOKED_AT)


def test_only_the_two_environments_of_the_repository_may_deploy(resources: Any) -> None:
    (trust,) = resources["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    token = {name.partition(":")[2]: value for name, value in trust["Condition"]["StringEquals"].items()}
    assert token["aud"] == "sts.amazonaws.com"
    subjects = [each["Fn::Sub"] for each in token["sub"]]
    assert subjects == ["repo:${Repository}:environment:dev", "repo:${Repository}:environment:prod"]


def test_no_role_is_made_or_changed_without_the_boundary(resources: Any) -> None:
    bounded = {"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"}

    (statement,) = (
        each
        for each in statements(policy_of(resources, "CloudFormationRole"))
        if bounded & set(as_list(each["Action"]))
    )
    assert set(statement["Action"]) == bounded
    assert statement["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": {"Ref": "Boundary"}}}


def test_the_boundary_is_what_the_functions_roles_hold_together(resources: Any, deployed: Deployed) -> None:
    held = {
        action
        for role in deployed.of_type("AWS::IAM::Role")
        for policy in role.properties["Policies"]
        for action in actions(policy)
    }

    assert actions(resources["Boundary"]["Properties"]) == held


def test_the_boundary_covers_the_secrets_by_the_names_that_cloudformation_gives_them(
    resources: Any, deployed: Deployed
) -> None:
    (statement,) = (each for each in statements(resources["Boundary"]["Properties"]) if "secret" in str(each["Action"]))
    patterns = [each["Fn::Sub"].partition(":secret:")[2] for each in statement["Resource"]]

    for secret in deployed.of_type("AWS::SecretsManager::Secret"):
        assert any(fnmatchcase(f"{secret.logical_id}-aB3dEf", pattern) for pattern in patterns)


def test_with_the_parameter_every_role_has_the_boundary() -> None:
    arn = "arn:aws:iam::123456789012:policy/deploy-roles-Boundary-1"

    made = template.load(ROOT / "template.yaml", {"PermissionsBoundary": arn}).cloudformation["Resources"]
    roles = [each for each in made.values() if each["Type"] == "AWS::IAM::Role"]
    assert roles
    for role in roles:
        assert role["Properties"]["PermissionsBoundary"]["Fn::If"][:2] == [
            "HasBoundary",
            {"Ref": "PermissionsBoundary"},
        ]


# IAM User Guide, "IAM and AWS STS quotas": characters without white space.
@pytest.mark.parametrize(
    ("name", "limit"), [("DeployRole", 10_240), ("CloudFormationRole", 10_240), ("Boundary", 6_144)]
)
def test_it_is_no_longer_than_iam_takes(resources: Any, name: str, limit: int) -> None:
    properties = resources[name]["Properties"]
    policies = properties.get("Policies", [properties])

    text = json.dumps([each["PolicyDocument"] for each in policies], separators=(",", ":"))
    assert len(text) < limit  # longer than what it becomes: the pseudo parameters are longer than their values


def test_the_way_back_to_before_the_boundary_is_described_with_a_role_that_may_take_it_off(resources: Any) -> None:
    assert "iam:DeleteRolePermissionsBoundary" not in actions(policy_of(resources, "CloudFormationRole"))
    text = "".join((ROOT / name).read_text("utf-8") for name in ("docs/operations.md", "Makefile"))
    ways = re.findall(r"\bTO=v(\d+)\.(\d+)\.\d+(.*)", text)

    assert ways
    assert [way for way in ways if (int(way[0]), int(way[1])) < WITH_BOUNDARY and "--role-arn" not in way[2]] == []
