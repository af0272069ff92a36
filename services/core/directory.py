"""Who may learn which office stands behind a handle: a worker on the case, for their work; nobody else (design 6.3).

It needs no second person and no lease, but an office gives an area away, so it needs the allocation and a purpose.
"""

from datetime import datetime

from services.core.allocation import allocated_until
from services.core.codes import Purpose
from services.core.denials import Reason
from services.core.gates import Allow, Deny
from services.core.known import Knowledge
from services.core.sayings import Sayings

PURPOSES = frozenset({Purpose.SEARCH_FOR_CHILD, Purpose.PROTECT_CHILD, Purpose.CARE_OF_CHILD})


def may_look_up(handle: str, purpose: Purpose, known: Knowledge, now: datetime) -> Allow | Deny:
    """Whether this person may see the offices that keep the child's records; what is not whole denies (¶5.70)."""
    until = allocated_until(Sayings(known).of_child, handle, now)
    lacking = {
        Reason.WRONG_PURPOSE: purpose not in PURPOSES,
        Reason.NOT_WHOLE: not known.whole,
        Reason.NOT_ENTITLED: until is None,
    }
    reasons = frozenset(reason for reason, lacks in lacking.items() if lacks)
    return Deny(reasons) if until is None or reasons else Allow(until)
