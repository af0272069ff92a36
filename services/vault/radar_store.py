"""The radar's tables: which tokens stand in which records, and what each pattern is called."""

from collections.abc import Collection, Mapping, Sequence

from services.core.ids import FactId, SubjectId
from services.core.radar import Found, Holder, PatternKind, Token
from services.runtime.database import Connection, write_rows


async def lock(connection: Connection) -> None:
    """Let nobody else compare until this transaction ends."""
    await connection.execute("LOCK TABLE radar_patterns IN SHARE ROW EXCLUSIVE MODE")


async def held(connection: Connection, tokens: Collection[Token]) -> list[Holder]:
    """Every record in which one of these tokens stands."""
    cursor = await connection.execute(
        "SELECT DISTINCT token, kind, subject_id FROM radar_signs WHERE token = ANY(%b::bytea[])",
        [list(tokens)],
        binary=True,
    )
    rows = await cursor.fetchall()
    return [Holder(token, PatternKind(kind), SubjectId(subject.hex())) for token, kind, subject in rows]


async def keep(connection: Connection, holders: Sequence[tuple[Holder, FactId]]) -> None:
    """Remember which fact of which record holds each token."""
    await write_rows(
        connection,
        """INSERT INTO radar_signs (token, kind, subject_id, fact_id)
           SELECT * FROM unnest(%b::bytea[], %b::text[], %b::bytea[], %b::bytea[]) ON CONFLICT DO NOTHING""",
        [
            (one.token, one.kind.value, bytes.fromhex(one.subject_id), bytes.fromhex(fact_id))
            for one, fact_id in holders
        ],
    )


async def pattern_ids(connection: Connection, drawn: Sequence[tuple[Found, bytes]]) -> Mapping[Token, str]:
    """What each token's pattern is called: as before, or as was drawn for it now, by chance."""
    await write_rows(
        connection,
        """INSERT INTO radar_patterns (token, pattern_id)
           SELECT * FROM unnest(%b::bytea[], %b::bytea[]) ON CONFLICT (token) DO NOTHING""",
        [(one.token, pattern_id) for one, pattern_id in drawn],
    )
    cursor = await connection.execute(
        "SELECT token, pattern_id FROM radar_patterns WHERE token = ANY(%b::bytea[])",
        [[one.token for one, _ in drawn]],
        binary=True,
    )
    return {token: pattern_id.hex() for token, pattern_id in await cursor.fetchall()}


async def leave_news(connection: Connection, what: str, topic: str, messages: Sequence[tuple[bytes, bytes]]) -> None:
    """Leave messages of keys and values to be told, in this order, once the transaction is committed."""
    await write_rows(
        connection,
        """INSERT INTO outbox (what, topic, key, value)
           SELECT * FROM unnest(%b::text[], %b::text[], %b::bytea[], %b::bytea[])""",
        [(what, topic, key, value) for key, value in messages],
    )
