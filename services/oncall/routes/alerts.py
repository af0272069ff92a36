"""/api/alerts: who is missing, who was told, who answered; and an agency's answer."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from fastapi import Path as InPath
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.ids import FactId
from services.core.oncall.alerts import Answer
from services.core.oncall.answering import SENTENCES, Asked, Refusal, Taken
from services.core.rights import Action, Person
from services.oncall.answers import Answers, find
from services.oncall.channels.owing import note_read
from services.oncall.routes.recording import Desk
from services.oncall.views import AlertList, AlertView, Place, list_alerts, place_of, show_alert
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn, by

_ON_DUTY = "This is for those who are on duty, and for coordinators."
NOT_YOURS = "There is no such alert, or it is not your agency's."
Digits = Annotated[str, InPath(pattern="^[0-9a-f]{6,32}$")]


class Said(BaseModel):
    """An answer; not yet to be trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Answer
    next_check_at: AwareDatetime | None = None
    check: bool = False


class AlertRoutes:
    """What people on duty ask; every look and every answer is recorded with who it was."""

    def __init__(self, desk: Desk, answers: Answers) -> None:
        self._desk = desk
        self._answers = answers

    async def listed(self, who: Person, after: Place | None, *, everything: bool) -> AlertList:
        """The alerts of their agency, a page of them."""
        self._expect(who, Act.ALERTS_LISTED)
        return await self._desk.recorded(
            lambda connection: list_alerts(connection, who, everything=everything, after=after),
            lambda found: by(who, Entry(Act.ALERTS_LISTED, Outcome.ALLOWED, count=len(found.alerts))),
        )

    async def shown(self, who: Person, digits: str) -> AlertView:
        """One alert, with everybody who was told of it."""
        self._expect(who, Act.ALERT_READ)
        found = await self._desk.recorded(
            lambda connection: self._one(connection, who, digits),
            lambda view: by(who, _entry(Act.ALERT_READ, digits, () if view else ("not_known",))),
        )
        return _known(found)

    async def answered(self, who: Person, digits: str, said: Said) -> AlertView:
        """What the alert is once their agency has answered."""
        self._expect(who, Act.ALERT_ANSWERED)
        now = self._desk.door.now()
        taken, found = await self._desk.recorded(
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
            await note_read(connection, shown.alert_id, who.handle, self._desk.door.now())
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

    def _expect(self, who: Person, act: Act) -> None:
        self._desk.expect(who, Action.ANSWER_ALERT, act, _ON_DUTY)


def alert_routes(desk: Desk, answers: Answers) -> APIRouter:
    """GET /api/alerts, GET /api/alerts/{digits} and POST /api/alerts/{digits}/answer."""
    routes, alerts = APIRouter(), AlertRoutes(desk, answers)
    Who = Annotated[SignedIn, Depends(desk.door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/alerts")
    async def listed(who: Who, after: str = "", all: bool = False) -> AlertList:  # noqa: A002, FBT001, FBT002 - as it stands in the address
        return await alerts.listed(who.person, _place(after), everything=all)

    @routes.get("/api/alerts/{digits}")
    async def shown(who: Who, digits: Digits) -> AlertView:
        return await alerts.shown(who.person, digits)

    @routes.post("/api/alerts/{digits}/answer")
    async def answered(who: Who, digits: Digits, said: Said) -> AlertView:
        return await alerts.answered(who.person, digits, said)

    return routes


def _place(text: str) -> Place | None:
    try:
        return place_of(text) if text else None
    except ValueError:
        sentence = "There is no such page: ask for it as the page before said in `next`."
    raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, sentence)


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
