"""What is shown of an adult who asks for a child: approaches, what was found out, and what may be said to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.casefeed.ladders import LadderView
from services.casefeed.views import TimelineEntry, View, timeline
from services.core.answers import Answer, answer_to_a_stranger, answers, correspondence
from services.core.claims import Subject
from services.core.codes import Asked, Channel, Connection
from services.core.facts import KinshipClaimed
from services.core.ids import CaseId, EventId, SubjectId
from services.core.letters import Step
from services.core.timeline import Entry, current


class Approach(View):
    """One approach, and the case and record of the child for whom the adult asked."""

    case_id: CaseId
    subject_id: SubjectId
    event_id: EventId
    connection: Connection
    channel: Channel
    asked: list[Asked]
    occurred_at: datetime | None
    known_at: datetime


class AnswerView(View):
    """What is said and written to the adult from the day `on` until the next answer is due."""

    step: Step
    on: date
    say: str
    letter: str
    do: list[str]


class EnquirySummary(View):
    """One line of the list of enquiries; the handle is the adult's, who they are is sealed."""

    enquirer: str
    approaches: list[Approach]


class EnquiryList(View):
    """The adults who approached, the latest first."""

    enquiries: list[EnquirySummary]


class EnquiryView(View):
    """Everything that is shown of one adult."""

    enquirer: str
    approaches: list[Approach]
    entries: list[TimelineEntry]
    ladders: list[LadderView]
    answers: list[AnswerView]


@dataclass(frozen=True, slots=True)
class SaidOfEnquirer:
    """One entry about an adult, with what it claims about the child, and the case in which it stands now."""

    case_id: CaseId
    entry: Entry
    claims: Subject


def enquiry_view(
    enquirer: str,
    seen: Sequence[SaidOfEnquirer],
    ladders: Sequence[LadderView],
    everything: Iterable[Entry],
    today: date,
) -> EnquiryView:
    """What is shown of an adult: of what is in sight, and answers of everything that they did."""
    return EnquiryView(
        enquirer=enquirer,
        approaches=approaches(seen),
        entries=timeline((said.entry, said.claims) for said in seen),
        ladders=list(ladders),
        answers=[answer_view(answer) for answer in answers(correspondence(everything, enquirer), today)],
    )


def approaches(said: Sequence[SaidOfEnquirer]) -> list[Approach]:
    """The approaches among these entries as they now stand, in timeline order."""
    cases = {one.entry.event_id: one.case_id for one in said}
    now_said = current(one.entry for one in said)
    return [
        _approach(cases[entry.event_id], entry, entry.fact)
        for entry in now_said
        if isinstance(entry.fact, KinshipClaimed)
    ]


def stranger_view(today: date) -> AnswerView:
    """What is said to an adult who stands at the counter now, whoever they are and whomever they ask for."""
    return answer_view(answer_to_a_stranger(today))


def answer_view(answer: Answer) -> AnswerView:
    """An answer as whoever gives it reads it."""
    words = answer.words
    return AnswerView(step=answer.step, on=answer.on, say=words.say, letter=words.letter, do=list(words.do))


def _approach(case_id: CaseId, entry: Entry, claim: KinshipClaimed) -> Approach:
    return Approach(
        case_id=case_id,
        subject_id=entry.subject_id,
        event_id=entry.event_id,
        connection=claim.connection,
        channel=claim.channel,
        asked=list(claim.asked),
        occurred_at=entry.occurred_at,
        known_at=entry.known_at,
    )
