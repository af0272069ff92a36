"""What the tables hold about a batch, asked in one go; every question goes by an index."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import TupleRow

from services.core.case import CaseState
from services.core.case_json import from_json
from services.core.codes import IdentifierScheme
from services.core.ids import CaseId, EventId, FactId, SubjectId
from services.core.matching.components import Decision, IdentifierKey, Verdict
from services.core.matching.groups import Pair
from services.core.matching.stated import Stated
from services.core.matching.versions import Adopted
from services.correlator.handlers import Assigned
from services.correlator.identity import Claims, Graph
from services.correlator.kept import edge_from, portrait_from
from services.correlator.likeness import Beside, Edge, Portraits
from services.correlator.said import Claim, Portrait, Said, SaidAgain
from services.correlator.survey import Known, OfRecord
from services.runtime.database import Connection, ask
from services.runtime.id_arrays import IdArray

_ENTRIES_AT_ONCE = 2_000

_DECISIONS = "SELECT event_id, one, other, verdict, decided_at, said_by, decided_by FROM decisions"
_CASES = "SELECT subject_id, case_id FROM subjects WHERE subject_id = ANY(%b::bytea[])"
_CLAIMS = "SELECT subject_id, scheme, value, disputed FROM claims WHERE subject_id = ANY(%b::bytea[])"
_PORTRAITS = "SELECT subject_id, traits FROM portraits WHERE subject_id = ANY(%b::bytea[])"
_EDGES = "SELECT one, other, verdict, evidence FROM edges"
_ADOPTED = "SELECT version, sha256, adopted_at FROM weights"
_CONFLICTS = "SELECT one, other FROM conflicts"
_EITHER = "WHERE one = ANY(%b::bytea[]) OR other = ANY(%b::bytea[])"
# The keys are looked up once: who holds which, then what each of them claims.
_BESIDE = """
    WITH held AS MATERIALIZED (SELECT key, subject_id FROM blocks WHERE key = ANY(%b::bigint[]))
    SELECT key, subject_id, NULL FROM held
    UNION ALL
    SELECT NULL, subject_id, traits FROM portraits WHERE subject_id IN (SELECT subject_id FROM held)"""
_EVENTS = "SELECT event_id FROM entries WHERE event_id = ANY(%b::bytea[])"
# The rows are locked in one order by everybody, and what is asked after this is read once they are.
_LOCKED_STATES = """
    SELECT case_id, state FROM cases
    WHERE case_id IN (SELECT case_id FROM subjects WHERE subject_id = ANY(%b::bytea[]))
    ORDER BY case_id FOR UPDATE"""
_WORDS = """
    SELECT subject_id, fact_id, event_id, said_at FROM entries
    JOIN (SELECT DISTINCT * FROM unnest(%b::bytea[], %b::bytea[])) AS asked (subject_id, fact_id)
    USING (subject_id, fact_id)"""
_REACHED = """
    WITH RECURSIVE reached (subject_id) AS (
        (SELECT * FROM unnest(%b::bytea[])
         UNION SELECT subject_id FROM claims
         JOIN unnest(%b::text[], %b::bytea[]) AS named (scheme, value) USING (scheme, value))
        UNION
        SELECT next.subject_id FROM reached CROSS JOIN LATERAL (
            SELECT theirs.subject_id FROM claims AS ours JOIN claims AS theirs USING (scheme, value)
            WHERE ours.subject_id = reached.subject_id
            UNION ALL SELECT other FROM decisions WHERE one = reached.subject_id
            UNION ALL SELECT one FROM decisions WHERE other = reached.subject_id
            UNION ALL SELECT other FROM edges WHERE one = reached.subject_id
            UNION ALL SELECT one FROM edges WHERE other = reached.subject_id
            UNION ALL SELECT theirs.subject_id FROM subjects AS ours JOIN subjects AS theirs USING (case_id)
            WHERE ours.subject_id = reached.subject_id
        ) AS next
    )
    SELECT subject_id FROM reached"""


@dataclass(frozen=True, slots=True)
class Held:
    """One event of a timeline as it is held."""

    subject_id: SubjectId
    frame: bytes
    known_at: datetime
    said_at: datetime


async def known(connection: Connection, batch: Sequence[Said]) -> tuple[Known, int]:
    """Lock the cases of the batch's records, read what is held about it, and draw the version of what it will write."""
    events = IdArray([said.entry.event_id for said in batch])
    subjects = IdArray([said.entry.subject_id for said in batch])
    facts = IdArray([said.entry.fact_id for said in batch])
    distinct = IdArray({said.entry.subject_id for said in batch})
    states, cases, held, words, claims, decisions, portraits, adopted, version = await ask(
        connection,
        (_LOCKED_STATES, [distinct]),
        (_CASES, [distinct]),
        (_EVENTS, [events]),
        (_WORDS, [subjects, facts]),
        (_CLAIMS, [distinct]),
        (f"{_DECISIONS} {_EITHER}", [distinct, distinct]),
        (_PORTRAITS, [distinct]),
        (_ADOPTED, None),
        ("SELECT nextval('versions')", None),
    )
    found = Known(
        events=frozenset(EventId(event.hex()) for (event,) in held),
        cases=_cases(cases),
        states=_states(states),
        facts=_facts(words),
        claims=_claims(claims),
        decisions=_stated(decisions),
        portraits=_portraits(portraits),
        adopted=tuple(Adopted(*row) for row in adopted),
    )
    return found, version[0][0]


