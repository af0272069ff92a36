"""The directory's page: which offices speak of a child's records, for a worker on the case, for their work (¶5.70)."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.core.codes import Purpose
from services.core.directory import PURPOSES
from services.core.ids import MalformedId, SubjectId, well_formed
from services.core.rights import Action
from services.runtime.signin.doorkeeper import Doorkeeper
from services.vault.decisions import LEASE
from services.vault.directory import Office
from services.vault.looking_up import LookingUp, Wanted
from services.vault.pages import Pages, gone_after
from services.vault.routes.asking import expect, soon, who_may
from services.vault.routes.pacing import began
from services.vault.routes.refusing import Refused, Why, known

_PATH = "/directory"


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    record: str
    purpose: Purpose


class DirectoryRoutes:
    """Two pages under one address: what somebody asks stands in no address, and so in no history."""

    def __init__(self, looking_up: LookingUp, door: Doorkeeper, pages: Pages) -> None:
        self._looking_up = looking_up
        self._door = door
        self._show = pages

    @property
    def routes(self) -> list[BaseRoute]:
        return [Route(_PATH, self.ask), Route(_PATH, self.look_up, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        who = await who_may(self._door, request, Action.LOOK_UP_COLLEAGUE)
        purposes = [(purpose.value, purpose.replace("_", " ")) for purpose in sorted(PURPOSES)]
        return self._show.page("directory.html", who, purposes=purposes)

    async def look_up(self, request: Request) -> Response:
        began(request)
        who, fields = await self._door.form(request)
        expect(known(request, who), Action.LOOK_UP_COLLEAGUE)
        found = await soon(self._looking_up.offices(_wanted(fields), who.person, self._door.now()))
        if found is None:
            raise Refused
        page = self._show.page("offices.html", who, offices=_shown(found))
        return gone_after(page, int(LEASE.total_seconds()))


def _wanted(fields: Mapping[str, str]) -> Wanted:
    """What a form asks for.

    Raises:
        Refused: it is nothing that could be asked for.
    """
    try:
        asked = _Asked.model_validate(fields)
        return Wanted(SubjectId(well_formed(asked.record.strip().lower())), asked.purpose)
    except (ValidationError, MalformedId):
        raise Refused(Why.MALFORMED) from None


def _shown(found: Iterable[Office]) -> list[tuple[str, str, str]]:
    """Each office as its page shows it: the record, the organisation, and what kind of body it is."""
    return [(office.subject_id, office.organisation, office.kind.replace("_", " ")) for office in found]
