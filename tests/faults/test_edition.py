"""The local edition when things go wrong: nothing is lost, and what to do is said in one clear sentence."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import psutil
import pytest
from confluent_kafka import Consumer

from services.core.codes import Sector
from services.runtime.local import kafka, postgres, record
from services.runtime.local.ports import HOST
from services.runtime.local.principals import SERVICES
from services.runtime.local.programs import PARTS
from services.runtime.local.starting import alone, catcher_answers, is_ready, provider_answers
from services.runtime.local.supervisor import Supervisor
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from services.wire.topics import SHARED
from tests.edition import LocalEdition
from tests.faults.harm import LONGEST_SECONDS, pid_of, publish, seconds_until
from tests.faults.survivor import edge_keys
from tests.free_ports import free_base
from tests.generated import files

PROGRAMS = (*PARTS, *SERVICES)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")


def supervisor(edition: LocalEdition) -> Supervisor:
    return Supervisor(edition.parts.run)


def well(edition: LocalEdition) -> dict[str, bool]:
    """What doctor finds well and what not; its exit status says the same."""
    result = edition.run("doctor", "--json")
    found = {finding["subject"]: bool(finding["well"]) for finding in json.loads(result.stdout)}
    assert result.returncode == (0 if all(found.values()) else 1), result.stderr
    return found


def gets_well(edition: LocalEdition) -> bool:
    """Whether everything is well in the end, whatever was killed before."""
    return until(lambda: all(well(edition).values()), LONGEST_SECONDS, 1.0)


def refused(edition: LocalEdition, command: str, *words: str) -> str:
    """The one sentence or two with which a command fails."""
    result = edition.run(command, *words)
    assert (result.returncode, result.stdout) == (1, ""), result.stdout + result.stderr
    (said,) = [line for line in result.stderr.splitlines() if not line.startswith("  ")]
    return said


def stopped(data: Path) -> LocalEdition:
    """An edition that is not, and will not be, started."""
    return LocalEdition(data, free_base())


def test_a_second_up_changes_nothing(edition: LocalEdition) -> None:
    before = edition.pids()

    edition.up()

    assert None not in before.values()
    assert edition.pids() == before


def test_a_running_edition_is_well(edition: LocalEdition) -> None:
    edition.done("up", "--demo")  # somebody is on duty, and hears of whoever is missing
    assert gets_well(edition)


def test_status_says_what_runs_and_how_to_reach_it(edition: LocalEdition) -> None:
    status = edition.status()

    assert status.keys() == {"data", "kafka", "services"}
    assert status["data"] == str(edition.data)
    assert status["kafka"].keys() == {"bootstrap", "client", "shared_topics"}
    assert set(status["kafka"]["shared_topics"]) == set(SHARED)
    assert status["services"].keys() == set(PROGRAMS)
    for name, service in status["services"].items():
        url = None if name in PARTS else f"http://{HOST}:{edition.parts.ports[name]}"
        assert service == {"state": "running", "pid": service["pid"], "url": url, "metrics": url and f"{url}/metrics"}


def test_what_status_says_of_kafka_is_all_that_a_client_needs(edition: LocalEdition) -> None:
    told: dict[str, Any] = edition.status()["kafka"]
    consumer = Consumer({**told["client"], "group.id": "operator"})

    assert set(told["shared_topics"]) <= set(consumer.list_topics(timeout=30).topics)
    consumer.close()


def test_secrets_keys_and_logs_are_their_owners_alone(edition: LocalEdition) -> None:
    parts = edition.parts
    private = [path for folder in (parts.secrets, parts.keys, parts.logs, parts.run) for path in folder.rglob("*")]

    assert [path for path in (parts.data, *private) if path.stat().st_mode & 0o077] == []


@needs_root
def test_postgresql_runs_for_root_where_its_account_may_not_look(edition: LocalEdition) -> None:
    assert edition.data.stat().st_mode & 0o077 == 0

    assert psutil.Process(pid_of(supervisor(edition), "postgres")).username() != "root"


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_killed_is_up_again_by_itself(edition: LocalEdition, name: str) -> None:
    keeper = supervisor(edition)
    before = pid_of(keeper, name)

    os.kill(before, signal.SIGKILL)

    took = seconds_until(lambda: pid_of(keeper, name) != before and answers(edition, name))
    print(f"{name} was up again {took:.1f} s after it was killed")  # noqa: T201 - pytest shows it on request (-rP)
    seconds_until(lambda: all(answers(edition, each) for each in PROGRAMS))


def answers(edition: LocalEdition, name: str) -> bool:
    parts = edition.parts
    if name == "kafka":
        return kafka.answers(kafka.administrator(parts.kafka.bootstrap, parts.kafka.password))
    if name == "postgres":
        return postgres.answers(parts.postgres)
    if name == "provider":
        return provider_answers(parts)
    if name == "mail":
        return catcher_answers(parts)
    with httpx.Client(timeout=2, trust_env=False, verify=trusted()) as client:
        return is_ready(parts, name, client)


def test_up_waits_for_a_broker_that_was_just_killed(edition: LocalEdition) -> None:
    os.kill(pid_of(supervisor(edition), "kafka"), signal.SIGKILL)

    edition.up()

    assert answers(edition, "kafka")


def test_doctor_names_what_does_not_run(edition: LocalEdition) -> None:
    assert gets_well(edition)
    os.kill(pid_of(supervisor(edition), "vault"), signal.SIGSTOP)
    try:
        found = well(edition)
    finally:
        os.kill(pid_of(supervisor(edition), "vault"), signal.SIGCONT)

    assert [subject for subject, is_well in found.items() if not is_well] == ["vault"]
    seconds_until(lambda: answers(edition, "vault"))


def test_a_killed_keeper_leaves_orphans_from_which_up_recovers(edition: LocalEdition, tmp_path: Path) -> None:
    [file] = files(Random(5), range(90_000, 90_003), len(Sector), edge_keys(edition))[:1]
    assert publish(edition, file, tmp_path / "before.json") == []
    before, cases = edition.pids(), edition.done("cases", "--json")
    keeper = psutil.Process(int((edition.parts.run / "supervisord.pid").read_text()))
    keeper.kill()
    keeper.wait(LONGEST_SECONDS)
    assert not well(edition)["keeper of the processes"]

    edition.up()

    assert all(edition.pids().values())
    assert not set(edition.pids().values()) & set(before.values())
    assert edition.done("cases", "--json") == cases
    assert gets_well(edition)


def test_a_port_that_is_taken_is_named_with_its_owner(tmp_path: Path) -> None:
    wanted = stopped(tmp_path / "data")
    with socket.create_server((HOST, wanted.port_base + 4)):
        said = refused(wanted, "up", "--port-base", str(wanted.port_base))

    assert f"port {wanted.port_base + 4}, which postgres needs, is taken by" in said
    assert f"(pid {os.getpid()})" in said
    assert list(names(wanted.data)) == [".lock"]


def names(folder: Path) -> Iterator[str]:
    return (path.name for path in folder.iterdir())


def test_of_two_starts_at_once_one_is_told_of_the_other(tmp_path: Path) -> None:
    with alone(tmp_path):
        assert "Another `lantern up` or `down` is at work" in refused(stopped(tmp_path), "up")


COMMANDS = ("up", "status", "doctor")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "made by another version of Lantern: format 2"),
        ({"kafka": "3.9.0"}, "made by another version of Lantern: Kafka 3.9.0"),
        ({"uid": os.geteuid() + 1}, "made by the user with number"),
        (None, "cannot be read as the record of an edition"),
    ],
)
def test_a_folder_that_is_not_ours_to_use_is_refused_in_words(
    tmp_path: Path, command: str, change: dict[str, object] | None, said: str
) -> None:
    record.write(tmp_path, record.new_record(20000).model_copy(update=change or {}))
    if change is None:
        (tmp_path / "edition.json").write_text("{")
    before = (tmp_path / "edition.json").read_bytes()

    result = stopped(tmp_path).run(command)

    assert (result.returncode, "Traceback" in result.stderr) == (1, False)
    assert said in result.stdout + result.stderr
    assert (tmp_path / "edition.json").read_bytes() == before


@needs_root
@pytest.mark.parametrize("command", [*COMMANDS, "down"])
def test_a_folder_of_another_user_is_refused(tmp_path: Path, command: str) -> None:
    record.write(tmp_path, record.new_record(20000))
    os.chown(tmp_path, 65534, 65534)

    assert "belongs to the user with number 65534" in refused(stopped(tmp_path), command)


@pytest.mark.parametrize("words", [("up",), ("down",), ("down", "--erase")])
def test_a_folder_of_something_else_is_neither_used_nor_erased(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "thesis.txt").touch()
    tmp_path.chmod(0o755)

    assert "it holds thesis.txt" in refused(stopped(tmp_path), *words)
    assert (sorted(names(tmp_path)), tmp_path.stat().st_mode & 0o777) == (["run", "secrets", "thesis.txt"], 0o755)


def test_down_of_nothing_does_nothing(tmp_path: Path) -> None:
    assert "nothing was done" in stopped(tmp_path / "data").done("down", "--erase")
    assert not (tmp_path / "data").exists()


def test_down_erases_an_edition(tmp_path: Path) -> None:
    made = stopped(tmp_path / "data")
    for folder in (made.data, made.parts.secrets, made.parts.run):
        folder.mkdir()
    record.write(made.data, record.new_record(made.port_base))

    made.done("down", "--erase")

    assert not made.data.exists()


def test_another_port_base_than_the_first_is_refused(edition: LocalEdition) -> None:
    said = refused(edition, "up", "--port-base", str(edition.port_base + 40))

    assert f"counts its ports from {edition.port_base}, and keeps to them" in said
