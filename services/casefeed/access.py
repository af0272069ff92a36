"""Which right each route of the case feed asks for: one table; what is not in it is refused, and fails the build.

What is seen of one case is a matter of the rights to that case (`sight`); here it is who has business with a route.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, HTTPException, Request, status
from starlette.routing import Route

from services.core.rights import Action, Person, reach
from services.runtime.signin.doorkeeper import SignedIn


class Door(StrEnum):
    """How a route meets somebody without the right that it asks for."""

    OPEN = "open"
    EMPTY = "empty"
    ABSENT = "absent"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Need:
    """The rights of which one is needed (none: being signed in is enough), and how who has none of them is met.

    `by_itself`: a page asks for it without its reader, who may have left.
    """

    actions: tuple[Action, ...] = ()
    door: Door = Door.ABSENT
    by_itself: bool = False


_OPEN = Need((), Door.OPEN)
_ANYBODY = Need()
_READER = Need((Action.READ_CASES,))
_WATCHER = Need((Action.READ_CASES,), by_itself=True)
_ENQUIRIES = Need((Action.HANDLE_ENQUIRY,))
_AUDITOR = Need((Action.READ_AUDIT,), Door.FORBIDDEN)

ROUTES: Mapping[tuple[str, str], Need] = {
    ("GET", "/signin"): _OPEN,
    ("GET", "/signin/back"): _OPEN,
    ("POST", "/signout"): _ANYBODY,
    ("GET", "/assets/{name}"): _OPEN,
    ("GET", "/api/person"): _ANYBODY,
    ("GET", "/api/answer"): _ANYBODY,
    ("GET", "/api/cases"): Need((Action.READ_CASES,), Door.EMPTY),
    ("GET", "/api/cases/{case_id}"): _READER,
    ("GET", "/api/enquiries"): Need((Action.HANDLE_ENQUIRY,), Door.EMPTY),
    ("GET", "/api/enquiries/{handle}"): _ENQUIRIES,
    ("GET", "/api/patterns"): Need((Action.READ_PATTERNS,), Door.EMPTY),
    ("GET", "/api/links"): Need((Action.DECIDE_LINK,), Door.EMPTY),
    ("GET", "/api/links/{one}/{other}"): Need((Action.DECIDE_LINK,)),
    ("GET", "/api/waiting"): Need((Action.APPROVE_LOCATION,), Door.EMPTY),
    ("GET", "/api/feed"): Need((Action.READ_CASES,), Door.EMPTY),
    ("GET", "/api/audit"): _AUDITOR,
    ("GET", "/api/audit/links"): _AUDITOR,
    ("GET", "/api/audit/entries"): _AUDITOR,
    ("GET", "/"): _ANYBODY,
    ("GET", "/feed/entries"): _WATCHER,
    ("GET", "/feed/bell"): _WATCHER,
    ("GET", "/cases"): _READER,
    ("GET", "/cases/{case_id}"): _READER,
    ("GET", "/missing"): _READER,
    ("GET", "/deadlines"): _READER,
    ("GET", "/night"): _READER,
    ("GET", "/oncall"): Need((Action.ANSWER_ALERT,)),
    ("POST", "/oncall/{alert}"): Need((Action.ANSWER_ALERT,)),
    ("GET", "/rota"): Need((Action.READ_ROTA,)),
    ("POST", "/rota"): Need((Action.KEEP_ROTA,)),
    ("POST", "/rota/offers"): Need((Action.HAND_OVER_DUTY,)),
    ("POST", "/rota/offers/{offer}/{said}"): Need((Action.HAND_OVER_DUTY,)),
    ("GET", "/nrm"): _READER,
    ("GET", "/statistics"): _READER,
    ("GET", "/links"): Need((Action.DECIDE_LINK,)),
    ("GET", "/links/{one}/{other}"): Need((Action.DECIDE_LINK,)),
    ("POST", "/links/{one}/{other}"): Need((Action.DECIDE_LINK,)),
    ("GET", "/patterns"): Need((Action.READ_PATTERNS,)),
    ("GET", "/enquirers"): _ENQUIRIES,
    ("GET", "/enquirers/{handle}"): _ENQUIRIES,
    ("GET", "/counter"): _ANYBODY,
    ("GET", "/audit"): Need((Action.READ_AUDIT,)),
    ("GET", "/help"): _ANYBODY,
    ("GET", "/more"): _ANYBODY,
}
"""Every route, by method and path."""


def entitled(person: Person, need: Need) -> bool:
    """Whether somebody who is signed in has one of the rights that are needed."""
    return not need.actions or any(reach(person, action) is not None for action in need.actions)


def expect(request: Request, person: Person) -> None:
    """Go on only if this person has business with the route that was asked.

    Raises:
        HTTPException: they have not, and are met as if there were nothing, or nobody thought of the route.
    """
    need = _need(request)
    if need is None or (need.door is Door.ABSENT and not entitled(person, need)):
        raise HTTPException(status.HTTP_404_NOT_FOUND, "There is nothing here that you may see.")


def signed_in(request: Request) -> SignedIn:
    """Who asks, as the application found before it let them come here."""
    who: SignedIn = request.state.who
    return who


Who = Annotated[SignedIn, Depends(signed_in)]
"""The same, as a route asks for it."""


def is_asked_by_itself(request: Request) -> bool:
    """Whether a page asks, and not its reader."""
    need = _need(request)
    return need is not None and need.by_itself


def _need(request: Request) -> Need | None:
    route = request.scope.get("route")
    return ROUTES.get((request.method, route.path)) if isinstance(route, Route) else None
