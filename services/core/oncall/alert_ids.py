"""Which alert a child's episode is: its own, whoever else says something under its name."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.core.ids import FactId, SubjectId
from services.core.oncall.judging import Verdict

_ID_DIGITS = 32


def named(*parts: str) -> FactId:
    """The id of an alert that no episode names."""
    return FactId(hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_ID_DIGITS])


def either_id(verdict: Verdict) -> tuple[FactId, FactId]:
    """The two ids that its alert may have: its episode's, and that of an alert apart."""
    return verdict.episode, named("apart", verdict.episode, verdict.subject)


def each_of_its_own(verdicts: Iterable[Verdict], held: Mapping[FactId, SubjectId | None]) -> tuple[Verdict, ...]:
    """The verdicts, each of an alert of its own record; `held`: of which record the alerts are that are there.

    A report is known by its episode's name. Where that is another record's, as somebody may have it who has taken over
    a processor, neither ends the other's search or is lost in its alert: the later one is an alert apart.
    """
    owners = dict(held)
    return tuple(
        verdict
        if owners.setdefault(verdict.alert_id, verdict.subject) == verdict.subject
        else replace(verdict, alert_id=either_id(verdict)[1])
        for verdict in verdicts
    )
