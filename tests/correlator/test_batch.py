"""Batches in a real PostgreSQL: the same truth in any order, by one worker or two, and never half of anything."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from services.core.audit import Action, Entry, about_offsets
from services.core.case import fold
from services.core.case_json import from_json
from services.core.claims import Identifier, Subject
from services.core.codes import ClaimStatus, IdentifierScheme
from services.core.errors import Unreadable
from services.core.events import Event
from services.core.facts import RecordsLinked
from services.correlator.weighing import UnknownWeights
from services.runtime.audit_reading import Trails
from services.runtime.database import Connection
from services.wire.records import state_record
from tests.correlator.histories import a_history, arrivals, said
from tests.correlator.memory import ADOPTED, WARIER_MATCHER, truth, whole_truth
from tests.correlator.tables import TOPIC, Delivered, Tables
from tests.correlator.told import as_told, links_as_told


async def test_any_order_of_arrival_comes_to_one_truth(tables: Tables) -> None:
    history = a_history(Random(1), 60)
    for seed in range(15):
        await tables.forget()
        for batch in arrivals(Random(seed), history):
            await tables.save(batch)
        assert await tables.truth() == whole_truth(map(said, history))


async def test_weights_that_are_adopted_at_any_time_come_to_one_truth(tables: Tables) -> None:
    history = a_history(Random(4), 40)
    expected = whole_truth(map(said, history), WARIER_MATCHER)
    for seed in range(5):
        await tables.forget()
        batches = list(arrivals(Random(seed), history))
        for number, batch in enumerate(batches):
            if number == seed * len(batches) // 5:
                await tables.adopt(ADOPTED)
            await tables.save(batch)
        assert await tables.truth() == expected
        assert await tables.keys() == await tables.keys_of(WARIER_MATCHER)


async def test_weights_that_this_edition_does_not_have_stop_it_and_nothing_is_saved(tables: Tables) -> None:
    with pytest.raises(UnknownWeights):
        await tables.adopt(replace(ADOPTED, sha256="of another file"))
    assert await tables.ask("SELECT count(*) FROM weights") == [(0,)]


async def test_a_link_of_somebody_without_a_handle_is_nobody_s_and_stops_nothing(tables: Tables) -> None:
    report, other = a_history(Random(3), 2)[:2]
    linked = replace(report, fact=RecordsLinked(other.head.subject_id, decided_by="a\x00b"))
    await tables.save([linked])
    assert await tables.ask("SELECT decided_by FROM decisions") == [(None,)]


async def test_two_workers_at_once_come_to_the_same_truth(tables: Tables) -> None:
    history = a_history(Random(2), 120)
    for seed in range(5):
        await tables.forget()
        random = Random(seed)
        halves = [list(arrivals(random, history[:80])), list(arrivals(random, history[40:]))]
        await asyncio.gather(*(save_all(tables, batches, worker) for worker, batches in enumerate(halves)))
        assert await tables.digests() == truth(map(said, history))


def two_events(seed: int) -> list[Event]:
    return list({event.head.event_id: event for event in a_history(Random(seed), 10)}.values())[:2]


async def save_all(tables: Tables, batches: Sequence[Sequence[Event]], worker: int) -> None:
    for batch in batches:
        await tables.save(batch, worker)


async def test_a_state_absorbed_batch_by_batch_is_the_fold_of_its_entries(tables: Tables) -> None:
    for batch in arrivals(Random(3), a_history(Random(3), 80)):
        await tables.save(batch)
    held = await tables.ask(
        "SELECT case_id, frame, entries.known_at, said_at FROM subjects JOIN entries USING (subject_id)"
    )
    for case, state in await tables.ask("SELECT case_id, state FROM cases"):
        entries = [tables.decoder.again(*row).entry for of_case, *row in held if of_case == case]
        assert from_json(state) == fold(entries)


async def test_what_is_told_comes_to_what_is_held_in_any_order_of_hearing(tables: Tables) -> None:
    for batch in arrivals(Random(4), a_history(Random(4), 80)):
        await tables.save(batch)
    messages = [value for (value,) in await tables.ask("SELECT value FROM outbox WHERE topic = 'case-updates.v1'")]
    held = {case.hex(): from_json(state) for case, state in await tables.ask("SELECT case_id, state FROM cases")}
    for seed in range(10):
        Random(seed).shuffle(messages)
        digests, states = as_told(tables.decoder, messages)
        assert digests == await tables.digests()
        assert states == {case: state_record(state) for case, state in held.items()}


async def test_what_is_told_of_links_comes_to_what_is_held_in_any_order_of_hearing(tables: Tables) -> None:
    for batch in arrivals(Random(4), a_history(Random(4), 80)):
        await tables.save(batch)
    told = [value for (value,) in await tables.ask("SELECT value FROM outbox WHERE topic = 'link-candidates.v1'")]
    held = await tables.truth()
    for seed in range(5):
        Random(seed).shuffle(told)
        told_of = frozenset(edge for edge in held.edges if edge.is_told)
        assert links_as_told(tables.decoder, told) == (told_of, held.conflicts)


async def test_a_batch_that_is_delivered_twice_is_saved_once(tables: Tables) -> None:
    records = tables.deliver(a_history(Random(5), 20), 0)
    await tables.save_records(records)
    before = await tables.digests()
    again = await tables.save_records(records)
    assert (again.new, again.again, again.messages) == (0, 0, [])
    assert await tables.digests() == before


async def test_two_workers_who_are_delivered_the_same_partition_save_it_once(tables: Tables) -> None:
    """As after a worker was frozen, lost its partitions, and wakes with a batch in hand."""
    records = tables.deliver(a_history(Random(6), 40), 0)
    saved = await asyncio.gather(*(tables.save_records(records, worker, partition=0) for worker in (0, 1)))
    assert min(one.new for one in saved) == 0
    assert sum(len(one.messages) for one in saved) == len(await tables.ask("SELECT 1 FROM outbox"))


async def test_a_record_that_cannot_be_read_is_set_aside_and_its_neighbours_are_saved(tables: Tables) -> None:
    good = tables.deliver(two_events(7), 0)
    bad = [Delivered("contacts.v1", 2, 0, b"\x00not avro"), Delivered("contacts.v1", 3, 0, None)]
    saved = await tables.save_records([*good, *bad])
    assert (saved.new, saved.unreadable) == (2, 2)
    assert await tables.ask('SELECT topic_id, partition, "offset", reason FROM dead_letters ORDER BY 3') == [
        (TOPIC, 0, 2, Unreadable.UNKNOWN_SCHEMA),
        (TOPIC, 0, 3, Unreadable.NOT_FRAMED),
    ]


async def test_an_event_on_the_wrong_topic_is_set_aside(tables: Tables) -> None:
    [record, *_] = tables.deliver(a_history(Random(8), 1), 0)
    other = "referrals.v1"
    saved = await tables.save_records([record._replace(topic=other)])
    assert (saved.new, saved.unreadable) == (0, 1)


async def test_an_identifier_with_a_zero_byte_is_saved_like_any_other(tables: Tables) -> None:
    """Avro's strings may hold one, PostgreSQL's may not."""
    event = a_history(Random(13), 1)[0]
    number = Identifier(IdentifierScheme.PASSPORT, "A\x00B", ClaimStatus.CLAIMED)
    assert (await tables.save([replace(event, subject=Subject(identifiers=(number,)))])).new == 1
    assert await tables.ask("SELECT value FROM claims") == [(b"A\x00B",)]


async def test_missing_offsets_are_noticed_and_what_follows_is_saved(tables: Tables) -> None:
    first, second = tables.deliver(two_events(9), 0)
    saved = await tables.save_records([first, second._replace(offset=5)])
    assert saved.new == 2
    assert [(hole.first_missing, hole.next_seen) for hole in saved.holes] == [(1, 5)]


async def test_a_batch_that_breaks_leaves_nothing_behind(tables: Tables) -> None:
    async def cut(connection: Connection) -> None:
        await connection.execute("ALTER TABLE outbox ADD CONSTRAINT nothing_may_be_told CHECK (false) NOT VALID")

    await tables.session.run(cut)
    with pytest.raises(Exception, match="nothing_may_be_told"):
        await tables.save(a_history(Random(10), 5))
    assert await tables.ask(
        """SELECT (SELECT count(*) FROM entries) + (SELECT count(*) FROM subjects) + (SELECT count(*) FROM cases)
                + (SELECT count(*) FROM claims) + (SELECT count(*) FROM decisions) + (SELECT count(*) FROM positions)"""
    ) == [(0,)]


async def test_a_batch_with_too_much_to_fold_anew_is_saved_in_parts(tables: Tables) -> None:
    small = Tables(tables.session, tables.other, tables.decoder, most_retold=5)
    history = a_history(Random(14), 80)
    await small.save(history[:40])
    before = small.transactions
    await small.save(history[40:])
    assert small.transactions > before + 1
    assert await small.digests() == truth(map(said, history))


async def scans(tables: Tables) -> list[tuple[object, ...]]:
    await tables.ask("SELECT pg_stat_force_next_flush()")
    return await tables.ask(
        "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE schemaname = current_schema() ORDER BY relname"
    )


async def scans_to_make_indexes(tables: Tables) -> list[tuple[object, ...]]:
    """One an index: whoever made them is gone, and PostgreSQL may count what it did a while later."""
    made = """SELECT relname, count(indexrelid)
              FROM pg_stat_user_tables LEFT JOIN pg_stat_user_indexes USING (schemaname, relname)
              WHERE schemaname = current_schema() GROUP BY relname ORDER BY relname"""
    expected = await tables.ask(made)
    counted, looks = await scans(tables), 0
    while counted != expected and (looks := looks + 1) < 600:
        await asyncio.sleep(0.1)
        counted = await scans(tables)
    return counted


async def test_no_batch_scans_a_table(tables: Tables) -> None:
    """Whatever the planner believes about tables that have just grown from nothing."""
    before = await scans_to_make_indexes(tables)
    for batch in arrivals(Random(12), a_history(Random(12), 80)):
        await tables.save(batch)
    assert await scans(tables) == before


async def recorded(tables: Tables) -> list[Entry]:
    """What the audit holds of the correlator by now."""
    reading = Trails(tables.session.where)
    _, entries = await tables.session.run(lambda connection: reading.page(connection, -1, 10**9))
    return [held.entry for held in entries]


async def test_a_batch_is_recorded_once_with_its_place_in_kafka(tables: Tables) -> None:
    before = await recorded(tables)
    records = tables.deliver(a_history(Random(7), 20), 0)
    saved = await tables.save_records(records)
    await tables.save_records(records)
    came, *_ = later = (await recorded(tables))[len(before) :]
    assert came == Entry(
        Action.EVENTS_CORRELATED, about=(about_offsets(str(TOPIC), 0, 0, len(records)),), count=saved.new
    )
    assert {entry.action for entry in later[1:]} <= {Action.RECORD_MOVED}


async def test_a_record_that_goes_to_another_case_is_recorded(tables: Tables) -> None:
    before = len(await recorded(tables))
    for batch in arrivals(Random(8), a_history(Random(8), 120)):
        await tables.save(batch)
    moved = [entry.about for entry in (await recorded(tables))[before:] if entry.action == Action.RECORD_MOVED]
    assert moved
    assert {(record[:7], case[:5]) for record, case in moved} == {("record:", "case:")}
