"""What is shown of rotas: colleagues of one's own agency by name, everybody else by agency and role."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from services.core.codes import Sector
from services.core.oncall.coverage import Fault, Problem
from services.core.oncall.duty import has_run_out, on_duty
from services.core.oncall.handover import Offer, State
from services.core.oncall.reach import Concern, Contact, flags
from services.core.oncall.rota import Cause, Rota
from services.core.oncall.schedule import schedule, shift_from
from services.core.rights import Person, PersonRole
from services.oncall.contacts import contacts_of
from services.oncall.rota import store
from services.oncall.rota.documents import RotaDocument, document_of
from services.oncall.rota.planning import Refused, names
from services.oncall.rota.store import Member, Publication
from services.oncall.rota.words import flag_sentence
from services.runtime.database import Connection


class View(BaseModel):
    """What is shown to somebody; nothing can be put into it that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MemberView(View):
    """One of the staff; a name is shown within their own agency alone."""

    person: str
    name: str | None
    role: PersonRole | None


class DutyView(View):
    """Who is on duty in an agency; `until` is when their shift ends, null where the rota has run out."""

    agency: Sector
    on_duty: MemberView | None
    behind: list[MemberView]
    until: datetime | None
    has_run_out: bool
    is_you: bool


class DutyList(View):
    """Who is on duty in every agency at a time."""

    at: datetime
    duty: list[DutyView]


class ShiftView(View):
    """Who is on duty, or stands behind, in a stretch of time."""

    level: int
    start: datetime
    end: datetime
    person: MemberView


class FlagView(View):
    """What is to be mended before it happens."""

    concern: Concern
    level: int
    start: datetime
    end: datetime
    person: MemberView | None
    sentence: str


class RotaView(View):
    """One's own agency's rota as it counts, what it comes to in the days ahead, and what is to be mended."""

    agency: Sector
    version: int
    published_at: datetime | None
    rota: RotaDocument | None
    shifts: list[ShiftView]
    flags: list[FlagView]
    staff: list[MemberView]


class VersionView(View):
    """A version of the rota: when it was published, by whom, and why."""

    version: int
    published_at: datetime
    by: MemberView
    cause: Cause


class VersionList(View):
    """The last versions, the newest first."""

    versions: list[VersionView]


class PublishedView(View):
    """What was published, or with `check_only` would be."""

    version: int
    cause: Cause
    published_at: datetime


class ProblemView(View):
    """One thing that keeps a rota from being published; `people` as the question named them, or by handle."""

    fault: Fault
    level: int | None
    layer: int | None
    start: datetime | None
    end: datetime | None
    people: list[str]


class RefusalView(View):
    """Why a change was not made: in sentences, and one by one."""

    error: str
    problems: list[ProblemView]


class StaffList(View):
    """Everybody who can be on duty in one's own agency."""

    staff: list[MemberView]


class OfferView(View):
    """An offer of a shift; `is_open`: it can still be accepted."""

    handover: str
    giver: MemberView
    receiver: MemberView
    until: datetime
    offered_at: datetime
    state: State
    is_open: bool
    is_to_you: bool
    is_by_you: bool


class OfferList(View):
    """The last offers of one's own agency, the newest first."""

    handovers: list[OfferView]


def member_view(person: str, staff: dict[str, Member]) -> MemberView:
    """Somebody by name, where they are on this staff."""
    known = staff.get(person)
    return MemberView(person=person, name=known.name if known else None, role=known.role if known else None)


def colleague_view(person: str, staff: dict[str, Member], *, own: bool) -> MemberView:
    """Somebody by name to their own agency, and by role to another."""
    seen = member_view(person, staff)
    return seen if own else seen.model_copy(update={"name": None})


async def duty_list(connection: Connection, who: Person, at: datetime) -> DutyList:
    """Who is on duty in every agency at an instant."""
    return DutyList(at=at, duty=[await _duty(connection, who, agency, at) for agency in Sector])


