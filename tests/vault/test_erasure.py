"""What is erased cannot be read again, by anybody with any key, and does not come back by being said again."""

import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import SealedField
from services.core.errors import BrokenRule
from services.core.ids import FactId, SubjectId
from services.runtime.database import Connection
from services.vault.erasure import Erased, ErasureReason, Scope, erase, erasures
from services.vault.keys import KeyEncryptionKey, Keyring, Locked
from services.vault.store import DeadLetter, count_dead_letters, set_aside
from services.vault.wrapped import CONTENTS, count_left, rewrap
from tests.builders import an_id, day
from tests.vault.edge import PLACE, fact, frame
from tests.vault.tables import Vault

COURT = ErasureReason.ORDERED_BY_COURT
FIRST = Scope(fact_id=FactId(an_id(1)))


async def erased(vault: Vault, scope: Scope, reason: ErasureReason = COURT) -> Erased:
    return await vault.session.run(lambda connection: erase(connection, scope, reason))


def letter(value: bytes, number: int, subject: int) -> DeadLetter:
    return DeadLetter(PLACE, 5000 + number, "malformed", value, SubjectId(an_id(subject)))


async def fill(vault: Vault) -> None:
    await vault.seal([
        fact("1 Test Street", number=1), fact("2 Test Street", day(2), number=1),
        fact("3 Test Street", number=1, field="narrative"), fact("4 Test Street", number=2),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        (FIRST, ["4 Test Street"]),
        (Scope(fact_id=FactId(an_id(1)), field=SealedField.LOCATION), ["3 Test Street", "4 Test Street"]),
        (Scope(subject_id=SubjectId(an_id(1))), []),
        (Scope(subject_id=SubjectId(an_id(1)), field=SealedField.NARRATIVE),
         ["1 Test Street", "2 Test Street", "4 Test Street"]),
        (Scope(subject_id=SubjectId(an_id(2))), ["1 Test Street", "2 Test Street", "3 Test Street", "4 Test Street"]),
        (Scope(SubjectId(an_id(2)), FactId(an_id(1))),
         ["1 Test Street", "2 Test Street", "3 Test Street", "4 Test Street"]),
    ],
)  # fmt: skip
async def test_what_is_in_the_scope_is_erased_and_nothing_else(vault: Vault, scope: Scope, left: list[str]) -> None:
    await fill(vault)
    assert (await erased(vault, scope)).contents == 4 - len(left)
    assert await vault.addresses() == left


async def test_neither_key_nor_ciphertext_is_left(vault: Vault) -> None:
    await fill(vault)
    await erased(vault, FIRST)

    async def left(connection: Connection) -> int:
        cursor = await connection.execute(
            "SELECT count(*) FROM contents WHERE erasure IS NOT NULL AND num_nonnulls(wrapped_key, ciphertext) > 0"
        )
        return int((await cursor.fetchone() or (-1,))[0])

    assert await vault.session.run(left) == 0
    assert await vault.count("contents") == 4


async def test_what_a_copy_still_holds_is_unreadable_once_the_key_encryption_key_is_gone(vault: Vault) -> None:
    await vault.seal([fact("1 Test Street")])

    async def copied(connection: Connection) -> Locked:
        cursor = await connection.execute("SELECT kek_id, wrapped_key, ciphertext FROM contents", binary=True)
        return Locked(*(await cursor.fetchone() or ()))

    copy, (content,) = await vault.session.run(copied), await vault.contents()
    binding = content.subject_id, content.fact_id, content.field, content.digest
    assert json.loads(vault.kek.unlock(copy, *binding)) == {"address": "1 Test Street"}
    await erased(vault, FIRST)
    with pytest.raises(BrokenRule):
        Keyring(KeyEncryptionKey(bytes(32))).unlock(copy, *binding)


async def test_an_erasure_is_recorded_with_its_scope_reason_and_number(vault: Vault) -> None:
    await fill(vault)
    await erased(vault, FIRST)
    (made,) = await vault.session.run(erasures)
    assert (made["subject_id"], made["fact_id"], made["field"]) == (None, an_id(1), None)
    assert (made["reason"], made["contents"]) == ("ordered_by_court", 3)


