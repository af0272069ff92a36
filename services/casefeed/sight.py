"""Which cases somebody sees: every one, their own, or besides those of children who are missing (see core/rights)."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from services.casefeed.allocations import given
from services.core.case import CaseStatus
from services.core.ids import CaseId
from services.core.rights import Action, Person, Reach, reach
from services.runtime.database import Connection
from services.wire.avro import Schemas

MISSING = frozenset({CaseStatus.MISSING, CaseStatus.AWAY})
"""Away without authorisation together with a trafficking concern is missing (¶5.73)."""

_TIED = frozenset({Reach.OWN_OR_MISSING, Reach.OWN})
"""Who reaches so far sees a case because it was given to them."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen: nothing, unless it is said."""

    every: bool = False
    missing: bool = False
    own: AbstractSet[CaseId] = frozenset()

    def sees(self, case_id: CaseId, status: str) -> bool:
        """Whether a case of this status is seen."""
        return self.every or case_id in self.own or (self.missing and status in MISSING)

    @property
    def asked(self) -> dict[str, object]:
        """The same as parameters of `SEEN`."""
        return {
            "every": self.every,
            "missing": sorted(MISSING) if self.missing else [],
            "own": [bytes.fromhex(case_id) for case_id in self.own],
        }


SEEN: LiteralString = "(%(every)s OR cases.status = ANY(%(missing)s::text[]) OR cases.case_id = ANY(%(own)b::bytea[]))"
"""What `sees` says, of a row of `cases`."""


async def sights(
    connection: Connection,
    schemas: Schemas,
    people: Collection[Person],
    now: datetime,
    action: Action = Action.READ_CASES,
) -> dict[Person, Sight]:
    """What each of some people sees at `now` when they do this."""
    far = {person: reach(person, action) for person in people}
    workers = {person.handle for person, reached in far.items() if reached in _TIED}
    own = await given(connection, schemas, workers, now) if workers else {}
    return {person: _sight(reached, own.get(person.handle, frozenset())) for person, reached in far.items()}


def _sight(far: Reach | None, own: AbstractSet[CaseId]) -> Sight:
    if far in _TIED:
        return Sight(missing=far is Reach.OWN_OR_MISSING, own=own)
    return Sight(every=far is Reach.EVERY_CASE)


async def sight(
    connection: Connection, schemas: Schemas, person: Person, now: datetime, action: Action = Action.READ_CASES
) -> Sight:
    """What one person sees."""
    return (await sights(connection, schemas, [person], now, action))[person]


async def own_sight(connection: Connection, schemas: Schemas, person: Person, now: datetime) -> Sight:
    """Their own cases alone, for who may read cases at all."""
    if reach(person, Action.READ_CASES) is None:
        return Sight()
    return Sight(own=(await given(connection, schemas, [person.handle], now))[person.handle])
