"""CloudFormation resource types that moto lacks, as far as the stack needs them to exist."""

import json
from collections.abc import Iterable
from typing import Any

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.secretsmanager.models import SecretsManagerBackend, secretsmanager_backends
from moto.sesv2.models import sesv2_backends
from moto.utilities.utils import get_partition


class _Resource(CloudFormationModel):
    """A resource with a physical id and an ARN, and no behaviour."""

    def __init__(self, physical_id: str, arn: str, properties: dict[str, Any]) -> None:
        self.physical_resource_id = physical_id
        self.arn = arn
        self.properties = properties

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:  # noqa: ARG003
        """Every attribute exists."""
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """The ARN for an attribute that is one, the property of that name, or the physical id."""
        if attribute_name.endswith("Arn"):
            return self.arn
        return str(self.properties.get(attribute_name, self.physical_resource_id))

    @staticmethod
    def cloudformation_name_type() -> str:
        """No property names it."""
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        """No type of its own: :func:`teach` gives it those it stands for."""
        return "Local::Resource"

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Any, *_: Any, **__: Any) -> Any:
        """Changes nothing."""
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any, **__: Any) -> None:
        """Deletes nothing."""

    def is_created(self) -> bool:
        """At once."""
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> "_Resource":
        """Called by moto to create the resource."""
        properties = cloudformation_json["Properties"]
        physical_id = cls.create(resource_name, properties, account_id, region_name)
        service = cloudformation_json["Type"].split("::")[1].lower()
        arn = f"arn:{get_partition(region_name)}:{service}:{region_name}:{account_id}:{physical_id}"
        return cls(physical_id, physical_id if physical_id.startswith("arn:") else arn, properties)

    @staticmethod
    def create(name: str, properties: dict[str, Any], account_id: str, region: str) -> str:  # noqa: ARG004
        """Makes it exist in moto's backends, if they have such a thing.

        Returns:
            Its physical id; ``name`` is what CloudFormation would call it.
        """
        return name


class EmailIdentity(_Resource):
    """``AWS::SES::EmailIdentity``, confirmed at once: nobody has to click on a link."""

    @staticmethod
    def create(name: str, properties: dict[str, Any], account_id: str, region: str) -> str:  # noqa: ARG004
        """Creates it in SES.

        Raises:
            ValueError: The account has it already. moto would make it another one.
        """
        address = str(properties["EmailIdentity"])
        ses = sesv2_backends[account_id][region]
        if address in ses.core_backend.email_identities:
            raise ValueError(f"Resource of type 'AWS::SES::EmailIdentity' with identifier '{address}' already exists.")
        ses.create_email_identity(address, None, None, None)
        return address


class ConfigurationSet(_Resource):
    """``AWS::SES::ConfigurationSet``; its Ref is its name."""

    @staticmethod
    def create(name: str, properties: dict[str, Any], account_id: str, region: str) -> str:
        """Creates it in SES."""
        name = str(properties.get("Name", name))
        sesv2_backends[account_id][region].create_configuration_set(
            name,
            properties.get("TrackingOptions", {}),
            properties.get("DeliveryOptions", {}),
            properties.get("ReputationOptions", {}),
            properties.get("SendingOptions", {}),
            [],
            properties.get("SuppressionOptions", {}),
            properties.get("VdmOptions", {}),
        )
        return name


class HttpApi(_Resource):
    """``AWS::ApiGatewayV2::Api``. The gateway serves its routes."""

    @staticmethod
    def create(name: str, properties: dict[str, Any], account_id: str, region: str) -> str:  # noqa: ARG004
        """Gives it an id that can be part of a host name."""
        return "local"


class Secret(_Resource):
    """``AWS::SecretsManager::Secret``; its Ref is its ARN."""

    @staticmethod
    def create(name: str, properties: dict[str, Any], account_id: str, region: str) -> str:
        """Creates it in Secrets Manager, with the value that it was given or a random one."""
        backend = secretsmanager_backends[account_id][region]
        value = properties.get("SecretString") or _random_value(properties.get("GenerateSecretString", {}), backend)
        name = str(properties.get("Name", name))
        created = backend.create_secret(
            name=name,
            secret_string=value,
            secret_binary=None,
            description=properties.get("Description"),
            tags=None,
            kms_key_id=None,
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        return str(json.loads(created)["ARN"])


def _random_value(wanted: dict[str, Any], backend: SecretsManagerBackend) -> str:
    """A secret as ``GenerateSecretString`` describes it: a password, or an object that has one under a key."""
    answer = backend.get_random_password(
        password_length=int(wanted.get("PasswordLength", 32)),
        exclude_characters=wanted.get("ExcludeCharacters", ""),
        exclude_numbers=bool(wanted.get("ExcludeNumbers")),
        exclude_punctuation=bool(wanted.get("ExcludePunctuation")),
        exclude_uppercase=bool(wanted.get("ExcludeUppercase")),
        exclude_lowercase=bool(wanted.get("ExcludeLowercase")),
        include_space=bool(wanted.get("IncludeSpace")),
        require_each_included_type=bool(wanted.get("RequireEachIncludedType", True)),
    )
    password = str(json.loads(answer)["RandomPassword"])
    if "SecretStringTemplate" not in wanted:
        return password
    return json.dumps({**json.loads(wanted["SecretStringTemplate"]), wanted["GenerateStringKey"]: password})


_MODELS: dict[str, type[_Resource]] = {
    "AWS::ApiGatewayV2::Api": HttpApi,
    "AWS::SES::ConfigurationSet": ConfigurationSet,
    "AWS::SES::EmailIdentity": EmailIdentity,
    "AWS::SecretsManager::Secret": Secret,
}


def teach(resource_types: Iterable[str]) -> None:
    """Makes moto's CloudFormation accept these resource types; a type unknown to both becomes a mere name."""
    for resource_type in resource_types:
        if resource_type in _MODELS or resource_type not in parsing.get_model_map():
            parsing.get_model_map()[resource_type] = _MODELS.get(resource_type, _Resource)
            parsing.get_name_type_map()[resource_type] = ""
