"""Auditors read what was recorded of everybody else, and are recorded like them (design section 11)."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from services.core.audit import Action as Act
from services.core.audit import Entry, Outcome
from services.core.rights import Action, reach
from services.runtime.audit import Trail
from services.runtime.audit_routes import Auditor
from services.runtime.database import Session
from services.runtime.signin.doorkeeper import Doorkeeper, by

_FORBIDDEN = 403


def auditor_routes(session: Session, trail: Trail, door: Doorkeeper) -> list[Route]:
    """GET /api/audit and what is below it, for auditors alone; who else asks is recorded too."""

    async def reader(request: Request) -> Entry:
        person = (await door.who(request)).person
        if reach(person, Action.READ_AUDIT) is None:
            trail.note(by(person, Entry(Act.AUDIT_READ, Outcome.DENIED, reasons=("no_right",))))
            raise HTTPException(_FORBIDDEN, "This is for auditors.")
        return by(person, Entry(Act.AUDIT_READ, Outcome.ALLOWED))

    return Auditor(session, trail, "/api/audit", reader).routes
