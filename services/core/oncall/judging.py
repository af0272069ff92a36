"""Which episodes of a child are open, how grave each is and why, and which agencies must answer for it (¶5.73-5.80)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.core.codes import MissingKind, Sector
from services.core.endings import ends
from services.core.events import Head
from services.core.facts import ChildFound, ChildMissing, DebriefHeld, ReportWithdrawn
from services.core.ids import FactId, OrgHandle, SubjectId
from services.core.known import Known, Word, present
from services.core.oncall.alerts import AlertKind, AlertReason, Severity
from services.core.oncall.grounds import grounds, immigration, plan
from services.core.responsible import claimants
from services.core.timeline import author

LATE = timedelta(hours=24)
"""Who reports a child later than this after the child was missed reports late."""

_CONCERNS = frozenset({
    AlertReason.TRAFFICKING_INDICATORS, AlertReason.CLAIM_REFUSED, AlertReason.THREAT_SEEN, AlertReason.UNACCOMPANIED,
    AlertReason.SHORTLY_AFTER_ARRIVAL, AlertReason.SHORTLY_AFTER_SCREENING, AlertReason.RETURN_DECIDED,
})  # fmt: skip
"""What makes of an absence without authorisation, whose child may have been trafficked, a missing child."""

_ENDINGS = ChildFound | DebriefHeld | ReportWithdrawn
_WITHDRAWERS = frozenset({Sector.POLICE, Sector.LOCAL_AUTHORITY})

_GRAVITY = {
    **dict.fromkeys(AlertReason, Severity.HIGH),
    AlertReason.AWAY_WITHOUT_AUTHORISATION: Severity.STANDARD,
    AlertReason.SHORTLY_AFTER_ARRIVAL: Severity.CRITICAL,
    AlertReason.SHORTLY_AFTER_PLACEMENT: Severity.CRITICAL,
    AlertReason.SHORTLY_AFTER_SCREENING: Severity.CRITICAL,
    AlertReason.RETURN_DECIDED: Severity.CRITICAL,
    AlertReason.CLAIM_REFUSED: Severity.CRITICAL,
    AlertReason.THREAT_SEEN: Severity.CRITICAL,
    AlertReason.YOUNG: Severity.CRITICAL,
    AlertReason.DRILL: Severity.STANDARD,
}
_GRAVEST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is true of one episode now; `agencies` must each answer while it is open.

    `alert_id` is the episode's unless another record's report bears its name; `since` is when the hub first held it.
    """

    alert_id: FactId
    episode: FactId
    subject: SubjectId
    since: datetime
    kind: AlertKind
    is_open: bool
    severity: Severity
    reasons: tuple[AlertReason, ...]
    agencies: tuple[Sector, ...]
    is_heard: bool = False
    is_withdrawn: bool = False


def verdicts(words: Iterable[Word[Any]]) -> tuple[Verdict, ...]:
    """One for each episode of each record of a child of whom all this is said; the same in every order of arrival.

    Where two bodies report a record under one episode's name, as only somebody can who has taken over a processor, it
    is open while one of the reports is: in doubt the child is missing.
    """
    words = tuple(words)
    authorities = claimants(lambda *kinds: [word for word in words if isinstance(word.fact, kinds)])
    found: dict[tuple[FactId, SubjectId], Verdict] = {}
    for word in words:
        if isinstance(word.fact, ChildMissing | ReportWithdrawn):
            judge = _verdict if isinstance(word.fact, ChildMissing) else _withdrawn
            one = judge(word, words, authorities)
            found[one.episode, one.subject] = max(one, found.get((one.episode, one.subject), one), key=_presses)
    return tuple(found.values())


def believed(told: Collection[tuple[Known, bool]]) -> list[Known]:
    """What counts of all this, where of each it is said whether it was verified who signed it.

    Nobody else ends a search, or speaks for a report that stands signed: where none does, theirs may be the only one.
    """
    signed = present(counting([known for known, is_signed in told if is_signed]))
    reported = {word.fact_id for word in signed if isinstance(word.fact, ChildMissing)}
    return counting(
        [
            known
            for known, is_signed in told
            if is_signed or not (isinstance(known.event.fact, _ENDINGS) or known.event.head.fact_id in reported)
        ]
    )


