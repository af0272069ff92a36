"""Saves what a batch changes in portraits, their keys, edges and conflicts."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import LiteralString

from services.core.ids import SubjectId
from services.core.matching.groups import Pair
from services.core.matching.versions import Adopted
from services.correlator.handlers import Outcome
from services.correlator.kept import evidence_to, portrait_to
from services.correlator.likeness import Edge, Portraits
from services.correlator.said import Portrait
from services.runtime.database import Connection, Question, ask, write_rows
from services.runtime.id_arrays import IdArray

Keys = Callable[[Portrait], Collection[int]]

_KEYED: LiteralString = """
    INSERT INTO blocks (key, subject_id) SELECT * FROM unnest(%b::bigint[], %b::bytea[]) ON CONFLICT DO NOTHING"""


_AT_ONCE = 20_000


async def adopt(connection: Connection, adopted: Sequence[Adopted]) -> None:
    """Note which versions of the weights were adopted, and when."""
    await write_rows(
        connection,
        """INSERT INTO weights (version, sha256, adopted_at)
           SELECT * FROM unnest(%b::text[], %b::text[], %b::timestamptz[]) ON CONFLICT DO NOTHING""",
        [(one.version, one.sha256, one.adopted_at) for one in adopted],
    )


async def rekey(connection: Connection, portraits: Portraits, keys: Keys) -> None:
    """Let every record be found by these keys and by no others."""
    await connection.execute("DELETE FROM blocks")
    left = ((key, subject) for subject, portrait in portraits.items() for key in keys(portrait))
    while some := list(islice(left, _AT_ONCE)):
        await ask(connection, (_KEYED, _keyed(some)))


def linking(outcome: Outcome, held: Portraits, keys: Keys) -> Iterator[Question]:
    """What is to be asked of the tables; `held` are the portraits of the batch's records as they were."""
    changed = outcome.change.portraits
    if changed:
        yield from _portraits(changed)
        yield from _blocks({subject: keys(held[subject]) for subject in changed.keys() & held.keys()}, changed, keys)
    yield from _edges(outcome.change.likeness.made, outcome.change.likeness.gone)
    yield from _conflicts(outcome.conflicts, outcome.settled)


def _portraits(changed: Portraits) -> Iterator[Question]:
    yield (
        """INSERT INTO portraits (subject_id, traits) SELECT * FROM unnest(%b::bytea[], %b::bytea[])
           ON CONFLICT (subject_id) DO UPDATE SET traits = excluded.traits""",
        [IdArray(list(changed)), [portrait_to(portrait) for portrait in changed.values()]],
    )


def _blocks(before: dict[SubjectId, Collection[int]], changed: Portraits, keys: Keys) -> Iterator[Question]:
    now = {subject: keys(portrait) for subject, portrait in changed.items()}
    less = [(key, subject) for subject, held in before.items() for key in held if key not in now[subject]]
    more = [(key, subject) for subject, found in now.items() for key in found if key not in before.get(subject, ())]
    if less:
        yield (
            "DELETE FROM blocks WHERE (key, subject_id) IN (SELECT * FROM unnest(%b::bigint[], %b::bytea[]))",
            _keyed(less),
        )
    if more:
        yield _KEYED, _keyed(more)


def _keyed(rows: Sequence[tuple[int, SubjectId]]) -> list[object]:
    return [[key for key, _ in rows], IdArray([subject for _, subject in rows])]


def _edges(made: Sequence[Edge], gone: Collection[Pair]) -> Iterator[Question]:
    if gone:
        yield "DELETE FROM edges WHERE (one, other) IN (SELECT * FROM unnest(%b::bytea[], %b::bytea[]))", _ends(gone)
    if made:
        yield (
            """INSERT INTO edges (one, other, verdict, evidence)
               SELECT * FROM unnest(%b::bytea[], %b::bytea[], %b::text[], %b::text[])
               ON CONFLICT (one, other) DO UPDATE SET verdict = excluded.verdict, evidence = excluded.evidence""",
            [
                *_ends([edge.pair for edge in made]),
                [edge.verdict.value for edge in made],
                [evidence_to(edge) for edge in made],
            ],
        )


def _conflicts(new: Collection[Pair], settled: Collection[Pair]) -> Iterator[Question]:
    if settled:
        yield (
            "DELETE FROM conflicts WHERE (one, other) IN (SELECT * FROM unnest(%b::bytea[], %b::bytea[]))",
            _ends(settled),
        )
    if new:
        yield (
            "INSERT INTO conflicts (one, other) SELECT * FROM unnest(%b::bytea[], %b::bytea[]) ON CONFLICT DO NOTHING",
            _ends(new),
        )


def _ends(pairs: Collection[Pair]) -> list[object]:
    return [IdArray([one for one, _ in pairs]), IdArray([other for _, other in pairs])]
