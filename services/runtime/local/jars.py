"""Apache Kafka's jars: exactly those that infra/kafka/jars.txt lists, byte for byte."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import requests
from jgo.maven import MavenContext

from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import INFRA

LIST = INFRA / "kafka" / "jars.txt"
DOWNLOADS_AT_ONCE = 8
DOWNLOAD_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def cache_folder() -> Path:
    """Where jars are kept between data folders."""
    return platformdirs.user_cache_path("lantern") / "jars"


def listed(path: Path = LIST) -> list[Jar]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [_parse(line) for line in lines]


def ensure(folder: Path, jars: Iterable[Jar], on_jar: Callable[[], None] = lambda: None) -> list[Path]:
    """The jars' files in the order given, each checked against its SHA-256, missing ones fetched side by side.

    Raises EditionFailed if one cannot be fetched or is not the file that was listed.
    """
    folder.mkdir(parents=True, exist_ok=True)

    def one(jar: Jar) -> Path:
        path = _ensure_one(folder, jar)
        on_jar()
        return path

    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        return list(pool.map(one, jars))


def is_there(folder: Path, jar: Jar) -> bool:
    """Whether the folder holds the jar, byte for byte as listed."""
    path = folder / jar.file_name
    return path.exists() and _is_as_listed(path, jar)


def _parse(line: str) -> Jar:
    coordinates, sha256 = line.split()
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, sha256)


def _ensure_one(folder: Path, jar: Jar) -> Path:
    path = folder / jar.file_name
    if not is_there(folder, jar):
        _fetch(jar, path)
    return path


def _fetch(jar: Jar, path: Path) -> None:
    # A repository of its own for each download: a broken one leaves nothing behind that looks whole.
    with tempfile.TemporaryDirectory(dir=path.parent) as repository:
        fetched = _download(jar, Path(repository))
        if not _is_as_listed(fetched, jar):
            raise EditionFailed(
                f"The downloaded {jar.file_name} is not the file that {LIST.name} lists: it was thrown away. "
                f"Somebody between here and its publisher changed it; try from another network."
            )
        fetched.replace(path)


def _download(jar: Jar, repository: Path) -> Path:
    context = MavenContext(repo_cache=repository, timeout=DOWNLOAD_TIMEOUT_SECONDS)
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    try:
        path: Path = artifact.resolve()
    except (requests.RequestException, RuntimeError, OSError) as error:
        raise EditionFailed(
            f"{jar.file_name}, a part of Apache Kafka, could not be fetched ({type(error).__name__}). "
            f"What was already fetched is kept: check the network and run the same command again."
        ) from error
    return path


def _is_as_listed(path: Path, jar: Jar) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
