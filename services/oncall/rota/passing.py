"""Handing duty over: offered, then accepted, declined or withdrawn; what is accepted is a version of the rota."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from services.core.codes import Sector
from services.core.oncall import handover
from services.core.oncall.handover import Denied, HandoverDenied, Offer, State
from services.oncall.rota import planning, store
from services.oncall.rota.planning import Occasion
from services.runtime.database import Connection

_ID_BYTES = 16

Owning = Callable[[Connection, str, str, Sector, datetime], Awaitable[object]]
"""Gives a receiver the open alerts that a giver owns, in the transaction in which the duty passes."""


class Answer(StrEnum):
    """What can be done with an offer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


async def offer(occasion: Occasion, to: str, until: datetime | None) -> str:
    """Offer the rest of one's shift, or its part until a time, to a colleague; gives the offer's number.

    Raises:
        HandoverDenied: it may not be; nothing is changed.
    """
    connection, who, now = occasion.connection, occasion.who, occasion.now
    await store.hold(connection, who.sector)
    staff, version = await store.members(connection, who.sector), await store.latest(connection, who.sector, now)
    versions = [version] if version else []
    ends = until or handover.shift_ends(versions, now) or now
    receiver = planning.handles(staff).get(to, to)
    before = await store.offers(connection, who.sector)
    made = handover.offered(versions, before.values(), staff.keys(), Offer(who.handle, receiver, ends, now))
    number = secrets.token_hex(_ID_BYTES)
    await store.keep_offer(connection, who.sector, number, made)
    return number


async def answer(occasion: Occasion, number: str, said: Answer, owning: Owning) -> Offer:
    """Answer an offer, or take it back; gives how it stands.

    Raises:
        HandoverDenied: it is not theirs to, or no longer; nothing is changed.
    """
    connection, agency = occasion.connection, occasion.who.sector
    await store.hold(connection, agency)
    found = (await store.offers(connection, agency)).get(number)
    if found is None:
        raise HandoverDenied(Denied.NOT_OFFERED_TO_YOU)
    answered = replace(found, state=await _state(occasion, found, said))
    if answered.state is State.ACCEPTED:
        await owning(connection, found.giver, found.receiver, agency, occasion.now)
    await store.keep_offer(connection, agency, number, answered)
    return answered


async def _state(occasion: Occasion, found: Offer, said: Answer) -> State:
    match said:
        case Answer.DECLINE:
            return handover.declined(found, occasion.who.handle)
        case Answer.WITHDRAW:
            return handover.withdrawn(found, occasion.who.handle)
        case Answer.ACCEPT:
            agency = occasion.who.sector
            version = await store.latest(occasion.connection, agency, occasion.now)
            if version is None:
                raise HandoverDenied(Denied.NO_ROTA)
            if found.receiver not in await store.members(occasion.connection, agency):
                raise HandoverDenied(Denied.OTHER_AGENCY)
            made = handover.accepted([version], found, occasion.who.handle, occasion.now)
            await planning.hand_over(occasion, version, made)
            return State.ACCEPTED
