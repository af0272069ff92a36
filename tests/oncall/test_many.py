"""On the night when thousands are missing, no statement compares what is in hand with everything that is there."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime

import pytest

from services.oncall.alerts_store import HOLD_DUE
from services.oncall.attempts import CLAIM, IN_VAIN, OLDER
from services.oncall.contacts import REACHED
from services.oncall.knowing import ABOUT
from services.oncall.proving import PROVE
from services.runtime.database import Connection, Database, ask, connect
from services.runtime.id_arrays import IdArray
from tests.builders import an_id
from tests.plans import handled, parts

FEW, MANY = 100, 800
NOW, AFTERWARDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_ID = "decode(lpad(to_hex(number), 32, '0'), 'hex')"
_FILL = f"""
    WITH new AS (SELECT {_ID} AS id, number FROM generate_series(1, %(many)s) AS number),
    opened AS (
        INSERT INTO alerts (alert_id, kind, state, why, severity, reasons, published_at, opened_at)
        SELECT id, 'missing', 'open', 'missing', 'high', '{{}}', now(), now() FROM new RETURNING alert_id),
    called AS (
        INSERT INTO calls SELECT alert_id, 'police', 'owed', '{{"steps": [], "repeat": 60}}', 1, now(), 1, now()
        FROM opened),
    waiting AS (
        INSERT INTO attempts
        SELECT id, id, 'police', 'missing', 'high', 1, 0, 1, NULL, 'R', now(), now(), now(), 1, 'written' FROM new),
    said AS (
        INSERT INTO said (event_id, subject_id, type, recorded_at, known_at, signed, frame)
        SELECT id, id, 'ChildMissing', now(), now(), true, '' FROM new)
    INSERT INTO assignments (subject_id, version, case_id) SELECT id, 1, id FROM new"""  # noqa: S608 - our own words

_REACHED_BEFORE = """
    WITH reached AS (INSERT INTO contacts VALUES ('s', '{email, chat}', '', '2000-01-01')),
    went AS (
        INSERT INTO carried SELECT key, 's', 'high', 'missing', 'R', false, now() FROM attempts RETURNING key),
    sent AS (INSERT INTO sends SELECT key, 'email', 1, true, now(), true FROM went)
    INSERT INTO receipts SELECT key, 'email', 1, rung, now(), NULL, 's'
    FROM went CROSS JOIN unnest(ARRAY['sent', 'delivered']) AS rung"""
_TO_SOMEBODY = "UPDATE attempts SET recipient = key"


@pytest.fixture
async def by_index(tables: Database) -> AsyncIterator[Connection]:
    """A connection as on-call's own."""
    async with await connect(tables.by_index) as connection:
        yield connection


async def test_what_is_known_of_a_batch_s_children_takes_a_look_at_each(by_index: Connection) -> None:
    few, many = [await _handled_of(by_index, number, ABOUT, _asked(number)) for number in (FEW, MANY)]
    assert many <= 1.2 * few * MANY / FEW


async def test_whether_alerts_are_seen_to_takes_a_look_at_each(by_index: Connection) -> None:
    few, many = [await _handled_of(by_index, number, PROVE, {"late": NOW}) for number in (FEW, MANY)]
    assert many <= 1.2 * few * MANY / FEW


async def test_a_page_s_forerunners_are_found_without_a_look_at_those_of_others(by_index: Connection) -> None:
    few, many = [await _handled_of(by_index, number, OLDER, _newer()) for number in (FEW, MANY)]
    assert many <= 1.2 * few


async def test_whose_turn_it_is_is_read_without_those_whose_turn_comes_later(by_index: Connection) -> None:
    few, many = [await _handled_of(by_index, number, HOLD_DUE, (AFTERWARDS, FEW // 2)) for number in (FEW, MANY)]
    assert many <= 1.2 * few


async def test_pages_for_which_nobody_is_on_duty_are_not_looked_at(by_index: Connection) -> None:
    asked = {"now": AFTERWARDS, "leased": NOW, "at_most": FEW, "agencies": ["health", "police"], "levels": [1, 2]}
    few, many = [await _handled_of(by_index, number, CLAIM, asked) for number in (FEW, MANY)]
    assert many <= 1.2 * few


async def test_whether_a_page_found_nobody_is_told_without_a_look_at_those_that_found_somebody(
    by_index: Connection,
) -> None:
    few, many = [await _handled_of(by_index, number, IN_VAIN, [False], _TO_SOMEBODY) for number in (FEW, MANY)]
    assert many <= 1.2 * few


async def test_who_was_reached_is_told_without_a_look_at_every_page_that_ever_went_to_them(
    by_index: Connection,
) -> None:
    few, many = [await _handled_of(by_index, number, REACHED, [[b"s"]], _REACHED_BEFORE) for number in (FEW, MANY)]
    assert many <= 1.2 * few


def _asked(number: int) -> dict[str, object]:
    return {"subjects": IdArray([an_id(each) for each in range(1, number + 1)]), "cases": IdArray([])}


def _newer() -> Sequence[object]:
    ids = [bytes.fromhex(an_id(each)) for each in range(1, FEW)]
    return ids, ["police"] * len(ids), [1] * len(ids), [b"another"] * len(ids)


async def _handled_of(
    connection: Connection, many: int, question: str, asked: Mapping[str, object] | Sequence[object], then: str = ""
) -> int:
    """So many rows the parts of a plan hand on or throw away, of `many` alerts; nothing is kept."""
    async with connection.transaction(force_rollback=True):
        await connection.execute(_FILL, {"many": many})
        await connection.execute(then)
        [[(plan,)]] = await ask(connection, (f"EXPLAIN (ANALYZE, FORMAT JSON) {question}", asked))
        return sum(map(handled, parts((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])))
