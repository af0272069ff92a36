"""What supervisord is told is what it reads, whatever the data folder is called."""

import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from services.runtime.local import credentials, keys
from services.runtime.local.edition import Edition
from services.runtime.local.files import make_private_folder
from services.runtime.local.supervisor import LONGEST_SOCKET_PATH, Supervisor, configuration


def prepared(data: Path) -> Edition:
    """An edition whose passwords and keys are there, and whose programs were never started."""
    made = Edition(data, 20000)
    for folder in (made.data, made.logs, made.run):
        make_private_folder(folder)
    credentials.make_missing(made.secrets)
    keys.make_missing(made.keys, datetime.now(UTC))
    return made


def as_read(edition: Edition) -> ServerOptions:
    supervisor = Supervisor(edition.run)
    supervisor.config.write_text(configuration(edition, supervisor.socket))
    options = ServerOptions()
    options.realize(["-c", str(supervisor.config)])
    return options


@pytest.mark.parametrize("name", ["data", "two words", "a+b=c@d~(e)"])
def test_paths_are_read_as_they_are(tmp_path: Path, name: str) -> None:
    edition = prepared(tmp_path / name)
    read = as_read(edition)

    programs = {program.name: program for group in read.process_group_configs for program in group.process_configs}
    assert read.logfile == str(edition.logs / "supervisor.log")
    assert str(edition.data / "postgres") in shlex.split(programs["postgres"].command)
    assert programs["police"].environment["LANTERN_SECRETS_FILE"] == str(edition.secrets / "police.json")
    assert programs["police"].stdout_logfile == str(edition.logs / "police.jsonl")


def test_only_the_owner_can_ask_the_keeper(tmp_path: Path) -> None:
    (server,) = as_read(prepared(tmp_path / "data")).server_configs

    assert server["chmod"] == 0o600


def test_a_path_too_long_for_a_socket_is_given_a_short_one(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100) / "run"

    assert len(str(Supervisor(long).socket)) < LONGEST_SOCKET_PATH
    assert Supervisor(long).socket == Supervisor(long).socket != Supervisor(long / "other").socket


def test_a_keeper_that_does_not_run_does_not_answer(tmp_path: Path) -> None:
    assert not Supervisor(tmp_path).answers()
