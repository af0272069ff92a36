"""What colleagues are told of a decision: that it waits for a second person or a review, and that it no longer does."""

from datetime import datetime
from enum import StrEnum

from services.core.rights import Person
from services.vault.decisions import Act, Asked
from services.wire.avro import Record

WAITING = "DecisionWaiting"
ANSWERED = "DecisionAnswered"


class Waits(StrEnum):
    """What a decision waits for."""

    SECOND_PERSON = "second_person"
    REVIEW = "review"


def waiting(asked: Asked, who: Person, waits: Waits, due_at: datetime) -> Record:
    """The lantern.DecisionWaiting of what `who` asks; of the child, the record asked about and nothing more."""
    return {
        "decision_id": asked.decision_id,
        "subject_id": asked.subject,
        "purpose": asked.purpose,
        "asked_by": asked.by,
        "sector": who.sector,
        "asked_at": asked.at,
        "waits_for": waits,
        "due_at": due_at,
    }


def ended_by(act: Act) -> Waits:
    """What a decision no longer waits for after this step; the answer of a second person is void with the decision."""
    return Waits.REVIEW if act is Act.REVIEW else Waits.SECOND_PERSON


def answered(asked: Asked, waits: Waits, now: datetime) -> Record:
    """The lantern.DecisionAnswered of what is no longer waited for; never what was answered, nor by whom."""
    return {
        "decision_id": asked.decision_id,
        "subject_id": asked.subject,
        "waited_for": waits,
        "answered_at": now,
    }
