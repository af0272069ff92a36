"""Looking up which offices stand behind a child's records: read to the end, judge, record, and only then open."""

from dataclasses import dataclass
from datetime import datetime

from services.core.codes import Purpose
from services.core.directory import may_look_up
from services.core.gates import Allow
from services.core.ids import SubjectId
from services.core.known import Knowledge
from services.core.rights import Person
from services.runtime.audit import Trail
from services.runtime.database import Connection, Session
from services.vault.directory import Office, offices
from services.vault.gathering import Gatherer
from services.vault.horizon import CatchingUp
from services.vault.recording import looked_up


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to look up: `subject` is any record of the child."""

    subject: SubjectId
    purpose: Purpose


class LookingUp:
    """Opens the directory to whom its rule lets in; the time is told by whoever asks."""

    def __init__(self, session: Session, gatherer: Gatherer, reading: CatchingUp, trail: Trail) -> None:
        self._session = session
        self._gatherer = gatherer
        self._reading = reading
        self._trail = trail

    async def offices(self, wanted: Wanted, who: Person, now: datetime) -> tuple[Office, ...] | None:
        """The offices that keep the records of a child; None, whatever there is, to whom it is denied."""
        caught_up = await self._reading.caught_up()

        async def work(connection: Connection) -> tuple[Office, ...] | None:
            found = await self._gatherer.material(connection, wanted.subject, None)
            whole = caught_up and not found.doubts
            known = Knowledge(found.facts, found.subjects, found.versions, whole)
            judged = may_look_up(who.handle, wanted.purpose, known, now)
            await self._trail.append(connection, looked_up(found.subjects, wanted.purpose, who, judged))
            if not isinstance(judged, Allow):
                return None
            return await offices(connection, self._gatherer.keys.kek, found.subjects)

        return await self._session.run(work)
