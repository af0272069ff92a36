"""The radar in the vault's own tables: what it leaves to be told, once, and what it never holds."""

import asyncio
import json
from collections.abc import Iterable
from itertools import count

import pytest
from psycopg import sql

from services.core.codes import SealedField
from services.core.ids import FactId, SubjectId
from services.core.sharing import SealedFact
from services.runtime.database import Connection, Database, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.vault.decisions_store import note_told, untold
from services.vault.handlers import Arrival, Saying
from services.vault.radar import PATTERN_FOUND, Radar
from services.wire.avro import Record, Schemas
from services.wire.topics import PATTERNS
from tests.builders import an_id, day
from tests.vault.tables import Vault

TABLES = ("radar_signs", "radar_patterns", "outbox")
TELEPHONE = {"enquirer_telephone": "07700 900123"}

numbers = count(1)


def said(subject: int, content: object, fact: int | None = None, field: str = "location") -> Arrival:
    number = next(numbers) if fact is None else fact
    saying = Saying(day(1), bytes(32))
    return Arrival(SubjectId(an_id(subject)), FactId(an_id(number)), field, saying, json.dumps(content).encode())


async def watch(session: Session, radar: Radar, *arrivals: Arrival) -> int:
    return await session.run(lambda connection: radar.watch(connection, arrivals))


async def news(session: Session, schemas: Schemas) -> list[Record]:
    """What is to be told, in its order; it is told then."""
    rows = await session.run(lambda connection: untold(connection, 100))
    await session.run(lambda connection: note_told(connection, [number for number, _ in rows], day(1)))
    records = [schemas.decode(told.value, (PATTERN_FOUND,))[1] for _, told in rows]
    expected = [(PATTERNS, record["pattern_id"].encode()) for record in records]
    assert [(told.topic, told.key) for _, told in rows] == expected
    return records


async def held(session: Session) -> bytes:
    """Every byte that the radar's tables hold."""

    async def ask(connection: Connection) -> bytes:
        rows: Iterable[object] = []
        for table in TABLES:
            query = sql.SQL("SELECT row_to_json(kept)::text FROM {} AS kept").format(sql.Identifier(table))
            rows = [*rows, *(await (await connection.execute(query)).fetchall())]
        return repr(rows).encode()

    return await session.run(ask)


async def test_an_adult_around_two_records_is_told_by_the_records_alone(
    session: Session, radar: Radar, schemas: Schemas
) -> None:
    assert await watch(session, radar, said(1, TELEPHONE)) == 0
    assert await watch(session, radar, said(2, {"enquirer_telephone": "+44 7700 900123"})) == 1

    [record] = await news(session, schemas)
    assert (record["kind"], record["subjects"]) == ("telephone", [an_id(1), an_id(2)])
    assert record.keys() == {"pattern_id", "kind", "subjects"}


async def test_a_pattern_that_grows_keeps_its_name(session: Session, radar: Radar, schemas: Schemas) -> None:
    await watch(session, radar, said(1, TELEPHONE), said(2, TELEPHONE))
    await watch(session, radar, said(3, TELEPHONE))

    first, second = await news(session, schemas)
    assert first["pattern_id"] == second["pattern_id"]
    assert second["subjects"] == [an_id(1), an_id(2), an_id(3)]


async def test_what_comes_again_is_told_once(session: Session, radar: Radar, schemas: Schemas) -> None:
    arrivals = said(1, TELEPHONE), said(2, TELEPHONE)
    for _ in range(3):
        await watch(session, radar, *arrivals)

    assert len(await news(session, schemas)) == 1


async def test_one_record_that_says_it_twice_is_no_pattern(session: Session, radar: Radar) -> None:
    assert await watch(session, radar, said(1, TELEPHONE), said(1, TELEPHONE)) == 0


NOT_COMPARED = [
    said(1, {"placement_address": "1 Example Street, EX1 1EX", "carer": "Givenname Familyname", "school": "Example 1"}),
    said(1, {"text": "1 Example Street"}, field="narrative"),
    said(1, {"enquirer_telephone": "07700 900123"}, field="identifiers"),
    said(1, ["07700 900123"]),
]


@pytest.mark.parametrize("arrival", NOT_COMPARED)
async def test_what_is_no_adult_s_word_of_themselves_leaves_no_trace(
    session: Session, radar: Radar, arrival: Arrival
) -> None:
    await watch(session, radar, arrival)

    assert await held(session) == b"[]"


async def test_a_content_that_is_no_json_is_kept_by_others_and_compared_by_nobody(
    session: Session, radar: Radar
) -> None:
    broken = Arrival(SubjectId(an_id(1)), FactId(an_id(1)), "location", Saying(day(1), bytes(32)), b"\xff{")

    assert await watch(session, radar, broken) == 0


async def test_the_radar_keeps_no_value(session: Session, radar: Radar) -> None:
    content = {
        "enquirer_name": "Givenname Familyname",
        "enquirer_telephone": "07700 900123",
        "enquirer_address": "1 Example Street",
        "enquirer_document": "AB123456",
    }
    await watch(session, radar, said(1, content), said(2, content))

    kept = await held(session)
    for value in (b"900123", b"xample", b"AB123456", b"ab123456", b"amilyname", b"900123".hex().encode()):
        assert value not in kept


async def test_two_batches_at_once_miss_nothing(tables: Database, radar: Radar, schemas: Schemas) -> None:
    sessions = [Session(tables, Health(Metrics())) for _ in range(4)]
    try:
        await asyncio.gather(*(watch(one, radar, said(subject, TELEPHONE)) for subject, one in enumerate(sessions, 1)))
        last = (await news(sessions[0], schemas))[-1]
    finally:
        for one in sessions:
            await one.close()

    assert last["subjects"] == [an_id(1), an_id(2), an_id(3), an_id(4)]


async def test_what_is_sealed_to_the_vault_is_compared_as_it_is_kept(vault: Vault) -> None:
    location = {"enquirer_document": "AB 123456"}
    one, other = (
        SealedFact(SubjectId(an_id(number)), FactId(an_id(number)), SealedField.LOCATION, day(1), location)
        for number in (1, 2)
    )
    await vault.seal([one])
    await vault.seal([one, other])

    [record] = await news(vault.session, vault.schemas)
    assert (record["kind"], record["subjects"]) == ("document", [an_id(1), an_id(2)])
