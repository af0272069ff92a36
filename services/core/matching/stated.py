"""What events say of who is who: people's decisions about two records, and the numbers of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.core.claims import Subject
from services.core.codes import ClaimStatus, Precision
from services.core.facts import KinshipClaimed, LinkRefused, RecordsLinked, RecordsUnlinked
from services.core.ids import SubjectId, handle_in
from services.core.matching.components import Decision, IdentifierKey, Verdict
from services.core.matching.groups import pair_of
from services.core.matching.stand_ins import stands_for_no_number
from services.core.timeline import NEVER, Entry

VERDICTS = {RecordsLinked: Verdict.LINKED, RecordsUnlinked: Verdict.UNLINKED, LinkRefused: Verdict.REFUSED}


@dataclass(frozen=True, slots=True)
class Stated:
    """A person's decision, and the record whose event says it."""

    decision: Decision
    by: SubjectId


def decision_of(entry: Entry) -> Stated | None:
    """The decision that an entry says, if it says one about two records.

    It was made when it is said to have been, and no later than it was recorded: what a fast clock dates ahead would
    outlive whoever undoes it meanwhile. Where only a day is known, which cannot order two, it was when last recorded.
    """
    fact = entry.fact
    if not isinstance(fact, RecordsLinked | RecordsUnlinked | LinkRefused) or fact.other == entry.subject_id:
        return None
    exact = entry.occurred_at if entry.precision is Precision.INSTANT else None
    made_at = min(exact or entry.recorded_at, entry.recorded_at)
    pair = pair_of(entry.subject_id, fact.other)
    by = handle_in(fact.decided_by) if isinstance(fact, RecordsLinked) else None
    decision = Decision(pair, VERDICTS[type(fact)], made_at, entry.event_id, by)
    return Stated(decision, entry.subject_id)


def asked_for_at(entry: Entry) -> datetime | None:
    """When an adult asked for the record's child, if this entry says so; who does not say when asked before everything.

    When it was recorded does not count: what is sent again is recorded later, and a link that one person made in
    between would then do.
    """
    return entry.occurred_at or NEVER if isinstance(entry.fact, KinshipClaimed) else None


def numbers_of(claims: Iterable[Subject]) -> frozenset[IdentifierKey]:
    """The numbers by which a record may be joined, of all that it claims: none that is unverified or disputed.

    Nor one that stands where nobody knew a number.
    """
    said = [number for claim in claims for number in claim.identifiers if number.status is not ClaimStatus.UNVERIFIED]
    disputed = {(number.scheme, number.value) for number in said if number.status is ClaimStatus.DISPUTED}
    told = [number for number in said if number.value.strip() and not stands_for_no_number(number.value)]
    return frozenset((number.scheme, number.value) for number in told) - disputed
