"""Settings: frozen, read on first use, naming the variable that is missing or malformed.

A function declares what it needs as a dataclass and reads it once:

    @dataclass(frozen=True, slots=True)
    class Settings:
        table_name: str
        daily_mail_budget: int

    settings = read_settings(Settings)          # TABLE_NAME, DAILY_MAIL_BUDGET
"""

import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.errors import ConfigurationError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def read_settings[Settings: "DataclassInstance"](
    cls: type[Settings], environ: Mapping[str, str] | None = None
) -> Settings:
    """Read a function's settings from its environment.

    Args:
        cls: A dataclass. Its field `table_name` is read from `TABLE_NAME`, and converted by the field's type.
        environ: The environment to read, if not the process's own.

    Returns:
        An instance of `cls`.

    Raises:
        ConfigurationError: A variable is missing or cannot be converted; the message names each of them.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in fields(cls):
        name = field.name.upper()
        text = environ.get(name, "")
        if not text:
            problems.append(f"{name} is not set")
            continue
        try:
            values[field.name] = int(text) if field.type in (int, "int") else text
        except ValueError:
            problems.append(f"{name} is {text!r}, not a whole number")
    if problems:
        raise ConfigurationError(f"{'; '.join(problems)} (wanted by {cls.__module__}.{cls.__qualname__})")
    return cls(**values)


def compiled() -> Path:
    """The folder with what the build compiled for this function, inside the unpacked package.

    Raises:
        ConfigurationError: Nobody has said where the package is.
    """
    root = os.environ.get("LAMBDA_TASK_ROOT")
    if not root:
        raise ConfigurationError("LAMBDA_TASK_ROOT is not set: outside Lambda, point it at a compiled task root")
    return Path(root, "compiled")
