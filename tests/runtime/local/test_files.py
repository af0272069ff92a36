"""What is secret is written whole or not at all, and only its owner can read it."""

from pathlib import Path

import pytest

from services.runtime.local.files import make_private_folder, write_private


def test_only_the_owner_can_read_what_is_written(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", "words")

    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_others_could_enter_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)

    assert make_private_folder(tmp_path / "open").stat().st_mode & 0o777 == 0o700


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", "old")
    with pytest.raises(UnicodeEncodeError):
        write_private(tmp_path / "secret", "new\ud800")

    assert (tmp_path / "secret").read_text() == "old"


def test_what_was_readable_by_all_is_not_once_it_is_written_again(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("old")
    (tmp_path / "secret").chmod(0o644)

    write_private(tmp_path / "secret", "new")

    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
