"""What the pages are shown of: a few plainly synthetic children, each with something else to show."""

from services.casefeed.handlers import Pattern, Projection
from services.casefeed.proposals import Proposal
from services.core.codes import (
    Asked,
    Channel,
    Concern,
    Connection,
    FoundHow,
    MissingKind,
    ReferralDecision,
    Sector,
    YesNo,
)
from services.core.facts import (
    BorderEncounter,
    ChildFound,
    ChildMissing,
    KinshipClaimed,
    RecordsLinked,
    ReferralDecided,
    ReferralMade,
    WorkerAllocated,
)
from services.core.ids import SubjectId, person_handle
from services.core.indicators import Indicator
from services.core.matching.proposals import ProposedBy
from services.core.matching.scoring import Evidence, Verdict
from services.core.radar import PatternKind
from services.core.rights import PersonRole
from tests.builders import an_id, day, entry
from tests.casefeed.house import PEOPLE_KEY
from tests.casefeed.updates import Update, known_at

MISSING, REFERRED, HIDDEN = (number << 120 for number in (0xA1, 0xB2, 0xC3))
"""Three children: one missing, with an adult who asks; one referred; one whose case is nobody's."""
ADULT = "ad" * 16
WORKER = person_handle(PEOPLE_KEY, PersonRole.SOCIAL_WORKER)

_MISSING = (
    entry(
        ChildMissing(MissingKind.MISSING, (Indicator.MISSING_FROM_CARE,)), event=1, subject=MISSING, occurred_at=day(1)
    ),
    entry(
        KinshipClaimed(ADULT, Connection.AUNT_OR_UNCLE, Channel.COUNTER, (Asked.LOCATION,)), event=2, subject=MISSING
    ),
    entry(RecordsLinked(SubjectId(an_id(MISSING + 1))), event=3, subject=MISSING, occurred_at=None),
)
_REFERRED = (
    entry(
        ReferralMade((Concern.NATIONAL_REFERRAL_MECHANISM,), (Indicator.MALNOURISHED,), accompanied=YesNo.NO),
        event=11, subject=REFERRED, occurred_at=day(2), sector=Sector.HEALTH,
    ),
    entry(BorderEncounter(accompanied=YesNo.YES), event=12, of_fact=12, subject=REFERRED, occurred_at=day(1)),
    entry(WorkerAllocated(WORKER), event=14, subject=REFERRED, occurred_at=day(1), sector=Sector.LOCAL_AUTHORITY),
)  # fmt: skip
_CORRECTED = known_at(
    entry(
        BorderEncounter(accompanied=YesNo.NO),
        event=13, of_fact=12, subject=REFERRED, occurred_at=day(1), recorded_at=day(3),
    ),
    day(3),
)  # fmt: skip
_HIDDEN = (
    entry(ReferralMade(), event=21, subject=HIDDEN, occurred_at=day(1)),
    entry(ReferralDecided(ReferralDecision.STRATEGY_DISCUSSION), event=22, subject=HIDDEN, occurred_at=day(2)),
    entry(ChildMissing(MissingKind.MISSING), event=23, subject=HIDDEN, occurred_at=day(2)),
    entry(ChildFound(how=FoundHow.SEEN_IN_PERSON), event=24, subject=HIDDEN, occurred_at=day(3)),
)
HISTORY = (
    Update(MISSING, 1, day(4), subjects=[(MISSING, 1)], new=_MISSING),
    Update(REFERRED, 1, day(2), subjects=[(REFERRED, 1)], new=_REFERRED),
    Update(REFERRED, 2, day(3), timeline=_REFERRED, new=[_CORRECTED]),
    Update(HIDDEN, 1, day(4), subjects=[(HIDDEN, 1)], new=_HIDDEN),
)
_AROUND = frozenset({SubjectId(an_id(MISSING)), SubjectId(an_id(HIDDEN))})
FOUND = Projection(
    (),
    (),
    (),
    (),
    patterns=(
        Pattern("fa" * 16, PatternKind.TELEPHONE, frozenset(SubjectId(an_id(one)) for one in (MISSING, HIDDEN))),
    ),
    proposals=(
        Proposal(
            (SubjectId(an_id(REFERRED)), SubjectId(an_id(HIDDEN))),
            ProposedBy.SCORE,
            Verdict.ASK,
            (Evidence("names", "alike", 7.5), Evidence("dates_of_birth", "differ", -3.25)),
            1,
            day(4),
        ),
    ),
)
"""One telephone around two children, and two records that may be of one child."""
