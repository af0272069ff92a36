"""Apache Kafka's jars: exactly those that infra/kafka/jars.txt lists, byte for byte."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import INFRA

LIST = INFRA / "kafka" / "jars.txt"
DOWNLOADS_AT_ONCE = 8


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


Fetch = Callable[[Jar, Path], Path]


def cache_folder() -> Path:
    """Where jars are kept between data folders."""
    return platformdirs.user_cache_path("lantern") / "jars"


def listed(path: Path = LIST) -> list[Jar]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [_parse(line) for line in lines]


def ensure(folder: Path, jars: Iterable[Jar], fetch: Fetch | None = None) -> list[Path]:
    """The jars' files in the order given, each checked against its SHA-256, missing ones fetched side by side.

    Raises EditionFailed if one cannot be fetched or is not the file that was listed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        return list(pool.map(lambda jar: _ensure_one(folder, jar, fetch or _download), jars))


def is_there(folder: Path, jar: Jar) -> bool:
    """Whether the folder holds the jar, byte for byte as listed."""
    path = folder / jar.file_name
    return path.exists() and _is_as_listed(path, jar)


def _parse(line: str) -> Jar:
    coordinates, sha256 = line.split()
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, sha256)


def _ensure_one(folder: Path, jar: Jar, fetch: Fetch) -> Path:
    path = folder / jar.file_name
    if is_there(folder, jar):
        return path
    # A folder of its own for each download: a broken one leaves nothing behind that looks whole.
    with tempfile.TemporaryDirectory(dir=folder) as draft:
        fetched = fetch(jar, Path(draft))
        if not _is_as_listed(fetched, jar):
            raise EditionFailed(
                f"The downloaded {jar.file_name} is not the file that {LIST.name} lists: it was thrown away. It was "
                f"cut short, or somebody between here and its publisher changed it: try again from another network."
            )
        return fetched.replace(path)


def _download(jar: Jar, folder: Path) -> Path:
    # Its libraries take half a second to import, and only the first start on a machine fetches anything.
    from services.runtime.local.jar_download import download  # noqa: PLC0415

    return download(jar.group, jar.artifact, jar.version, folder)


def _is_as_listed(path: Path, jar: Jar) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
