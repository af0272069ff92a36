"""What is said of an adult who claims a child (¶5.65-5.69); adults, officers and decisions are opaque handles."""

from dataclasses import dataclass
from datetime import date

from services.core.codes import (
    AccountArea,
    AgencyCheck,
    Asked,
    Channel,
    Connection,
    Finding,
    IdentityEvidence,
    Interpreter,
    ParentsSay,
    Purpose,
    RelationshipEvidence,
    RevocationReason,
    RiskDecision,
    YesNo,
)
from services.core.ids import EventId


@dataclass(frozen=True, slots=True)
class KinshipClaimed:
    """An adult says they belong to the child (¶5.65-5.67). `enquirer` is an opaque handle; who they are is sealed."""

    enquirer: str
    connection: Connection = Connection.OTHER
    channel: Channel = Channel.OTHER
    asked: tuple[Asked, ...] = ()


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
