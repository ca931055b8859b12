"""CloudFormation resource types that moto lacks, as far as the stack needs them to exist."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.core.utils import camelcase_to_underscores
from moto.secretsmanager.models import secretsmanager_backends
from moto.sesv2.models import sesv2_backends

from infra.local.template import REGION
from infra.local.template import arn as aws_arn

Properties = dict[str, Any]
Create = Callable[[str, Properties, str, str], str]
"""Called with CloudFormation's name, properties, account and region; gives what ``Ref`` gives."""

_PASSWORD: Mapping[str, Any] = {
    "password_length": 32,
    "exclude_characters": "",
    "exclude_numbers": False,
    "exclude_punctuation": False,
    "exclude_uppercase": False,
    "exclude_lowercase": False,
    "include_space": False,
    "require_each_included_type": True,
}


class _Resource(CloudFormationModel):
    """A resource with a physical id and an ARN, and no behaviour."""

    def __init__(self, physical_id: str, arn: str, properties: Properties) -> None:
        self.physical_resource_id = physical_id
        self.arn = arn
        self.properties = properties

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """The ARN for an attribute that is one, the property of that name, or the physical id."""
        if attribute_name.endswith("Arn"):
            return self.arn
        return str(self.properties.get(attribute_name, self.physical_resource_id))

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Properties, account_id: str, region_name: str, **_: Any
    ) -> "_Resource":
        """Called by moto to create the resource."""
        resource_type, properties = cloudformation_json["Type"], cloudformation_json["Properties"]
        create = _MODELS.get(resource_type, _nothing)
        physical_id = create(resource_name, properties, account_id, region_name)
        service = resource_type.split("::")[1].lower()
        return cls(physical_id, physical_id if ":" in physical_id else aws_arn(service, physical_id), properties)


def teach(resource_types: Iterable[str]) -> None:
    """Makes moto's CloudFormation accept these resource types; a type unknown to both becomes a mere name."""
    for resource_type in resource_types:
        if resource_type in _MODELS or resource_type not in parsing.get_model_map():
            parsing.get_model_map()[resource_type] = _Resource  # type: ignore[type-abstract]  # what is left out has a body
            parsing.get_name_type_map()[resource_type] = ""


def _nothing(name: str, *_: object) -> str:
    return name


def _email_identity(_: str, properties: Properties, account_id: str, region: str) -> str:
    """Confirmed at once: nobody has to click on a link.

    Raises:
        ValueError: The account has it already. moto would make it another one.
    """
    address = str(properties["EmailIdentity"])
    ses = sesv2_backends[account_id][region]
    if address in ses.core_backend.email_identities:
        raise ValueError(f"Resource of type 'AWS::SES::EmailIdentity' with identifier '{address}' already exists.")
    ses.create_email_identity(address, None, None, None)
    return address


def _configuration_set(name: str, properties: Properties, account_id: str, region: str) -> str:
    name = str(properties.get("Name", name))
    options = [properties.get(f"{each}Options", {}) for each in ("Tracking", "Delivery", "Reputation", "Sending")]
    others = properties.get("SuppressionOptions", {}), properties.get("VdmOptions", {})
    sesv2_backends[account_id][region].create_configuration_set(*[name, *options, [], *others])
    return name


def _secret(name: str, properties: Properties, account_id: str, region: str) -> str:
    """A secret with the value that it is given or a random one, alone or in an object; its Ref is its ARN."""
    backend = secretsmanager_backends[account_id][region]
    wanted = dict(properties.get("GenerateSecretString", {}))
    template, key = json.loads(wanted.pop("SecretStringTemplate", "null")), wanted.pop("GenerateStringKey", None)
    options = {**_PASSWORD, **{camelcase_to_underscores(option): value for option, value in wanted.items()}}
    password = json.loads(backend.get_random_password(**options))["RandomPassword"]
    generated = json.dumps({**template, key: password}) if template is not None else password
    created = backend.create_secret(
        name=str(properties.get("Name", name)),
        secret_string=properties.get("SecretString") or generated,
        secret_binary=None,
        description=properties.get("Description"),
        tags=None,
        kms_key_id=None,
        client_request_token=None,
        replica_regions=[],
        force_overwrite=False,
    )
    return str(json.loads(created)["ARN"])


def _api_domain(_: str, properties: Properties, *__: str) -> str:
    # What API Gateway gives to lead it to.
    properties["RegionalDomainName"] = f"d-local.execute-api.{REGION}.amazonaws.com"
    properties["RegionalHostedZoneId"] = "ZLOCAL"
    return str(properties["DomainName"])


_MODELS: Mapping[str, Create] = {
    # The gateway serves its routes. The id can be part of a host name.
    "AWS::ApiGatewayV2::Api": lambda *_: "local",
    "AWS::ApiGatewayV2::DomainName": _api_domain,
    # moto would ask for the zone, which belongs to no stack.
    "AWS::Route53::RecordSet": _nothing,
    "AWS::SES::ConfigurationSet": _configuration_set,
    "AWS::SES::EmailIdentity": _email_identity,
    "AWS::SecretsManager::Secret": _secret,
}
