"""GET /api/patterns: one adult around several children, for coordinators (design 6.7)."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from services.casefeed.access import Who
from services.casefeed.patterns import PatternList, list_patterns
from services.casefeed.routes.answering import Window
from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.rights import Action

_PAGE = 100
_LARGEST_PAGE = 500


def pattern_routes(window: Window) -> APIRouter:
    """The route that reads patterns, under the rights of who asks."""
    routes = APIRouter()

    @routes.get("/api/patterns")
    async def list_all(
        who: Who,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        at_most: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = _PAGE,
    ) -> PatternList:
        find = partial(list_patterns, skip=skip, at_most=at_most)
        return await window.seen(who, find, patterns_listed, f"patterns {skip} {at_most}", Action.READ_PATTERNS)

    return routes


def patterns_listed(found: PatternList) -> Entry:
    shown = tuple(about(Kind.CASE, case) for case in sorted({case for one in found.patterns for case in one.cases}))
    return Entry(Act.PATTERNS_LISTED, Outcome.ALLOWED, about=shown, count=len(found.patterns))
