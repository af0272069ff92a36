"""What coordinators are told of a decision: that a second person is asked for, or that it must be reviewed."""

from datetime import datetime
from enum import StrEnum

from services.core.rights import Person
from services.vault.decisions import Asked
from services.wire.avro import Record

WAITING = "DecisionWaiting"


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
