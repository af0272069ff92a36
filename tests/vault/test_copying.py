"""The vault believes what it verified itself; whatever else comes is kept, counted, and a doubt about its child."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.core.codes import MissingKind, Sector
from services.core.facts import ChildMissing, RecordsLinked
from services.core.ids import SubjectId
from services.core.known import Known
from services.runtime.database import Connection
from services.vault.doubts import Settled, list_doubts, settle
from services.vault.facts_store import about, of_one_case, versions_of
from services.vault.keeping import Kept
from services.wire.avro import Schemas
from services.wire.signing import HEADER
from services.wire.topics import CASE_UPDATES, KINSHIP_CLAIMS, MISSING_CHILDREN, SEALED_FACTS
from tests.builders import an_id
from tests.core.enquiries import ANOTHER_CHILD, ENQUIRER, ONE, TWO, moment, said, the_whole_ladder
from tests.vault.edge import Stored, fact
from tests.vault.messages import VERIFIER, case_update, stored
from tests.vault.tables import Vault

MISSING = said(ChildMissing(MissingKind.MISSING), 900, 39)


async def known(vault: Vault, *subjects: SubjectId, enquirer: str | None = None) -> set[Known]:
    """Everything that bears on these records, verified again."""

    async def ask(connection: Connection) -> set[Known]:
        found, _ = await about(connection, subjects, enquirer)
        return {Known(VERIFIER.event(message, vault.schemas), known_at) for message, known_at in found}

    return await vault.session.run(ask)


async def doubts(vault: Vault, *subjects: SubjectId) -> int:
    async def ask(connection: Connection) -> int:
        return (await about(connection, subjects, None))[1]

    return await vault.session.run(ask)


async def one_case(vault: Vault, subject: SubjectId) -> frozenset[SubjectId]:
    return await vault.session.run(lambda connection: of_one_case(connection, subject))


async def test_what_a_processor_signed_is_known_with_the_time_at_which_the_broker_took_it(vault: Vault) -> None:
    await vault.say(MISSING)
    assert await known(vault, ONE) == {MISSING}
    assert await known(vault, TWO) == set()


async def test_a_fact_that_comes_again_is_known_once(vault: Vault) -> None:
    await vault.say(MISSING, MISSING)
    later = Known(MISSING.event, moment(41))
    await vault.say(later)
    assert await known(vault, ONE) == {MISSING}


async def test_what_is_said_of_an_enquirer_under_any_child_is_found_by_the_enquirer(vault: Vault) -> None:
    await vault.say(*the_whole_ladder())
    assert await known(vault, ANOTHER_CHILD) == set()
    found = await known(vault, ANOTHER_CHILD, enquirer=ENQUIRER)
    assert found == {one for one in the_whole_ladder() if getattr(one.event.fact, "enquirer", None) == ENQUIRER}


async def test_a_link_is_found_from_either_of_its_records(vault: Vault) -> None:
    link = said(RecordsLinked(TWO), 1, 1)
    await vault.say(link)
    assert await known(vault, ONE) == await known(vault, TWO) == await known(vault, ONE, TWO) == {link}


def unsigned(schemas: Schemas) -> Stored:
    return replace(stored(schemas, MISSING), headers=())


def signed_twice(schemas: Schemas) -> Stored:
    record = stored(schemas, MISSING)
    return replace(record, headers=[*record.headers, *record.headers])


def of_another_agency(schemas: Schemas) -> Stored:
    return stored(schemas, MISSING, by=Sector.HEALTH)


def on_another_topic(schemas: Schemas) -> Stored:
    return replace(stored(schemas, MISSING), topic=KINSHIP_CLAIMS)


def altered(schemas: Schemas) -> Stored:
    record = stored(schemas, MISSING)
    assert record.value
    return replace(record, value=record.value[:-1] + bytes([record.value[-1] ^ 1]))


def with_a_forged_signature(schemas: Schemas) -> Stored:
    return replace(stored(schemas, MISSING), headers=[(HEADER, bytes(64))])


def nothing(schemas: Schemas) -> Stored:
    return replace(stored(schemas, MISSING), value=None)


def no_case_update(schemas: Schemas) -> Stored:
    return replace(case_update(schemas, ONE, [ONE]), value=b"junk")


@pytest.mark.parametrize(
    "spoil",
    [
        unsigned,
        signed_twice,
        of_another_agency,
        on_another_topic,
        altered,
        with_a_forged_signature,
        nothing,
        no_case_update,
    ],
)
async def test_what_cannot_be_verified_is_no_fact_but_kept_and_a_doubt_about_its_child(
    vault: Vault, spoil: Callable[[Schemas], Stored]
) -> None:
    kept = await vault.take(spoil(vault.schemas))
    assert kept == Kept(new_versions=0, dead_letters=1, missing_offsets=0)
    assert await known(vault, ONE) == set()
    assert (await doubts(vault, ONE), await doubts(vault, TWO)) == (1, 0)


async def test_a_fact_under_another_childs_key_is_a_doubt_about_that_child(vault: Vault) -> None:
    await vault.take(replace(stored(vault.schemas, MISSING), key=TWO.encode()))
    assert (await doubts(vault, ONE), await doubts(vault, TWO)) == (0, 1)


@pytest.mark.parametrize("topic", [MISSING_CHILDREN, CASE_UPDATES, SEALED_FACTS])
async def test_what_names_no_child_is_a_doubt_about_every_child(vault: Vault, topic: str) -> None:
    await vault.take(Stored(0, b"junk", topic))
    assert await doubts(vault, ONE) == 1


async def test_records_that_never_came_are_a_doubt_about_every_child(vault: Vault) -> None:
    await vault.say(MISSING)
    next(vault.places[MISSING_CHILDREN, 0])
    assert (await vault.say(said(ChildMissing(MissingKind.MISSING), 901, 40))).missing_offsets == 1
    assert await doubts(vault, TWO) == 1


async def test_the_records_of_a_case_are_those_that_the_correlator_assigned_last(vault: Vault) -> None:
    await vault.assign(an_id(1), ONE, TWO)
    await vault.assign(an_id(3), ANOTHER_CHILD)
    assert await one_case(vault, TWO) == {ONE, TWO}
    await vault.assign(an_id(2), TWO, version=2)
    await vault.assign(an_id(1), TWO, version=1)
    assert await one_case(vault, ONE) == {ONE}
    assert await one_case(vault, TWO) == {TWO}


async def test_a_record_that_no_case_has_yet_stands_for_itself(vault: Vault) -> None:
    assert await one_case(vault, ONE) == {ONE}


async def test_the_latest_content_of_each_sealed_location_is_its_version(vault: Vault) -> None:
    await vault.seal(
        [fact("1 Test Street", moment(1), 1), fact("2 Test Street", moment(2), 1), fact("3 Lane", number=2)]
    )
    versions = await vault.session.run(lambda connection: versions_of(connection, [ONE]))
    held = {content.digest: content.plaintext for content in await vault.contents()}
    assert sorted(held[digest] for _, digest in versions) == [b'{"address":"2 Test Street"}', b'{"address":"3 Lane"}']


async def test_where_a_claimant_lives_is_no_version_of_where_the_child_is(vault: Vault) -> None:
    claim = the_whole_ladder()[1]
    await vault.say(claim)
    number = int(claim.event.head.fact_id, 16)
    await vault.seal([fact("1 Claimant Street", number=number), fact("2 Test Street", number=2)])
    versions = await vault.session.run(lambda connection: versions_of(connection, [ONE]))
    assert [fact_id for fact_id, _ in versions] == [an_id(2)]


async def test_a_doubt_that_somebody_looked_into_is_one_no_more(vault: Vault) -> None:
    await vault.take(unsigned(vault.schemas))
    next(vault.places[MISSING_CHILDREN, 0])
    await vault.say(said(ChildMissing(MissingKind.MISSING), 901, 40))
    [gap, letter] = sorted(one["reason"] for one in await vault.session.run(list_doubts))
    assert (gap, letter) == ("never_came", "not_authentic")
    now = datetime.now(UTC)
    before = await vault.session.run(lambda connection: settle(connection, now - timedelta(days=1), now))
    assert (before, await doubts(vault, ONE)) == (Settled(0, 0), 2)
    after = await vault.session.run(lambda connection: settle(connection, now + timedelta(days=1), now))
    assert (after, await doubts(vault, ONE)) == (Settled(1, 1), 0)
    assert await vault.session.run(list_doubts) == []
