"""/api/contact: how whoever is signed in is reached when they are on duty; nobody sees another's."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Response, status
from fastapi.responses import JSONResponse

from services.core.audit import Action as Act
from services.core.audit import Entry, Outcome
from services.core.rights import Action, Person
from services.oncall.contacts import Contacts
from services.oncall.reaching import Contact
from services.oncall.routes.recording import Desk
from services.runtime.signin.doorkeeper import SignedIn, by

_FOR_STAFF = "This is for those who can be on duty. Nothing was changed."
_NONE = "Nobody knows how to reach you when you are on duty. Say it with `lantern oncall contact --set FILE`."


class ContactRoutes:
    """What people ask of their own contact; every look and change is recorded, never what was in it."""

    def __init__(self, desk: Desk, contacts: Contacts) -> None:
        self._desk = desk
        self._contacts = contacts

    async def shown(self, who: Person) -> JSONResponse:
        """Their own addresses, which this answer alone spells."""
        self._expect(who, Act.CONTACT_READ)
        found = await self._desk.recorded(
            lambda connection: self._contacts.find(connection, who.handle),
            lambda contact: by(who, Entry(Act.CONTACT_READ, Outcome.ALLOWED, count=int(contact is not None))),
        )
        if found is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, _NONE)
        return JSONResponse(found.spelt())

    async def put(self, who: Person, contact: Contact) -> JSONResponse:
        """Keep how they are reached, in place of what was kept."""
        self._expect(who, Act.CONTACT_SET)
        now = self._desk.door.now()
        await self._desk.recorded(
            lambda connection: self._contacts.put(connection, who.handle, contact, now),
            lambda _: by(who, Entry(Act.CONTACT_SET, Outcome.ALLOWED, count=len(contact.ways))),
        )
        return JSONResponse(contact.spelt())

    async def forget(self, who: Person) -> JSONResponse:
        """Destroy it."""
        self._expect(who, Act.CONTACT_FORGOTTEN)
        was_there = await self._desk.recorded(
            lambda connection: self._contacts.forget(connection, who.handle),
            lambda found: by(who, Entry(Act.CONTACT_FORGOTTEN, Outcome.ALLOWED, count=int(found))),
        )
        return JSONResponse({"forgotten": was_there})

    def _expect(self, who: Person, act: Act) -> None:
        self._desk.expect(who, Action.ANSWER_ALERT, act, _FOR_STAFF)


def contact_routes(desk: Desk, contacts: Contacts) -> APIRouter:
    """GET, PUT and DELETE /api/contact."""
    routes, own = APIRouter(), ContactRoutes(desk, contacts)
    Who = Annotated[SignedIn, Depends(desk.door.who)]  # noqa: N806 - a type, made of this door

    @routes.get("/api/contact")
    async def shown(who: Who) -> Response:
        return await own.shown(who.person)

    @routes.put("/api/contact")
    async def put(who: Who, contact: Contact) -> Response:
        return await own.put(who.person, contact)

    @routes.delete("/api/contact")
    async def forget(who: Who) -> Response:
        return await own.forget(who.person)

    return routes
