"""Who is who, for coordinators to decide: what speaks for a link, what a decision changes, and who sees any of it."""

from collections.abc import AsyncIterator, Sequence
from random import Random
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.casefeed.handlers import merged, read
from services.casefeed.routes import answering
from services.casefeed.sight import Sight
from services.casefeed.writing import write
from services.core.codes import Sector
from services.core.facts import (
    Fact,
    KinshipClaimed,
    LinkRefused,
    PoliceContact,
    RecordsLinked,
    RecordsUnlinked,
    WorkerAllocated,
)
from services.core.ids import SubjectId, person_handle
from services.core.rights import PersonRole
from services.wire.avro import Schemas
from tests.builders import START, an_id, entry
from tests.casefeed.house import PEOPLE_KEY, House, house
from tests.casefeed.updates import Update
from tests.runtime.secured_postgres import SecuredPostgres

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECOND_PERSON = "nothing changes until a second person decides the same"

EVIDENCE = (("name", "same", 14.5), ("birth", "swapped", 7.8))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(postgres: SecuredPostgres, schemas: Schemas) -> AsyncIterator[House]:
    async with house(postgres.database("casefeed"), schemas) as open_house:
        yield open_house


async def propose(
    home: House,
    one: int,
    other: int,
    verdict: str = "ask",
    by: str = "score",
    version: int = 1,
    evidence: Sequence[tuple[str, str, float]] = EVIDENCE,
) -> None:
    said = [{"field": field, "level": level, "bits": bits} for field, level, bits in evidence]
    ends = {"one": an_id(one), "other": an_id(other), "proposed_by": by, "verdict": verdict}
    record = {**ends, "evidence": said, "version": version, "known_at": START}
    frame = home.schemas.encode("LinkProposed", record)
    await home.session.run(lambda connection: write(connection, merged([read(home.schemas, frame)])))


def _sector(fact: Fact) -> Sector:
    return Sector.LOCAL_AUTHORITY if isinstance(fact, WorkerAllocated) else Sector.POLICE


async def record(home: House, number: int, *facts: Fact, case: int | None = None, version: int = 1) -> None:
    """A record in a case of its own, unless another is named."""
    new = [
        entry(fact, event=number * 1000 + version * 100 + place, subject=number, sector=_sector(fact))
        for place, fact in enumerate(facts or [PoliceContact()])
    ]
    await home.tell(Update(case or number, version, subjects=[(number, version)], new=new))


async def pair(home: House, numbers: int, *facts: Fact) -> tuple[int, int]:
    """Two new records, of which the first says these facts."""
    one, other = numbers * 10 + 1, numbers * 10 + 2
    await record(home, one, PoliceContact(), *facts)
    await record(home, other)
    return one, other


async def listed(client: httpx.AsyncClient, **asked: Any) -> dict[tuple[str, str], dict[str, Any]]:
    answer = await client.get("/api/links", params={"at_most": 200, **asked})
    return {(link["one"], link["other"]): link for link in answer.raise_for_status().json()["links"]}


async def shown(client: httpx.AsyncClient, one: int, other: int) -> dict[str, Any]:
    answer = await client.get(f"/api/links/{an_id(one)}/{an_id(other)}")
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


async def test_a_pair_is_listed_with_how_far_each_field_agrees_and_its_weight(home: House) -> None:
    one, other = await pair(home, 1)
    await propose(home, one, other)
    found = (await listed(await home.enter(PersonRole.COORDINATOR)))[an_id(one), an_id(other)]
    assert found["evidence"] == [{"field": field, "level": level, "bits": bits} for field, level, bits in EVIDENCE]
    assert (found["verdict"], found["proposed_by"]) == ("ask", ["score"])
    assert found["cases"] == [an_id(one), an_id(other)]


async def test_a_pair_of_one_case_is_no_question(home: House) -> None:
    one, other = await pair(home, 2)
    await propose(home, one, other)
    await record(home, other, case=one, version=2)
    client = await home.enter(PersonRole.COORDINATOR)
    assert (an_id(one), an_id(other)) not in await listed(client, decided=True)


async def test_what_a_person_parted_is_listed_only_where_it_is_asked_for(home: House) -> None:
    one, other = await pair(home, 3, LinkRefused(SubjectId(an_id(32))))
    await propose(home, one, other, "link")
    client = await home.enter(PersonRole.COORDINATOR)
    assert (an_id(one), an_id(other)) not in await listed(client)
    assert (await listed(client, decided=True))[an_id(one), an_id(other)]["decided"] == "refused"