async def test_the_same_erasure_again_changes_and_records_nothing(vault: Vault) -> None:
    await fill(vault)
    assert await erased(vault, FIRST) == Erased(3, 0)
    assert await erased(vault, FIRST) == Erased(0, 3)
    assert len(await vault.session.run(erasures)) == 1


async def test_the_same_words_said_again_are_not_kept_and_make_a_sound(vault: Vault) -> None:
    await fill(vault)
    await erased(vault, FIRST)
    kept = await vault.seal([fact("2 Test Street", day(3), number=1), fact("5 Test Street", number=3)])
    assert kept.erased_said_again == 1
    assert await vault.addresses() == ["4 Test Street", "5 Test Street"]


async def test_other_words_said_afterwards_are_kept(vault: Vault) -> None:
    await fill(vault)
    await erased(vault, FIRST)
    kept = await vault.seal([fact("9 Test Street", day(9), number=1)])
    assert (kept.erased_said_again, kept.new_versions) == (0, 1)
    assert "9 Test Street" in await vault.addresses()


async def test_what_is_erased_needs_no_key_encryption_key_any_more(vault: Vault) -> None:
    await fill(vault)
    await erased(vault, Scope(subject_id=SubjectId(an_id(1))))
    assert await vault.session.run(lambda connection: count_left(connection, vault.kek)) == 0
    assert await vault.session.run(lambda c: rewrap(c, vault.kek, CONTENTS, CONTENTS.start, 10)) is None


@pytest.mark.parametrize(("field", "left"), [(None, 1), (SealedField.LOCATION, 1), (SealedField.NARRATIVE, 2)])
async def test_what_the_radar_made_of_an_erased_location_goes_with_it(
    vault: Vault, field: SealedField | None, left: int
) -> None:
    await fill(vault)

    async def sign(connection: Connection) -> None:
        for number in (1, 2):
            row = [bytes([number]), bytes.fromhex(an_id(1)), bytes.fromhex(an_id(number))]
            await connection.execute("INSERT INTO radar_signs VALUES (%s, 'telephone', %s, %s)", row)

    await vault.session.run(sign)
    await erased(vault, Scope(fact_id=FactId(an_id(1)), field=field))
    assert await vault.count("radar_signs") == left


async def test_with_a_whole_record_go_the_words_that_could_not_be_read_and_the_doubt_stays(vault: Vault) -> None:
    await fill(vault)
    broken = frame(vault.schemas, fact("6 Test Street"))[:-1]
    for number, subject in enumerate((1, 2)):
        await vault.session.run(partial(set_aside, kek=vault.kek, letters=[letter(broken, number, subject)]))
    scope = Scope(subject_id=SubjectId(an_id(1)))
    assert await erased(vault, scope) == Erased(4, 0, 1)
    assert await erased(vault, scope) == Erased(0, 4, 0)

    async def left(connection: Connection) -> list[tuple[bool, bool]]:
        question = "SELECT wrapped_key IS NULL, ciphertext IS NULL FROM dead_letters ORDER BY subject_id"
        return [(key, text) for key, text in await (await connection.execute(question)).fetchall()]

    assert await vault.session.run(left) == [(True, True), (False, False)]
    assert await vault.session.run(count_dead_letters) == 2


async def test_a_fact_that_is_erased_leaves_the_record_s_dead_letters(vault: Vault) -> None:
    await fill(vault)
    await vault.session.run(partial(set_aside, kek=vault.kek, letters=[letter(b"broken", 0, 1)]))
    assert (await erased(vault, FIRST)).dead_letters == 0


async def test_an_erasure_that_fails_erases_nothing(vault: Vault) -> None:
    await fill(vault)

    class Broken(Exception):
        pass

    async def interrupted(connection: Connection) -> None:
        await erase(connection, FIRST, COURT)
        raise Broken

    with pytest.raises(Broken):
        await vault.session.run(interrupted)
    assert len(await vault.addresses()) == 4
    assert await vault.session.run(erasures) == []


@given(field=st.none() | st.sampled_from(SealedField))
def test_an_erasure_names_a_record_or_a_fact(field: SealedField | None) -> None:
    with pytest.raises(ValueError, match="names"):
        Scope(field=field)
