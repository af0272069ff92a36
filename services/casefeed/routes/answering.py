"""Asking the tables on behalf of a request: soon, or with a sentence that says what to do."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from fastapi import HTTPException, status

from services.casefeed.reading import BadCursor
from services.casefeed.sight import Sight, sight
from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.rights import Action
from services.runtime.audit import Private, Trail, private
from services.runtime.database import Connection, Session
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn, by
from services.wire.avro import Schemas

_PATIENCE_SECONDS = 5.0
NO_SOONER_SECONDS = 0.05

T = TypeVar("T")


class NotOne(StrEnum):
    """Why there is not one thing to show. That is an answer too, and recorded like one."""

    NOT_KNOWN = "not_known"
    SEVERAL = "several_begin_so"

    def entry(self, action: Act, digits: str | None) -> Entry:
        """What is recorded of it; `digits` is None where none of the right shape were given."""
        asked = (about(Kind.ASKED, digits),) if digits else ()
        return Entry(action, Outcome.DENIED, about=asked, reasons=(self.value,), count=0)

    def refusal(self, unknown: str) -> HTTPException:
        """What is answered: `unknown` is the sentence for what is not known, or not theirs to see."""
        if self is NotOne.NOT_KNOWN:
            return HTTPException(status.HTTP_404_NOT_FOUND, unknown)
        return HTTPException(status.HTTP_409_CONFLICT, "Several begin with these digits. Give more of them.")


@dataclass(frozen=True, slots=True)
class Window:
    """Where people look into the tables: `door` says who they are, `trail` records what they saw."""

    session: Session
    door: Doorkeeper
    trail: Trail
    schemas: Schemas

    async def seen(
        self,
        who: SignedIn,
        work: Callable[[Connection, Sight], Awaitable[T]],
        told: Callable[[T], Entry],
        question: str,
        action: Action = Action.READ_CASES,
    ) -> T:
        """Do `work` with what this person sees when they do this; what it came to is recorded with it.

        That there is not one thing to show is answered no sooner than a fixed while: whether there is one out of their
        sight does not show in how long it took.

        Raises:
            HTTPException: the question makes no sense, or the database does not answer in time.
        """
        clock = asyncio.get_running_loop().time
        began = clock()

        async def look(connection: Connection) -> T:
            return await work(connection, await sight(connection, self.schemas, who.person, self.door.now(), action))

        def entry(found: T) -> Private:
            return private(by(who.person, told(found)), question.encode())

        found = await answer(self.session, self.trail.recorded(look, entry))
        if found is None or isinstance(found, NotOne):
            await asyncio.sleep(began + NO_SOONER_SECONDS - clock())
        return found


def cases_listed(case_ids: Iterable[str]) -> Entry:
    """What is recorded of cases that somebody saw side by side."""
    shown = tuple(about(Kind.CASE, case_id) for case_id in case_ids)
    return Entry(Act.CASES_LISTED, Outcome.ALLOWED, about=shown, count=len(shown))


async def answer(session: Session, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Do `work`.

    Raises:
        HTTPException: the question makes no sense, or the database does not answer in time.
    """
    return await soon(session.run(work))


async def soon(answered: Awaitable[T]) -> T:
    """What the database answers.

    Raises:
        HTTPException: the question makes no sense, or it does not answer in time.
    """
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await answered
    except TimeoutError:
        code, sentence = status.HTTP_503_SERVICE_UNAVAILABLE, "The database does not answer now. Ask again soon."
    except BadCursor:
        code, sentence = status.HTTP_400_BAD_REQUEST, "This is not a cursor that an earlier page gave."
    raise HTTPException(code, sentence)
