"""Other weights: what would change by them, and that they are adopted, as the operator asks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.core.audit import OPERATOR, Action, Entry, Outcome
from services.core.ids import CaseId, SubjectId
from services.core.matching.scoring import Verdict
from services.core.matching.versions import FIRST, Adopted, last_adopted
from services.correlator import reading, writing
from services.correlator.decoding import WEIGHTS_ADOPTED
from services.correlator.identity import Change, place
from services.correlator.likeness import Edge, Likeness
from services.correlator.telling import Message
from services.correlator.weighing import Matchers, all_edges
from services.runtime.audit import Trail
from services.runtime.database import Connection, Session, snapshot
from services.wire.avro import Schemas
from services.wire.topics import MATCHING_WEIGHTS

_ACCEPTED, _NOT_FOUND, _UNPROCESSABLE = 202, 404, 422
_MOST_CASES = 1_000


class AdoptionAsked(BaseModel):
    """Which weights to adopt: their version, and the digest that the report showed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    version: Annotated[str, Field(max_length=20)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class Report:
    """What would change: pairs of records by what the weights say of them, records that would move, cases they touch.

    `cases` are the first thousand of them.
    """

    version: str
    sha256: str
    records: int
    pairs_joined: int
    pairs_parted: int
    pairs_asked: int
    pairs_no_longer_asked: int
    records_moved: int
    cases: list[CaseId]


class Weighing:
    """Answers the operator about weights; reading takes seconds for each ten thousand records."""

    def __init__(self, session: Session, matchers: Matchers, trail: Trail, schemas: Schemas) -> None:
        self._session = session
        self._matchers = matchers
        self._trail = trail
        self._schemas = schemas

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/weights", self._holding),
            Route("/weights", self._adopt, methods=["POST"]),
            Route("/weights/{version}", self._report),
        ]

    async def _holding(self, _: Request) -> Response:
        adopted = last_adopted(await self._session.run(reading.adopted))
        held = adopted.version if adopted else FIRST
        return JSONResponse({"holds": held, "versions": self._matchers.versions})

    async def _report(self, request: Request) -> Response:
        pinned = self._matchers.pinned(request.path_params["version"])
        if pinned is None:
            return self._unknown()
        entry = Entry(Action.WEIGHTS_WEIGHED, Outcome.ALLOWED, OPERATOR)
        await self._session.run(lambda connection: self._trail.append(connection, entry))
        at_some_time = Adopted(pinned.weights.version, pinned.sha256, datetime.now(UTC))
        async with snapshot(self._session.where) as connection:
            return JSONResponse(asdict(await report(connection, self._matchers, at_some_time)))

    async def _adopt(self, request: Request) -> Response:
        try:
            asked = AdoptionAsked.model_validate_json(await request.body())
        except ValidationError:
            return JSONResponse({"error": "Ask with version, and the sha256 that its report shows."}, _UNPROCESSABLE)
        pinned = self._matchers.pinned(asked.version)
        if pinned is None or pinned.sha256 != asked.sha256:
            return self._unknown()
        frame = self._schemas.encode(WEIGHTS_ADOPTED, asdict(Adopted(asked.version, asked.sha256, datetime.now(UTC))))
        message = Message(asked.version.encode(), frame, MATCHING_WEIGHTS)

        async def leave(connection: Connection) -> None:
            await writing.leave(connection, [message])
            await self._trail.append(connection, Entry(Action.WEIGHTS_ADOPTED, Outcome.ALLOWED, OPERATOR))

        await self._session.run(leave)
        return JSONResponse({"adopted": asked.version}, _ACCEPTED)

    def _unknown(self) -> Response:
        known = ", ".join(self._matchers.versions)
        return JSONResponse({"error": f"This edition has no such weights. It has: {known}."}, _NOT_FOUND)


async def report(connection: Connection, matchers: Matchers, adopted: Adopted) -> Report:
    """What would change if these weights were adopted now; nothing is written."""
    portraits = await reading.portraits(connection)
    now: list[Edge] = []
    for some in all_edges(matchers.of(adopted), portraits):
        now += some
        await connection.execute("SELECT")  # PostgreSQL ends a session that says nothing for long
    likeness = Likeness(frozenset(portraits), await reading.edges(connection), tuple(now))
    before, after = await _placed(connection, likeness)
    moved = {subject for subject, case in after.items() if before[subject] != case}
    cases = sorted({where[subject] for where in (before, after) for subject in moved})
    joined, asked = _differences(likeness, Verdict.LINK), _differences(likeness, Verdict.ASK)
    return Report(adopted.version, adopted.sha256, len(portraits), *joined, *asked, len(moved), cases[:_MOST_CASES])


async def _placed(
    connection: Connection, likeness: Likeness
) -> tuple[Mapping[SubjectId, CaseId], Mapping[SubjectId, CaseId]]:
    if not likeness.touches:
        return {}, {}
    graph = await reading.graph(connection, likeness.touches, ())
    return graph.cases, place(graph, Change({}, likeness=likeness), ()).case_of


def _differences(likeness: Likeness, verdict: Verdict) -> tuple[int, int]:
    """How many pairs would newly be said so, and how many no longer."""
    before, now = (
        {edge.pair for edge in edges if edge.verdict is verdict} for edges in (likeness.before, likeness.now)
    )
    return len(now - before), len(before - now)
