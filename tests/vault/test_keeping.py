"""What is sealed to the vault is kept once, readable with its own keys alone, and never lost when it does not open."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import pytest
from psycopg import sql

from services.core.errors import BrokenRule
from services.runtime.database import Connection
from services.vault.keeping import Kept
from services.vault.keys import Locked
from services.vault.store import count_dead_letters, dead_letter_binding
from services.wire.avro import Schemas
from services.wire.seal import PublicKey
from tests.builders import an_id, day
from tests.core import enquiries
from tests.vault.edge import PLACE, PUBLIC, fact, frame
from tests.vault.opened import versions_of
from tests.vault.tables import Vault

TABLES = ("contents", "sayings", "dead_letters", "positions", "holes")


async def test_what_was_sealed_is_held_and_opens_with_the_vaults_own_key(vault: Vault) -> None:
    await vault.seal([fact("1 Test Street")])
    (held,) = await vault.contents()
    assert (held.subject_id, held.fact_id, held.field) == (an_id(1), an_id(1), "location")
    assert json.loads(held.plaintext) == {"address": "1 Test Street"}


async def test_text_that_is_no_valid_unicode_is_held_as_it_was_said(vault: Vault) -> None:
    await vault.seal([fact("\ud800 Test Street")])
    assert await vault.addresses() == ["\ud800 Test Street"]


async def test_a_signed_handle_that_is_none_stops_nothing(vault: Vault) -> None:
    kept = await vault.say(
        enquiries.said(replace(enquiries.IDENTITY, enquirer="a\x00b"), 20, 11), *enquiries.PARTS["authority"]
    )
    assert kept.dead_letters == 0
    assert await vault.count("facts") == 2


async def test_a_batch_that_comes_again_is_passed_over(vault: Vault) -> None:
    sealed = frame(vault.schemas, fact("1 Test Street"))
    await vault.keep(sealed)
    assert await vault.keep(sealed, first=0) == Kept(0, 0, 0)


async def test_the_same_fact_sealed_and_sent_again_adds_nothing(vault: Vault) -> None:
    await vault.seal([fact("1 Test Street")])
    assert (await vault.seal([fact("1 Test Street")])).new_versions == 0
    assert (await vault.count("contents"), await vault.count("sayings")) == (1, 1)


async def test_the_same_return_published_later_adds_neither_content_nor_version(vault: Vault) -> None:
    await vault.seal([fact("1 Test Street", day(1))])
    assert (await vault.seal([fact("1 Test Street", day(2))])).new_versions == 0
    assert await vault.count("contents") == 1


async def test_a_correction_adds_exactly_one_version(vault: Vault) -> None:
    await vault.seal(fact("3 Test Street", day(1), number) for number in (1, 2, 3))
    corrected = [fact("4 Test Street", day(2), 1), *(fact("3 Test Street", day(2), number) for number in (2, 3))]
    assert (await vault.seal(corrected)).new_versions == 1
    assert await vault.addresses() == ["3 Test Street"] * 3 + ["4 Test Street"]


async def test_a_correction_that_is_taken_back_is_a_third_version(vault: Vault) -> None:
    for said in (fact("1 Test Street", day(1)), fact("2 Test Street", day(2)), fact("1 Test Street", day(3))):
        assert (await vault.seal([said])).new_versions == 1
    found = await vault.session.run(lambda connection: versions_of(connection, an_id(1), "location"))
    assert [recorded_at for recorded_at, _ in found] == [day(1), day(2), day(3)]
    assert found[0][1] == found[2][1] != found[1][1]


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_of_arrival_holds_the_same_versions(vault: Vault, seed: int) -> None:
    said = [fact(f"{house} Test Street", day(when)) for when, house in enumerate("1122131")]
    shuffled = [*said, said[0]]
    Random(seed).shuffle(shuffled)
    for one in shuffled:
        await vault.seal([one])
    found = await vault.session.run(lambda connection: versions_of(connection, an_id(1), "location"))
    assert [recorded_at for recorded_at, _ in found] == [day(0), day(2), day(4), day(5), day(6)]
    assert await vault.addresses() == ["1 Test Street", "2 Test Street", "3 Test Street"]


def sealed_to_another(schemas: Schemas) -> bytes:
    return frame(schemas, fact("1 Test Street"), PublicKey("vault-2025W52", PUBLIC.key))


def passed_off_as_newer(schemas: Schemas) -> bytes:
    _, record = schemas.decode(frame(schemas, fact("1 Test Street")))
    return schemas.encode("SealedFact", {**record, "recorded_at": day(9)})


def passed_off_as_another_fact(schemas: Schemas) -> bytes:
    _, record = schemas.decode(frame(schemas, fact("1 Test Street")))
    return schemas.encode("SealedFact", {**record, "fact_id": an_id(2)})


def cut_short(schemas: Schemas) -> bytes:
    return frame(schemas, fact("1 Test Street"))[:-1]


def nothing(_: Schemas) -> bytes:
    return b""


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (sealed_to_another, "other_key"),
        (passed_off_as_newer, "not_authentic"),
        (passed_off_as_another_fact, "not_authentic"),
        (cut_short, "malformed"),
        (nothing, "not_framed"),
    ],
)
async def test_what_does_not_open_is_kept_as_it_came_with_a_reason(
    vault: Vault, spoil: Callable[[Schemas], bytes], reason: str
) -> None:
    spoilt = spoil(vault.schemas)
    kept = await vault.keep(spoilt, frame(vault.schemas, fact("2 Test Street")))
    assert kept == Kept(new_versions=1, dead_letters=1, missing_offsets=0)
    assert await vault.addresses() == ["2 Test Street"]

    async def letters(connection: Connection) -> Sequence[tuple[str, bytes]]:
        cursor = await connection.execute(
            "SELECT reason, kek_id, wrapped_key, ciphertext FROM dead_letters", binary=True
        )
        binding = dead_letter_binding(PLACE, 0)
        return [(why, vault.kek.unlock(Locked(*locked), *binding)) for why, *locked in await cursor.fetchall()]

    assert await vault.session.run(letters) == [(reason, spoilt)]
    assert await vault.session.run(count_dead_letters) == 1


async def test_offsets_that_never_came_are_counted(vault: Vault) -> None:
    assert (await vault.keep(frame(vault.schemas, fact("1 Test Street")), first=3)).missing_offsets == 3


async def test_a_content_moved_to_another_row_does_not_open(vault: Vault) -> None:
    await vault.seal([fact("1 Test Street"), fact("2 Test Street", day(2))])

    async def swap(connection: Connection) -> None:
        await connection.execute(
            """UPDATE contents SET (wrapped_key, ciphertext) = (other.wrapped_key, other.ciphertext)
               FROM contents AS other WHERE other.digest <> contents.digest"""
        )

    await vault.session.run(swap)
    with pytest.raises(BrokenRule):
        await vault.contents()


@pytest.mark.parametrize("table", TABLES)
async def test_no_table_holds_a_word_in_clear(vault: Vault, table: str) -> None:
    await vault.keep(frame(vault.schemas, fact("Canary Street")), sealed_to_another(vault.schemas), first=1)

    async def everything(connection: Connection) -> str:
        rows = sql.SQL("SELECT coalesce(string_agg(each::text, ' '), '') FROM {} AS each").format(sql.Identifier(table))
        (text,) = await (await connection.execute(rows)).fetchone() or ("",)
        return str(text)

    text = await vault.session.run(everything)
    assert text
    assert b"Canary".hex() not in text
    assert "Canary" not in text
