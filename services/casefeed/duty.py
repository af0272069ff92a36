"""The rota of the reader's own agency and the handing over of duty, asked of on-call with their own token."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.casefeed.oncall import Duty, OnCall, read_one
from services.core.codes import Sector

DAYS = 14
"""So many days of a rota are shown, from today on; one more is asked for, so that the last of them is whole."""


class Said(StrEnum):
    """What is done with an offer of duty."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Member:
    """A colleague, by handle, and by name within their own agency."""

    person: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on duty (level 0), or stands behind, in a stretch of time."""

    level: int
    start: datetime
    end: datetime
    person: Member


@dataclass(frozen=True, slots=True)
class Flag:
    """What is to be mended before it happens, in on-call's own sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Rota:
    """What an agency's rota comes to in the days ahead; version 0: none was ever published."""

    version: int
    shifts: list[Shift]
    flags: list[Flag]
    staff: list[Member]


@dataclass(frozen=True, slots=True)
class Offer:
    """Duty that somebody offered to a colleague; `is_open`: it can still be accepted."""

    handover: str
    giver: Member
    receiver: Member
    until: datetime
    is_open: bool
    is_to_you: bool
    is_by_you: bool


@dataclass(frozen=True, slots=True)
class Offers:
    """The last offers, the newest first."""

    handovers: list[Offer]


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody on duty whatever the rota says; times are those that clocks of the rota show."""

    person: str
    start: datetime
    end: datetime
    level: int
    replace: bool


class DutyDesk:
    """What people ask of their agency's rota; on-call judges and records each of it."""

    def __init__(self, oncall: OnCall) -> None:
        self._oncall = oncall

    async def rota(self, token: str) -> Rota:
        """The rota as it counts.

        Raises:
            NotTold: on-call does not answer, or not this reader.
        """
        return read_one(Rota, await self._oncall.asked("GET", f"/api/rota?days={DAYS + 1}", token))

    async def duty(self, token: str, agency: Sector) -> Duty | None:
        """Who has the duty of an agency now, as on-call pages them: also once the rota has run out.

        Raises:
            NotTold: on-call does not answer, or not this reader.
        """
        return next((one for one in await self._oncall.duty(token) if one.agency is agency), None)

    async def offers(self, token: str) -> list[Offer]:
        """Offers that can still be accepted.

        Raises:
            NotTold: on-call does not answer, or not this reader.
        """
        found = read_one(Offers, await self._oncall.asked("GET", "/api/handovers", token))
        return [one for one in found.handovers if one.is_open]

    async def offer(self, token: str, to: str) -> None:
        """Offer all that is left of the reader's shift to a colleague.

        Raises:
            NotTold: it was not taken.
        """
        await self._oncall.asked("POST", "/api/handovers", token, {"to": to})

    async def answer(self, token: str, offer: str, said: Said) -> None:
        """Accept or decline an offer, or take one's own back.

        Raises:
            NotTold: it was not taken.
        """
        await self._oncall.asked("POST", f"/api/handovers/{offer}/{said.value}", token)

    async def override(self, token: str, said: Override) -> None:
        """Put somebody on duty for a time.

        Raises:
            NotTold: it was not taken.
        """
        one = {
            "person": said.person,
            "start": said.start.isoformat(),
            "end": said.end.isoformat(),
            "level": said.level,
        }
        document = {"overrides": [one], "replace": said.replace}
        await self._oncall.asked("POST", "/api/rota/overrides", token, document)
