"""GET /api/links, GET /api/links/{one}/{other}: who is who, for coordinators to decide (¶3.5)."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.casefeed.access import Who
from services.casefeed.link_reading import list_links, read_link
from services.casefeed.links import LinkDetail, LinkList
from services.casefeed.routes.answering import NotOne, Window
from services.core.audit import Action as Act
from services.core.audit import Entry, Kind, Outcome, about
from services.core.ids import SubjectId
from services.core.matching.groups import Pair, pair_of
from services.core.rights import Action
from services.runtime.audit_reading import Trails
from services.wire.avro import Schemas

_PAGE = 50
_LARGEST_PAGE = 200

Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The id of a record.")]


def link_routes(window: Window, schemas: Schemas) -> APIRouter:
    """The routes that read links, under the rights of who asks."""
    routes = APIRouter()
    trails = Trails(window.session.where)

    @routes.get("/api/links")
    async def list_all(
        who: Who,
        *,
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        at_most: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = _PAGE,
        decided: bool = False,
    ) -> LinkList:
        find = partial(list_links, schemas=schemas, skip=skip, at_most=at_most, decided=decided)
        return await window.seen(who, find, links_listed, f"links {skip} {at_most} {decided}", Action.DECIDE_LINK)

    @routes.get("/api/links/{one}/{other}")
    async def show(who: Who, one: Id, other: Id) -> LinkDetail:
        pair = pair_of(SubjectId(one), SubjectId(other))
        find = partial(read_link, schemas=schemas, trails=trails, pair=pair, now=window.door.now())
        found: LinkDetail | None = await window.seen(
            who, find, partial(link_read, pair=pair), f"link {one} {other}", Action.DECIDE_LINK
        )
        if found is None:
            raise NotOne.NOT_KNOWN.refusal("Nothing speaks for these two records being of one child.")
        return found

    return routes


def links_listed(found: LinkList) -> Entry:
    shown = sorted({record for one in found.links for record in (one.one, one.other)})
    return Entry(
        Act.LINKS_LISTED, Outcome.ALLOWED, about=tuple(about(Kind.RECORD, one) for one in shown), count=len(found.links)
    )


def link_read(found: LinkDetail | None, pair: Pair) -> Entry:
    if found is None:
        return NotOne.NOT_KNOWN.entry(Act.LINK_READ, None)
    shown = [about(Kind.CASE, side.case_id) for side in found.sides]
    return Entry(Act.LINK_READ, Outcome.ALLOWED, about=(*shown, *(about(Kind.RECORD, one) for one in pair)))
