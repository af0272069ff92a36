"""Apache Kafka's jars are those that are listed, byte for byte, or there is no Kafka."""

import hashlib
from pathlib import Path

import pytest

from services.runtime.local.errors import EditionFailed
from services.runtime.local.jars import Jar, cache_folder, ensure, is_there, listed
from services.runtime.local.kafka import VERSION

GOOD = b"the bytes of a jar"
JAR = Jar("group", "artifact", "1.0", hashlib.sha256(GOOD).hexdigest())


class Repository:
    """Where jars are fetched from: it gives the same bytes for each, and counts how often."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.fetched = 0

    def __call__(self, jar: Jar, folder: Path) -> Path:
        self.fetched += 1
        path = folder / jar.file_name
        path.write_bytes(self.content)
        return path


def test_a_jar_is_fetched_once(tmp_path: Path) -> None:
    repository = Repository(GOOD)

    for _ in range(2):
        assert ensure(tmp_path, [JAR], repository) == [tmp_path / "artifact-1.0.jar"]

    assert repository.fetched == 1


def test_a_jar_that_is_not_the_one_listed_is_refused_and_not_kept(tmp_path: Path) -> None:
    with pytest.raises(EditionFailed, match=r"artifact-1\.0\.jar is not the file"):
        ensure(tmp_path, [JAR], Repository(b"the bytes of another"))

    assert list(tmp_path.iterdir()) == []


def test_a_jar_that_was_changed_since_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / JAR.file_name).write_bytes(b"changed")

    ensure(tmp_path, [JAR], Repository(GOOD))

    assert is_there(tmp_path, JAR)


def test_every_listed_jar_is_pinned_and_listed_once() -> None:
    jars = listed()

    assert all(len(jar.sha256) == 64 for jar in jars)
    assert len({(jar.group, jar.artifact) for jar in jars}) == len(jars)


def test_all_of_kafkas_own_jars_are_of_one_version() -> None:
    assert {jar.version for jar in listed() if jar.group == "org.apache.kafka"} == {VERSION}


def test_the_jars_in_the_cache_are_those_listed() -> None:
    ensure(cache_folder(), listed())

    assert [jar.file_name for jar in listed() if not is_there(cache_folder(), jar)] == []
