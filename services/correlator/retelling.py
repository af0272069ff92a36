"""Cases told whole, from the tables: for projections that were told something else before."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from services.core.case import EMPTY
from services.core.ids import CaseId
from services.core.timeline import NEVER
from services.correlator import reading
from services.correlator.decoding import Decoder
from services.correlator.handlers import CaseChange
from services.runtime.database import Connection

KeyT = TypeVar("KeyT", bound=Hashable)
ThingT = TypeVar("ThingT")


async def whole_cases(connection: Connection, decoder: Decoder, cases: Sequence[CaseId]) -> list[CaseChange]:
    """Everything that is held about some cases; one that is no longer there is told as empty."""
    states = await reading.states(connection, cases)
    assigned = await reading.members(connection, cases)
    case_of = {one.subject_id: one.case_id for one in assigned}
    held = [one async for one in reading.timelines(connection, case_of)]
    members = grouped(assigned, lambda one: one.case_id)
    entries = grouped(held, lambda one: case_of[one.subject_id])
    again = grouped(await reading.said_again(connection, case_of), lambda one: case_of[one.subject_id])
    return [
        CaseChange(
            case_id=case,
            known_at=max((one.known_at for one in entries[case]), default=NEVER),
            state=states.get(case, EMPTY),
            assigned=members[case],
            new=[decoder.again(one.frame, one.known_at, one.said_at) for one in entries[case]],
            again=again[case],
        )
        for case in cases
    ]


def grouped(things: Iterable[ThingT], key: Callable[[ThingT], KeyT]) -> defaultdict[KeyT, list[ThingT]]:
    """Things by what `key` says of each, in their order."""
    groups: defaultdict[KeyT, list[ThingT]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups
