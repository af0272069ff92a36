"""Kafka starts with its classes from an archive, and as well without one."""

import os
import subprocess
from pathlib import Path

import pytest

from services.runtime.local import binaries, class_archive
from services.runtime.local.jars import cache_folder, ensure, listed
from tests.runtime.secured_kafka import SecuredKafka

TOOL = "kafka.tools.StorageTool"


def tool(archive: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """A short run of Kafka's own code with the archive."""
    jars = ensure(cache_folder(), listed())
    return subprocess.run(
        [str(binaries.java()), "-XX:+UseSerialGC", *class_archive.flags(archive), *flags, TOOL, "random-uuid"],
        env={"CLASSPATH": os.pathsep.join(map(str, jars))}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_other_jars_have_another_archive(tmp_path: Path) -> None:
    one, other = (class_archive.path_for([Path(f"/jars/kafka-{number}.jar")], tmp_path) for number in (1, 2))

    assert one != other


@pytest.mark.parametrize("content", [None, b"", b"not an archive" * 1000])
def test_java_does_without_an_archive_that_it_cannot_use(tmp_path: Path, content: bytes | None) -> None:
    archive = tmp_path / "kafka.jsa"
    if content is not None:
        archive.write_bytes(content)

    done = tool(archive)

    assert (done.returncode, done.stderr, len(done.stdout.strip())) == (0, "", 22)


def test_an_archive_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    archive = tmp_path / "kafka.jsa"
    archive.write_bytes(b"made before")

    class_archive.make(archive, broker_pid=os.getpid())

    assert archive.read_bytes() == b"made before"


def test_what_is_no_broker_makes_no_archive(tmp_path: Path) -> None:
    class_archive.make(tmp_path / "kafka.jsa", broker_pid=os.getpid())

    assert list(tmp_path.iterdir()) == []


def test_a_running_broker_makes_an_archive_that_java_takes(kafka: SecuredKafka, tmp_path: Path) -> None:
    archive = tmp_path / "kafka.jsa"

    before = sorted(kafka.folder.iterdir())

    class_archive.make(archive, kafka.pid)

    assert sorted(kafka.folder.iterdir()) == before
    assert "shared objects file" in tool(archive, "-Xlog:class+load").stdout