async def _duty(connection: Connection, who: Person, agency: Sector, at: datetime) -> DutyView:
    version, staff = await store.latest(connection, agency, at), await store.members(connection, agency)
    versions = [version] if version else []
    levels = [on_duty(versions, at, level) for level in range(len(version.rota.lines) if version else 0)]
    seen = [colleague_view(person, staff, own=who.sector is agency) for person in levels if person]
    shift = shift_from(version.rota, 0, at) if version else None
    return DutyView(
        agency=agency,
        on_duty=seen[0] if seen else None,
        behind=seen[1:],
        until=shift.end if shift else None,
        has_run_out=has_run_out(versions, at),
        is_you=bool(levels) and levels[0] == who.handle,
    )


async def rota_view(connection: Connection, agency: Sector, days: int, now: datetime) -> RotaView:
    """The rota of an agency as it counts."""
    version, staff = await store.latest(connection, agency), await store.members(connection, agency)
    contacts = await contacts_of(connection, staff)
    rota = version.rota if version else None
    return RotaView(
        agency=agency,
        version=version.number if version else 0,
        published_at=version.published_at if version else None,
        rota=document_of(rota, names(staff)) if rota else None,
        shifts=_shifts(rota, staff, now, now + timedelta(days=days)) if rota else [],
        flags=_flags(rota, staff, contacts, now) if rota else [],
        staff=staff_list(staff).staff,
    )


def _shifts(rota: Rota, staff: dict[str, Member], since: datetime, until: datetime) -> list[ShiftView]:
    return [
        ShiftView(level=level, start=shift.start, end=shift.end, person=member_view(shift.person, staff))
        for level in range(len(rota.lines))
        for shift in schedule(rota, level, since, until)
    ]


def _flags(
    rota: Rota, staff: dict[str, Member], contacts: dict[str, tuple[Contact, ...]], now: datetime
) -> list[FlagView]:
    return [
        FlagView(
            concern=flag.concern,
            level=flag.level,
            start=flag.start,
            end=flag.end,
            person=member_view(flag.person, staff) if flag.person else None,
            sentence=flag_sentence(flag, rota.zone, names(staff)),
        )
        for flag in flags(rota, contacts, now)
    ]


def staff_list(staff: dict[str, Member]) -> StaffList:
    return StaffList(staff=[member_view(person, staff) for person in staff])


def version_list(found: list[Publication], staff: dict[str, Member]) -> VersionList:
    return VersionList(
        versions=[
            VersionView(
                version=one.version.number,
                published_at=one.version.published_at,
                by=member_view(one.by, staff),
                cause=one.cause,
            )
            for one in found
        ]
    )


def published_view(made: Publication) -> PublishedView:
    return PublishedView(version=made.version.number, cause=made.cause, published_at=made.version.published_at)


def refusal_view(refused: Refused) -> RefusalView:
    return RefusalView(error=refused.sentence, problems=[_problem(one) for one in refused.problems])


def _problem(one: Problem) -> ProblemView:
    return ProblemView(
        fault=one.fault, level=one.level, layer=one.layer, start=one.start, end=one.end, people=list(one.people)
    )


async def offer_list(connection: Connection, who: Person, now: datetime) -> OfferList:
    """The last offers of a person's own agency."""
    staff, version = await store.members(connection, who.sector), await store.latest(connection, who.sector, now)
    found = await store.offers(connection, who.sector)
    versions = [version] if version else []
    return OfferList(
        handovers=[_offer(number, one, staff, who, is_open=one.is_open(versions, now)) for number, one in found.items()]
    )


def _offer(number: str, one: Offer, staff: dict[str, Member], who: Person, *, is_open: bool) -> OfferView:
    return OfferView(
        handover=number,
        giver=member_view(one.giver, staff),
        receiver=member_view(one.receiver, staff),
        until=one.until,
        offered_at=one.offered_at,
        state=one.state,
        is_open=is_open,
        is_to_you=one.receiver == who.handle,
        is_by_you=one.giver == who.handle,
    )
