"""GET audit, audit/links and audit/entries of every service that has an audit: reading it is recorded in it.

The operator reads it at /audit, to verify it; where people sign in, auditors read it at /api/audit.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.core.audit import OPERATOR, Action, Entry, Outcome
from services.runtime.audit import Trail, private
from services.runtime.audit_reading import Trails, Wanted
from services.runtime.database import Connection, Session
from services.wire.audit_lines import entry_line, link_line

MOST_LINKS = 1_000
_MOST_ENTRIES = 1_000
_LARGEST = 2**63 - 1
_UNPROCESSABLE = 422
T = TypeVar("T")

_NOT_STORED = {"cache-control": "no-store"}

_Number = Annotated[int, Field(ge=-1, le=_LARGEST)]
_Code = Annotated[str, Field(pattern="^[a-z_]{1,64}$")]


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class PageAsked(_Question):
    """The links numbered from `after` to before `before`; from -1 on also whatever stands before the first."""

    after: _Number
    before: _Number

    @model_validator(mode="after")
    def _is_a_page(self) -> Self:
        if self.before - self.after > MOST_LINKS + 1:
            raise ValueError
        return self


class EntriesAsked(_Question):
    """Who, what, when; the next page begins after the number of the last entry of this one."""

    who: Annotated[str, Field(pattern="^([0-9a-f]{32}|[a-z]{1,20})$")] | None = None
    action: _Code | None = None
    outcome: Outcome | None = None
    about: Annotated[str, Field(pattern="^[a-z_]{1,20}:[0-9a-f/-]{1,120}$")] | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    after: _Number = -1
    at_most: Annotated[int, Field(ge=1, le=_MOST_ENTRIES)] = 100


Reader = Callable[[Request], Awaitable[Entry]]
"""Says who reads, as the entry that is recorded of it; raises what answers those who may not."""


async def the_operator(_: Request) -> Entry:
    """Who came past the operator's token."""
    return Entry(Action.AUDIT_READ, Outcome.ALLOWED, OPERATOR)


class Auditor:
    """Answers from one service's chain, through one session, to whom `reader` lets in."""

    def __init__(self, session: Session, trail: Trail, path: str = "/audit", reader: Reader = the_operator) -> None:
        self._session = session
        self._trail = trail
        self._trails = Trails(session.where)
        self._path = path
        self._reader = reader

    @property
    def routes(self) -> list[Route]:
        return [
            Route(self._path, self._say_extent),
            Route(f"{self._path}/links", self._say_links),
            Route(f"{self._path}/entries", self._say_entries),
        ]

    async def _say_extent(self, request: Request) -> Response:
        extent = await self._asked(request, "extent", self._trails.extent)
        return JSONResponse(dataclasses.asdict(extent), headers=_NOT_STORED)

    async def _say_links(self, request: Request) -> Response:
        try:
            asked = PageAsked.model_validate(dict(request.query_params))
        except ValidationError as error:
            return _misspelt(error)
        question = f"links {asked.model_dump_json()}"
        page = partial(self._trails.page, after=asked.after, before=asked.before)
        links, entries = await self._asked(request, question, page)
        return JSONResponse(
            {"links": [link_line(link) for link in links], "entries": [entry_line(held) for held in entries]},
            headers=_NOT_STORED,
        )

    async def _say_entries(self, request: Request) -> Response:
        try:
            asked = EntriesAsked.model_validate(dict(request.query_params))
        except ValidationError as error:
            return _misspelt(error)
        wanted = Wanted(**asked.model_dump())
        question = f"entries {asked.model_dump_json()}"
        found = await self._asked(request, question, partial(self._trails.search, wanted=wanted))
        lines = [{"at": at.isoformat(timespec="microseconds"), **entry_line(held)} for held, at in found]
        following = lines[-1]["number"] if len(lines) == asked.at_most else None
        return JSONResponse({"entries": lines, "next": following}, headers=_NOT_STORED)

    async def _asked(self, request: Request, question: str, read: Callable[[Connection], Awaitable[T]]) -> T:
        """Record that somebody reads, then read: what stands there meanwhile cannot grow."""
        entry = private(await self._reader(request), question.encode())

        async def recorded(connection: Connection) -> T:
            await self._trail.append(connection, entry)
            return await read(connection)

        return await self._session.run(recorded)


def _misspelt(error: ValidationError) -> Response:
    wrong = ", ".join(sorted({str(problem["loc"][-1]) for problem in error.errors() if problem["loc"]}))
    return JSONResponse({"error": f"The question is not understood: look at {wrong or 'the range'}."}, _UNPROCESSABLE)
