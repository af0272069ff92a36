"""The sweep reads every kind of sink: what is planted in one is found there."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest
from confluent_kafka import Producer

from services.runtime.local import kafka
from services.runtime.local.principals import ADMIN
from tests.edition import LocalEdition
from tests.leaks.canaries import Canaries
from tests.leaks.processes import of_processes, temporary_files
from tests.leaks.sinks import answers, files, messages, rows

PLANTED = "ZZ98 7QX"


def sinks_of(found: object, text: str = PLANTED) -> set[str]:
    canaries = Canaries([text])
    return {leak.sink for sink, content in found for leak in canaries.found_in(sink, content)}  # type: ignore[attr-defined]  # any iterator of sinks


def test_a_file_in_the_data_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "police.jsonl").write_text(f'{{"event": "seen near {PLANTED}"}}')
    assert sinks_of(files(tmp_path)) == {"file logs/police.jsonl"}


def test_a_files_name_is_read(tmp_path: Path) -> None:
    (tmp_path / f"return of {PLANTED}.csv").touch()
    assert sinks_of(files(tmp_path)) == {f"name of return of {PLANTED}.csv"}


def test_a_canary_across_two_chunks_of_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * ((1 << 24) - 3) + PLANTED.encode() + b"x" * 100)
    assert sinks_of(files(tmp_path)) == {"file large"}


def test_a_canary_behind_a_hole_in_a_file_is_found(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.seek(1 << 26)
        file.write(PLANTED.encode())
    assert sinks_of(files(tmp_path)) == {"file sparse"}


HOLDS_A_FILE = """
import os, sys
file = open(sys.argv[1], "w+")
file.write(sys.argv[2][::-1])
file.flush()
if sys.argv[3] == "deleted":
    os.unlink(sys.argv[1])
print()
sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["there", "deleted"])
def test_a_file_that_a_process_writes_is_read_wherever_it_is(tmp_path: Path, end: str) -> None:
    told = [sys.executable, "-c", HOLDS_A_FILE, str(tmp_path / "dump"), PLANTED[::-1], end]
    with subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        assert sinks_of(of_processes([process.pid], but=Path("/nowhere"))) >= {"a file that a process may write"}
        assert "a file that a process may write" not in sinks_of(of_processes([process.pid], but=tmp_path))
        process.stdin.close()


@pytest.mark.parametrize("place", ["cmdline", "environ"])
def test_the_command_line_and_environment_of_a_process_and_its_children_are_read(place: str) -> None:
    words = ["sh", "-c", "sleep 60; true", PLANTED if place == "cmdline" else "-"]
    with subprocess.Popen(words, env={**os.environ, "SEEN": PLANTED if place == "environ" else "-"}) as process:
        try:
            assert sinks_of(of_processes([process.pid], but=Path("/nowhere"))) == {f"{place} of a process"}
        finally:
            for child in psutil.Process(process.pid).children():
                child.kill()
            process.kill()


@pytest.mark.parametrize("place", ["name", "content"])
def test_a_temporary_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / (PLANTED if place == "name" else "dump")).write_text(PLANTED if place == "content" else "-")
    assert sinks_of(temporary_files(since=0)) == {"name of a temporary file" if place == "name" else "a temporary file"}
    assert sinks_of(temporary_files(since=time.time() + 60)) == set()


@pytest.mark.parametrize("place", ["key", "value", "header"])
def test_a_message_is_read_with_its_key_and_headers(edition: LocalEdition, place: str) -> None:
    planted = f"{PLANTED[:-1]}{place[0]}".upper()
    node = edition.parts.kafka
    producer = Producer({**kafka.client_properties(node.bootstrap, ADMIN, node.password), "compression.type": "zstd"})
    said = {name: planted.encode() if name == place else b"-" for name in ("key", "value", "header")}
    producer.produce("out.health.v1", said["value"], said["key"], headers=[("h", said["header"])])
    assert producer.flush(30) == 0
    assert "topic out.health.v1" in sinks_of(messages(edition), planted)


@pytest.mark.parametrize("kind", ["text", "bytea", "jsonb"])
def test_a_row_is_read_whatever_its_type(edition: LocalEdition, kind: str) -> None:
    server = edition.parts.postgres
    value = {"text": "%(p)s", "bytea": "convert_to(%(p)s, 'UTF8')", "jsonb": "to_jsonb(%(p)s::text)"}[kind]
    with psycopg.connect(server.conninfo(ADMIN, server.password, "lantern"), autocommit=True) as admin:
        admin.execute(f"CREATE TABLE casefeed.planted AS SELECT {value} AS value".encode(), {"p": PLANTED})
        try:
            assert sinks_of(rows(edition)) == {"table casefeed.planted"}
        finally:
            admin.execute("DROP TABLE casefeed.planted")


def test_the_services_answers_are_read(edition: LocalEdition) -> None:
    assert sinks_of(answers(edition), "lantern_watchers") >= {"casefeed /metrics"}
