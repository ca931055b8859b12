"""What a function's process is given: where its code is, and Lambda's environment variables."""

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SHIM = Path(__file__).parent / "runtime_shim"


@dataclass(frozen=True)
class FunctionSpec:
    """A function as the stack describes it.

    Attributes:
        logical_id: Its name in the template.
        name: Its physical name.
        timeout: Seconds.
        memory: MB; told to the function, not enforced.
        environment: The template's variables, resolved.
        log_level: Application log level, or None for the default.
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
    region: str


@dataclass(frozen=True)
class Placement:
    """Where a function's code and data are on this machine.

    Attributes:
        task_root: Working folder and ``LAMBDA_TASK_ROOT``.
        import_path: Folder its modules are imported from.
        endpoint_url: Where every AWS call goes.
    """

    task_root: Path
    import_path: Path
    endpoint_url: str


def process_environment(spec: FunctionSpec, placement: Placement, runtime_api: str, stream: str) -> dict[str, str]:
    """The environment variables of a function's process: what Lambda gives, and nothing of the developer's.

    Args:
        spec: The function.
        placement: Where it is.
        runtime_api: Host and port of the environment's Runtime API.
        stream: The log stream's name.
    """
    lambda_gives = {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_DEFAULT_REGION": spec.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{spec.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": spec.log_format,
        "AWS_LAMBDA_LOG_GROUP_NAME": spec.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": spec.region,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "LAMBDA_TASK_ROOT": str(placement.task_root),
        "LANG": "en_US.UTF-8",
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(_python_path(placement)),
        "TZ": ":UTC",
        "_HANDLER": spec.handler,
    }
    if spec.log_level is not None:
        lambda_gives["AWS_LAMBDA_LOG_LEVEL"] = spec.log_level
    stand_ins = {
        "AWS_ENDPOINT_URL": placement.endpoint_url,
        # Without these, boto3 finds the developer's own profile in the home folder.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    return {**spec.environment, **lambda_gives, **stand_ins}


def has_native_client() -> bool:
    """Whether the native half of the Runtime Interface Client is installed; AWS builds it for Linux only."""
    return importlib.util.find_spec("runtime_client") is not None


def _python_path(placement: Placement) -> list[str]:
    path = [str(placement.import_path)]
    if not has_native_client():
        path.append(str(_SHIM))
    return path