def counting(said: Collection[Known]) -> list[Known]:
    """All of this but what takes back a report in vain: in doubt the child is missing."""
    made: defaultdict[FactId, list[Head]] = defaultdict(list)
    for known in said:
        if isinstance(known.event.fact, ChildMissing):
            made[known.event.head.fact_id].append(known.event.head)
    return [
        known
        for known in said
        if not isinstance(known.event.fact, ReportWithdrawn)
        or all(takes_back(known.event.head, head) for head in made[known.event.head.fact_id])
    ]


def takes_back(back: Head, made: Head) -> bool:
    """Whether the police or an authority take back this report: their own, and after they last made it."""
    return author(back) == author(made) and back.sector in _WITHDRAWERS and made.recorded_at < back.recorded_at


def gravest(reasons: Iterable[AlertReason]) -> Severity:
    """How grave all these reasons together are: as grave as the gravest of them."""
    return min((_GRAVITY[reason] for reason in reasons), key=_GRAVEST_FIRST.index, default=Severity.STANDARD)


def _presses(verdict: Verdict) -> tuple[bool, bool, int]:
    return verdict.is_open, not verdict.is_withdrawn, -_GRAVEST_FIRST.index(verdict.severity)


def _verdict(missing: Word[ChildMissing], words: tuple[Word[Any], ...], authorities: AbstractSet[OrgHandle]) -> Verdict:
    reasons = _reasons(missing, words)
    away = AlertReason.AWAY_WITHOUT_AUTHORISATION in reasons
    closed = any(isinstance(word.fact, ChildFound) and ends(word, missing, authorities) for word in words)
    return Verdict(
        alert_id=missing.fact_id,
        episode=missing.fact_id,
        subject=missing.event.head.subject_id,
        since=missing.since,
        kind=AlertKind.AWAY if away else AlertKind.MISSING,
        is_open=not closed,
        severity=gravest(reasons),
        reasons=reasons,
        agencies=_agencies(words, away=away),
        is_heard=any(_is_heard(word, missing) for word in words),
    )


def _withdrawn(back: Word[ReportWithdrawn], words: tuple[Word[Any], ...], _: AbstractSet[OrgHandle]) -> Verdict:
    """Nobody is missing, so nothing makes it grave and nobody must answer."""
    heard = any(_is_heard(word, back) for word in words)
    return Verdict(
        alert_id=back.fact_id,
        episode=back.fact_id,
        subject=back.event.head.subject_id,
        since=back.since,
        kind=AlertKind.MISSING,
        is_open=False,
        severity=Severity.STANDARD,
        reasons=(),
        agencies=(),
        is_heard=heard,
        is_withdrawn=True,
    )


def _reasons(missing: Word[ChildMissing], words: tuple[Word[Any], ...]) -> tuple[AlertReason, ...]:
    found = grounds(missing, words) | ({AlertReason.REPORTED_LATE} if _is_late(missing) else set())
    if missing.fact.kind is not MissingKind.AWAY_WITHOUT_AUTHORISATION:
        found |= {AlertReason.REPORTED_MISSING}
    elif found & _CONCERNS:
        found |= {AlertReason.AWAY_WITH_TRAFFICKING_CONCERN}
    else:
        found |= {AlertReason.AWAY_WITHOUT_AUTHORISATION}
    return tuple(reason for reason in AlertReason if reason in found)


def _is_late(missing: Word[ChildMissing]) -> bool:
    return missing.dated and missing.event.head.received_at - missing.ends > LATE


def _agencies(words: tuple[Word[Any], ...], *, away: bool) -> tuple[Sector, ...]:
    """The responsible authority; for a missing child the police, UKBA where it may concern it, and who the plan names.

    Where nobody can tell which authority is responsible, the duty desk of the authorities must find out (¶5.74-5.75).
    """
    paged = {Sector.LOCAL_AUTHORITY}
    if not away:
        paged |= {Sector.POLICE} | plan(words) | ({Sector.UKBA} if immigration(words) else set())
    return tuple(sector for sector in Sector if sector in paged)


def _is_heard(word: Word[Any], missing: Word[Any]) -> bool:
    """Whether the child was heard about this episode, or about all, no earlier than it began (¶5.46-5.49, 5.78)."""
    if not isinstance(word.fact, DebriefHeld):
        return False
    return word.fact.episode == missing.event.head.fact_id or (
        word.fact.episode is None and word.dated and missing.dated and missing.begins <= word.begins
    )
