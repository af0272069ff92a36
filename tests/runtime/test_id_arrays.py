"""Arrays of ids as PostgreSQL reads them."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.ids import MalformedId
from services.runtime.database import Session, ask
from services.runtime.health import Health
from services.runtime.id_arrays import IdArray
from services.runtime.metrics import Metrics
from tests.builders import an_id
from tests.runtime.secured_postgres import SecuredPostgres


@pytest.fixture
async def session(postgres: SecuredPostgres) -> AsyncIterator[Session]:
    session = Session(postgres.database("correlator"), Health(Metrics()))
    yield session
    await session.close()


@pytest.mark.parametrize("count", [0, 1, 2, 1_000])
async def test_postgresql_reads_the_ids_that_were_given(session: Session, count: int) -> None:
    ids = [an_id(number * 7) for number in range(count)]
    [[(read,)]] = await session.run(lambda connection: ask(connection, ("SELECT %b::bytea[]", [IdArray(ids)])))
    assert [one.hex() for one in read] == ids


@given(st.lists(st.text(max_size=40), min_size=1))
def test_only_whole_ids_are_taken(texts: list[str]) -> None:
    try:
        array = IdArray(texts)
    except ValueError:
        return
    assert all(len(text) == 32 for text in texts)
    assert len(array.binary) == 20 + 20 * len(texts)


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "0" * 64])
def test_what_has_another_length_is_no_id(text: str) -> None:
    with pytest.raises(MalformedId):
        IdArray([an_id(1), text])
