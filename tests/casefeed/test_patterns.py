"""Coordinators see patterns around several children, as the links now are, and nobody else sees any."""

from random import Random

import pytest

from services.casefeed.handlers import merged, read
from services.casefeed.patterns import PatternList, list_patterns
from services.casefeed.sight import Sight
from services.casefeed.writing import write
from services.core.ids import CaseId
from services.core.radar import PatternKind
from services.runtime.database import Session
from services.wire.avro import Schemas
from tests.builders import an_id
from tests.casefeed.updates import Update

EVERYTHING = Sight(every=True)
ONE, TWO = an_id(901), an_id(902)


def pattern(schemas: Schemas, name: str, *records: int, kind: PatternKind = PatternKind.TELEPHONE) -> bytes:
    found = {"pattern_id": name, "kind": kind, "subjects": [an_id(record) for record in records]}
    return schemas.encode("PatternFound", found)


def of_cases(schemas: Schemas, version: int, case_of: dict[int, int]) -> list[bytes]:
    """What the correlator says of which case each record belongs to."""
    return [Update(case, version, subjects=[(record, version)]).frame(schemas) for record, case in case_of.items()]


async def told(session: Session, schemas: Schemas, *frames: bytes) -> None:
    await session.run(lambda connection: write(connection, merged(read(schemas, frame) for frame in frames)))


async def shown(session: Session, sight: Sight = EVERYTHING, skip: int = 0, at_most: int = 100) -> PatternList:
    return await session.run(lambda connection: list_patterns(connection, sight, skip, at_most))


async def test_a_pattern_is_shown_by_the_cases_that_it_stands_around(session: Session, schemas: Schemas) -> None:
    await told(session, schemas, pattern(schemas, ONE, 1, 2, 3), *of_cases(schemas, 1, {1: 1, 2: 1, 3: 3}))

    [found] = (await shown(session)).patterns
    assert (found.pattern_id, found.kind, found.cases) == (ONE, "telephone", [an_id(1), an_id(3)])


async def test_records_of_one_child_are_no_pattern_until_they_are_parted(session: Session, schemas: Schemas) -> None:
    await told(session, schemas, pattern(schemas, ONE, 1, 2), *of_cases(schemas, 1, {1: 1, 2: 1}))
    assert (await shown(session)).patterns == []

    await told(session, schemas, *of_cases(schemas, 2, {2: 2}))
    assert [found.cases for found in (await shown(session)).patterns] == [[an_id(1), an_id(2)]]


async def test_whoever_does_not_see_every_case_sees_no_pattern(session: Session, schemas: Schemas) -> None:
    await told(session, schemas, pattern(schemas, ONE, 1, 2), *of_cases(schemas, 1, {1: 1, 2: 2}))

    own = Sight(own=frozenset({CaseId(an_id(1)), CaseId(an_id(2))}), missing=True)
    assert await shown(session, own) == PatternList(patterns=[]) == await shown(session, Sight())


@pytest.mark.parametrize("seed", range(4))
async def test_in_any_order_of_arrival_the_word_with_most_records_holds(
    session: Session, schemas: Schemas, seed: int
) -> None:
    frames = [pattern(schemas, ONE, *range(1, 1 + many)) for many in (2, 3, 4, 4)]
    Random(seed).shuffle(frames)
    for frame in frames:
        await told(session, schemas, frame)

    [found] = (await shown(session)).patterns
    assert found.cases == [an_id(number) for number in (1, 2, 3, 4)]


async def test_the_widest_stands_first_and_pages_follow_one_another(session: Session, schemas: Schemas) -> None:
    await told(session, schemas, pattern(schemas, ONE, 1, 2), pattern(schemas, TWO, 3, 4, 5, kind=PatternKind.ADULT))

    assert [found.pattern_id for found in (await shown(session)).patterns] == [TWO, ONE]
    assert [found.pattern_id for found in (await shown(session, skip=1, at_most=1)).patterns] == [ONE]
