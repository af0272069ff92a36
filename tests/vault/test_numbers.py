"""Sealed numbers in the vault's own tables: which links they propose, once, and what is never told of them."""

import json
from collections.abc import Iterable, Sequence
from itertools import count, permutations

import pytest

from services.core.ids import FactId, SubjectId
from services.core.sealed_numbers import MOST_HOLDERS
from services.runtime.database import Connection, Database, Session, ask, sessions
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.vault.decisions_store import note_told, untold
from services.vault.handlers import Arrival, Saying
from services.vault.keys import DigestKey
from services.vault.numbers import LINK_PROPOSED, Numbers, proposal
from services.wire.avro import Schemas
from services.wire.topics import LINK_CANDIDATES
from tests.builders import an_id, day

UPN, OTHER_UPN = "A123456789012", "B123456789012"
numbers = count(1)


@pytest.fixture
def watching(schemas: Schemas) -> Numbers:
    return Numbers(schemas, DigestKey(bytes(range(32))))


def sealed(subject: int, field: str, **content: str) -> Arrival:
    """One sealed content of the record itself."""
    saying = Saying(day(1), next(numbers).to_bytes(32, "big"))
    return Arrival(SubjectId(an_id(subject)), FactId(an_id(subject << 64)), field, saying, json.dumps(content).encode())


def known(subject: int, **own: str) -> Arrival:
    return sealed(subject, "identifiers", **own)


def council(subject: int, name: str = "COUNCIL") -> Arrival:
    return sealed(subject, "organisation", organisation=name, kind="local_authority")


async def proposed(
    session: Session, schemas: Schemas, watching: Numbers, *batches: Sequence[Arrival]
) -> list[list[str]]:
    """The pairs that are told after these batches; they are told then."""
    for batch in batches:
        await session.run(lambda connection, batch=batch: watching.watch(connection, batch))  # type: ignore[misc]
    rows = await session.run(lambda connection: untold(connection, 100))
    await session.run(lambda connection: note_told(connection, [number for number, _ in rows], day(1)))
    records = [schemas.decode(told.value, (LINK_PROPOSED,))[1] for _, told in rows]
    assert {told.topic for _, told in rows} <= {LINK_CANDIDATES}
    return [[record["one"], record["other"]] for record in records]


async def test_one_pupil_s_number_of_two_records_proposes_a_link_once(
    session: Session, schemas: Schemas, watching: Numbers
) -> None:
    assert await proposed(session, schemas, watching, [known(1, upn=UPN)], [known(2, upn=UPN)]) == [
        [an_id(1), an_id(2)]
    ]
    assert await proposed(session, schemas, watching, [known(2, upn=UPN)]) == []


async def test_two_numbers_propose_nothing(session: Session, schemas: Schemas, watching: Numbers) -> None:
    assert await proposed(session, schemas, watching, [known(1, upn=UPN), known(2, upn=OTHER_UPN)]) == []


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
async def test_one_council_s_own_id_proposes_a_link_in_any_order_of_arrival(
    session: Session, schemas: Schemas, watching: Numbers, order: Sequence[int]
) -> None:
    said = [known(1, child="SC-1"), council(1), known(2, child="sc-1"), council(2)]
    batches = [[said[place]] for place in order]
    assert await proposed(session, schemas, watching, *batches) == [[an_id(1), an_id(2)]]


async def test_two_councils_may_use_one_id_for_two_children(
    session: Session, schemas: Schemas, watching: Numbers
) -> None:
    said = [known(1, child="1"), council(1), known(2, child="1"), council(2, "ANOTHER")]
    assert await proposed(session, schemas, watching, said) == []


async def test_what_more_records_hold_than_one_child_can_have_is_nobody_s_number(
    session: Session, schemas: Schemas, watching: Numbers
) -> None:
    assert await proposed(session, schemas, watching, [known(subject, upn=UPN) for subject in range(1, 30)]) == []


async def test_what_is_told_is_the_same_whatever_the_number_was(
    session: Session, schemas: Schemas, watching: Numbers
) -> None:
    await proposed(session, schemas, watching, [known(1, upn=UPN), known(2, upn=UPN), known(3, child="7"), council(3)])
    for number in (UPN, "SC-1"):
        assert number not in json.dumps(proposal((SubjectId(an_id(1)), SubjectId(an_id(2)))))
    cursor = await session.run(lambda connection: connection.execute("SELECT * FROM number_signs"))
    assert UPN.encode() not in repr(await cursor.fetchall()).encode()


async def test_what_is_read_for_a_batch_does_not_grow_with_its_council_s_children(
    tables: Database, watching: Numbers
) -> None:
    few = await _read_for(tables, watching, range(1, 301))
    for first in range(1_000, 3_000, 500):
        await _read_for(tables, watching, range(first, first + 500))
    assert await _read_for(tables, watching, range(5_001, 5_301)) <= 1.1 * few


async def test_of_a_number_that_many_hold_no_more_records_are_read_than_tell_that_it_is_nobody_s(
    tables: Database, watching: Numbers
) -> None:
    await _read_for(tables, watching, range(1, 1_000), child="1")
    assert await _read_for(tables, watching, [2_000], child="1") <= 5 * MOST_HOLDERS


async def _read_for(tables: Database, watching: Numbers, subjects: Iterable[int], child: str | None = None) -> int:
    """How many signs PostgreSQL reads, with no plan from before, as these records of one council come.

    The police have as many, of other children, under the same numbers.
    """
    named = [(one, child or f"SC-{one}") for one in subjects]
    ours = [said for one, number in named for said in (known(one, child=number), council(one))]
    batch = [*ours, *(known(one + 100_000, child=number) for one, number in named)]

    async def counted(connection: Connection) -> int:
        [[(before,)]] = await ask(connection, (_READ, None))
        await watching.watch(connection, batch)
        [[(after,)]] = await ask(connection, (_READ, None))
        return int(after - before)

    async with sessions(tables.by_index, Health(Metrics()), 1) as (keeping,):
        return await keeping.run(counted)


_READ = """SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
           WHERE relid = 'number_signs'::regclass"""
