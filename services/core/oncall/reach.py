"""What is wrong with the shifts that are coming, told ahead: there is still time to mend it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.oncall.rota import ON_DUTY, Rota
from services.core.oncall.schedule import schedule
from services.core.oncall.shifts import Shift, within

AHEAD = timedelta(days=14)
"""How far ahead is looked."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach somebody, without its address: when it was last proved to work, and when it last failed."""

    channel: str
    verified_at: datetime | None = None
    failed_at: datetime | None = None

    @property
    def works(self) -> bool:
        """Whether it was proved to, and has not failed since."""
        return self.verified_at is not None and (self.failed_at is None or self.failed_at < self.verified_at)


class Concern(StrEnum):
    """What is to be mended before a shift begins."""

    NO_CONTACT = "no_contact"
    NOT_VERIFIED = "not_verified"
    FAILING = "failing"
    BEHIND_THEMSELVES = "behind_themselves"
    RUNS_OUT = "runs_out"


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to mend: in which line, in which shift (UTC), of whom; of nobody where the rota itself runs out."""

    concern: Concern
    level: int
    start: datetime
    end: datetime
    person: str | None = None


def flags(rota: Rota, contacts: Mapping[str, Sequence[Contact]], now: datetime) -> list[Flag]:
    """What is to be mended in the time ahead, the soonest first; of a person once a line, with their first shift."""
    until = now + AHEAD
    lines = [schedule(rota, level, now, until) for level in range(len(rota.lines))]
    found = [flag for level, shifts in enumerate(lines) for flag in _behind(lines, level, shifts)]
    found += [flag for level, shifts in enumerate(lines) for flag in _unreachable(level, shifts, contacts)]
    if rota.until <= until:
        found.append(Flag(Concern.RUNS_OUT, ON_DUTY, rota.until, until))
    return sorted(found, key=lambda flag: (flag.start, flag.level, flag.concern))


def _unreachable(level: int, shifts: Sequence[Shift], contacts: Mapping[str, Sequence[Contact]]) -> Iterator[Flag]:
    # Backwards, so that of somebody's shifts the first is kept.
    for shift in {shift.person: shift for shift in reversed(shifts)}.values():
        concern = wanting(contacts.get(shift.person, ()))
        if concern is not None:
            yield Flag(concern, level, shift.start, shift.end, shift.person)


def wanting(contacts: Sequence[Contact]) -> Concern | None:
    """Why somebody could not be reached by any of these; None when they could."""
    if not contacts:
        return Concern.NO_CONTACT
    if any(contact.works for contact in contacts):
        return None
    return Concern.FAILING if any(contact.failed_at for contact in contacts) else Concern.NOT_VERIFIED


def _behind(lines: Sequence[Sequence[Shift]], level: int, shifts: Sequence[Shift]) -> Iterator[Flag]:
    """Where somebody stands behind themselves: if they do not answer, nobody else is asked."""
    for before in lines[:level]:
        for shift in shifts:
            same = (other for other in before if other.person == shift.person)
            for both in within(same, shift.start, shift.end):
                yield Flag(Concern.BEHIND_THEMSELVES, level, both.start, both.end, shift.person)
