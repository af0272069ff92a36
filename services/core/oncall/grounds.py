"""What makes it graver that a child is missing, and whom it concerns (¶5.53, 5.65, 5.73-5.79)."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from services.core.claims import BirthDate
from services.core.codes import (
    Documents,
    Finding,
    IdentifierScheme,
    RiskDecision,
    Sector,
    Setting,
    YesNo,
)
from services.core.facts import (
    BorderEncounter,
    ChildLookedAfter,
    ChildMissing,
    ContingencyPlanFiled,
    IdentityChecked,
    PlacementStarted,
    PlacementThreatSeen,
    ReferralMade,
    RelationshipChecked,
    ReturnDecided,
    RiskAssessed,
    VerificationRevoked,
)
from services.core.known import Word
from services.core.matching.dates import birthday, born
from services.core.oncall.alerts import AlertReason

SHORTLY = timedelta(days=14)
"""So long after arrival, screening or placement, and around a refused claim or a threat, the risk is highest."""

YOUNG_UNDER = 13
_AT_A_BORDER = frozenset({Setting.PORT_OF_ENTRY, Setting.ASYLUM_SCREENING, Setting.ASYLUM_TEAM})
_HERE = frozenset({"GB", "IE"})

Words = Iterable[Word[Any]]
Sign = Callable[[Word[Any]], bool]


def grounds(missing: Word[ChildMissing], words: Words) -> frozenset[AlertReason]:
    """Every reason that anything said of the child gives."""
    words = tuple(words)
    return frozenset(
        reason
        for reason, sign in _SIGNS.items()
        if any(sign(word) and _in_time(reason, word, missing) for word in words)
    ) | _of_the_child(missing, words)


def immigration(words: Words) -> bool:
    """Whether there is an immigration link, or a doubt whether there is one (¶5.75)."""
    return any(_is_linked(word) for word in words)


def plan(words: Words) -> frozenset[Sector]:
    """The agencies that the child's contingency plan names (¶5.75)."""
    filed = (word.fact for word in words if isinstance(word.fact, ContingencyPlanFiled))
    return frozenset(sector for one in filed for sector in one.notify)


def _of_the_child(missing: Word[ChildMissing], words: tuple[Word[Any], ...]) -> frozenset[AlertReason]:
    found = set()
    if any(_is_earlier(word, missing) for word in words):
        found.add(AlertReason.EARLIER_EPISODES)
    if any(_is_young(word, missing.ends.date()) for word in words):
        found.add(AlertReason.YOUNG)
    return frozenset(found)


def _is_earlier(word: Word[Any], missing: Word[ChildMissing]) -> bool:
    if not isinstance(word.fact, ChildMissing) or word.event.head.fact_id == missing.event.head.fact_id:
        return False
    return word.dated and missing.dated and word.ends < missing.begins


def _is_young(word: Word[Any], day: date) -> bool:
    """Whether a date of birth that somebody claims leaves the child under 13: of several the youngest counts."""
    births = word.event.subject.dates_of_birth
    return any(_under(birth, day) for birth in births)


def _under(birth: BirthDate, day: date) -> bool:
    """What a report claims that is no date of birth, signed or not, says nothing, and keeps nobody from being paged."""
    try:
        latest = born(birth.value).latest
    except ValueError:
        return False
    return latest.year + YOUNG_UNDER > day.year or day < birthday(latest, YOUNG_UNDER)


def _in_time(reason: AlertReason, word: Word[Any], missing: Word[ChildMissing]) -> bool:
    """Whether it is near enough: what came shortly before, or, of a danger, is no older; what nobody dated is."""
    if reason not in _NEAR or not word.dated:
        return True
    is_recent = missing.begins - word.ends <= SHORTLY
    return is_recent and (reason in _DANGERS or word.begins <= missing.ends)


def _is_refusal(word: Word[Any]) -> bool:
    match word.fact:
        case VerificationRevoked() | RiskAssessed(decision=RiskDecision.REFUSE):
            return True
        case IdentityChecked(finding=Finding.REFUTED) | RelationshipChecked(finding=Finding.REFUTED):
            return True
        case _:
            return False


def _is_screening(word: Word[Any]) -> bool:
    match word.fact:
        case BorderEncounter(asylum_claimed=YesNo.YES) | ReferralMade(setting=Setting.ASYLUM_SCREENING):
            return True
        case _:
            return False


def _is_arrival(word: Word[Any]) -> bool:
    return isinstance(word.fact, BorderEncounter) or getattr(word.fact, "setting", None) is Setting.PORT_OF_ENTRY


def _is_alone(word: Word[Any]) -> bool:
    if isinstance(word.fact, ChildLookedAfter):
        return word.fact.unaccompanied is YesNo.YES
    return isinstance(word.fact, ReferralMade | BorderEncounter) and word.fact.accompanied is YesNo.NO


def _has_indicators(word: Word[Any]) -> bool:
    bad_papers = getattr(word.fact, "documents", None) in {Documents.FALSE, Documents.NONE}
    return bool(getattr(word.fact, "indicators", ())) or bad_papers


def _is_linked(word: Word[Any]) -> bool:
    said = word.event.subject
    return (
        word.event.head.sector is Sector.UKBA
        or (isinstance(word.fact, ChildLookedAfter) and word.fact.unaccompanied is not YesNo.NO)
        or getattr(word.fact, "setting", None) in _AT_A_BORDER
        or any(identifier.scheme is IdentifierScheme.HOME_OFFICE_REFERENCE for identifier in said.identifiers)
        or not _HERE.issuperset(said.nationalities)
    )


def _is_return(word: Word[Any]) -> bool:
    return isinstance(word.fact, ReturnDecided) and word.fact.returns is not YesNo.NO


def _of(kind: type) -> Sign:
    return lambda word: isinstance(word.fact, kind)


_SIGNS: dict[AlertReason, Sign] = {
    AlertReason.TRAFFICKING_INDICATORS: _has_indicators,
    AlertReason.UNACCOMPANIED: _is_alone,
    AlertReason.SHORTLY_AFTER_ARRIVAL: _is_arrival,
    AlertReason.SHORTLY_AFTER_SCREENING: _is_screening,
    AlertReason.SHORTLY_AFTER_PLACEMENT: _of(PlacementStarted),
    AlertReason.RETURN_DECIDED: _is_return,
    AlertReason.CLAIM_REFUSED: _is_refusal,
    AlertReason.THREAT_SEEN: _of(PlacementThreatSeen),
}
_DANGERS = frozenset({AlertReason.CLAIM_REFUSED, AlertReason.THREAT_SEEN, AlertReason.RETURN_DECIDED})
_NEAR = _DANGERS | {
    AlertReason.SHORTLY_AFTER_ARRIVAL,
    AlertReason.SHORTLY_AFTER_SCREENING,
    AlertReason.SHORTLY_AFTER_PLACEMENT,
}
