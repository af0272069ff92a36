"""Changing a rota: one agency at a time, each change a version that is checked whole before it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.core.oncall.coverage import Problem, problems
from services.core.oncall.duty import serving
from services.core.oncall.rota import Cause, Rota, Version, from_now
from services.core.oncall.schedule import schedule
from services.core.rights import Person
from services.oncall.rota import store
from services.oncall.rota.documents import (
    MemberDocument,
    OverridingDocument,
    PublishDocument,
    overridden,
    reaches,
    rota_of,
)
from services.oncall.rota.store import Member, Publication
from services.oncall.rota.words import clock, refusal
from services.runtime.database import Connection


class Why(StrEnum):
    """Why a change is not made, for the audit."""

    PROBLEMS = "problems"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NO_ROTA = "no_rota"
    OUT_OF_TIME = "out_of_time"
    SAME_NAME = "same_name"
    OTHER_AGENCY = "other_agency"
    ON_THE_ROTA = "on_the_rota"


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that is not made: why, in a sentence, and everything that is wrong."""

    why: Why
    sentence: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """Somebody changes the rota of their own agency, at a time, in a transaction."""

    connection: Connection
    who: Person
    now: datetime


def handles(staff: Mapping[str, Member]) -> dict[str, str]:
    """What people may be named by: their handle, or their name."""
    return {**{one.name: handle for handle, one in staff.items()}, **{handle: handle for handle in staff}}


def names(staff: Mapping[str, Member]) -> dict[str, str]:
    return {handle: one.name for handle, one in staff.items()}


async def publish(occasion: Occasion, said: PublishDocument) -> Publication | Refused:
    """Publish a rota in the place of the version on which it is based; the same one again is published already."""
    staff, before = await _held(occasion)
    made = rota_of(said.rota, handles(staff))
    number = before.number if before else 0
    if before and number == said.based_on + 1 and before.rota == made:
        return Publication(before, occasion.who.handle, Cause.PUBLISHED)
    if number != said.based_on:
        return Refused(
            Why.CHANGED_MEANWHILE,
            f"Your rota was changed meanwhile: version {number} counts now, and yours is based on {said.based_on}. "
            "Nothing was changed: look at it with `lantern oncall rota show`, and publish again.",
        )
    publication = _next(occasion, before, made, Cause.PUBLISHED)
    return await _published(occasion, publication, staff, check_only=said.check_only)


async def override(occasion: Occasion, said: OverridingDocument) -> Publication | Refused:
    """Publish the rota with more overrides; where there is none yet, the overrides are all of it."""
    staff, before = await _held(occasion)
    if before is None and (said.until is None or said.zone is None):
        return Refused(Why.NO_ROTA, "There is no rota yet. Nothing was changed: publish one first.")
    base = before.rota if before else Rota(said.zone or "", occasion.now, ())
    made = overridden(base, said, handles(staff))
    if before and made == before.rota:
        return Publication(before, occasion.who.handle, Cause.OVERRIDDEN)
    publication = _next(occasion, before, made, Cause.OVERRIDDEN)
    if not reaches(publication.version, said):
        return Refused(
            Why.OUT_OF_TIME,
            "This time is over, or after your rota's end, so it would put nobody on duty. "
            "Nothing was changed: look at the dates.",
        )
    return await _published(occasion, publication, staff, check_only=said.check_only)


async def hand_over(occasion: Occasion, before: Version, made: Rota) -> None:
    """Publish what came of a handover, which the rules of handovers have checked."""
    publication = _next(occasion, before, made, Cause.HANDED_OVER)
    await store.publish(occasion.connection, occasion.who.sector, publication)


async def _held(occasion: Occasion) -> tuple[dict[str, Member], Version | None]:
    """The staff and the last version, which nobody else changes meanwhile."""
    connection, agency = occasion.connection, occasion.who.sector
    await store.hold(connection, agency)
    return await store.members(connection, agency), await store.latest(connection, agency)


def _next(occasion: Occasion, before: Version | None, made: Rota, cause: Cause) -> Publication:
    at = max(occasion.now, before.published_at) if before else occasion.now
    version = Version(before.number + 1 if before else 1, at, from_now(made, at))
    return Publication(version, occasion.who.handle, cause)


async def _published(
    occasion: Occasion, made: Publication, staff: Mapping[str, Member], *, check_only: bool
) -> Publication | Refused:
    version = made.version
    if wrong := problems(version.rota, staff.keys(), version.published_at):
        kept = f"version {version.number - 1} still counts" if version.number > 1 else "there is none yet"
        return Refused(Why.PROBLEMS, refusal(wrong, version.rota.zone, names(staff), kept), tuple(wrong))
    if not check_only:
        await store.publish(occasion.connection, occasion.who.sector, made)
    return made


async def keep_staff(occasion: Occasion, said: Mapping[str, MemberDocument]) -> list[Member] | Refused:
    """Make these people, by handle, the staff of an agency."""
    known, version = await _held(occasion)
    staff = [Member(handle, one.name, one.role) for handle, one in said.items()]
    if len({one.name for one in staff}) < len(staff):
        return Refused(
            Why.SAME_NAME, "Two people have one name. Nothing was changed: tell them apart, as by a second name."
        )
    agencies = await store.agencies_of(occasion.connection, said)
    if set(agencies.values()) - {occasion.who.sector}:
        return Refused(
            Why.OTHER_AGENCY,
            "Somebody is on the staff of another agency. Nothing was changed: that agency takes them off first.",
        )
    gone = {handle: one for handle, one in known.items() if handle not in said}
    if version and (needed := _still_needed(version, gone, occasion.now)):
        return needed
    await store.keep_members(occasion.connection, occasion.who.sector, staff)
    return staff


def _still_needed(version: Version, gone: Mapping[str, Member], now: datetime) -> Refused | None:
    """Nobody leaves the staff who is on the rota, or on duty since it ran out: it would page somebody who has gone."""
    rota = version.rota
    for level in range(len(rota.lines)):
        for shift in schedule(rota, level, now, rota.until):
            if shift.person in gone:
                return _on_the_rota(gone[shift.person], f"is on the rota from {clock(shift.start, rota.zone)} on")
        last = serving(rota, now, version.published_at, level)
        if last is not None and last in gone:
            return _on_the_rota(gone[last], "stays on duty, for the rota has run out")
    return None


def _on_the_rota(one: Member, how: str) -> Refused:
    sentence = f"{one.name} {how}. Nothing was changed: publish a rota without them first."
    return Refused(Why.ON_THE_ROTA, sentence)
