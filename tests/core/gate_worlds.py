"""The states of what surrounds the rungs of a release: the child, the opener, what happened since, who approved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.core.codes import (
    AgencyCheck,
    Finding,
    MissingKind,
    ParentsSay,
    Precision,
    Purpose,
    ReferralDecision,
    RevocationReason,
    RiskDecision,
    Sector,
)
from services.core.facts import (
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    LinkRefused,
    ParentsContacted,
    PlacementEnded,
    PlacementStarted,
    PlacementThreatSeen,
    RecordsLinked,
    RecordsUnlinked,
    ReferralDecided,
    ReportWithdrawn,
    VerificationRevoked,
)
from services.core.ids import EventId, FactId, OrgHandle, SubjectId
from services.core.known import Known, Version
from tests.builders import an_id
from tests.core.enquiries import (
    ANOTHER_BODY,
    ANOTHER_CHILD,
    ANOTHER_DECISION,
    ANOTHER_ENQUIRER,
    ASSESSOR,
    AUTHORITY,
    CHECKER,
    CHILD,
    ENQUIRER,
    FIRST,
    IDENTITY,
    INTERVIEWER,
    ONE,
    OPENER,
    RELATIONSHIP,
    RISK,
    SECOND,
    VERSIONS,
    approval,
    check,
    lapsing,
    said,
)
from tests.core.gate_states import States


@dataclass(frozen=True, slots=True)
class Around:
    """The child as the decision holds on to it, as the vault knows it now, and whether it knows everything."""

    asked_subjects: frozenset[SubjectId] = CHILD
    asked_versions: frozenset[Version] = VERSIONS
    subjects: frozenset[SubjectId] = CHILD
    versions: frozenset[Version] = VERSIONS
    whole: bool = True


OTHER_VERSIONS = frozenset({(FactId(an_id(51)), b"version 2")})
MORE_VERSIONS = VERSIONS | {(FactId(an_id(52)), b"version 1")}

AROUND: Mapping[str, Around] = {
    "the same": Around(),
    "a record less": Around(subjects=frozenset({ONE})),
    "a record more": Around(subjects=CHILD | {ANOTHER_CHILD}),
    "no record": Around(asked_subjects=frozenset(), subjects=frozenset()),
    "another version": Around(versions=OTHER_VERSIONS),
    "one more location": Around(versions=MORE_VERSIONS),
    "no location": Around(asked_versions=frozenset(), versions=frozenset()),
    "no location any more": Around(versions=frozenset()),
    "not whole": Around(whole=False),
}
OPENERS: Mapping[str, frozenset[OrgHandle]] = {
    "own": frozenset({AUTHORITY}),
    "own, under several handles": frozenset({ANOTHER_BODY, AUTHORITY}),
    "of another body": frozenset({ANOTHER_BODY}),
    "of nobody knows which": frozenset(),
}
PURPOSES: Mapping[str, Purpose] = {purpose.value: purpose for purpose in Purpose}


def authority() -> States:
    """Who looks after the child."""
    after, begun = ChildLookedAfter(), PlacementStarted()
    elsewhere: dict[str, Any] = {"org": ANOTHER_BODY}
    return {
        "looks after": (said(after, 1, 1),),
        "placed": (said(begun, 1, 1),),
        "placed again": (said(begun, 1, 1), said(PlacementEnded(), 2, 3), said(begun, 3, 3, precision=Precision.DAY)),
        "decided on the referral": (said(ReferralDecided(ReferralDecision.INITIAL_ASSESSMENT), 1, 1),),
        "took over": (
            said(after, 1, 0, **elsewhere),
            said(PlacementEnded(), 2, 1, **elsewhere),
            said(begun, 3, 1),
            said(ReferralDecided(ReferralDecision.INITIAL_ASSESSMENT), 4, 0, **elsewhere),
        ),
        "nobody": (),
        "no further action": (said(ReferralDecided(ReferralDecision.NO_FURTHER_ACTION), 1, 1),),
        "the police say so": (said(after, 1, 1, sector=Sector.POLICE),),
        "ended": (said(after, 1, 1), said(PlacementEnded(), 2, 3)),
        "two": (said(after, 1, 1), said(after, 2, 2, **elsewhere)),
        "two, one undated": (
            said(after, 1, None, known=0, **elsewhere),
            said(PlacementEnded(), 2, 1, **elsewhere),
            said(begun, 3, 1),
        ),
        "another": (said(after, 1, 1, **elsewhere),),
        "of another child": (said(after, 1, 1, subject=ANOTHER_CHILD),),
    }


def since() -> States:
    """What happened after the decision was asked for, and what had happened by then."""
    links = {"linked": RecordsLinked, "unlinked": RecordsUnlinked, "refused": LinkRefused}
    facts: dict[str, Any] = {
        "placement began": PlacementStarted(),
        "placement ended": PlacementEnded(),
        "missing": ChildMissing(MissingKind.MISSING),
        "away": ChildMissing(MissingKind.AWAY_WITHOUT_AUTHORISATION),
        "found": ChildFound(),
        "report withdrawn": ReportWithdrawn(),
        "threat": PlacementThreatSeen(),
    }
    facts |= {name: kind(ANOTHER_CHILD) for name, kind in links.items()}
    threat, moved = PlacementThreatSeen(), PlacementEnded()
    them: dict[str, Any] = {"sector": Sector.HEALTH}  # whose word makes nobody responsible
    return {
        "nothing": (),
        **{f"{name} later": (said(fact, 200, 0.5, known=35, **them),) for name, fact in facts.items()},
        **{f"{name} before": (said(fact, 200, 0.5, known=25, **them),) for name, fact in facts.items()},
        **{
            f"{name} from the other side": (said(kind(ONE), 200, 0.5, known=35, subject=ANOTHER_CHILD),)
            for name, kind in links.items()
        },
        "threat to another child": (said(threat, 200, 35, subject=ANOTHER_CHILD),),
        "threat after the assessment": (said(threat, 200, 30.5),),
        "move after the assessment": (said(moved, 200, 0.5, known=30.5, **them),),
        "threat corrected": (said(threat, 200, 25), said(replace(threat), 201, 25, of_fact=200, known=35)),
        "threat said again": (said(threat, 200, 25), said(threat, 200, 25, known=35, recorded=35)),
        **_back_again(them),
    }


def _back_again(them: dict[str, Any]) -> States:
    """What was said, and then otherwise, before the decision was asked for, and is said once more after it."""
    gone, begun = ChildMissing(MissingKind.MISSING), PlacementStarted()
    return {
        "missing, taken back before and made again later": (
            said(gone, 200, 0.5, known=25, **them),
            said(ReportWithdrawn(), 201, 0.5, of_fact=200, known=26, **them),
            said(gone, 200, 0.5, known=35, **them),
        ),
        "placement corrected before and back later": (
            said(begun, 200, 0.5, known=25, **them),
            said(begun, 201, 0.6, of_fact=200, known=26, **them),
            said(begun, 200, 0.5, known=35, **them),
        ),
    }


def two(one: Any, other: Any, **how: Any) -> tuple[Known, ...]:
    """Two approvals, one after the other."""
    return said(one, 96, 32), said(other, 97, 32, **how)


def approvals() -> States:
    """Who approved what."""
    one, other = approval(FIRST, "first"), approval(SECOND, "second")
    third = said(approval(CHECKER, "second"), 98, 33)
    withdrawn = said(replace(other, decision=ANOTHER_DECISION), 98, 32, of_fact=97, known=33)
    return {
        "good": two(one, other),
        "none": (),
        "one": (said(one, 96, 32),),
        "one, twice said": (said(one, 96, 32), said(one, 96, 32, known=33, recorded=33)),
        "one person twice": two(one, approval(FIRST, "second")),
        "three": (*two(one, other), third),
        "of another decision": two(one, approval(SECOND, "second", decision=ANOTHER_DECISION)),
        "of another assessment": two(one, replace(other, assessment=EventId(an_id(999)))),
        "of another enquirer": two(one, replace(other, enquirer=ANOTHER_ENQUIRER)),
        "of another child": two(one, other, subject=ANOTHER_CHILD),
        "undated": (said(one, 96, 32), said(other, 97, None, known=32)),
        "in the future": (said(one, 96, 32), said(other, 97, 41, known=32)),
        "lapsed": two(one, lapsing(other, 40)),
        "without a day of lapsing": two(one, lapsing(other, None)),
        "by the interviewer": two(one, approval(INTERVIEWER, "second")),
        "by the assessor": two(one, approval(ASSESSOR, "second")),
        "by the opener": two(one, approval(OPENER, "second")),
        "by the opener and two others": (*two(one, approval(OPENER, "second")), third),
        "withdrawn by a correction": (*two(one, other), withdrawn),
    }


def revocations() -> States:
    """What was revoked; event 110 and after."""
    revoked = VerificationRevoked(ENQUIRER, CHECKER, RevocationReason.FALSE_ACCOUNT)
    other = replace(revoked, enquirer=ANOTHER_ENQUIRER)
    return {
        "none": (),
        "before everything": (said(revoked, 110, 5),),
        "after everything": (said(revoked, 110, 36),),
        "of another child": (said(revoked, 110, 36, subject=ANOTHER_CHILD),),
        "of another enquirer": (said(other, 110, 36),),
        "between the rungs": (said(revoked, 110, 12.5),),
        "corrected away": (said(revoked, 110, 36), said(other, 111, 36, of_fact=110, known=37)),
        "undated": (said(revoked, 110, None, known=36),),
        "undated, before everything": (said(revoked, 110, None, known=5),),
        "dated years ahead, before everything": (said(revoked, 110, 4000, known=5),),
        "a day dated years ahead": (said(revoked, 110, 4000, precision=Precision.DAY, known=5),),
        "said again": (said(revoked, 110, 5), said(revoked, 110, 5, known=36, recorded=36)),
        "heard of late": (said(revoked, 110, 5, known=36),),
        "on the day of the interview": (said(revoked, 110, 10, precision=Precision.DAY, known=9.5),),
        "known of before it happened": (said(revoked, 110, 41, known=36),),
    }


def adverse() -> States:
    """What speaks against the enquirer; event 120 and after, under another child where it could not be a rung."""
    elsewhere: dict[str, Any] = {"subject": ANOTHER_CHILD}
    refuted = replace(IDENTITY, finding=Finding.REFUTED)
    objects = ParentsContacted(CHECKER, ParentsSay.OBJECT, ENQUIRER)
    return {
        "nothing": (),
        "identity refuted": (said(refuted, 120, 9, **elsewhere),),
        "identity refuted, lapsed": (said(lapsing(refuted, 11), 120, 9, **elsewhere),),
        "relationship refuted": (said(replace(RELATIONSHIP, finding=Finding.REFUTED), 120, 9, **elsewhere),),
        "known to the police": (said(check("police", AgencyCheck.ADVERSE), 120, 9, **elsewhere),),
        "refused": (said(replace(RISK, decision=RiskDecision.REFUSE), 120, 9, **elsewhere),),
        "of another enquirer": (said(replace(refuted, enquirer=ANOTHER_ENQUIRER), 120, 9),),
        "corrected": (
            said(refuted, 120, 9, **elsewhere),
            said(IDENTITY, 121, 9, of_fact=120, known=9.5, **elsewhere),
        ),
        "undecided of another child": (said(replace(IDENTITY, finding=Finding.UNDECIDED), 120, 35, **elsewhere),),
        "parents object": (said(objects, 120, 9),),
        "parents object to somebody": (said(replace(objects, enquirer=None), 120, 9),),
        "parents object to another": (said(replace(objects, enquirer=ANOTHER_ENQUIRER), 120, 9),),
        "parents of another child object": (said(objects, 120, 9, **elsewhere),),
        "parents of another child object to somebody": (said(replace(objects, enquirer=None), 120, 9, **elsewhere),),
        "parents support": (said(replace(objects, say=ParentsSay.SUPPORT), 120, 9),),
        "parents cannot be asked": (said(replace(objects, say=ParentsSay.UNSAFE_TO_ASK), 120, 9),),
    }
