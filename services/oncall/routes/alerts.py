"""/api/alerts: who is missing, who was told, who answered; and an agency's answer."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, HTTPException, status
from fastapi import Path as InPath
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.ids import FactId
from services.core.oncall.alerts import Answer
from services.core.oncall.answering import SENTENCES, Asked, Refusal, Taken
from services.core.rights import Action, Person, reach
from services.oncall.answers import Answers, find
from services.oncall.channels.owing import note_read
from services.oncall.views import AlertList, AlertView, list_alerts, show_alert
from services.runtime.audit import Trail
from services.runtime.database import Connection, Session
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn, by

_PATIENCE_SECONDS = 5.0
NOT_YOURS = "There is no such alert, or it is not your agency's."
Digits = Annotated[str, InPath(pattern="^[0-9a-f]{6,32}$")]
T = TypeVar("T")


class Said(BaseModel):
    """An answer; not yet to be trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Answer
    next_check_at: AwareDatetime | None = None
    check: bool = False


class AlertRoutes:
    """What people on duty ask; every look and every answer is recorded with who it was."""

    def __init__(self, session: Session, door: Doorkeeper, trail: Trail, answers: Answers) -> None:
        self._session = session
        self._door = door
        self._trail = trail
        self._answers = answers

    async def listed(self, who: Person, *, everything: bool) -> AlertList:
        """The alerts of their agency."""
        _expect(who)
        return await self._recorded(
            lambda connection: list_alerts(connection, who, everything=everything),
            lambda found: by(who, Entry(Act.ALERTS_LISTED, Outcome.ALLOWED, count=len(found.alerts))),
        )

    async def shown(self, who: Person, digits: str) -> AlertView:
        """One alert, with everybody who was told of it."""
        _expect(who)
        found = await self._recorded(
            lambda connection: self._one(connection, who, digits),
            lambda view: by(who, _entry(Act.ALERT_READ, digits, () if view else ("not_known",))),
        )
        return _known(found)

    async def answered(self, who: Person, digits: str, said: Said) -> AlertView:
        """What the alert is once their agency has answered."""
        _expect(who)
        now = self._door.now()
        taken, found = await self._recorded(
            lambda connection: self._answer(connection, who, digits, said, now),
            lambda done: by(who, _entry(Act.ALERT_ANSWERED, digits, _why_not(*done))),
        )
        if isinstance(taken, Refusal):
            raise HTTPException(status.HTTP_409_CONFLICT, SENTENCES[taken])
        if taken is not None:
            self._answers.count(taken, now)
        return _known(found)

    async def _one(self, connection: Connection, who: Person, digits: str) -> AlertView | None:
        found = await find(connection, digits)
        shown = await show_alert(connection, who, found[0]) if len(found) == 1 else None
        if shown:
            await note_read(connection, shown.alert_id, who.handle, self._door.now())
        return shown

    async def _answer(
        self, connection: Connection, who: Person, digits: str, said: Said, now: datetime
    ) -> tuple[Taken | Refusal | None, AlertView | None]:
        seen = await self._one(connection, who, digits)
        if seen is None:
            return None, None
        asked = Asked(said.answer, said.next_check_at, said.check)
        taken = await self._answers.take(connection, FactId(seen.alert_id), asked, who, now)
        return taken, await show_alert(connection, who, seen.alert_id)

    async def _recorded(self, work: Callable[[Connection], Awaitable[T]], entry: Callable[[T], Entry]) -> T:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self._session.run(self._trail.recorded(work, entry))
        except TimeoutError:
            sentence = "The database does not answer now. Ask again soon, or telephone."
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, sentence)


def alert_routes(session: Session, door: Doorkeeper, trail: Trail, answers: Answers) -> APIRouter:
    """GET /api/alerts, GET /api/alerts/{digits} and POST /api/alerts/{digits}/answer."""
    routes, alerts = APIRouter(), AlertRoutes(session, door, trail, answers)
    Who = Annotated[SignedIn, Depends(door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/alerts")
    async def listed(who: Who, all: bool = False) -> AlertList:  # noqa: A002, FBT001, FBT002 - as it stands in the address
        return await alerts.listed(who.person, everything=all)

    @routes.get("/api/alerts/{digits}")
    async def shown(who: Who, digits: Digits) -> AlertView:
        return await alerts.shown(who.person, digits)

    @routes.post("/api/alerts/{digits}/answer")
    async def answered(who: Who, digits: Digits, said: Said) -> AlertView:
        return await alerts.answered(who.person, digits, said)

    return routes


def _expect(who: Person) -> None:
    if reach(who, Action.ANSWER_ALERT) is None:
        raise HTTPException(status.HTTP_403_FORBIDDEN, "This is for those who are on duty, and for coordinators.")


def _known(found: AlertView | None) -> AlertView:
    if found is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, NOT_YOURS)
    return found


def _why_not(taken: Taken | Refusal | None, _: AlertView | None) -> tuple[str, ...]:
    if taken is None:
        return ("not_known",)
    return (taken.value,) if isinstance(taken, Refusal) else ()


def _entry(action: Act, digits: str, reasons: tuple[str, ...]) -> Entry:
    outcome = Outcome.DENIED if reasons else Outcome.ALLOWED
    return Entry(action, outcome, about=(about(Kind.ALERT, digits),), reasons=reasons)
