"""/api/duty, /api/rota, /api/staff: who is on duty, and the rota of one's own agency."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, status
from fastapi.responses import JSONResponse

from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.rights import Action, Person
from services.oncall.rota import planning, store, views
from services.oncall.rota.documents import OverridingDocument, PublishDocument, StaffDocument
from services.oncall.rota.planning import Occasion, Refused
from services.oncall.rota.store import Member, Publication
from services.oncall.rota.views import DutyList, PublishedView, RotaView, StaffList, VersionList
from services.oncall.routes.recording import Desk
from services.runtime.database import Connection
from services.runtime.moments import Moment
from services.runtime.signin.doorkeeper import SignedIn, by

Change = Callable[[Occasion], Awaitable[Publication | Refused]]

_DAYS, _MOST_DAYS = 28, 400
_READERS = "This is for the staff of the agencies."
_KEEPERS = "This is for coordinators and managers, each for the rota of their own agency. Nothing was changed."


class RotaRoutes:
    """What is asked of a rota; it is the own agency's alone, but for who is on duty."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def duty(self, who: Person, at: datetime | None) -> DutyList:
        """Who is on duty in every agency at a time, or now."""
        self._read(who)
        when = at or self._desk.door.now()
        return await self._desk.recorded(
            lambda connection: views.duty_list(connection, who, when),
            lambda found: by(who, Entry(Act.DUTY_READ, Outcome.ALLOWED, count=len(found.duty))),
        )

    async def shown(self, who: Person, days: int) -> RotaView:
        """The rota as it counts, and what it comes to in so many days."""
        self._read(who)
        return await self._desk.recorded(
            lambda connection: views.rota_view(connection, who.sector, days, self._desk.door.now()),
            lambda found: by(who, Entry(Act.ROTA_READ, Outcome.ALLOWED, count=len(found.shifts))),
        )

    async def versions(self, who: Person) -> VersionList:
        """What was published, by whom and why."""
        self._read(who)

        async def found(connection: Connection) -> VersionList:
            known = await store.members(connection, who.sector)
            return views.version_list(await store.publications(connection, who.sector), known)

        return await self._desk.recorded(
            found, lambda seen: by(who, Entry(Act.ROTA_READ, Outcome.ALLOWED, count=len(seen.versions)))
        )

    async def published(self, who: Person, said: PublishDocument) -> PublishedView | JSONResponse:
        """A whole rota is published, or only checked."""
        return await self._changed(who, lambda occasion: planning.publish(occasion, said), checks=said.check_only)

    async def overridden(self, who: Person, said: OverridingDocument) -> PublishedView | JSONResponse:
        """The rota is published with more overrides, or only checked."""
        return await self._changed(who, lambda occasion: planning.override(occasion, said), checks=said.check_only)

    async def staff(self, who: Person) -> StaffList:
        """Who can be on duty."""
        self._read(who)

        async def found(connection: Connection) -> StaffList:
            return views.staff_list(await store.members(connection, who.sector))

        return await self._desk.recorded(
            found, lambda seen: by(who, Entry(Act.ROTA_READ, Outcome.ALLOWED, count=len(seen.staff)))
        )

    async def keep_staff(self, who: Person, said: StaffDocument) -> StaffList:
        """Say who can be on duty, and that nobody else can."""
        self._keep(who, Act.STAFF_CHANGED)
        named = {self._desk.door.handle(one.sign_in): one for one in said.people}
        kept = await self._desk.recorded(
            lambda connection: planning.keep_staff(self._occasion(connection, who), named),
            lambda done: by(who, _staffed(done)),
        )
        if isinstance(kept, Refused):
            raise HTTPException(status.HTTP_409_CONFLICT, kept.sentence)
        return views.staff_list({one.person: one for one in kept})

    async def _changed(self, who: Person, change: Change, *, checks: bool) -> PublishedView | JSONResponse:
        act = Act.ROTA_CHECKED if checks else Act.ROTA_PUBLISHED
        self._keep(who, act)
        made = await self._desk.recorded(
            lambda connection: change(self._occasion(connection, who)), lambda done: by(who, _published(done, act))
        )
        if isinstance(made, Publication):
            return views.published_view(made)
        code = status.HTTP_422_UNPROCESSABLE_CONTENT if made.problems else status.HTTP_409_CONFLICT
        return JSONResponse(views.refusal_view(made).model_dump(mode="json"), code)

    def _occasion(self, connection: Connection, who: Person) -> Occasion:
        return Occasion(connection, who, self._desk.door.now())

    def _read(self, who: Person) -> None:
        self._desk.expect(who, Action.READ_ROTA, Act.ROTA_READ, _READERS)

    def _keep(self, who: Person, act: Act) -> None:
        self._desk.expect(who, Action.KEEP_ROTA, act, _KEEPERS)


def rota_routes(desk: Desk) -> APIRouter:
    """/api/duty and /api/rota."""
    routes, rota = APIRouter(), RotaRoutes(desk)
    Who = Annotated[SignedIn, Depends(desk.door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/duty")
    async def duty(who: Who, at: Moment | None = None) -> DutyList:
        return await rota.duty(who.person, at)

    @routes.get("/api/rota")
    async def shown(who: Who, days: Annotated[int, Query(ge=1, le=_MOST_DAYS)] = _DAYS) -> RotaView:
        return await rota.shown(who.person, days)

    @routes.get("/api/rota/versions")
    async def versions(who: Who) -> VersionList:
        return await rota.versions(who.person)

    @routes.post("/api/rota", response_model=PublishedView)
    async def published(who: Who, said: PublishDocument) -> PublishedView | JSONResponse:
        return await rota.published(who.person, said)

    @routes.post("/api/rota/overrides", response_model=PublishedView)
    async def overridden(who: Who, said: OverridingDocument) -> PublishedView | JSONResponse:
        return await rota.overridden(who.person, said)

    return routes


def staff_routes(desk: Desk) -> APIRouter:
    """/api/staff."""
    routes, rota = APIRouter(), RotaRoutes(desk)
    Who = Annotated[SignedIn, Depends(desk.door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/staff")
    async def staff(who: Who) -> StaffList:
        return await rota.staff(who.person)

    @routes.put("/api/staff")
    async def keep_staff(who: Who, said: StaffDocument) -> StaffList:
        return await rota.keep_staff(who.person, said)

    return routes


def _published(done: Publication | Refused, act: Act) -> Entry:
    if isinstance(done, Refused):
        reasons = (done.why.value, *sorted({one.fault.value for one in done.problems}))
        return Entry(act, Outcome.DENIED, reasons=reasons, count=len(done.problems))
    return Entry(act, Outcome.ALLOWED, reasons=(done.cause.value,), count=done.version.number)


def _staffed(done: list[Member] | Refused) -> Entry:
    if isinstance(done, Refused):
        return Entry(Act.STAFF_CHANGED, Outcome.DENIED, reasons=(done.why.value,), count=0)
    people = tuple(about(Kind.PERSON, one.person) for one in done)
    return Entry(Act.STAFF_CHANGED, Outcome.ALLOWED, about=people, count=len(people))