@pytest.mark.parametrize("seed", range(3))
async def test_in_any_order_of_hearing_the_highest_version_holds(home: House, seed: int) -> None:
    one, other = await pair(home, 40 + seed)
    words = [("ask", 1), ("link", 2), ("apart", 3), ("ask", 4)]
    Random(seed).shuffle(words)
    for verdict, version in words:
        await propose(home, one, other, verdict, version=version)
    client = await home.enter(PersonRole.COORDINATOR)
    assert (await listed(client))[an_id(one), an_id(other)]["verdict"] == "ask"
    await propose(home, one, other, "apart", version=5)
    assert (an_id(one), an_id(other)) not in await listed(client)


async def test_of_what_is_sealed_it_is_shown_that_it_was_compared_and_nothing_more(home: House) -> None:
    one, other = await pair(home, 5)
    await propose(home, one, other, by="sealed_numbers", evidence=())
    link = (await shown(await home.enter(PersonRole.COORDINATOR), one, other))["link"]
    assert (link["proposed_by"], link["evidence"], link["bits"]) == (["sealed_numbers"], [], 0)


async def test_what_each_decision_would_change_is_shown_before_it_is_made(home: House) -> None:
    one, other = await pair(home, 6)
    await propose(home, one, other)
    changes = {
        change["decision"]: (change["cases"], change["moved"])
        for change in (await shown(await home.enter(PersonRole.COORDINATOR), one, other))["consequences"]
    }
    apart = [[an_id(one)], [an_id(other)]]
    assert changes == {
        "linked": ([[an_id(one), an_id(other)]], [an_id(other)]),
        "refused": (apart, []),
        "unlinked": (apart, []),
    }


async def test_what_a_third_case_keeps_apart_is_not_said_to_be_joined_already(home: House) -> None:
    """Numbers of a third record, or a namesake, part them, and neither stands in these two cases."""
    one, other = await pair(home, 29)
    await propose(home, one, other, verdict="link")
    changes = {
        change["decision"]: (change["cases"], change["moved"])
        for change in (await shown(await home.enter(PersonRole.COORDINATOR), one, other))["consequences"]
    }
    apart = [[an_id(one)], [an_id(other)]]
    assert changes == {
        "linked": ([[an_id(one), an_id(other)]], [an_id(other)]),
        "refused": (apart, []),
        "unlinked": (apart, []),
    }


async def test_that_a_link_around_an_enquirer_waits_for_a_second_person_is_shown_before_it_is_made(
    home: House,
) -> None:
    one, other = await pair(home, 13, KinshipClaimed("ad" * 16))
    await propose(home, one, other)
    client = await home.enter(PersonRole.COORDINATOR)
    waits = {change["decision"]: change["waits"] for change in (await shown(client, one, other))["consequences"]}
    assert waits == {"linked": True, "unlinked": False, "refused": False}
    assert (await client.get(f"/links/{an_id(one)}/{an_id(other)}")).text.count(SECOND_PERSON) == 1

    await record(home, other, RecordsLinked(SubjectId(an_id(one)), decided_by=an_id(0xA)), version=2)
    found = await shown(client, one, other)
    assert found["link"]["decided"] == "linked"
    assert {change["waits"] for change in found["consequences"]} == {False}
    assert SECOND_PERSON not in (await client.get(f"/links/{an_id(one)}/{an_id(other)}")).text


async def test_a_link_that_waits_for_a_second_person_is_listed_though_nothing_that_was_compared_speaks_for_it(
    home: House,
) -> None:
    one, other = await pair(home, 14, KinshipClaimed("ad" * 16), RecordsLinked(SubjectId(an_id(142))))
    ends, client = (an_id(one), an_id(other)), await home.enter(PersonRole.COORDINATOR)
    link = (await listed(client))[ends]
    assert (link["proposed_by"], link["evidence"], link["decided"]) == ([], [], "linked")
    assert (await shown(client, one, other))["link"] == link
    assert "a person alone" in (await client.get("/links")).text

    await record(home, other, RecordsUnlinked(SubjectId(an_id(one))), version=2)
    assert ends not in await listed(client, decided=True)


