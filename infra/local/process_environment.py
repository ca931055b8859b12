"""What a function's process is given: where its code is, and Lambda's environment variables."""

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.template import REGION

_SHIM = Path(__file__).parent / "runtime_shim"


@dataclass(frozen=True)
class FunctionSpec:
    """A function as the stack describes it.

    The time-out is in seconds, the memory in MB (told to it, not enforced); variables are resolved.
    """

    logical_id: str
    name: str
    arn: str
    handler: str
    runtime: str
    timeout: float
    memory: int
    environment: Mapping[str, str]
    log_group: str
    log_format: str
    log_level: str | None


@dataclass(frozen=True)
class Placement:
    """Where a function is on this machine: working folder, where its modules are, and where its AWS calls go."""

    task_root: Path
    import_path: Path
    endpoint_url: str


def process_environment(spec: FunctionSpec, placement: Placement, runtime_api: str, stream: str) -> dict[str, str]:
    """The environment variables of a function's process: what Lambda gives, and nothing of the developer's."""
    shim = [] if has_native_client() else [str(_SHIM)]
    return {
        **spec.environment,
        **({"AWS_LAMBDA_LOG_LEVEL": spec.log_level} if spec.log_level else {}),
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{spec.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": spec.log_format,
        "AWS_LAMBDA_LOG_GROUP_NAME": spec.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "LAMBDA_TASK_ROOT": str(placement.task_root),
        "LANG": "en_US.UTF-8",
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join([str(placement.import_path), *shim]),
        "TZ": ":UTC",
        "_HANDLER": spec.handler,
        # What stands in for AWS. Without the files, boto3 finds the developer's own profile in the home folder.
        "AWS_ENDPOINT_URL": placement.endpoint_url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def has_native_client() -> bool:
    """Whether the native half of the Runtime Interface Client is installed; AWS builds it for Linux only."""
    return importlib.util.find_spec("runtime_client") is not None
