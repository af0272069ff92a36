"""What was said about a child: one class an event type, coded facts only; where and in what words is sealed."""

from typing import get_args

from services.core.facts.contacts import BorderEncounter, HealthAttendance, PoliceContact, ReferralDecided, ReferralMade
from services.core.facts.enquiries import (
    AgencyCheckReturned,
    EnquirerInterviewed,
    IdentityChecked,
    KinshipClaimed,
    LocationDisclosed,
    ParentsContacted,
    RelationshipChecked,
    ReleaseApproved,
    RiskAssessed,
    VerificationRevoked,
)
from services.core.facts.links import LinkRefused, RecordsLinked, RecordsUnlinked
from services.core.facts.missing import ChildFound, ChildMissing, DebriefHeld, ReportWithdrawn, Sighting
from services.core.facts.safeguarding import (
    ChildLookedAfter,
    ContingencyPlanFiled,
    InterviewHeld,
    PlacementEnded,
    PlacementStarted,
    PlacementThreatSeen,
    PlanAgreed,
    ReturnDecided,
    Section47Concluded,
    Section47Started,
    WorkerAllocated,
)

__all__ = [
    "FACTS",
    "AgencyCheckReturned",
    "BorderEncounter",
    "ChildFound",
    "ChildLookedAfter",
    "ChildMissing",
    "ContingencyPlanFiled",
    "DebriefHeld",
    "EnquirerInterviewed",
    "Fact",
    "HealthAttendance",
    "IdentityChecked",
    "InterviewHeld",
    "KinshipClaimed",
    "LinkDecision",
    "LinkRefused",
    "LocationDisclosed",
    "ParentsContacted",
    "PlacementEnded",
    "PlacementStarted",
    "PlacementThreatSeen",
    "PlanAgreed",
    "PoliceContact",
    "RecordsLinked",
    "RecordsUnlinked",
    "ReferralDecided",
    "ReferralMade",
    "RelationshipChecked",
    "ReleaseApproved",
    "ReportWithdrawn",
    "ReturnDecided",
    "RiskAssessed",
    "Section47Concluded",
    "Section47Started",
    "Sighting",
    "VerificationRevoked",
    "WorkerAllocated",
]

Fact = (
    ReferralMade
    | ReferralDecided
    | ChildMissing
    | Sighting
    | ChildFound
    | DebriefHeld
    | ReportWithdrawn
    | KinshipClaimed
    | EnquirerInterviewed
    | IdentityChecked
    | RelationshipChecked
    | AgencyCheckReturned
    | RiskAssessed
    | ReleaseApproved
    | VerificationRevoked
    | LocationDisclosed
    | ParentsContacted
    | ChildLookedAfter
    | PlacementStarted
    | PlacementEnded
    | PlacementThreatSeen
    | ContingencyPlanFiled
    | ReturnDecided
    | Section47Started
    | Section47Concluded
    | PlanAgreed
    | InterviewHeld
    | WorkerAllocated
    | BorderEncounter
    | PoliceContact
    | HealthAttendance
    | RecordsLinked
    | RecordsUnlinked
    | LinkRefused
)
LinkDecision = RecordsLinked | RecordsUnlinked | LinkRefused

FACTS: dict[str, type[Fact]] = {kind.__name__: kind for kind in get_args(Fact)}