async def beside(
    connection: Connection, subjects: Collection[SubjectId], keys: Collection[int]
) -> tuple[Beside, list[Edge]]:
    """Read every record that has one of these keys, and all edges of these records."""
    ids = IdArray(subjects)
    held, edges = await ask(
        connection,
        (_BESIDE, [list(keys)]),
        (f"{_EDGES} {_EITHER}", [ids, ids]),
    )
    return _beside(held), _edges(edges)


async def adopted(connection: Connection) -> tuple[Adopted, ...]:
    """Read which versions of the weights were adopted."""
    [rows] = await ask(connection, (_ADOPTED, None))
    return tuple(Adopted(*row) for row in rows)


async def portraits(connection: Connection) -> Portraits:
    """Read what every record claims of who its child is."""
    [rows] = await ask(connection, ("SELECT subject_id, traits FROM portraits", None))
    return _portraits(rows)


async def edges(connection: Connection) -> tuple[Edge, ...]:
    """Read every edge."""
    [rows] = await ask(connection, (_EDGES, None))
    return tuple(_edges(rows))


async def links(connection: Connection, subjects: Collection[SubjectId]) -> tuple[list[Edge], list[Pair]]:
    """Read all edges and conflicts of some records."""
    ids = IdArray(subjects)
    edges, conflicts = await ask(
        connection, (f"{_EDGES} {_EITHER}", [ids, ids]), (f"{_CONFLICTS} {_EITHER}", [ids, ids])
    )
    return _edges(edges), list(_pairs(conflicts))


async def graph(
    connection: Connection, subjects: Collection[SubjectId], identifiers: Collection[IdentifierKey]
) -> Graph:
    """Read every record that these records, and whoever names these identifiers, reach."""
    reached = IdArray(await _reached(connection, subjects, identifiers))
    cases, claims, decisions, edges, conflicts, portraits = await ask(
        connection,
        (_CASES, [reached]),
        (_CLAIMS, [reached]),
        (f"{_DECISIONS} WHERE one = ANY(%b::bytea[])", [reached]),
        (f"{_EDGES} WHERE one = ANY(%b::bytea[])", [reached]),
        (f"{_CONFLICTS} WHERE one = ANY(%b::bytea[])", [reached]),
        (_PORTRAITS, [reached]),
    )
    return Graph(
        cases=_cases(cases),
        claims=_claims(claims),
        decisions=_stated(decisions),
        edges=tuple(_edges(edges)),
        conflicts=frozenset(_pairs(conflicts)),
        portraits=_portraits(portraits),
    )


async def _reached(
    connection: Connection, subjects: Collection[SubjectId], identifiers: Collection[IdentifierKey]
) -> list[str]:
    schemes, values = [scheme.value for scheme, _ in identifiers], [value.encode() for _, value in identifiers]
    [rows] = await ask(connection, (_REACHED, [IdArray(subjects), schemes, values]))
    return [subject.hex() for (subject,) in rows]


async def states(connection: Connection, cases: Collection[CaseId]) -> dict[CaseId, CaseState]:
    """Read the states of some cases."""
    if not cases:
        return {}
    [rows] = await ask(
        connection, ("SELECT case_id, state FROM cases WHERE case_id = ANY(%b::bytea[])", [IdArray(cases)])
    )
    return _states(rows)


async def count_entries(connection: Connection, subjects: Collection[SubjectId]) -> int:
    """Count the events of some records."""
    question = "SELECT count(*) FROM entries WHERE subject_id = ANY(%b::bytea[])"
    [[(count,)]] = await ask(connection, (question, [IdArray(subjects)]))
    return int(count)


