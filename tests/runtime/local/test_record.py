"""A data folder that is not ours is refused in words, and stays as it is."""

import os
from pathlib import Path

import pytest

from services.runtime.local import record
from services.runtime.local.errors import EditionFailed

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    made = record.new_record(20000)
    record.write(tmp_path, made)

    assert record.read(tmp_path) == made


def test_a_part_that_came_later_gets_the_port_that_it_would_have_had(tmp_path: Path) -> None:
    made = record.new_record(20000)
    older = {name: port for name, port in made.ports.items() if name != "provider"}
    record.write(tmp_path, made.model_copy(update={"ports": older}))

    assert record.read(tmp_path) == made


def test_a_port_once_given_stays(tmp_path: Path) -> None:
    record.write(tmp_path, record.new_record(20000).model_copy(update={"ports": {"casefeed": 4321}}))

    found = record.read(tmp_path)
    assert found is not None
    assert found.ports["casefeed"] == 4321


def test_a_folder_that_was_never_finished_has_no_record(tmp_path: Path) -> None:
    assert record.read(tmp_path) is None


@pytest.mark.parametrize(
    ("other", "said"),
    [({"version": 2}, "format 2"), ({"kafka": "3.9.0"}, r"Kafka 3\.9\.0"), ({"postgres": "17"}, "PostgreSQL 17")],
)
def test_a_folder_of_another_version_is_refused(tmp_path: Path, other: dict[str, object], said: str) -> None:
    record.write(tmp_path, record.new_record(20000).model_copy(update=other))

    with pytest.raises(EditionFailed, match=f"made by another version of Lantern: {said}.*Nothing in it was changed"):
        record.read(tmp_path)


@pytest.mark.parametrize("damage", ["", "{", "{}", "[]", '{"version": 1}', "\x00"])
def test_a_damaged_record_is_refused_and_kept(tmp_path: Path, damage: str) -> None:
    path = record.path_in(tmp_path)
    path.write_text(damage)

    with pytest.raises(EditionFailed, match="cannot be read as the record of an edition"):
        record.read(tmp_path)
    assert path.read_text() == damage


def test_a_folder_that_another_user_made_is_refused(tmp_path: Path) -> None:
    record.write(tmp_path, record.new_record(20000).model_copy(update={"uid": os.geteuid() + 1}))

    with pytest.raises(EditionFailed, match="become its user"):
        record.read(tmp_path)


@needs_root
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)

    with pytest.raises(EditionFailed, match="belongs to the user with number 65534"):
        record.refuse_strangers(tmp_path)


@needs_root
def test_a_folder_behind_another_users_door_is_refused(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    os.seteuid(65534)
    try:
        with pytest.raises(EditionFailed, match="cannot be entered"):
            record.refuse_strangers(tmp_path / "closed" / "data")
    finally:
        os.seteuid(0)


def test_a_folder_that_is_not_there_is_nobodys(tmp_path: Path) -> None:
    record.refuse_strangers(tmp_path / "new")


@pytest.mark.parametrize("name", ["my #1", "a;b", "100%", 'a"b', "a\\b", "a,b", "ünï", "a\nb"])
def test_a_path_that_some_part_would_misread_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(EditionFailed, match="holds a character"):
        record.refuse_other_folders(tmp_path / name)


def test_a_folder_of_something_else_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(EditionFailed, match=r"it holds thesis\.txt"):
        record.refuse_other_folders(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_folder_that_a_killed_start_left_behind_is_an_editions(tmp_path: Path) -> None:
    for name in (".lock", "secrets", "keys", ".edition.json.4711"):
        (tmp_path / name).touch()

    record.refuse_other_folders(tmp_path)


def test_whatever_lies_beside_a_record_disturbs_nobody(tmp_path: Path) -> None:
    record.write(tmp_path, record.new_record(20000))
    (tmp_path / "notes.txt").touch()

    record.refuse_other_folders(tmp_path)


def test_a_folder_that_is_new_or_empty_is_nobodys(tmp_path: Path) -> None:
    record.refuse_other_folders(tmp_path)
    record.refuse_other_folders(tmp_path / "new")
