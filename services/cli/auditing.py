"""Verifying an audit from outside: its rows over HTTP, its signed checkpoints from Kafka or from an agency's copy."""

import base64
import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from services.cli.client import Failed, answer
from services.cli.reading import Message, Wanted, messages
from services.core.audit import Checkpoint
from services.core.audit_check import Check, Fault, Finding, Piece, first_fault, pieces
from services.core.errors import UnreadableBytes
from services.runtime.kafka_access import KafkaAccess
from services.wire.audit_lines import entry_of, link_of
from services.wire.avro import Record, Schemas
from services.wire.checkpoints import NAME, NotSigned, load_public_key, verified
from services.wire.topics import AUDIT_CHECKPOINTS

_LINKS_AT_ONCE = 500

Advance = Callable[[int, int], None]
"""Told how many of how many links are read."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying one chain came to; `witnessed` is the last link that a checkpoint vouches for.

    `unread`: why the chain could not be read to its end, as a sentence.
    """

    service: str
    links: int = 0
    entries: int = 0
    checkpoints: int = 0
    witnessed: int = -1
    finding: Finding | None = None
    unread: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.finding is None and self.unread is None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Everything that was said in the name of the services: what each has signed, and how often it had not."""

    signed: Mapping[str, tuple[Checkpoint, ...]]
    forged: Mapping[str, int]


def verify(api: httpx.Client, service: str, witnesses: Witnesses, advance: Advance) -> Verdict:
    """Read a whole chain and compare it with what its service has signed.

    Raises:
        Failed: the service does not hand it out.
    """
    extent = answer(api.get("/audit"))
    check = Check(service, str(extent["chain"]), witnesses.signed.get(service, ()))
    finding = first_fault(check, _chain(api, int(extent["last_link"]), advance))
    if finding is None and witnesses.forged.get(service):
        finding = Finding(Fault.FORGED_CHECKPOINT, check.agreed)
    return Verdict(service, check.links, check.entries, len(check.checkpoints), check.agreed, finding)


async def from_kafka(access: KafkaAccess, schemas: Schemas) -> list[Record]:
    """Every checkpoint that stands on Kafka, whoever wrote it."""
    async with contextlib.aclosing(messages(access, Wanted(AUDIT_CHECKPOINTS))) as told:
        return [_read(schemas, message) async for message in told]


def _read(schemas: Schemas, message: Message) -> Record:
    """What cannot be read is nothing that the service has signed in whose name it came."""
    try:
        return schemas.decode(message.value, (NAME,))[1]
    except UnreadableBytes:
        return {"service": (message.key or b"").decode(errors="replace")}


def from_copy(path: Path) -> list[Record]:
    """The checkpoints that an agency has kept: what `lantern topics read audit-checkpoints.v1` printed.

    Raises:
        Failed: a line is no such message.
    """
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            found.append(_read_back(json.loads(line)["record"]))
        except (ValueError, KeyError, TypeError):
            raise Failed(
                f"{path.name}, line {number}: no message of {AUDIT_CHECKPOINTS}. Nothing was verified."
            ) from None
    return found


def sorted_out(records: Iterable[Record], public_keys: Path, services: Iterable[str]) -> Witnesses:
    """Tell what each service has signed from what was only said in its name."""
    signed: dict[str, list[Checkpoint]] = {service: [] for service in services}
    forged = dict.fromkeys(signed, 0)
    keys = {service: load_public_key(public_keys, service) for service in signed}
    for record in records:
        service = record["service"]
        if service in keys:
            try:
                signed[service].append(verified(record, keys[service]))
            except NotSigned:
                forged[service] += 1
    return Witnesses({service: tuple(held) for service, held in signed.items()}, forged)


def _chain(api: httpx.Client, last: int, advance: Advance) -> Iterator[Piece]:
    """Page after page; the first has no beginning, so that nothing stands unseen before it."""
    for after in range(-1, last + 1, _LINKS_AT_ONCE):
        before = min(after + _LINKS_AT_ONCE, last + 1)
        page = answer(api.get("/audit/links", params={"after": after, "before": before}))
        yield from pieces(map(link_of, page["links"]), map(entry_of, page["entries"]))
        advance(before, last + 1)


def _read_back(shown: Mapping[str, Any]) -> Record:
    """A record as `lantern topics read` shows it, as it was."""
    return {
        **{name: shown[name] for name in ("service", "chain", "number")},
        **{name: base64.b64decode(shown[name], validate=True) for name in ("hash", "signature")},
        "at": datetime.fromisoformat(shown["at"]),
    }
