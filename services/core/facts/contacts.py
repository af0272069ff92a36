"""Where a child came to notice, and what was decided on it."""

from dataclasses import dataclass

from services.core.codes import (
    Concern,
    Connection,
    Documents,
    HealthSetting,
    PoliceCircumstance,
    ReferralDecision,
    Setting,
    YesNo,
)
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
