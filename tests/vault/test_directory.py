"""The directory gives the office that keeps each record, as it was last said, and shows it in no text of its own."""

from services.core.codes import SealedField
from services.core.ids import FactId, SubjectId
from services.core.sharing import SealedFact
from services.runtime.database import Connection
from services.vault.directory import Office, offices
from services.vault.erasure import ErasureReason, Scope, erase
from tests.builders import an_id, day
from tests.vault.edge import fact
from tests.vault.tables import Vault


def kept_by(organisation: str, subject: int = 1, when: int = 1) -> SealedFact:
    content = {"organisation": organisation, "kind": "local_authority"}
    reference = FactId(an_id(900 + subject))
    return SealedFact(SubjectId(an_id(subject)), reference, SealedField.ORGANISATION, day(when), content)


async def found(vault: Vault, *subjects: int) -> list[tuple[str, str]]:
    async def look(connection: Connection) -> tuple[Office, ...]:
        return await offices(connection, vault.kek, [SubjectId(an_id(number)) for number in subjects])

    return [(office.subject_id, office.organisation) for office in await vault.session.run(look)]


async def test_each_record_has_the_office_that_keeps_it(vault: Vault) -> None:
    await vault.seal([kept_by("OFFICE-1", 1), kept_by("OFFICE-2", 2), kept_by("OFFICE-3", 3), fact("1 Test Street")])
    assert await found(vault, 1, 2) == [(an_id(1), "OFFICE-1"), (an_id(2), "OFFICE-2")]
    assert await found(vault) == []


async def test_the_office_is_the_one_that_was_said_last_in_any_order_of_arrival(vault: Vault) -> None:
    for said in (kept_by("OFFICE-2", when=2), kept_by("OFFICE-1", when=1), kept_by("OFFICE-2", when=2)):
        await vault.seal([said])
    assert await found(vault, 1) == [(an_id(1), "OFFICE-2")]


async def test_an_office_that_was_erased_is_not_found(vault: Vault) -> None:
    await vault.seal([kept_by("OFFICE-1")])
    scope = Scope(subject_id=SubjectId(an_id(1)))
    await vault.session.run(lambda connection: erase(connection, scope, ErasureReason.NOT_NEEDED_ANY_MORE))
    assert await found(vault, 1) == []


def test_an_office_does_not_show_itself() -> None:
    assert "OFFICE" not in repr(Office(SubjectId(an_id(1)), "OFFICE-1", "local_authority"))
