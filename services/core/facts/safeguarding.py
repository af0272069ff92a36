"""What is done to keep a child safe (¶5.20-5.40, 5.60-5.72)."""

from dataclasses import dataclass
from datetime import date

from services.core.codes import Interpreter, Section47Outcome, Sector, ThreatKind, YesNo


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
class ContingencyPlanFiled:
    """What is done if the child goes missing (¶5.75): the agencies that are told besides the police and the authority.

    A correction replaces it; whom else it names is sealed.
    """

    notify: tuple[Sector, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnDecided:
    """Whether the child is to be returned to the country of origin (¶5.53); while it is not known, doubt counts."""

    returns: YesNo = YesNo.UNKNOWN


@dataclass(frozen=True, slots=True)
class WorkerAllocated:
    """A worker was given the case (¶5.70); ended by a correction that says until when. `worker` is an opaque handle."""

    worker: str
    until: date | None = None
