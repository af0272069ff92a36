"""Reads back what was said of adults who ask for a child: their list, and one of them with the children's cases."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import LiteralString

from psycopg.rows import TupleRow

from services.casefeed.enquiries import EnquiryList, EnquirySummary, SaidOfEnquirer, approaches
from services.casefeed.knowing import known_of
from services.casefeed.reading import IN_SIGHT, AmbiguousId, said_of_child
from services.casefeed.sight import Sight
from services.core.ids import CaseId, SubjectId
from services.core.known import Known
from services.core.timeline import Entry
from services.runtime.database import Connection
from services.wire.avro import Schemas

_SAID: LiteralString = f"""
    SELECT held.enquirer, {IN_SIGHT}, (
               SELECT case_id FROM assignments AS now_of
               WHERE now_of.subject_id = held.subject_id ORDER BY version DESC LIMIT 1),
           frame, known_at, (SELECT max(recorded_at) FROM said_again AS again WHERE again.event_id = entries.event_id)
    FROM enquirers AS held JOIN entries USING (event_id)
    WHERE held.enquirer = ANY(%(enquirers)s::text[])"""  # noqa: S608 - written here and in reading.py
_OF_CASES: LiteralString = """
    WITH members AS (
        SELECT subject_id, case_id FROM (
            SELECT DISTINCT ON (subject_id) subject_id, case_id FROM assignments
            WHERE subject_id IN (SELECT subject_id FROM assignments WHERE case_id = ANY(%(cases)s::bytea[]))
            ORDER BY subject_id, version DESC) AS held
        WHERE case_id = ANY(%(cases)s::bytea[])),
    said AS (
        SELECT case_id, entries.* FROM entries JOIN members USING (subject_id)
        UNION ALL
        SELECT NULL, entries.* FROM entries JOIN enquirers USING (event_id) WHERE enquirer = %(enquirer)s)
    SELECT case_id, subject_id, frame, known_at, NULL FROM said
    UNION ALL
    SELECT case_id, subject_id, frame, again.known_at, again.recorded_at
    FROM said JOIN said_again AS again USING (event_id)"""
_JOINED: LiteralString = """
    SELECT case_id, max(known_at) FROM assignments AS held
    WHERE case_id = ANY(%(cases)s::bytea[]) AND NOT EXISTS (
        SELECT FROM assignments AS newer WHERE newer.subject_id = held.subject_id AND newer.version > held.version)
    GROUP BY case_id"""


@dataclass(frozen=True, slots=True)
class ChildsCase:
    """What was said of one child: under which records, and every word with when the hub knew it.

    `joined_at` is when the last of the records became one with the others (UTC).
    """

    subjects: set[SubjectId] = field(default_factory=set)
    said: list[Known] = field(default_factory=list)
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enquirer:
    """Everything that was said of one adult, what of it is in sight, and the cases in sight in which it stands."""

    enquirer: str
    everything: tuple[Entry, ...]
    seen: tuple[SaidOfEnquirer, ...]
    cases: Mapping[CaseId, ChildsCase] = field(default_factory=dict)


async def list_enquiries(
    connection: Connection, schemas: Schemas, sight: Sight, skip: int, at_most: int
) -> EnquiryList:
    """The adults of whom an approach is in sight, the latest approach first."""
    found = await connection.execute(
        f"""SELECT held.enquirer FROM enquirers AS held JOIN entries USING (event_id)
            WHERE type = 'KinshipClaimed' AND {IN_SIGHT}
            GROUP BY held.enquirer ORDER BY max(coalesce(occurred_at, known_at)) DESC, held.enquirer
            LIMIT %(at_most)s OFFSET %(skip)s""",  # noqa: S608 - as above
        {**sight.asked, "skip": skip, "at_most": at_most},
    )
    names = [name for (name,) in await found.fetchall()]
    read = {one.enquirer: one for one in await _read(connection, schemas, sight, names)}
    return EnquiryList(
        enquiries=[EnquirySummary(enquirer=name, approaches=approaches(read[name].seen)) for name in names]
    )


async def find_enquirer(connection: Connection, schemas: Schemas, sight: Sight, digits: str) -> Enquirer | None:
    """The adult in sight whose handle begins so; what is not in sight is not there.

    Raises:
        AmbiguousId: the handles of several begin so.
    """
    found = await connection.execute(
        f"""SELECT DISTINCT held.enquirer FROM enquirers AS held
            WHERE starts_with(held.enquirer, %(digits)s) AND {IN_SIGHT} LIMIT 2""",  # noqa: S608 - as above
        {**sight.asked, "digits": digits},
    )
    names = [name for (name,) in await found.fetchall()]
    if len(names) > 1:
        raise AmbiguousId
    if not names:
        return None
    (enquirer,) = await _read(connection, schemas, sight, names)
    in_sight = {one.case_id for one in enquirer.seen}
    return replace(enquirer, cases=await _cases(connection, schemas, enquirer.enquirer, in_sight))


async def _read(connection: Connection, schemas: Schemas, sight: Sight, names: list[str]) -> list[Enquirer]:
    found = await connection.execute(_SAID, {**sight.asked, "enquirers": names}, binary=True)
    rows: defaultdict[str, list[TupleRow]] = defaultdict(list)
    for row in await found.fetchall():
        rows[row[0]].append(row)
    return [_enquirer(schemas, name, rows[name]) for name in names]


def _enquirer(schemas: Schemas, name: str, rows: Sequence[TupleRow]) -> Enquirer:
    said = [(seen, case_id, said_of_child(schemas, *event)) for _, seen, case_id, *event in rows]
    return Enquirer(
        name,
        tuple(entry for _, _, (entry, _) in said),
        tuple(SaidOfEnquirer(CaseId(case_id.hex()), entry, claims) for seen, case_id, (entry, claims) in said if seen),
    )


async def _cases(
    connection: Connection, schemas: Schemas, enquirer: str, cases: Collection[CaseId]
) -> Mapping[CaseId, ChildsCase]:
    """What a ladder is climbed on: each case's own words, and those on the adult under every child."""
    asked = {"cases": [bytes.fromhex(case_id) for case_id in cases], "enquirer": enquirer}
    rows = await (await connection.execute(_JOINED, asked, binary=True)).fetchall()
    joined = {CaseId(case_id.hex()): at for case_id, at in rows}
    found = await connection.execute(_OF_CASES, asked, binary=True)
    read = {case_id: ChildsCase(joined_at=joined.get(case_id)) for case_id in cases}
    for case_id, subject, *event in await found.fetchall():
        known = known_of(schemas, *event)
        if case_id is None:
            for child in read.values():
                child.said.append(known)
        else:
            child = read[CaseId(case_id.hex())]
            child.said.append(known)
            child.subjects.add(SubjectId(subject.hex()))
    return read
