"""What both the page and the API do with a request: who asks, for which decision, and what of it they may see."""

import asyncio
import secrets
from collections.abc import Awaitable
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.core.ids import MalformedId, well_formed
from services.core.rights import Action, reach
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn
from services.vault.deciding import Answer, Deciding
from services.vault.decisions import Act, Decision, Step
from services.vault.routes.pacing import began
from services.vault.routes.refusing import Refused, Why, known
from services.vault.views import may_see

_PATIENCE_SECONDS = 8.0
_ID_BYTES = 16
_UNAVAILABLE = 503

NEEDS = {
    Act.SECOND: Action.APPROVE_LOCATION,
    Act.OBJECT: Action.APPROVE_LOCATION,
    Act.WITHDRAW: Action.REQUEST_LOCATION,
    Act.CLOSE: Action.REQUEST_LOCATION,
    Act.REVIEW: Action.REVIEW_ACCESS,
}
"""What a person must be able to do at all, whichever decision it is."""

T = TypeVar("T")


async def who_may(door: Doorkeeper, request: Request, *actions: Action) -> SignedIn:
    """Who asks, if they may do one of these things at all.

    Raises:
        NotSignedIn: nobody whom we know.
        Refused: they may not.
    """
    began(request)
    who = known(request, await door.who(request))
    expect(who, *actions)
    return who


def expect(who: SignedIn, *actions: Action) -> None:
    """Go on if this person may do one of these things at all.

    Raises:
        Refused: they may not.
    """
    if all(reach(who.person, action) is None for action in actions):
        raise Refused(Why.NO_RIGHT)


def number_of(request: Request) -> str:
    """The decision's id; what is none is as unknown as any that nobody made, and looked for like it."""
    try:
        return well_formed(request.path_params["decision_id"])
    except MalformedId:
        return secrets.token_hex(_ID_BYTES)


def act_of(request: Request) -> Act:
    """What is to be done.

    Raises:
        Refused: nothing that a person does.
    """
    began(request)
    named = request.path_params["act"]
    if named not in set(NEEDS):
        raise Refused(Why.MALFORMED)
    return Act(named)


async def seen(deciding: Deciding, number: str, who: SignedIn) -> Decision:
    """The decision, if this person may see how it stands.

    Raises:
        Refused: they may not, or there is none.
    """
    decision = await soon(deciding.read(number, who.person, may_see))
    if decision is None:
        raise Refused
    return decision


def done(answer: Answer, act: Act) -> Decision:
    """The decision after an act that was taken.

    Raises:
        Refused: it was not.
    """
    if not isinstance(answer.outcome, Step) or answer.outcome.act is not act:
        raise Refused
    return answer.decision


async def soon(work: Awaitable[T]) -> T:
    """Wait for what the tables say.

    Raises:
        HTTPException: they do not answer in time.
    """
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await work
    except TimeoutError:
        raise HTTPException(_UNAVAILABLE, "The vault's tables do not answer now. Ask again soon.") from None
