"""GET /deadlines, /night, /patterns, /statistics and /help: what is owed, the night, the radar, numbers and words."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.casefeed.access import signed_in
from services.casefeed.counting import FEWEST, NEAREST, Counts, count
from services.casefeed.due import list_due
from services.casefeed.oncall import Alert, NotTold, OnCall, Why
from services.casefeed.pages.board import UNTOLD, Card, Urgency, alerted, cards, read_urgency, urgency
from services.casefeed.pages.drawing import BAR_HEIGHT, LEFT, RIGHT, bars, graph
from services.casefeed.pages.routing import number, routed
from services.casefeed.pages.shell import Shell
from services.casefeed.patterns import list_patterns
from services.casefeed.reading import list_cases
from services.casefeed.routes.answering import Window, cases_listed
from services.casefeed.routes.patterns import patterns_listed
from services.casefeed.sight import MISSING, Sight
from services.casefeed.views import CaseSummary
from services.casefeed.waiting import WaitingView, list_waiting
from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.case import CaseStatus
from services.core.indicators import PARAGRAPHS
from services.core.ladder import Rung
from services.core.rights import Action, reach
from services.runtime.database import Connection
from services.runtime.signin.doorkeeper import SignedIn
from services.wire.avro import Schemas

_MOST = 500
_PAGE = 50
_PATTERNS = 30


@dataclass(frozen=True, slots=True)
class Missing:
    """A page of those who are missing, of `total` in sight; the next one begins behind `more` (None: there is none)."""

    cards: Sequence[Card]
    total: int
    more: Urgency | None


@dataclass(frozen=True, slots=True)
class Owed:
    """A page of what is owed, and where the next one begins (None: there is none)."""

    cards: Sequence[Card]
    next: str | None


@dataclass(frozen=True, slots=True)
class Night:
    """Who is missing, and which decisions at the vault wait for this reader (none: they answer for nobody)."""

    missing: Missing
    waiting: Sequence[WaitingView]


class BoardPages:
    """The pages, under the rights of who asks."""

    def __init__(self, window: Window, schemas: Schemas, oncall: OnCall, shell: Shell) -> None:
        self._window = window
        self._schemas = schemas
        self._oncall = oncall
        self._shell = shell

    @property
    def routes(self) -> APIRouter:
        return routed(
            {
                "/missing": self.missing,
                "/deadlines": self.deadlines,
                "/night": self.night,
                "/patterns": self.patterns,
                "/statistics": self.statistics,
                "/help": self.help,
            }
        )

    async def missing(self, request: Request) -> Response:
        who, after = signed_in(request), read_urgency(request.query_params.get("after", ""))
        alerts, why_not = await self._alerts(who)
        find = partial(missing_page, schemas=self._schemas, alerts=alerts, is_told=not why_not, after=after)
        found = await self._window.seen(who, find, _cards_read, f"missing board {after}")
        return self._shell.page(request, "missing.html", who, {"missing": found, "why_not": why_not})

    async def deadlines(self, request: Request) -> Response:
        """A page of what is owed, and where the next one begins."""
        who, cursor = signed_in(request), request.query_params.get("cursor") or None
        find = partial(owed_page, schemas=self._schemas, cursor=cursor)
        found = await self._window.seen(who, find, _cards_read, f"deadlines {cursor}")
        return self._shell.page(request, "deadlines.html", who, {"owed": found})

    async def night(self, request: Request) -> Response:
        """What whoever has the night needs first."""
        who, now = signed_in(request), self._window.door.now()
        answers = reach(who.person, Action.APPROVE_LOCATION) is not None
        alerts, why_not = await self._alerts(who)

        async def find(connection: Connection, sees: Sight) -> Night:
            waiting = (await list_waiting(connection, now)).waiting if answers else []
            missing = await missing_page(connection, sees, self._schemas, alerts, is_told=not why_not)
            return Night(missing, waiting)

        found = await self._window.seen(who, find, _night_read, "night page")
        told = {"night": found, "answers": answers, "why_not": why_not}
        return self._shell.page(request, "night.html", who, told)

    async def patterns(self, request: Request) -> Response:
        who, skip = signed_in(request), number(request, "skip") or 0
        find = partial(list_patterns, skip=skip, at_most=_PATTERNS)
        question = f"patterns {skip} {_PATTERNS}"
        found = await self._window.seen(who, find, patterns_listed, question, Action.READ_PATTERNS)
        told = {"patterns": found.patterns, "graph": graph(found.patterns), "left": LEFT, "right": RIGHT}
        more = skip + _PATTERNS if len(found.patterns) == _PATTERNS else None
        return self._shell.page(request, "patterns.html", who, {**told, "more": more})

    async def statistics(self, request: Request) -> Response:
        """Counts that anybody may know."""
        who, now = signed_in(request), self._window.door.now()

        async def find(connection: Connection, _: Sight) -> Counts:
            return await count(connection, now)

        counts = await self._window.seen(who, find, _counted, "statistics")
        referrals = bars(counts.weeks, [week.referrals for week in counts.weeks])
        missing = bars(counts.weeks, [week.missing for week in counts.weeks])
        told = {"counts": counts, "referrals": referrals, "missing": missing, "bar_height": BAR_HEIGHT}
        return self._shell.page(request, "statistics.html", who, {**told, "fewest": FEWEST, "nearest": NEAREST})

    async def help(self, request: Request) -> Response:
        told = {"indicators": PARAGRAPHS, "statuses": list(CaseStatus), "rungs": list(Rung)}
        return self._shell.page(request, "help.html", signed_in(request), told)

    async def _alerts(self, who: SignedIn) -> tuple[Sequence[Alert], Why | None]:
        """What on-call says of open alerts, or why it says nothing: who is missing is shown in either case."""
        try:
            return await self._oncall.alerts(who.token), None
        except NotTold as error:
            return (), error.why


async def owed_page(connection: Connection, sees: Sight, schemas: Schemas, cursor: str | None) -> Owed:
    """The decisions that are awaited; the first page where those behind the cursor were made meanwhile."""
    found = await list_due(connection, sees, cursor, _PAGE)
    if cursor and not found.cases:
        found = await list_due(connection, sees, None, _PAGE)
    return Owed(await cards(connection, schemas, found.cases), found.next)


async def missing_page(  # noqa: PLR0913 - what is shown, to whom, beside what, and where it begins
    connection: Connection,
    sees: Sight,
    schemas: Schemas,
    alerts: Sequence[Alert],
    *,
    is_told: bool,
    after: Urgency | None = None,
) -> Missing:
    """A page of the children in sight who are missing or away, the most urgent first; of nobody behind, the last page.

    Nobody is passed over where others are found meanwhile, as they would be by counting, nor where on-call comes back:
    what began without it goes on in the same order.
    """
    by_alert = is_told and not (after and after.gravest == UNTOLD)
    every = [Card(case, ()) for status in sorted(MISSING) for case in await _every(connection, sees, status)]
    found = alerted(every, alerts, by_alert=by_alert)
    places = [urgency(card, by_alert=by_alert) for card in found]
    begin = bisect_right(places, after) if after else 0
    if begin == len(places):
        begin = max(begin - _PAGE, 0)
    page = await cards(connection, schemas, [card.case for card in found[begin : begin + _PAGE]])
    more = places[begin + _PAGE - 1] if len(found) > begin + _PAGE else None
    return Missing(alerted(page, alerts, by_alert=by_alert), len(found), more)


async def _every(connection: Connection, sees: Sight, status: CaseStatus) -> list[CaseSummary]:
    """All cases of this status, however many."""
    listed = await list_cases(connection, sees, status, None, _MOST)
    found = listed.cases
    while listed.next:
        listed = await list_cases(connection, sees, status, listed.next, _MOST)
        found += listed.cases
    return found


def cards_listed(found: Sequence[Card]) -> Entry:
    """What is recorded of a board that somebody saw."""
    return cases_listed(card.case.case_id for card in found)


def _cards_read(found: Missing | Owed) -> Entry:
    return cards_listed(found.cards)


def _night_read(found: Night) -> Entry:
    waiting = tuple(about(Kind.DECISION, one.decision_id) for one in found.waiting)
    listed = _cards_read(found.missing)
    return Entry(listed.action, listed.outcome, about=(*listed.about, *waiting), count=listed.count)


def _counted(_: Counts) -> Entry:
    return Entry(Act.CASES_LISTED, Outcome.ALLOWED, count=0)
