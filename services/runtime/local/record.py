"""edition.json: what a data folder is, written last at first start, so that a folder without one is not finished."""

import os
import re
import uuid
from pathlib import Path

from confluent_kafka import Uuid
from pydantic import BaseModel, ConfigDict, ValidationError

from services.runtime.local import kafka, postgres
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import write_private
from services.runtime.local.ports import ports_from

VERSION = 1
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/ _.+=@~()-]+")
_MADE_BEFORE_THE_RECORD = {".lock", "logs", "run", "secrets", "keys", "kafka", "mail", "postgres", "postgres.draft"}


class Record(BaseModel):
    """What a data folder holds, and for whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    kafka: str
    postgres: str
    cluster_id: str
    port_base: int
    ports: dict[str, int]
    uid: int


def new_record(port_base: int) -> Record:
    """Describe an edition that begins now."""
    words = uuid.uuid4().int
    cluster_id = str(Uuid(words >> 65, words & (2**63 - 1)))
    return Record(
        version=VERSION,
        kafka=kafka.VERSION,
        postgres=postgres.VERSION,
        cluster_id=cluster_id,
        port_base=port_base,
        ports=ports_from(port_base),
        uid=os.geteuid(),
    )


def path_in(data: Path) -> Path:
    """Where a data folder's record stands."""
    return data / "edition.json"


def read(data: Path) -> Record | None:
    """Read a data folder's record; None where nothing was finished yet.

    Raises:
        EditionFailed: it cannot be read, or is of another version or user; nothing is changed.
    """
    path = path_in(data)
    if not path.exists():
        return None
    try:
        record = Record.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise EditionFailed(
            f"{path} cannot be read as the record of an edition. The data beside it is untouched: restore that file "
            f"from a copy, or start in another folder with --data."
        ) from None
    _check(record, data)
    # A part that came later has the port that it would have had.
    return record.model_copy(update={"ports": {**ports_from(record.port_base), **record.ports}})


def refuse_strangers(data: Path) -> None:
    """Only its own user works in a data folder.

    Raises:
        EditionFailed: it is another user's, or behind another user's door.
    """
    try:
        owner = data.stat().st_uid
    except FileNotFoundError:
        return
    except PermissionError:
        raise _strange(data, "cannot be entered") from None
    if owner != os.geteuid():
        raise _strange(data, f"belongs to the user with number {owner}")


def refuse_other_folders(data: Path) -> None:
    """A data folder holds an edition, or what a first start left behind, or nothing: its files are ours to erase.

    Raises:
        EditionFailed: something else is in it, or its path is one that not all parts can read.
    """
    if not _PLAIN_PATH.fullmatch(str(data)):
        raise EditionFailed(
            f"The path {data} holds a character that Kafka or supervisord would read as something else. Nothing was "
            f"changed: choose a folder of plain letters, digits and -_.+=@~() with --data."
        )
    if not data.exists() or path_in(data).exists():
        return
    # A killed start may leave a draft of the record itself.
    ours = {*_MADE_BEFORE_THE_RECORD, *(path.name for path in data.glob(f".{path_in(data).name}.*"))}
    others = sorted({path.name for path in data.iterdir()} - ours)
    if others:
        raise EditionFailed(
            f"The folder {data} is no data folder: it holds {others[0]}. Nothing in it was changed: choose an empty "
            f"or new folder with --data."
        )


def write(data: Path, record: Record) -> None:
    """Write a data folder's record, unless it says so already."""
    path, text = path_in(data), record.model_dump_json(indent=2)
    if not path.exists() or path.read_text("utf-8") != text:
        write_private(path, text)


def _check(record: Record, data: Path) -> None:
    ours = {"format": str(VERSION), "Kafka": kafka.VERSION, "PostgreSQL": postgres.VERSION}
    theirs = {"format": str(record.version), "Kafka": record.kafka, "PostgreSQL": record.postgres}
    differing = ", ".join(f"{part} {theirs[part]} (here: {ours[part]})" for part in ours if ours[part] != theirs[part])
    if differing:
        raise EditionFailed(
            f"The folder {data} was made by another version of Lantern: {differing}. Nothing in it was changed: "
            f"use the version that made it, or start in another folder with --data."
        )
    if record.uid != os.geteuid():
        raise _strange(data, f"was made by the user with number {record.uid}")


def _strange(data: Path, how: str) -> EditionFailed:
    return EditionFailed(
        f"The folder {data} {how}, and you are number {os.geteuid()}. "
        f"Nothing was changed: become its user, or start in another folder with --data."
    )
