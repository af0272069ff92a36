"""edition.json: what a data folder is, written last at first start, so that a folder without one is not finished."""

import os
import uuid
from pathlib import Path

from confluent_kafka import Uuid
from pydantic import BaseModel, ConfigDict, ValidationError

from services.runtime.local import kafka, postgres
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import write_private
from services.runtime.local.ports import ports_from

VERSION = 1


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
    return record


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


def write(data: Path, record: Record) -> None:
    """Write a data folder's record."""
    write_private(path_in(data), record.model_dump_json(indent=2))


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