async def timelines(connection: Connection, subjects: Collection[SubjectId]) -> AsyncIterator[Held]:
    """Read every event of some records, a part at a time: however long they are, the connection is not left waiting."""
    async with connection.cursor("timelines", binary=True) as cursor:
        cursor.itersize = _ENTRIES_AT_ONCE
        await cursor.execute(
            "SELECT subject_id, frame, known_at, said_at FROM entries WHERE subject_id = ANY(%b::bytea[])",
            [IdArray(subjects)],
        )
        async for subject, frame, known_at, said_at in cursor:
            yield Held(SubjectId(subject.hex()), frame, known_at, said_at)


async def members(connection: Connection, cases: Collection[CaseId]) -> list[Assigned]:
    """Read which records belong to some cases."""
    question = "SELECT subject_id, case_id, known_at FROM subjects WHERE case_id = ANY(%b::bytea[])"
    [rows] = await ask(connection, (question, [IdArray(cases)]))
    return [Assigned(SubjectId(subject.hex()), CaseId(case.hex()), known_at) for subject, case, known_at in rows]


async def said_again(connection: Connection, subjects: Collection[SubjectId]) -> list[SaidAgain]:
    """Read what was said again of some records."""
    question = """SELECT event_id, subject_id, said_again.recorded_at, said_again.known_at
                  FROM entries JOIN said_again USING (event_id) WHERE subject_id = ANY(%b::bytea[])"""
    [rows] = await ask(connection, (question, [IdArray(subjects)]))
    return [
        SaidAgain(EventId(event.hex()), SubjectId(subject.hex()), recorded_at, known_at)
        for event, subject, recorded_at, known_at in rows
    ]


async def count_dead_letters(connection: Connection) -> int:
    """Tell how many records could not be read."""
    [rows] = await ask(connection, ("SELECT count(*) FROM dead_letters", None))
    return int(rows[0][0])


async def committed(connection: Connection, events: Sequence[EventId]) -> frozenset[EventId]:
    """Tell which of these events are on a timeline."""
    [rows] = await ask(connection, (_EVENTS, [IdArray(events)]))
    return frozenset(EventId(event.hex()) for (event,) in rows)


def _cases(rows: Iterable[TupleRow]) -> dict[SubjectId, CaseId]:
    return {SubjectId(subject.hex()): CaseId(case.hex()) for subject, case in rows}


def _states(rows: Iterable[TupleRow]) -> dict[CaseId, CaseState]:
    return {CaseId(case.hex()): from_json(state) for case, state in rows}


def _facts(rows: Iterable[TupleRow]) -> dict[OfRecord, dict[EventId, datetime]]:
    facts: dict[OfRecord, dict[EventId, datetime]] = defaultdict(dict)
    for subject, fact, event, said_at in rows:
        facts[SubjectId(subject.hex()), FactId(fact.hex())][EventId(event.hex())] = said_at
    return facts


def _claims(rows: Iterable[TupleRow]) -> Claims:
    claims: dict[SubjectId, set[Claim]] = defaultdict(set)
    for subject, scheme, value, disputed in rows:
        claims[SubjectId(subject.hex())].add(Claim(IdentifierScheme(scheme), value.decode(), disputed))
    return {subject: frozenset(said) for subject, said in claims.items()}


def _beside(rows: Iterable[TupleRow]) -> Beside:
    holders: defaultdict[int, list[SubjectId]] = defaultdict(list)
    portraits: dict[SubjectId, Portrait] = {}
    for key, subject, traits in rows:
        if key is None:
            portraits[SubjectId(subject.hex())] = portrait_from(traits)
        else:
            holders[key].append(SubjectId(subject.hex()))
    return Beside(portraits, holders)


def _portraits(rows: Iterable[TupleRow]) -> Portraits:
    return {SubjectId(subject.hex()): portrait_from(traits) for subject, traits in rows}


def _pairs(rows: Iterable[TupleRow]) -> Iterator[Pair]:
    return ((SubjectId(one.hex()), SubjectId(other.hex())) for one, other in rows)


def _edges(rows: Iterable[TupleRow]) -> list[Edge]:
    return [edge_from((SubjectId(a.hex()), SubjectId(b.hex())), verdict, said) for a, b, verdict, said in rows]


def _stated(rows: Iterable[TupleRow]) -> tuple[Stated, ...]:
    return tuple(_one_stated(*row) for row in rows)


def _one_stated(*row: Any) -> Stated:  # noqa: ANN401 - a row of the table, in its own order
    event, one, other, verdict, decided_at, said_by, decided_by = row
    pair = SubjectId(one.hex()), SubjectId(other.hex())
    decision = Decision(pair, Verdict(verdict), decided_at, EventId(event.hex()), decided_by)
    return Stated(decision, SubjectId(said_by.hex()))
