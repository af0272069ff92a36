"""What a first start makes in a data folder: whole, private, and once."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.runtime.local.edition import Edition
from tests.free_ports import free_base

FIRST = datetime(2026, 11, 23, tzinfo=UTC)
LATER = datetime(2027, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    made = Edition(tmp_path_factory.mktemp("prepared") / "data", free_base())
    made.prepare(FIRST)
    return made


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def again(edition: Edition) -> None:
    """As another process would prepare it, with nothing remembered."""
    Edition(edition.data, edition.port_base).prepare(LATER)


def test_preparing_again_changes_nothing(prepared: Edition) -> None:
    before = contents(prepared.data)

    again(prepared)

    assert contents(prepared.data) == before


def test_nobody_else_can_enter_a_data_folder(prepared: Edition) -> None:
    assert prepared.data.stat().st_mode & 0o077 == 0


def test_no_file_but_kafkas_own_segments_is_open_to_others(prepared: Edition) -> None:
    ours = [path for path in prepared.data.rglob("*") if not path.is_relative_to(prepared.kafka.segments)]

    assert [path for path in ours if path.stat().st_mode & 0o077] == []


def test_a_first_start_that_was_killed_is_finished_by_the_next(prepared: Edition) -> None:
    shutil.rmtree(prepared.postgres.folder)
    prepared.postgres.folder.with_name("postgres.draft").mkdir()
    (prepared.data / "edition.json").unlink()
    kept = contents(prepared.secrets) | contents(prepared.keys)

    again(prepared)

    assert (prepared.postgres.folder / "PG_VERSION").read_text() == "18\n"
    assert (prepared.data / "edition.json").exists()
    assert contents(prepared.secrets) | contents(prepared.keys) == kept
