"""Doing what somebody asks in one transaction with its record: soon, or with a sentence that says what to do."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from fastapi import HTTPException, status

from services.core.audit import Action as Act
from services.core.audit import Entry, Outcome
from services.core.rights import Action, Person, reach
from services.runtime.audit import Trail
from services.runtime.database import Connection, Session
from services.runtime.signin.doorkeeper import Doorkeeper, by

_PATIENCE_SECONDS = 5.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people ask: `door` says who they are, `trail` records what came of it."""

    session: Session
    door: Doorkeeper
    trail: Trail
    patience_seconds: float = _PATIENCE_SECONDS

    def expect(self, who: Person, action: Action, act: Act, sentence: str) -> None:
        """Go on if this person may do this at all; that they may not is recorded.

        Raises:
            HTTPException: they may not.
        """
        if reach(who, action) is None:
            self.trail.note(by(who, Entry(act, Outcome.DENIED, reasons=("no_right",), count=0)))
            raise HTTPException(status.HTTP_403_FORBIDDEN, sentence)

    async def recorded(self, work: Callable[[Connection], Awaitable[T]], entry: Callable[[T], Entry]) -> T:
        """Do `work` and record it.

        Raises:
            HTTPException: the database does not answer in time.
        """
        try:
            async with asyncio.timeout(self.patience_seconds):
                return await self.session.run(self.trail.recorded(work, entry))
        except TimeoutError:
            sentence = "The database does not answer now. Ask again soon, or telephone."
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, sentence)
