"""What is wrong with a rota, in sentences that say when, of whom, and what to do."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from services.core.oncall.coverage import LONGEST, Fault, Problem, known_zone
from services.core.oncall.reach import Concern, Flag

_FAULTS: Mapping[Fault, str] = {
    Fault.GAP: "nobody is on duty: name somebody for that time",
    Fault.DOUBLE_DUTY: "two overrides put two people on duty: take one of them out, or override with replacement",
    Fault.UNKNOWN_PERSON: "somebody is named who is not on your agency's staff: add them to it, or name a colleague",
    Fault.NOBODY_IN_LAYER: "nobody takes turns: name people, or leave the layer out",
    Fault.BACKWARDS: "it ends before it begins: exchange the two times",
    Fault.TURN_LENGTH: "a turn lasts from 1 to 366 hours, days or weeks",
    Fault.NO_DAYS: "a window is open on no day of the week: name its days",
    Fault.LINES: "a rota has one line of who is on duty, and up to two of who stands behind",
    Fault.TOO_MUCH: "it holds more than a rota of this length needs: 20 layers, 100 people in each, 2,000 overrides",
    Fault.UNKNOWN_ZONE: "the time zone is unknown: name one as in Europe/London",
    Fault.ENDS_TOO_SOON: "the rota ends in the past: give it a later end",
    Fault.ENDS_TOO_LATE: f"a rota reaches {LONGEST.days} days ahead at the most: give it an earlier end",
}
_CONCERNS: Mapping[Concern, str] = {
    Concern.NO_CONTACT: "no way to reach them is known: they set it with `lantern oncall contact`",
    Concern.NOT_VERIFIED: "no way to reach them was ever proved to work: `lantern oncall drill` proves it",
    Concern.FAILING: "every way to reach them has failed: mend it, or put somebody else on duty",
    Concern.BEHIND_THEMSELVES: "they stand behind themselves: if they do not answer, nobody else is asked",
    Concern.RUNS_OUT: "the rota ends, and its last person stays on duty until the next is published",
}


def problem_sentence(problem: Problem, zone: str, names: Mapping[str, str]) -> str:
    """One problem; people by name, and by what was said of them where they have none."""
    place = [
        None if problem.level is None else ("on duty" if problem.level == 0 else f"behind, line {problem.level}"),
        None if problem.layer is None else f"layer {problem.layer + 1}",
        ", ".join(names.get(person, person) for person in problem.people),
        _when(problem.start, problem.end, zone),
    ]
    said = _FAULTS[problem.fault]
    where = ", ".join(filter(None, place))
    return f"{where}: {said}." if where else f"{said[0].upper()}{said[1:]}."


def flag_sentence(flag: Flag, zone: str, names: Mapping[str, str]) -> str:
    """One thing to mend before it happens."""
    who = f"{names.get(flag.person, 'somebody who has left')}, " if flag.person else ""
    return f"{who}{_when(flag.start, flag.end, zone)}: {_CONCERNS[flag.concern]}."


def refusal(problems: Iterable[Problem], zone: str, names: Mapping[str, str], kept: str) -> str:
    """Everything that is wrong, and what still counts."""
    said = "\n".join(f"- {problem_sentence(one, zone, names)}" for one in problems)
    return f"The rota was not published; {kept}.\n{said}"


def _when(start: datetime | None, end: datetime | None, zone: str) -> str:
    parts = [("from", start), ("until", end)]
    said = " ".join(f"{word} {clock(at, zone)}" for word, at in parts if at)
    return f"{said} ({zone})" if said and known_zone(zone) else said


def clock(at: datetime, zone: str) -> str:
    """A time on the clocks of a zone; in UTC where there is no such zone."""
    shown = at.astimezone(ZoneInfo(zone if known_zone(zone) else "UTC"))
    return f"{shown:%a %d %b %Y %H:%M}"
