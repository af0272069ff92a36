"""One line an event, and a beginning that people can say."""

from datetime import timedelta
from pathlib import Path

import pytest
import typer

from services.cli.watch import begin, line, watch
from services.core.errors import Misconfigured
from tests.builders import START, an_id

ENTRY = {
    "case_id": an_id(1 << 120),
    "event_id": an_id(2),
    "type": "ChildMissing",
    "sector": "local_authority",
    "occurred_at": "2025-12-31T00:00:00Z",
    "precision": "day",
    "known_at": "2026-01-01T00:00:00Z",
    "status": "missing",
}


def test_a_line_says_who_what_when_and_of_which_case() -> None:
    shown = line(ENTRY).plain
    assert "2026" in shown
    assert [part for part in shown.split("  ") if part.strip()][1:] == [
        "local authority",
        "Child missing, 31 Dec 2025",
        "01000000",
        "MISSING",
    ]


@pytest.mark.parametrize(
    ("said", "ago"),
    [("30m", timedelta(minutes=30)), ("12h", timedelta(hours=12)), ("2d", timedelta(days=2))],
)
def test_a_watch_begins_some_time_ago(said: str, ago: timedelta) -> None:
    assert begin(said, START) == START - ago


def test_a_watch_begins_at_a_time_with_its_zone() -> None:
    assert begin("2026-01-01T01:00:00+01:00", START) == START


def test_where_there_is_no_edition_that_is_said_first(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="There is no edition"):
        watch(data=tmp_path)


@pytest.mark.parametrize("said", ["", "h", "-2h", "9999999d", "soon", "2026-01-01", "2026-01-01T00:00:00"])
def test_a_beginning_that_can_be_misunderstood_is_refused(said: str) -> None:
    with pytest.raises(typer.BadParameter):
        begin(said, START)
