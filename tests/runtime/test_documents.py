"""What infra/README.md says of settings, health and metrics is what there is."""

import re

import pytest
from pydantic_settings import BaseSettings

from services.runtime.health import Reason
from services.runtime.metric_kinds import Definition
from services.runtime.metrics import DEFINITIONS
from services.runtime.paging_settings import HeartbeatSettings, MailSettings, NotifySettings, PageSettings
from services.runtime.settings import (
    DatabaseSettings,
    IdentitySettings,
    KeySettings,
    OnCallAddress,
    Settings,
    SignInSettings,
    variables,
)
from tests.conftest import HOME

TEXT = (HOME / "infra" / "README.md").read_text("utf-8")
OF_SERVICES = [
    ("Settings of every service", Settings),
    ("Settings of a service with tables", DatabaseSettings),
    ("Settings of a service with keys", KeySettings),
    ("Settings of a processor", IdentitySettings),
    ("Settings of a service that people sign in to", SignInSettings),
    ("Settings of the case feed", OnCallAddress),
    ("Settings of on-call", PageSettings),
    ("Settings of on-call's e-mail", MailSettings),
    ("Settings of on-call's text messages", NotifySettings),
    ("Settings of on-call's dead-man's switch", HeartbeatSettings),
]


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = text[text.index(f"\n## {heading}\n") + 1 :].partition("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in re.findall(r"^\| `.*$", section, re.MULTILINE)]


def row(metric: Definition) -> list[str]:
    """How a metric is written down."""
    labels = ", ".join(metric.labels) or "none"
    return [f"`{metric.name}`", metric.kind.value, metric.unit, labels, metric.counts, metric.rise]


@pytest.mark.parametrize(("heading", "kind"), OF_SERVICES)
def test_every_setting_is_written_down_with_its_meaning(heading: str, kind: type[BaseSettings]) -> None:
    assert rows(TEXT, heading) == [[f"`{name}`", meaning] for name, meaning in variables(kind).items()]


def test_every_reason_for_a_red_light_is_written_down() -> None:
    assert [cells[0] for cells in rows(TEXT, "Health")] == [f"`{reason.value}`" for reason in Reason]


def test_every_metric_is_written_down_with_its_unit_and_what_a_rise_means() -> None:
    assert rows(TEXT, "Metrics") == [row(metric) for metric in DEFINITIONS]


@pytest.mark.parametrize("heading", [heading for heading, _ in OF_SERVICES] + ["Health", "Metrics"])
def test_the_guard_falls_when_a_row_is_taken_away(heading: str) -> None:
    first = rows(TEXT, heading)[0][0]
    spoilt = "\n".join(line for line in TEXT.splitlines() if not line.startswith(f"| {first} "))

    assert rows(spoilt, heading) != rows(TEXT, heading)


def test_no_metric_is_labelled_with_anything_of_a_child() -> None:
    assert {label for metric in DEFINITIONS for label in metric.labels} <= {"topic", "reason"}
