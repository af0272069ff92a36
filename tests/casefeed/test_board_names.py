"""By what names a board calls a child: by what was last claimed, whoever spoke of them since."""

from dataclasses import replace

import pytest

from services.core.claims import Name, Subject
from services.core.codes import Channel, ClaimStatus, MissingKind, NameKind
from services.core.facts import ChildMissing, KinshipClaimed
from services.core.rights import PersonRole
from services.core.timeline import Entry
from services.wire.avro import Record, Schemas
from services.wire.records import to_record
from tests.builders import day, entry
from tests.casefeed.house import house
from tests.casefeed.updates import Update, event_of, known_at
from tests.runtime.secured_postgres import SecuredPostgres

CHILD = 0xA1 << 120
WRONG = "Somebody Else"
NAME = f"Given{CHILD} Family"
REPORT = known_at(entry(ChildMissing(MissingKind.MISSING), event=1, subject=CHILD, occurred_at=day(1)), day(1))
AN_ADULT_ASKS = known_at(entry(KinshipClaimed("ad" * 16, channel=Channel.COUNTER), event=2, subject=CHILD), day(2))
CORRECTED = known_at(
    entry(
        ChildMissing(MissingKind.MISSING), event=3, of_fact=1, subject=CHILD, occurred_at=day(1), recorded_at=day(3)
    ),
    day(3),
)  # fmt: skip


class Unnamed(Update):
    """An update whose events claim nothing about who the child is."""

    def record(self, known: Schemas) -> Record:
        entries = [{"event": unnamed(known, one), "known_at": one.known_at} for one in self.new]
        return {**super().record(known), "entries": entries}


def unnamed(known: Schemas, said: Entry) -> bytes:
    event = replace(event_of(said), subject=Subject())
    return known.encode(event.type, to_record(event))


class Misnamed(Update):
    """An update whose events claim a name that nobody claims any more."""

    def record(self, known: Schemas) -> Record:
        entries = [{"event": misnamed(known, one), "known_at": one.known_at} for one in self.new]
        return {**super().record(known), "entries": entries}


def misnamed(known: Schemas, said: Entry) -> bytes:
    names = (Name(WRONG, NameKind.FULL, ClaimStatus.CLAIMED),)
    event = replace(event_of(said), subject=Subject(names=names))
    return known.encode(event.type, to_record(event))


REPORTED = Update(CHILD, 1, day(1), subjects=[(CHILD, 1)], new=[REPORT])
ASKED_FOR = Unnamed(CHILD, 2, day(2), timeline=[REPORT], new=[AN_ADULT_ASKS])
UNNAMED_SINCE = Unnamed(CHILD, 2, day(3), timeline=[REPORT], new=[CORRECTED])


@pytest.mark.parametrize("path", ["/missing", "/night", "/cases"])
async def test_a_child_for_whom_an_adult_has_asked_is_still_called_by_name(
    postgres: SecuredPostgres, schemas: Schemas, path: str
) -> None:
    async with house(postgres.database("casefeed"), schemas, [REPORTED, ASKED_FOR]) as home:
        shown = (await (await home.enter(PersonRole.COORDINATOR)).get(path)).text
    assert NAME in shown
    assert "No name claimed" not in shown


async def test_a_name_that_was_corrected_away_is_not_shown(postgres: SecuredPostgres, schemas: Schemas) -> None:
    async with house(postgres.database("casefeed"), schemas, [REPORTED, UNNAMED_SINCE]) as home:
        shown = (await (await home.enter(PersonRole.COORDINATOR)).get("/missing")).text
    assert NAME not in shown
    assert "No name claimed" in shown


async def test_a_name_that_was_corrected_before_its_report_came_is_not_shown(
    postgres: SecuredPostgres, schemas: Schemas
) -> None:
    corrected = Update(CHILD, 1, day(3), subjects=[(CHILD, 1)], new=[CORRECTED])
    came_late = Misnamed(CHILD, 2, day(4), timeline=[CORRECTED], new=[known_at(REPORT, day(4))])
    async with house(postgres.database("casefeed"), schemas, [corrected, came_late]) as home:
        shown = (await (await home.enter(PersonRole.COORDINATOR)).get("/missing")).text
    assert NAME in shown
    assert WRONG not in shown
