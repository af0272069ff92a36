"""What the audit says of a decision on a location: who tried what, what came of it, and why; never what was shown."""

from collections.abc import Collection
from dataclasses import dataclass

from services.core.audit import Action, Entry, Kind, Outcome, about
from services.core.codes import Purpose
from services.core.gates import Allow, Deny
from services.core.ids import SubjectId
from services.core.rights import Person
from services.runtime.signin.doorkeeper import by
from services.vault.decisions import Act, Asked, Decision, Denied, Judgement, Refusal, Step


def action_of(act: Act) -> Action:
    """An act as the audit calls it."""
    return Action(f"location_{act}")


def asked_for(asked: Asked, who: Person) -> Entry:
    """Somebody asked for a location, for a purpose."""
    return by(who, Entry(Action.LOCATION_ASKED, Outcome.ALLOWED, about=whole(asked), reasons=(asked.purpose.value,)))


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt, what it came to, and the judgement under which it was made."""

    act: Act
    outcome: Step | Refusal
    judgement: Judgement


def attempted(asked: Asked, who: Person, tried: Tried) -> Entry:
    """Somebody tried something: it was done, or refused for reasons that only the audit tells."""
    outcome = tried.outcome
    if isinstance(outcome, Step):
        came = Outcome.ALLOWED if outcome.act is tried.act else Outcome.DENIED
        entry = Entry(action_of(outcome.act), came, about=whole(asked), reasons=tuple(sorted(outcome.reasons)))
    else:
        why = tried.judgement.reasons if isinstance(tried.judgement, Denied) else frozenset()
        codes = (outcome.value, *(sorted(why) if outcome is Refusal.DENIED else ()))
        known = whole(asked) if outcome is not Refusal.UNKNOWN else (about(Kind.DECISION, asked.decision_id),)
        entry = Entry(action_of(tried.act), Outcome.DENIED, about=known, reasons=codes)
    return by(who, entry)


def read(found: Decision | None, decision_id: str, who: Person) -> Entry:
    """Somebody looked how a decision stands; one that is not there is denied like another's."""
    asked = about(Kind.DECISION, decision_id)
    if found is None:
        return by(who, Entry(Action.DECISION_READ, Outcome.DENIED, about=(asked,), reasons=(Refusal.NOT_THEIRS.value,)))
    return by(who, Entry(Action.DECISION_READ, Outcome.ALLOWED, about=whole(found.asked)))


def listed(decisions: list[Decision], who: Person) -> Entry:
    """Somebody saw which decisions of theirs stand open."""
    shown = tuple(about(Kind.DECISION, one.asked.decision_id) for one in decisions)
    return by(who, Entry(Action.DECISIONS_LISTED, Outcome.ALLOWED, about=shown, count=len(shown)))


def looked_up(subjects: Collection[SubjectId], purpose: Purpose, who: Person, judged: Allow | Deny) -> Entry:
    """Somebody looked up, for a purpose, which offices keep a child's records; or was denied it, and why."""
    denied = sorted(reason.value for reason in judged.reasons) if isinstance(judged, Deny) else []
    records = tuple(about(Kind.RECORD, one) for one in sorted(subjects))
    came = Outcome.DENIED if denied else Outcome.ALLOWED
    return by(who, Entry(Action.DIRECTORY_READ, came, about=records, reasons=(purpose.value, *denied)))


def whole(asked: Asked) -> tuple[str, ...]:
    """The decision, every record of the child that it is about, and the adult to whom it would be released."""
    records = (about(Kind.RECORD, one) for one in sorted(asked.child.subjects))
    enquirer = (about(Kind.ENQUIRER, asked.enquirer),) if asked.enquirer else ()
    return (about(Kind.DECISION, asked.decision_id), *records, *enquirer)
