"""The tables of decisions: what was asked, each step that followed, and what coordinators are to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from services.core.codes import Purpose
from services.core.gates import Child
from services.core.ids import EventId, FactId, SubjectId
from services.runtime.database import Connection
from services.vault.decisions import ENDS, Act, Asked, Decision, Kind, Step, after, then

_ASKED: LiteralString = """
    SELECT kind, purpose, asked_by, asked_at, subject_id, enquirer, child FROM decisions
    WHERE decision_id = %s FOR UPDATE"""
_STEPS: LiteralString = """
    SELECT act, at, by, until, reasons FROM decision_steps WHERE decision_id = %s ORDER BY number"""


@dataclass(frozen=True, slots=True)
class Held:
    """A decision as it is kept, and how many steps made it."""

    decision: Decision
    steps: int


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that others are told, of a decision or of a pattern, as it goes to its topic."""

    what: str
    topic: str
    key: bytes
    value: bytes


async def add(connection: Connection, asked: Asked) -> None:
    """Keep what is asked for."""
    child = {
        "subjects": sorted(asked.child.subjects),
        "versions": sorted([fact, digest.hex()] for fact, digest in asked.child.versions),
        "disturbances": sorted(asked.child.disturbances),
    }
    await connection.execute(
        """INSERT INTO decisions (decision_id, kind, purpose, asked_by, asked_at, subject_id, enquirer, child)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            bytes.fromhex(asked.decision_id), asked.kind, asked.purpose, asked.by, asked.at,
            bytes.fromhex(asked.subject), asked.enquirer, Jsonb(child),
        ],
    )  # fmt: skip


async def load(connection: Connection, decision_id: str) -> Held | None:
    """A decision, locked until the transaction ends."""
    row = await (await connection.execute(_ASKED, [bytes.fromhex(decision_id)], binary=True)).fetchone()
    if row is None:
        return None
    steps = await (await connection.execute(_STEPS, [bytes.fromhex(decision_id)], binary=True)).fetchall()
    return Held(after(_asked(decision_id, row), map(_step, steps)), len(steps))


async def asked_by(connection: Connection, handle: str, since: datetime) -> list[str]:
    """The decisions that a person asked for since a time, the latest first."""
    cursor = await connection.execute(
        "SELECT decision_id FROM decisions WHERE asked_by = %s AND asked_at > %s ORDER BY asked_at DESC LIMIT 50",
        [handle, since],
        binary=True,
    )
    return [row[0].hex() for row in await cursor.fetchall()]


async def append(connection: Connection, held: Held, step: Step) -> Held:
    """Add the next step to a decision that `load` locked."""
    asked = held.decision.asked
    await connection.execute(
        """INSERT INTO decision_steps (decision_id, number, act, at, by, until, reasons)
           VALUES (%s, %s, %s, %s, %s, %s, %s)""",
        [
            bytes.fromhex(asked.decision_id), held.steps + 1, step.act, step.at, step.by, step.until,
            sorted(step.reasons),
        ],
    )  # fmt: skip
    return Held(then(held.decision, step), held.steps + 1)


def _asked(decision_id: str, row: TupleRow) -> Asked:
    kind, purpose, by, at, subject, enquirer, child = row
    return Asked(decision_id, Kind(kind), Purpose(purpose), by, at, SubjectId(subject.hex()), _child(child), enquirer)


def _child(named: Mapping[str, Any]) -> Child:
    return Child(
        frozenset(SubjectId(subject) for subject in named["subjects"]),
        frozenset((FactId(fact), bytes.fromhex(digest)) for fact, digest in named["versions"]),
        frozenset(EventId(event) for event in named["disturbances"]),
    )


def _step(row: TupleRow) -> Step:
    act, at, by, until, reasons = row
    return Step(Act(act), at, by, until, frozenset(reasons))


async def end_all(connection: Connection) -> None:
    """Let every decision lapse that is not over: of what was said of it since a backup was made nothing is known."""
    await connection.execute(
        """INSERT INTO decision_steps (decision_id, number, act, at, reasons)
           SELECT decision_id, coalesce(max(number), 0) + 1, %(lapse)s, now(), '{}'
           FROM decisions LEFT JOIN decision_steps USING (decision_id)
           GROUP BY decision_id HAVING NOT coalesce(bool_or(act = ANY(%(endings)s)), false)""",
        {"lapse": Act.LAPSE, "endings": sorted(ENDS)},
    )


async def tell(connection: Connection, decision_id: str, told: Told) -> None:
    """Put down, once, what others are to be told of a decision; the relay tells it."""
    await connection.execute(
        """INSERT INTO outbox (decision_id, what, topic, key, value) VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT DO NOTHING""",
        [bytes.fromhex(decision_id), told.what, told.topic, told.key, told.value],
    )


async def answer(connection: Connection, decision_id: str, what: str, told: Told) -> None:
    """Put down, once, that a decision no longer waits for `what`; nothing, if nobody was to be told that it does."""
    await connection.execute(
        """INSERT INTO outbox (decision_id, what, topic, key, value)
           SELECT %(decision)s, %(told)s, %(topic)s, %(key)s, %(value)s
           WHERE EXISTS (SELECT FROM outbox WHERE decision_id = %(decision)s AND what = %(what)s)
           ON CONFLICT DO NOTHING""",
        {
            "decision": bytes.fromhex(decision_id), "what": what,
            "told": told.what, "topic": told.topic, "key": told.key, "value": told.value,
        },
    )  # fmt: skip


async def untold(connection: Connection, at_most: int) -> list[tuple[int, Told]]:
    """What nobody has been told yet, in the order in which it was put down."""
    cursor = await connection.execute(
        "SELECT seq, what, topic, key, value FROM outbox WHERE told_at IS NULL ORDER BY seq LIMIT %s",
        [at_most],
        binary=True,
    )
    return [(seq, Told(*told)) for seq, *told in await cursor.fetchall()]


async def note_told(connection: Connection, numbers: Sequence[int], now: datetime) -> None:
    """Note that Kafka has these."""
    await connection.execute(
        "UPDATE outbox SET told_at = %s WHERE seq = ANY(%s) AND told_at IS NULL", [now, list(numbers)]
    )


async def told_at(connection: Connection, decision_id: str, what: str) -> datetime | None:
    """When others were told something of a decision."""
    cursor = await connection.execute(
        "SELECT told_at FROM outbox WHERE decision_id = %s AND what = %s",
        [bytes.fromhex(decision_id), what],
        binary=True,
    )
    row = await cursor.fetchone()
    return row[0] if row else None
