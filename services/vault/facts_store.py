"""The tables of the vault's own copy: verified facts, which record belongs to which case, and what is in doubt."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import LiteralString

from services.core.ids import FactId, SubjectId
from services.core.known import Version
from services.runtime.database import Connection, ask, write_rows
from services.runtime.id_arrays import IdArray
from services.vault.facts_copy import Assigned, Copied, stored
from services.wire.signing import SignedMessage
from services.wire.topics import KINSHIP_CLAIMS

_FACTS: LiteralString = """
    INSERT INTO facts (event_id, recorded_at, sector, fact_id, subject_id, other, enquirer, known_at,
                       topic, key, value, signature)
    SELECT * FROM unnest(%b::bytea[], %b::timestamptz[], %b::text[], %b::bytea[], %b::bytea[], %b::bytea[], %b::text[],
                         %b::timestamptz[], %b::text[], %b::bytea[], %b::bytea[], %b::bytea[])
    ON CONFLICT DO NOTHING"""
_ASSIGNMENTS: LiteralString = """
    INSERT INTO assignments (subject_id, version, case_id, known_at)
    SELECT * FROM unnest(%b::bytea[], %b::bigint[], %b::bytea[], %b::timestamptz[])
    ON CONFLICT (subject_id) DO UPDATE
    SET (version, case_id, known_at) = (excluded.version, excluded.case_id, excluded.known_at)
    WHERE assignments.version < excluded.version"""
_OF_ONE_CASE: LiteralString = """
    SELECT subject_id FROM assignments
    WHERE case_id = (SELECT case_id FROM assignments WHERE subject_id = %s)"""
_ABOUT: LiteralString = """
    SELECT topic, key, value, signature, known_at FROM facts WHERE subject_id = ANY(%(subjects)b::bytea[])
    UNION ALL
    SELECT topic, key, value, signature, known_at FROM facts
    WHERE other = ANY(%(subjects)b::bytea[]) AND subject_id <> ALL(%(subjects)b::bytea[])
    UNION ALL
    SELECT topic, key, value, signature, known_at FROM facts
    WHERE enquirer = %(enquirer)s AND subject_id <> ALL(%(subjects)b::bytea[])"""
# What somebody else says of an adult under the fact of a child's placement makes it no adult's.
_VERSIONS: LiteralString = """
    SELECT DISTINCT ON (fact_id) fact_id, digest
    FROM contents JOIN sayings USING (fact_id, field, digest)
    WHERE subject_id = ANY(%(subjects)b::bytea[]) AND field = 'location'
    AND NOT coalesce((SELECT bool_and(topic = %(of_adults)s) FROM facts WHERE facts.fact_id = contents.fact_id), false)
    ORDER BY fact_id, recorded_at DESC, digest DESC"""
# Of an adult something may be said under any child, and what could not be read does not tell of whom it speaks.
_DOUBTS: LiteralString = """
    SELECT (SELECT count(*) FROM dead_letters
            WHERE settled_at IS NULL AND (
                %(enquirer)s::text IS NOT NULL OR subject_id IS NULL OR subject_id = ANY(%(subjects)b::bytea[])))
         + (SELECT count(*) FROM holes WHERE settled_at IS NULL)"""


async def keep_facts(connection: Connection, facts: Iterable[Copied]) -> None:
    """Add what is not there yet; each wording of a fact stands once for each time that it was recorded."""
    await write_rows(connection, _FACTS, [_fact(copied) for copied in facts])


async def keep_assignments(connection: Connection, assigned: Iterable[Assigned]) -> None:
    """Add or replace: the highest version holds, in any order of arrival."""
    highest: dict[SubjectId, Assigned] = {}
    for one in assigned:
        highest[one.subject_id] = max(highest.get(one.subject_id, one), one, key=lambda each: each.version)
    await write_rows(
        connection,
        _ASSIGNMENTS,
        [
            (bytes.fromhex(one.subject_id), one.version, bytes.fromhex(one.case_id), one.known_at)
            for one in highest.values()
        ],
    )


async def of_one_case(connection: Connection, subject: SubjectId) -> frozenset[SubjectId]:
    """Every record of the case that `subject` belongs to; one that no case has yet stands for itself."""
    cursor = await connection.execute(_OF_ONE_CASE, [bytes.fromhex(subject)], binary=True)
    return frozenset(SubjectId(row[0].hex()) for row in await cursor.fetchall()) | {subject}


async def joined_at(connection: Connection, subjects: Collection[SubjectId]) -> datetime | None:
    """When the last of these records became one with its case; None where that is not known."""
    given = {"subjects": IdArray(sorted(subjects))}
    [found] = await ask(
        connection, ("SELECT max(known_at) FROM assignments WHERE subject_id = ANY(%(subjects)b::bytea[])", given)
    )
    return found[0][0] if found else None


async def about(
    connection: Connection, subjects: Collection[SubjectId], enquirer: str | None
) -> tuple[list[tuple[SignedMessage, datetime]], int]:
    """Every signed fact about these records and this adult, with the time at which it was known.

    Gives besides how many records that could not be read may have been about them: with an adult, every one.
    """
    given = {"subjects": IdArray(sorted(subjects)), "enquirer": enquirer}
    facts, doubts = await ask(connection, (_ABOUT, given), (_DOUBTS, given))
    return [(stored(*signed), known_at) for *signed, known_at in facts], int(doubts[0][0])


async def versions_of(connection: Connection, subjects: Collection[SubjectId]) -> frozenset[Version]:
    """The latest version of every sealed location of these children; where an adult lives who claims one is none."""
    given = {"subjects": IdArray(sorted(subjects)), "of_adults": KINSHIP_CLAIMS}
    [found] = await ask(connection, (_VERSIONS, given))
    return frozenset((FactId(fact.hex()), digest) for fact, digest in found)


def _fact(copied: Copied) -> Sequence[object]:
    message, head = copied.message, copied.known.event.head
    return (
        bytes.fromhex(head.event_id),
        head.recorded_at,
        head.sector,
        bytes.fromhex(head.fact_id),
        bytes.fromhex(head.subject_id),
        bytes.fromhex(copied.other) if copied.other else None,
        copied.enquirer,
        copied.known.known_at,
        message.topic,
        message.key,
        message.value,
        copied.signature,
    )
