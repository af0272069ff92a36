"""GET and POST /rota and POST /rota/offers: who is on duty when in the reader's agency, and handing duty over."""

import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.casefeed.access import signed_in
from services.casefeed.duty import DAYS, DutyDesk, Offer, Override, Rota, Said, Shift
from services.casefeed.oncall import Duty, NotTold
from services.casefeed.pages.oncall import NOTHING_TYPED
from services.casefeed.pages.routing import routed
from services.casefeed.pages.shell import Shell
from services.casefeed.pages.words import UK
from services.core.rights import Action, reach
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn

_SEE_OTHER = 303
_NUMBER = re.compile("[0-9a-f]{32}")
_MIDNIGHT = time.min
LEVELS = range(3)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A shift's part within one day, in UK time; None: from midnight, or to midnight."""

    shift: Shift
    since: time | None
    until: time | None


class RotaPages:
    """The one page with its forms; what was not taken is told, and stays as it was typed."""

    def __init__(self, door: Doorkeeper, desk: DutyDesk, shell: Shell) -> None:
        self._door = door
        self._desk = desk
        self._shell = shell

    @property
    def routes(self) -> APIRouter:
        routes = routed({"/rota": self.shown})
        forms = {
            "/rota": self.overridden,
            "/rota/offers": self.offered,
            "/rota/offers/{offer}/{said}": self.answered,
        }
        routes.include_router(routed(forms, "POST"))
        return routes

    async def shown(self, request: Request) -> Response:
        return await self._page(request, signed_in(request))

    async def overridden(self, request: Request) -> Response:
        """Somebody is put on duty for a time."""
        who, fields = await self._door.form(request)
        said = override(fields)
        if said is None:
            return await self._page(request, who, typed=fields, wrong="override")
        return await self._sent(request, who, fields, self._desk.override(who.token, said))

    async def offered(self, request: Request) -> Response:
        """The reader offers their duty."""
        who, fields = await self._door.form(request)
        to = fields.get("to", "")
        if not _NUMBER.fullmatch(to):
            return await self._page(request, who, typed=fields, wrong="offer")
        return await self._sent(request, who, fields, self._desk.offer(who.token, to))

    async def answered(self, request: Request) -> Response:
        """An offer is accepted, declined or taken back."""
        who, fields = await self._door.form(request)
        offer, said = request.path_params["offer"], request.path_params["said"]
        if not _NUMBER.fullmatch(offer) or said not in set(Said):
            return RedirectResponse("/rota", _SEE_OTHER)
        return await self._sent(request, who, fields, self._desk.answer(who.token, offer, Said(said)))

    async def _sent(
        self, request: Request, who: SignedIn, typed: Mapping[str, str], sending: Awaitable[None]
    ) -> Response:
        try:
            await sending
        except NotTold as error:
            return await self._page(request, who, typed=typed, refused=error)
        return RedirectResponse("/rota", _SEE_OTHER)

    async def _page(
        self,
        request: Request,
        who: SignedIn,
        *,
        typed: Mapping[str, str] = NOTHING_TYPED,
        wrong: str = "",
        refused: NotTold | None = None,
    ) -> Response:
        rota, offers, duty, silent = await self._asked(who)
        told = {"rota": rota, "offers": offers, "silent": silent, "typed": typed, "wrong": wrong, "refused": refused}
        keeps = reach(who.person, Action.KEEP_ROTA) is not None
        calendar = days(rota.shifts, self._door.now())[:DAYS] if rota else []
        return self._shell.page(
            request,
            "rota.html",
            who,
            {**told, "keeps": keeps, "duty": duty, "days": calendar, "levels": LEVELS},
        )

    async def _asked(self, who: SignedIn) -> tuple[Rota | None, Sequence[Offer], Duty | None, NotTold | None]:
        """The rota, the open offers and who has the duty, or why on-call does not tell them."""
        try:
            rota, offers = await self._desk.rota(who.token), await self._desk.offers(who.token)
            return rota, offers, await self._desk.duty(who.token, who.person.sector), None
        except NotTold as error:
            return None, (), None, error


def override(fields: Mapping[str, str]) -> Override | None:
    """The override that a form asks for; None for one that leaves something out, or ends before it begins."""
    try:
        start, end = (datetime.fromisoformat(fields.get(name, "")) for name in ("start", "end"))
        level, person = int(fields.get("level", "")), fields.get("person", "")
        if start.tzinfo or end.tzinfo or start >= end or level not in LEVELS or not _NUMBER.fullmatch(person):
            return None
    except ValueError:
        return None
    return Override(person, start, end, level, fields.get("replace") == "true")


def days(shifts: Sequence[Shift], now: datetime) -> list[tuple[datetime, list[Stretch]]]:
    """A calendar: each day from today on that has a shift, with its shifts' parts of that day, by level and time."""
    held: dict[date, list[Stretch]] = {}
    for shift in sorted(shifts, key=lambda one: (one.level, one.start)):
        start, end = max(shift.start, now).astimezone(UK), shift.end.astimezone(UK)
        day = start.date()
        while _begins(day) < end:
            since = start.time() if day == start.date() and shift.start > now else None
            held.setdefault(day, []).append(Stretch(shift, since, end.time() if day == end.date() else None))
            day += timedelta(days=1)
    return [(_begins(day), held[day]) for day in sorted(held)]


def _begins(day: date) -> datetime:
    return datetime.combine(day, _MIDNIGHT, UK)
