"""Fetching one jar from where the Java world keeps its jars."""

from pathlib import Path

import requests
from jgo.maven import MavenContext

from services.runtime.local.errors import EditionFailed

TIMEOUT_SECONDS = 60


def download(group: str, artifact: str, version: str, folder: Path) -> Path:
    """Fetch one jar into an empty folder.

    Raises EditionFailed if it cannot be had.
    """
    context = MavenContext(repo_cache=folder, timeout=TIMEOUT_SECONDS)
    try:
        path: Path = context.project(group, artifact).at_version(version).artifact().resolve()
    except (requests.RequestException, RuntimeError, OSError) as error:
        raise EditionFailed(
            f"{artifact} {version}, a part of Apache Kafka, could not be fetched ({type(error).__name__}). "
            f"What was already fetched is kept: check the network and run the same command again."
        ) from error
    return path
