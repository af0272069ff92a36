"""Asking the tables on behalf of a request: soon, or with a sentence that says what to do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import HTTPException, status

from services.casefeed.reading import AmbiguousId, BadCursor
from services.casefeed.sight import Sight, sight
from services.core.rights import Action
from services.runtime.database import Connection, Session
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn

_PATIENCE_SECONDS = 5.0

T = TypeVar("T")


async def seen(
    session: Session,
    door: Doorkeeper,
    who: SignedIn,
    work: Callable[[Connection, Sight], Awaitable[T]],
    action: Action = Action.READ_CASES,
) -> T:
    """Do `work` with what this person sees when they do this.

    Raises:
        HTTPException: the question makes no sense, or the database does not answer in time.
    """

    async def look(connection: Connection) -> T:
        return await work(connection, await sight(connection, who.person, door.now(), action))

    return await answer(session, look)


async def answer(session: Session, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Do `work`.

    Raises:
        HTTPException: the question makes no sense, or the database does not answer in time.
    """
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await session.run(work)
    except TimeoutError:
        code, sentence = status.HTTP_503_SERVICE_UNAVAILABLE, "The database does not answer now. Ask again soon."
    except BadCursor:
        code, sentence = status.HTTP_400_BAD_REQUEST, "This is not a cursor that an earlier page gave."
    except AmbiguousId:
        code, sentence = status.HTTP_409_CONFLICT, "Several cases begin with these digits. Give more of them."
    raise HTTPException(code, sentence)
