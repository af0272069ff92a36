"""What waits for a coordinator stands on the feed and in a list, once, and says nothing of where a child is."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.casefeed.handlers import merged, read
from services.casefeed.live import items_after
from services.casefeed.telling import tell
from services.casefeed.waiting import Answered, Waiting, keep_answered, keep_waiting, list_waiting, read_waiting
from services.casefeed.writing import write
from services.core.codes import Purpose, Sector
from services.core.errors import UnreadableBytes
from services.core.facts import PlacementStarted
from services.core.gates import ACCESS_LASTS
from services.core.ids import SubjectId
from services.runtime.database import Connection, Session
from services.wire.avro import Schemas
from tests.builders import an_id, day, entry
from tests.casefeed.updates import Update

SECOND = Waiting(
    an_id(5), "second_person", SubjectId(an_id(1)), Purpose.SEARCH_FOR_CHILD, Sector.POLICE, day(1), day(2), day(3)
)
REVIEW = replace(SECOND, waits_for="review", due_at=day(4))


@pytest.fixture
async def known(session: Session, schemas: Schemas) -> Session:
    """The feed of one case, which has told everything that there is."""
    update = Update(1, subjects=[(1, 1)], new=[entry(PlacementStarted())]).frame(schemas)

    async def work(connection: Connection) -> None:
        await tell(connection, await write(connection, merged([read(schemas, update)])))

    await session.run(work)
    return session


async def add(session: Session, *waiting: Waiting) -> list[str]:
    """Keep these, and tell watchers; gives the types of what they are told."""

    async def work(connection: Connection) -> list[str]:
        new = await keep_waiting(connection, waiting)
        await tell(connection, new)
        return [one.type for one in new]

    return await session.run(work)


async def answer(session: Session, waited_for: str) -> None:
    said = [Answered(an_id(5), waited_for, day(3))]
    await session.run(lambda connection: keep_answered(connection, said))


async def listed(session: Session, when: datetime) -> Iterable[tuple[str, str]]:
    found = await session.run(lambda connection: list_waiting(connection, when))
    return [(one.decision_id, one.waits_for) for one in found.waiting]


def test_a_message_of_the_vault_is_read_whole(schemas: Schemas) -> None:
    record = {
        "decision_id": an_id(5),
        "subject_id": an_id(1),
        "purpose": "search_for_child",
        "asked_by": an_id(6),
        "sector": "police",
        "asked_at": day(1),
        "waits_for": "second_person",
        "due_at": day(2),
    }
    assert read_waiting(schemas, schemas.encode("DecisionWaiting", record), day(3)) == SECOND
    for spoilt in ({"decision_id": "x"}, {"subject_id": ""}):
        with pytest.raises(UnreadableBytes):
            read_waiting(schemas, schemas.encode("DecisionWaiting", {**record, **spoilt}), day(3))


async def test_what_waits_is_told_to_those_who_watch_its_case_once(known: Session) -> None:
    assert await add(known, SECOND, SECOND) == ["SecondPersonAsked"]
    assert await add(known, SECOND, REVIEW) == ["ReviewDue"]
    items = await known.run(lambda connection: items_after(connection, 1))
    assert [(item.type, item.case_id) for item in items] == [("SecondPersonAsked", an_id(1)), ("ReviewDue", an_id(1))]
    assert an_id(5).encode() in items[0].encoded


def test_an_answer_is_read_whole(schemas: Schemas) -> None:
    record = {"decision_id": an_id(5), "subject_id": an_id(1), "waited_for": "review", "answered_at": day(3)}
    frame = schemas.encode("DecisionAnswered", record)
    assert read_waiting(schemas, frame, day(4)) == Answered(an_id(5), "review", day(3))
    with pytest.raises(UnreadableBytes):
        read_waiting(schemas, schemas.encode("DecisionAnswered", {**record, "decision_id": "x"}), day(4))


async def test_of_a_child_who_has_no_case_yet_nobody_who_watches_is_told_but_it_is_listed(session: Session) -> None:
    assert await add(session, SECOND) == []
    assert await listed(session, day(1)) == [(an_id(5), "second_person")]


async def test_the_soonest_due_is_listed_first(known: Session) -> None:
    await add(known, REVIEW, SECOND)
    assert await listed(known, day(1)) == [(an_id(5), "second_person"), (an_id(5), "review")]


async def test_what_was_answered_waits_no_more_and_nothing_else_is_taken_away(known: Session) -> None:
    await add(known, REVIEW, SECOND)
    await answer(known, "second_person")
    assert await listed(known, day(1)) == [(an_id(5), "review")]
    await answer(known, "review")
    assert await listed(known, day(1)) == []


async def test_nobody_is_asked_to_second_what_can_no_longer_be_opened(known: Session) -> None:
    await add(known, SECOND)
    assert await listed(known, day(1) + ACCESS_LASTS - timedelta(seconds=1)) == [(an_id(5), "second_person")]
    assert await listed(known, day(1) + ACCESS_LASTS) == []


async def test_a_review_waits_until_somebody_makes_it_however_late(known: Session) -> None:
    await add(known, REVIEW)
    assert await listed(known, day(400)) == [(an_id(5), "review")]


async def test_an_answer_to_what_nobody_asked_changes_nothing(known: Session) -> None:
    await answer(known, "review")
    assert await listed(known, day(1)) == []
