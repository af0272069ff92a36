"""What was said about a child: one class an event type, coded facts only; where and in what words is sealed."""

from dataclasses import dataclass
from datetime import date

from services.core.codes import (
    Asked,
    Channel,
    Concern,
    Connection,
    Documents,
    FoundHow,
    HealthSetting,
    LinkGround,
    MissingKind,
    PoliceCircumstance,
    ReferralDecision,
    SeenBy,
    Setting,
    YesNo,
)
from services.core.ids import FactId, SubjectId
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
