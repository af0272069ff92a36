"""Sealed numbers at work, in the transaction that keeps a batch: what newly proposes a link is to be told."""

from collections.abc import Iterable, Iterator

from services.core.ids import FactId, SubjectId
from services.core.matching.groups import Pair
from services.core.matching.proposals import ProposedBy
from services.core.matching.scoring import Verdict
from services.core.sealed_numbers import MOST_HOLDERS, NumberKind, number_signs
from services.runtime.database import Connection, write_rows
from services.vault.handlers import Arrival
from services.vault.keys import DigestKey
from services.vault.radar_store import leave_news
from services.wire.avro import Record, Schemas
from services.wire.topics import LINK_CANDIDATES

LINK_PROPOSED = "LinkProposed"

_Row = tuple[bytes, NumberKind, SubjectId, FactId]


class Numbers:
    """Compares sealed numbers of records; a token never leaves the vault, and no value is kept by it."""

    def __init__(self, schemas: Schemas, digest_key: DigestKey) -> None:
        self._schemas = schemas
        self._digest_key = digest_key

    async def watch(self, connection: Connection, contents: Iterable[Arrival]) -> int:
        """Compare new contents with everything before, and leave the news to be told; gives how many there are."""
        contents = tuple(contents)
        rows = [row for arrival in contents for row in self._rows(arrival)]
        if not rows:
            return 0
        # Two batches at once would each miss what the other one holds.
        await connection.execute("LOCK TABLE number_links IN SHARE ROW EXCLUSIVE MODE")
        await _keep(connection, rows)
        pairs = await _new_pairs(connection, {fact for *_, fact in rows})
        known_at = max(arrival.saying.recorded_at for arrival in contents)
        records = [proposal(pair) | {"known_at": known_at} for pair in pairs]
        messages = [(record["one"].encode(), self._schemas.encode(LINK_PROPOSED, record)) for record in records]
        await leave_news(connection, LINK_PROPOSED, LINK_CANDIDATES, messages)
        return len(pairs)

    def _rows(self, arrival: Arrival) -> Iterator[_Row]:
        for sign in number_signs(arrival.field, arrival.content):
            token = self._digest_key.digest(sign.text.encode("utf-8", "surrogatepass"), "numbers", sign.kind)
            yield token, sign.kind, arrival.subject_id, arrival.fact_id


def proposal(pair: Pair) -> Record:
    """What is told, without its time: that the two may be of one child, and nothing of what was compared."""
    one, other = pair
    by, verdict = ProposedBy.SEALED_NUMBERS.value, Verdict.ASK.value
    return {"one": one, "other": other, "proposed_by": by, "verdict": verdict, "evidence": [], "version": 1}


async def _keep(connection: Connection, rows: Iterable[_Row]) -> None:
    await write_rows(
        connection,
        """INSERT INTO number_signs (token, kind, subject_id, fact_id)
           SELECT * FROM unnest(%b::bytea[], %b::text[], %b::bytea[], %b::bytea[]) ON CONFLICT DO NOTHING""",
        [(token, kind.value, bytes.fromhex(subject), bytes.fromhex(fact)) for token, kind, subject, fact in rows],
    )


async def _new_pairs(connection: Connection, facts: Iterable[FactId]) -> list[Pair]:
    """The pairs that these facts complete and that were never proposed before.

    However many records hold a number, no more of them are read than it takes to know that it is nobody's.
    """
    # EXISTS instead of LIMIT 1 would let PostgreSQL hash all pairs of children that a council has.
    cursor = await connection.execute(
        """INSERT INTO number_links (one, other)
           SELECT least(mine.subject_id, theirs.subject_id), greatest(mine.subject_id, theirs.subject_id)
           FROM number_signs AS mine
           CROSS JOIN LATERAL (SELECT array_agg(subject_id) AS records FROM (
               SELECT DISTINCT subject_id FROM number_signs WHERE token = mine.token
               ORDER BY subject_id LIMIT %(most)s + 1) AS first) AS holders
           CROSS JOIN LATERAL unnest(holders.records) AS theirs (subject_id)
           WHERE mine.fact_id = ANY(%(facts)s::bytea[]) AND mine.kind IN ('upn', 'own_id')
             AND cardinality(holders.records) <= %(most)s AND theirs.subject_id <> mine.subject_id
             AND CASE mine.kind WHEN 'upn' THEN true ELSE (
                 SELECT true FROM number_signs AS my_body
                 JOIN number_signs AS their_body ON their_body.token = my_body.token AND their_body.kind = 'body'
                 WHERE my_body.kind = 'body' AND my_body.subject_id = mine.subject_id
                   AND their_body.subject_id = theirs.subject_id LIMIT 1) END
           ON CONFLICT DO NOTHING RETURNING one, other""",
        {"facts": [bytes.fromhex(fact) for fact in facts], "most": MOST_HOLDERS},
    )
    return sorted((SubjectId(one.hex()), SubjectId(other.hex())) for one, other in await cursor.fetchall())
