"""Reads what speaks for links: pages of pairs to decide, and one pair with both its cases."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import LiteralString

from psycopg.rows import TupleRow

from services.casefeed.links import Held, LastSaid, LinkDetail, LinkList, Seen, last_said, link_detail, link_view
from services.casefeed.proposals import Proposal
from services.casefeed.reading import said_of_child
from services.casefeed.sight import Sight
from services.core import audit
from services.core.claims import Subject
from services.core.ids import CaseId, SubjectId
from services.core.matching.groups import Pair
from services.core.matching.proposals import ProposedBy
from services.core.matching.scoring import Evidence, Verdict
from services.core.timeline import Entry
from services.runtime.audit_reading import Trails, Wanted
from services.runtime.database import Connection, ask
from services.wire.avro import Schemas

_MOST_SEEN = 1_000
_NOW: LiteralString = """(
    SELECT case_id FROM assignments WHERE subject_id = {end} ORDER BY version DESC LIMIT 1)"""
_LISTED: LiteralString = f"""
    SELECT one, other, min(known_at) FROM (
        SELECT one, other, known_at FROM proposals WHERE verdict <> 'apart'
        UNION ALL SELECT * FROM unnest(%(ones)s::bytea[], %(others)s::bytea[], %(since)s::timestamptz[])
    ) AS spoken_for (one, other, known_at)
    WHERE {_NOW.format(end="one")} <> {_NOW.format(end="other")}
    GROUP BY one, other ORDER BY min(known_at), one, other LIMIT %(at_most)s OFFSET %(skip)s"""  # noqa: S608 - written here
_COLUMNS: LiteralString = "SELECT one, other, proposed_by, verdict, evidence, version, known_at FROM proposals"
_OF_PAIRS: LiteralString = f"""{_COLUMNS}
    JOIN unnest(%s::bytea[], %s::bytea[]) AS asked (one, other) USING (one, other) WHERE verdict <> 'apart'"""
_WITHIN: LiteralString = f"""{_COLUMNS}
    WHERE one = ANY(%s::bytea[]) AND other = ANY(%s::bytea[]) AND verdict <> 'apart'"""
_CASES: LiteralString = """
    SELECT DISTINCT ON (subject_id) subject_id, case_id FROM assignments
    WHERE subject_id = ANY(%s::bytea[]) ORDER BY subject_id, version DESC"""
_MEMBERS: LiteralString = """
    SELECT subject_id, case_id FROM (
        SELECT DISTINCT ON (subject_id) subject_id, case_id FROM assignments
        WHERE subject_id IN (SELECT subject_id FROM assignments WHERE case_id = ANY(%s::bytea[]))
        ORDER BY subject_id, version DESC) AS held
    WHERE case_id = ANY(%s::bytea[])"""
_ENTRIES: LiteralString = """
    SELECT subject_id, frame, known_at, (
        SELECT max(recorded_at) FROM said_again AS again WHERE again.event_id = entries.event_id)
    FROM entries"""
_OF_RECORDS: LiteralString = f"{_ENTRIES} WHERE subject_id = ANY(%s::bytea[])"
_DECIDING: LiteralString = f"{_ENTRIES} WHERE type IN ('RecordsLinked', 'RecordsUnlinked', 'LinkRefused')"

Question = tuple[LiteralString, Sequence[object]]


async def list_links(  # noqa: PLR0913 - where, for whom, and which page
    connection: Connection, sight: Sight, schemas: Schemas, *, skip: int, at_most: int, decided: bool
) -> LinkList:
    """Pairs of two cases for which something speaks, be it a person; those that nobody parted, unless `decided`.

    None for whoever does not see every case.
    """
    if not sight.every:
        return LinkList(links=[], next=None)
    said = last_said(entry for entry, _ in await _entries(connection, schemas, (_DECIDING, [])))
    found = await connection.execute(_LISTED, {"skip": skip, "at_most": at_most} | _links(said), binary=True)
    since = {_pair(one, other): known_at for one, other, known_at in await found.fetchall()}
    pairs = list(since)
    proposals = await _proposals(connection, pairs)
    cases = await _cases(connection, sorted({subject for pair in pairs for subject in pair}))
    views = [link_view(pair, cases, proposals, said.get(pair), since[pair]) for pair in pairs]
    shown = [view for view in views if decided or not _is_settled(said.get((view.one, view.other)))]
    return LinkList(links=shown, next=skip + len(pairs) if len(pairs) == at_most else None)


async def read_link(  # noqa: PLR0913, PLR0917 - where, for whom, which pair, and when
    connection: Connection, sight: Sight, schemas: Schemas, trails: Trails, pair: Pair, now: datetime
) -> LinkDetail | None:
    """One pair of one case, or for which something speaks, be it a person.

    None for any other, for a record beside itself, and for whoever does not see every case.
    """
    if not sight.every:
        return None
    cases = await _cases(connection, pair)
    if cases.keys() != set(pair) or len(cases) < len(pair):
        return None
    case_of = await _members(connection, set(cases.values()))
    ids = [bytes.fromhex(subject) for subject in case_of]
    entries = await _entries(connection, schemas, (_OF_RECORDS, [ids]))
    said = last_said(entry for entry, _ in entries).get(pair)
    is_linked = len(set(cases.values())) == 1 or (said is not None and said.is_a_link)
    if not is_linked and not await _proposals(connection, [pair]):
        return None
    within = await ask(connection, (_WITHIN, [ids, ids]))
    held = Held(pair, case_of, _by_record(entries), [_proposal(row) for row in within[0]])
    return link_detail(held, await _seen(connection, trails, pair, cases), now)


def _is_settled(said: LastSaid | None) -> bool:
    """A person parted them; a link that a person made and that stands makes them one case, and no pair to decide."""
    return said is not None and not said.is_a_link


def _links(said: Mapping[Pair, LastSaid]) -> dict[str, object]:
    """The links that people made and have not taken back, as `_LISTED` takes them."""
    links = {pair: last.known_at for pair, last in said.items() if last.is_a_link}
    ones, others = ([bytes.fromhex(pair[end]) for pair in links] for end in (0, 1))
    return {"ones": ones, "others": others, "since": list(links.values())}


async def _proposals(connection: Connection, pairs: Sequence[Pair]) -> list[Proposal]:
    ones, others = ([bytes.fromhex(pair[end]) for pair in pairs] for end in (0, 1))
    [rows] = await ask(connection, (_OF_PAIRS, [ones, others]))
    return [_proposal(row) for row in rows]


async def _cases(connection: Connection, subjects: Iterable[SubjectId]) -> dict[SubjectId, CaseId]:
    [rows] = await ask(connection, (_CASES, [[bytes.fromhex(subject) for subject in subjects]]))
    return {SubjectId(subject.hex()): CaseId(case.hex()) for subject, case in rows}


async def _members(connection: Connection, cases: Collection[CaseId]) -> dict[SubjectId, CaseId]:
    ids = [bytes.fromhex(case) for case in cases]
    [rows] = await ask(connection, (_MEMBERS, [ids, ids]))
    return {SubjectId(subject.hex()): CaseId(case.hex()) for subject, case in rows}


async def _entries(connection: Connection, schemas: Schemas, question: Question) -> list[tuple[Entry, Subject]]:
    [rows] = await ask(connection, question)
    return [said_of_child(schemas, *event) for _, *event in rows]


def _by_record(entries: Iterable[tuple[Entry, Subject]]) -> Mapping[SubjectId, Sequence[tuple[Entry, Subject]]]:
    said: dict[SubjectId, list[tuple[Entry, Subject]]] = defaultdict(list)
    for entry, claims in entries:
        said[entry.subject_id].append((entry, claims))
    return said


async def _seen(connection: Connection, trails: Trails, pair: Pair, cases: dict[SubjectId, CaseId]) -> list[Seen]:
    """Who was shown both records as one child's, while they are in one case."""
    if len(set(cases.values())) > 1:
        return []
    one, other = (audit.about(audit.Kind.RECORD, subject) for subject in pair)
    wanted = Wanted(action=audit.Action.CASE_READ, about=one, at_most=_MOST_SEEN)
    found = await trails.search(connection, wanted)
    return [
        Seen(who=held.entry.who, role=held.entry.role, case_id=cases[pair[0]], at=at)
        for held, at in found
        if other in held.entry.about
    ]


def _pair(one: bytes, other: bytes) -> Pair:
    return SubjectId(one.hex()), SubjectId(other.hex())


def _proposal(row: TupleRow) -> Proposal:
    one, other, by, verdict, evidence, version, known_at = row
    said = tuple(Evidence(field, level, bits) for field, level, bits in evidence)
    return Proposal(_pair(one, other), ProposedBy(by), Verdict(verdict), said, version, known_at)
