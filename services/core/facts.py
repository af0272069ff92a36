"""What was said about a child: one class an event type, coded facts only; where and in what words is sealed."""

from dataclasses import dataclass
from datetime import date

from services.core.codes import (
    AccountArea,
    AgencyCheck,
    Asked,
    Channel,
    Concern,
    Connection,
    Documents,
    Finding,
    FoundHow,
    HealthSetting,
    IdentityEvidence,
    Interpreter,
    LinkGround,
    MissingKind,
    ParentsSay,
    PoliceCircumstance,
    Purpose,
    ReferralDecision,
    RelationshipEvidence,
    RevocationReason,
    RiskDecision,
    Section47Outcome,
    SeenBy,
    Setting,
    ThreatKind,
    YesNo,
)
from services.core.ids import EventId, FactId, SubjectId
from services.core.indicators import Indicator


@dataclass(frozen=True, slots=True)
class ReferralMade:
    """Somebody is concerned that a child may have been trafficked (¶5.14-5.16)."""

    concerns: tuple[Concern, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    setting: Setting = Setting.UNKNOWN
    accompanied: YesNo = YesNo.UNKNOWN
    accompanying_adults: tuple[Connection, ...] = ()
    sponsor: YesNo = YesNo.UNKNOWN


@dataclass(frozen=True, slots=True)
class ReferralDecided:
    """The local authority decided on a course of action (within 24 hours: ¶4.5, 5.15)."""

    decision: ReferralDecision = ReferralDecision.UNDECIDED


@dataclass(frozen=True, slots=True)
class ChildMissing:
    """The child went missing, or is away without authorisation (¶5.73-5.80); its fact_id names the episode."""

    kind: MissingKind
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody saw the child; it closes nothing. `episode` is the fact_id of the ChildMissing, where known."""

    episode: FactId | None = None
    seen_by: SeenBy = SeenBy.UNKNOWN


@dataclass(frozen=True, slots=True)
class ChildFound:
    """The police or the responsible authority end an episode: the fact_id of its ChildMissing, where known."""

    episode: FactId | None = None
    how: FoundHow = FoundHow.UNVERIFIED


@dataclass(frozen=True, slots=True)
class KinshipClaimed:
    """An adult says they belong to the child (¶5.65-5.67). `enquirer` is an opaque handle; who they are is sealed."""

    enquirer: str
    connection: Connection = Connection.OTHER
    channel: Channel = Channel.OTHER
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildLookedAfter:
    """A local authority looks after the child (¶5.60-5.64)."""

    unaccompanied: YesNo = YesNo.UNKNOWN
    unaccompanied_until: date | None = None


@dataclass(frozen=True, slots=True)
class PlacementStarted:
    """A placement began: its date, and nothing else about it."""


@dataclass(frozen=True, slots=True)
class PlacementEnded:
    """A placement ended: its date, and nothing else about it."""


@dataclass(frozen=True, slots=True)
class BorderEncounter:
    """An officer met the child at the border or in an immigration process (¶4.23, 5.2-5.8)."""

    indicators: tuple[Indicator, ...] = ()
    accompanied: YesNo = YesNo.UNKNOWN
    documents: Documents = Documents.UNKNOWN
    asylum_claimed: YesNo = YesNo.UNKNOWN


@dataclass(frozen=True, slots=True)
class PoliceContact:
    """The child came to the notice of the police (coming-to-notice report: Appendix 2)."""

    circumstance: PoliceCircumstance = PoliceCircumstance.OTHER
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthAttendance:
    """The child was seen by a health service (¶4.8, Appendix 2)."""

    setting: HealthSetting = HealthSetting.UNKNOWN
    indicators: tuple[Indicator, ...] = ()
    accompanied: YesNo = YesNo.UNKNOWN


@dataclass(frozen=True, slots=True)
class RecordsLinked:
    """A person decided that this record and `other` are of one child."""

    other: SubjectId
    ground: LinkGround = LinkGround.OTHER


@dataclass(frozen=True, slots=True)
class RecordsUnlinked:
    """A person undid the link between this record and `other`."""

    other: SubjectId
    ground: LinkGround = LinkGround.OTHER


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """A person decided that this record and `other` are of two children."""

    other: SubjectId
    ground: LinkGround = LinkGround.OTHER


@dataclass(frozen=True, slots=True)
class EnquirerInterviewed:
    """A social worker interviewed the adult, apart from the child (¶5.31, 5.65). `officer` is an opaque handle."""

    enquirer: str
    officer: str
    interpreter: Interpreter = Interpreter.UNKNOWN
    apart_from_child: YesNo = YesNo.UNKNOWN
    completed: YesNo = YesNo.UNKNOWN
    lapses_on: date | None = None


@dataclass(frozen=True, slots=True)
class IdentityChecked:
    """Whether the adult is who they say they are (¶5.65, 5.67)."""

    enquirer: str
    officer: str
    finding: Finding = Finding.UNDECIDED
    evidence: tuple[IdentityEvidence, ...] = ()
    lapses_on: date | None = None


@dataclass(frozen=True, slots=True)
class RelationshipChecked:
    """Whether the adult is to the child what they say; the accounts compared area by area (¶5.30-5.31, 5.66)."""

    enquirer: str
    officer: str
    finding: Finding = Finding.UNDECIDED
    evidence: tuple[RelationshipEvidence, ...] = ()
    areas_matching: tuple[AccountArea, ...] = ()
    areas_differing: tuple[AccountArea, ...] = ()
    lapses_on: date | None = None


@dataclass(frozen=True, slots=True)
class AgencyCheckReturned:
    """One agency looked the adult up in its own records (¶5.67); the event's sector says which agency."""

    enquirer: str
    officer: str
    result: AgencyCheck = AgencyCheck.UNKNOWN
    lapses_on: date | None = None


@dataclass(frozen=True, slots=True)
class RiskAssessed:
    """The risk of reuniting this child with this adult was assessed (¶5.67)."""

    enquirer: str
    officer: str
    decision: RiskDecision = RiskDecision.UNDECIDED
    keeps_child_safe: YesNo = YesNo.UNKNOWN
    exercises_responsibility: YesNo = YesNo.UNKNOWN
    contact_consistent_with_welfare: YesNo = YesNo.UNKNOWN
    lapses_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReleaseApproved:
    """A person approved one decision of the vault, on one risk assessment (its event_id)."""

    enquirer: str
    officer: str
    decision: str
    assessment: EventId
    lapses_on: date | None = None


@dataclass(frozen=True, slots=True)
class VerificationRevoked:
    """What was established about the adult no longer holds."""

    enquirer: str
    officer: str
    reason: RevocationReason = RevocationReason.OTHER


@dataclass(frozen=True, slots=True)
class LocationDisclosed:
    """The vault showed a location under a decision, to the person who speaks; never which location."""

    decision: str
    officer: str
    purpose: Purpose = Purpose.UNKNOWN
    enquirer: str | None = None


@dataclass(frozen=True, slots=True)
class ParentsContacted:
    """The parents in the country of origin were asked for their views (¶5.69)."""

    officer: str
    say: ParentsSay = ParentsSay.UNKNOWN
    enquirer: str | None = None


@dataclass(frozen=True, slots=True)
class Section47Started:
    """An enquiry under section 47 of the Children Act 1989 began (¶5.20-5.26)."""


@dataclass(frozen=True, slots=True)
class Section47Concluded:
    """The enquiry ended; until its meeting agrees, no further action is taken (¶5.35)."""

    outcome: Section47Outcome = Section47Outcome.UNDECIDED


@dataclass(frozen=True, slots=True)
class PlanAgreed:
    """The meeting after a section 47 enquiry agreed a plan, or did not (¶5.35)."""

    agreed: YesNo = YesNo.UNKNOWN
    release_agreed: YesNo = YesNo.UNKNOWN


@dataclass(frozen=True, slots=True)
class InterviewHeld:
    """The child was seen and heard, apart from carers (¶5.29, 5.39-5.40, 5.70). `officer` is an opaque handle."""

    officer: str
    interpreter: Interpreter = Interpreter.UNKNOWN
    apart_from_carers: YesNo = YesNo.UNKNOWN
    wishes_and_feelings_known: YesNo = YesNo.UNKNOWN


@dataclass(frozen=True, slots=True)
class PlacementThreatSeen:
    """Something unusual was seen around a placement (¶5.65); where is sealed."""

    kind: ThreatKind = ThreatKind.OTHER


@dataclass(frozen=True, slots=True)
class WorkerAllocated:
    """A worker was given the case (¶5.70); ended by a correction that says until when. `worker` is an opaque handle."""

    worker: str
    until: date | None = None


Fact = (
    ReferralMade
    | ReferralDecided
    | ChildMissing
    | Sighting
    | ChildFound
    | KinshipClaimed
    | ChildLookedAfter
    | PlacementStarted
    | PlacementEnded
    | BorderEncounter
    | PoliceContact
    | HealthAttendance
    | RecordsLinked
    | RecordsUnlinked
    | LinkRefused
)
LinkDecision = RecordsLinked | RecordsUnlinked | LinkRefused

FACTS: dict[str, type[Fact]] = {
    kind.__name__: kind
    for kind in (
        ReferralMade,
        ReferralDecided,
        ChildMissing,
        Sighting,
        ChildFound,
        KinshipClaimed,
        ChildLookedAfter,
        PlacementStarted,
        PlacementEnded,
        BorderEncounter,
        PoliceContact,
        HealthAttendance,
        RecordsLinked,
        RecordsUnlinked,
        LinkRefused,
    )
}
