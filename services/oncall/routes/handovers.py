"""/api/handovers: the rest of a shift, offered to a colleague, who accepts it or does not."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from fastapi import Path as InPath

from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.oncall.handover import Denied, HandoverDenied, Offer
from services.core.rights import Action, Person
from services.oncall.rota import passing, views
from services.oncall.rota.documents import OfferDocument
from services.oncall.rota.passing import Answer, Owning
from services.oncall.rota.planning import Occasion
from services.oncall.rota.views import OfferList
from services.oncall.routes.recording import Desk
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn, by

_STAFF = "Duty is handed over among the staff of an agency. Nothing was changed."

Number = Annotated[str, InPath(pattern="^[0-9a-f]{32}$")]


class HandoverRoutes:
    """What is asked of handovers, each within one's own agency."""

    def __init__(self, desk: Desk, owning: Owning) -> None:
        self._desk = desk
        self._owning = owning

    async def listed(self, who: Person) -> OfferList:
        """The last offers."""
        self._expect(who, Act.HANDOVERS_LISTED)
        return await self._desk.recorded(
            lambda connection: views.offer_list(connection, who, self._desk.door.now()),
            lambda found: by(who, Entry(Act.HANDOVERS_LISTED, Outcome.ALLOWED, count=len(found.handovers))),
        )

    async def offered(self, who: Person, said: OfferDocument) -> OfferList:
        """Offer one's duty."""
        self._expect(who, Act.HANDOVER_OFFERED)

        async def offer(connection: Connection) -> str | Denied:
            try:
                return await passing.offer(self._occasion(connection, who), said.to, said.until)
            except HandoverDenied as denied:
                return denied.reason

        made = await self._desk.recorded(offer, lambda done: by(who, _offered(done)))
        if isinstance(made, Denied):
            raise _refusal(made)
        return await self.listed(who)

    async def answered(self, who: Person, number: str, answer: Answer) -> OfferList:
        """Accept or decline an offer, or take one's own back."""
        self._expect(who, Act.HANDOVER_ANSWERED)

        async def take(connection: Connection) -> Offer | Denied:
            try:
                return await passing.answer(self._occasion(connection, who), number, answer, self._owning)
            except HandoverDenied as denied:
                return denied.reason

        done = await self._desk.recorded(take, lambda taken: by(who, _answered(taken, number, answer)))
        if isinstance(done, Denied):
            raise _refusal(done)
        return await self.listed(who)

    def _expect(self, who: Person, act: Act) -> None:
        self._desk.expect(who, Action.HAND_OVER_DUTY, act, _STAFF)

    def _occasion(self, connection: Connection, who: Person) -> Occasion:
        return Occasion(connection, who, self._desk.door.now())


def handover_routes(desk: Desk, owning: Owning) -> APIRouter:
    """/api/handovers; `owning` passes open alerts on with the duty."""
    routes, handovers = APIRouter(), HandoverRoutes(desk, owning)
    Who = Annotated[SignedIn, Depends(desk.door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/handovers")
    async def listed(who: Who) -> OfferList:
        return await handovers.listed(who.person)

    @routes.post("/api/handovers")
    async def offered(who: Who, said: OfferDocument) -> OfferList:
        return await handovers.offered(who.person, said)

    @routes.post("/api/handovers/{number}/{answer}")
    async def answered(who: Who, number: Number, answer: Answer) -> OfferList:
        return await handovers.answered(who.person, number, answer)

    return routes


def _refusal(denied: Denied) -> HTTPException:
    return HTTPException(status.HTTP_409_CONFLICT, str(HandoverDenied(denied)))


def _offered(done: str | Denied) -> Entry:
    if isinstance(done, Denied):
        return Entry(Act.HANDOVER_OFFERED, Outcome.DENIED, reasons=(done.value,), count=0)
    return Entry(Act.HANDOVER_OFFERED, Outcome.ALLOWED, about=(about(Kind.HANDOVER, done),))


def _answered(done: Offer | Denied, number: str, answer: Answer) -> Entry:
    told = (about(Kind.HANDOVER, number),)
    if isinstance(done, Denied):
        return Entry(Act.HANDOVER_ANSWERED, Outcome.DENIED, about=told, reasons=(answer.value, done.value), count=0)
    return Entry(Act.HANDOVER_ANSWERED, Outcome.ALLOWED, about=told, reasons=(answer.value,))
