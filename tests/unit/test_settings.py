"""Settings: read once, and naming what is missing."""

from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

import pytest

from shared.errors import ConfigurationError
from shared.settings import compiled, read_settings
from shared.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Settings:
    table_name: str
    daily_mail_budget: int


def test_fields_come_from_the_variables_of_their_names() -> None:
    settings = read_settings(Settings, {"TABLE_NAME": "leads", "DAILY_MAIL_BUDGET": "365", "OTHER": "x"})

    assert settings == Settings("leads", 365)
    with pytest.raises(FrozenInstanceError):
        settings.table_name = "other"  # type: ignore[misc]


def test_every_missing_or_malformed_variable_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError, match=r"TABLE_NAME is not set; DAILY_MAIL_BUDGET is 'long'"):
        read_settings(Settings, {"TABLE_NAME": "", "DAILY_MAIL_BUDGET": "long"})


def test_the_task_root_must_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAMBDA_TASK_ROOT", raising=False)
    with pytest.raises(ConfigurationError, match="LAMBDA_TASK_ROOT"):
        compiled()

    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    assert compiled() == Path("/var/task/compiled")


@pytest.mark.parametrize("missing", ["POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"])
def test_a_function_that_cannot_count_says_so_before_it_does_anything(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"):
        monkeypatch.setenv(name, "" if name == missing else "some")

    with pytest.raises(ConfigurationError, match=f"^{missing} is not set"):
        Telemetry().log_of(None)
