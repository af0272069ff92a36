"""What may be said to an adult who asks for a child, from the approach to the closing letter: one fixed table.

An answer is a function of the correspondence, of what the enquirer did and when, and never of a child: for a known
child, an unknown one and one under protection it has the same words, steps and days, because nothing that could tell
them apart is asked (¶5.39, ¶5.65). Who may be told more is told in person, by the social worker, when the gate allows
it; the letters go on as they would have.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.core.codes import YesNo
from services.core.facts import EnquirerInterviewed, KinshipClaimed
from services.core.letters import WORDS, Step, Words
from services.core.timeline import Entry, current

OFFER_AFTER = timedelta(days=2)
REMIND_AFTER = timedelta(days=14)
CLOSE_AFTER = timedelta(days=28)


class Act(StrEnum):
    """What an enquirer did."""

    APPROACHED = "approached"
    INTERVIEWED = "interviewed"


@dataclass(frozen=True, slots=True, order=True)
class Contact:
    """One thing that the enquirer did, on the day on which they did it."""

    on: date
    act: Act


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said from the day `on` until the next answer is due."""

    step: Step
    on: date
    words: Words


def correspondence(entries: Iterable[Entry], enquirer: str) -> tuple[Contact, ...]:
    """What this adult did, by day, from everything that was said; each thing once, whichever child they asked for."""
    return tuple(sorted({contact for entry in current(entries) for contact in _contacts(entry, enquirer)}))


def answers(contacts: Iterable[Contact], today: date) -> tuple[Answer, ...]:
    """Every answer that was due by `today`, in order; none to somebody who never approached."""
    done = sorted({contact for contact in contacts if contact.on <= today})
    due = [answer for contacts in _rounds(done) for answer in _round(contacts)]
    return tuple(answer for answer in due if answer.on <= today)


def answer_to_a_stranger(today: date) -> Answer:
    """What is said to an adult who approaches for the first time, before anything of them is written down."""
    return Answer(Step.ACKNOWLEDGED, today, WORDS[Step.ACKNOWLEDGED])


def _contacts(entry: Entry, enquirer: str) -> Iterator[Contact]:
    on = (entry.occurred_at or entry.recorded_at).date()
    match entry.fact:
        case KinshipClaimed(enquirer=who) if who == enquirer:
            yield Contact(on, Act.APPROACHED)
        case EnquirerInterviewed(enquirer=who, completed=YesNo.YES) if who == enquirer:
            yield Contact(on, Act.INTERVIEWED)


def _rounds(contacts: list[Contact]) -> list[list[Contact]]:
    """Each begins with an approach, and ends with its closing letter; who approaches after that begins anew."""
    rounds: list[list[Contact]] = []
    for contact in contacts:
        if rounds and contact.on < rounds[-1][0].on + CLOSE_AFTER:
            rounds[-1].append(contact)
        elif contact.act is Act.APPROACHED:
            rounds.append([contact])
    return rounds


def _round(contacts: list[Contact]) -> list[Answer]:
    """The answers of one round; on one day the later step stands last."""
    first = contacts[0].on
    interviews = [contact.on for contact in contacts if contact.act is Act.INTERVIEWED]
    steps = [(first, Step.ACKNOWLEDGED), (first + CLOSE_AFTER, Step.CLOSED)]
    steps += [(on, Step.APPROACHED_AGAIN) for on in _again(contacts)]
    steps += [(on, Step.CONSIDERED) for on in interviews[:1]]
    for after, step in ((OFFER_AFTER, Step.INTERVIEW_OFFERED), (REMIND_AFTER, Step.REMINDED)):
        if not any(on <= first + after for on in interviews):
            steps.append((first + after, step))
    ordered = sorted(steps, key=lambda one: (one[0], _ORDER[one[1]]))
    return [Answer(step, on, WORDS[step]) for on, step in ordered]


def _again(contacts: list[Contact]) -> list[date]:
    return [contact.on for contact in contacts[1:] if contact.act is Act.APPROACHED]


_ORDER = {step: number for number, step in enumerate(Step)}
