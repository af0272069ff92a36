"""What speaks for two records being of one child: read from its topic and kept, the highest version of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import LiteralString

import orjson

from services.core.ids import SubjectId, well_formed
from services.core.matching.groups import Pair
from services.core.matching.proposals import ProposedBy
from services.core.matching.scoring import Evidence, Verdict
from services.wire.avro import Record

LINK_PROPOSED = "LinkProposed"

ADD: LiteralString = """
    INSERT INTO proposals (one, other, proposed_by, verdict, evidence, version, known_at)
    SELECT one, other, proposed_by, verdict, evidence::jsonb, version, known_at
    FROM unnest(%b::bytea[], %b::bytea[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::timestamptz[])
        AS given (one, other, proposed_by, verdict, evidence, version, known_at)
    ON CONFLICT (one, other, proposed_by) DO UPDATE
    SET (verdict, evidence, version, known_at)
      = (excluded.verdict, excluded.evidence, excluded.version, excluded.known_at)
    WHERE proposals.version < excluded.version"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one comparison says of a pair."""

    pair: Pair
    proposed_by: ProposedBy
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    version: int
    known_at: datetime


def proposal_of(record: Record) -> Proposal:
    """The proposal of a lantern.LinkProposed.

    Raises:
        MalformedId, ValueError: an id in it is none, or a word that this hub does not use.
    """
    pair = SubjectId(well_formed(record["one"])), SubjectId(well_formed(record["other"]))
    evidence = tuple(map(_evidence, record["evidence"]))
    by, verdict = ProposedBy(record["proposed_by"]), Verdict(record["verdict"])
    return Proposal(pair, by, verdict, evidence, record["version"], record["known_at"])


def _evidence(said: Record) -> Evidence:
    """What PostgreSQL cannot keep, or no page can show, is no evidence."""
    one = Evidence(said["field"], said["level"], said["bits"])
    if not isfinite(one.bits) or "\x00" in one.field + one.level:
        raise ValueError
    return one


def latest(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Of each comparison of a pair the word that holds."""
    last: dict[tuple[Pair, ProposedBy], Proposal] = {}
    for one in proposals:
        last[one.pair, one.proposed_by] = max(
            one, last.get((one.pair, one.proposed_by), one), key=lambda word: word.version
        )
    return tuple(last.values())


def row(one: Proposal) -> tuple[object, ...]:
    """A proposal as `ADD` takes it."""
    ends = (bytes.fromhex(subject) for subject in one.pair)
    evidence = orjson.dumps([[said.field, said.level, said.bits] for said in one.evidence]).decode()
    return *ends, one.proposed_by.value, one.verdict.value, evidence, one.version, one.known_at