async def test_a_person_s_link_that_joined_is_no_question_and_can_be_looked_at_to_undo_it(home: House) -> None:
    one, other = await pair(home, 15, RecordsLinked(SubjectId(an_id(152))))
    await record(home, other, case=one, version=2)
    client = await home.enter(PersonRole.COORDINATOR)
    assert (an_id(one), an_id(other)) not in await listed(client, decided=True)
    changes = {change["decision"]: change["moved"] for change in (await shown(client, one, other))["consequences"]}
    assert changes == {"linked": [], "unlinked": [an_id(other)], "refused": [an_id(other)]}


async def test_records_of_one_case_are_shown_whatever_joined_them_and_others_only_where_something_speaks(
    home: House,
) -> None:
    one, other = await pair(home, 16)
    client = await home.enter(PersonRole.COORDINATOR)
    assert (await client.get(f"/api/links/{an_id(one)}/{an_id(other)}")).status_code == 404
    await record(home, other, case=one, version=2)
    assert (await shown(client, one, other))["link"]["proposed_by"] == []


async def test_to_undo_a_person_s_link_parts_what_nothing_else_joins(home: House) -> None:
    one, other = await pair(home, 7, RecordsLinked(SubjectId(an_id(72))))
    await propose(home, one, other)
    await record(home, other, case=one, version=2)
    found = await shown(await home.enter(PersonRole.COORDINATOR), one, other)
    changes = {change["decision"]: change["moved"] for change in found["consequences"]}
    assert changes == {"linked": [], "unlinked": [an_id(other)], "refused": [an_id(other)]}


async def test_both_cases_are_shown_with_their_claims_and_how_many_adults_ask(home: House) -> None:
    one, other = await pair(home, 8, KinshipClaimed("ad" * 16))
    await propose(home, one, other)
    sides = (await shown(await home.enter(PersonRole.COORDINATOR), one, other))["sides"]
    assert [(side["case_id"], side["enquirers"]) for side in sides] == [(an_id(one), 1), (an_id(other), 0)]
    assert [side["claims"][0]["names"][0]["text"] for side in sides] == [f"Given{one} Family", f"Given{other} Family"]


async def test_who_was_shown_two_children_as_one_is_listed_to_whoever_parts_them(home: House) -> None:
    one, other = await pair(home, 9)
    await propose(home, one, other)
    client = await home.enter(PersonRole.COORDINATOR)
    await client.get(f"/api/cases/{an_id(one)}")
    await record(home, other, case=one, version=2)
    assert (await shown(client, one, other))["seen_by"] == []
    await client.get(f"/api/cases/{an_id(other)}")
    [seen] = (await shown(client, one, other))["seen_by"]
    assert (seen["who"], seen["role"]) == (person_handle(PEOPLE_KEY, PersonRole.COORDINATOR), "coordinator")


async def planted(home: House, numbers: int) -> tuple[int, int]:
    """A child whom the hub knows, and a record like hers in a case that its planter was given."""
    known, lookalike = await pair(home, numbers)
    worker = person_handle(PEOPLE_KEY, PersonRole.SOCIAL_WORKER)
    await record(home, lookalike, WorkerAllocated(worker), version=2)
    await propose(home, known, lookalike)
    return known, lookalike


@pytest.mark.parametrize("role", [role for role in PersonRole if role is not PersonRole.COORDINATOR])
async def test_a_lookalike_record_planted_to_read_the_review_page_shows_its_planter_nothing(
    home: House, role: PersonRole
) -> None:
    known, lookalike = await planted(home, 100 + list(PersonRole).index(role))
    client = await home.enter(role, "application/json")
    asked = (await client.get(f"/api/links/{an_id(end)}/{an_id(lookalike)}") for end in (known, 0xDEAD))
    candidate, nothing = [answer async for answer in asked]
    assert await listed(client, decided=True) == {}
    assert (candidate.status_code, candidate.content) == (nothing.status_code, nothing.content)
    assert candidate.status_code == 404


async def test_without_its_guard_the_review_would_show_a_planter_the_known_child(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, lookalike = await planted(home, 120)

    async def every_case(*_: object) -> Sight:
        return Sight(every=True)

    monkeypatch.setattr(answering, "sight", every_case)
    client = await home.enter(PersonRole.SOCIAL_WORKER, "application/json")
    assert (an_id(known), an_id(lookalike)) in await listed(client)
