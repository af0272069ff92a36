"""What became of a submission, from its receipts: for people and for programs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.cli.sending import Plan, Refusal, reason_of, refusal
from services.core.statements import SENTENCES, Problem, ProblemReason
from services.wire.avro import Record

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Summary:
    """How many records there were, what became of them, and every refusal with its place."""

    submission_id: str
    records: int
    shared: int
    held_back: int
    unanswered: int
    refused: tuple[Refusal, ...]
    events: Mapping[str, int]
    event_ids: tuple[str, ...]
    subjects: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The form that `--json` prints."""
        return {
            "records": self.records,
            "shared": self.shared,
            "held_back": self.held_back,
            "refused": [{"record": one.record, "reason": one.reason, "detail": one.detail} for one in self.refused],
            "events": dict(self.events),
            "unanswered": self.unanswered,
            "submission": self.submission_id,
            "subjects": list(self.subjects),
        }


def summarise(submission_id: str, sent: Plan, receipts: Mapping[int, Record]) -> Summary:
    """Put a plan and its receipts together; a record that tells of an unreadable file is no child's."""
    children = {number for number, one in enumerate(sent.outgoing) if one.is_of_a_child}
    answers = [receipt for number, receipt in sorted(receipts.items()) if number in children]
    events = {event["event_id"]: event["event_type"] for receipt in answers for event in receipt["events"]}
    outcomes = Counter(receipt["outcome"] for receipt in answers)
    return Summary(
        submission_id,
        records=len(children),
        shared=outcomes["shared"],
        held_back=outcomes["held_back"],
        unanswered=len(sent.outgoing) - len(receipts),
        refused=(*sent.refusals, *_unread(sent, receipts), *(one for said in answers for one in _refusals(said, sent))),
        events=dict(sorted(Counter(events.values()).items())),
        event_ids=tuple(events),
        subjects=tuple(dict.fromkeys(receipt["subject_id"] for receipt in answers if receipt["subject_id"])),
    )


def _unread(sent: Plan, receipts: Mapping[int, Record]) -> Sequence[Refusal]:
    """What the processor could not read at all, so that it could not say which record it was."""
    if receipts.keys() <= set(range(len(sent.outgoing))):
        return ()
    reason = ProblemReason.UNREADABLE_RECORD
    return (Refusal(None, reason.value, f"records that the processor could not open: {SENTENCES[reason]}"),)


def _refusals(receipt: Record, sent: Plan) -> Sequence[Refusal]:
    number = receipt["source_seq"]
    files = sent.outgoing[number].files
    return [refusal(number, _problem(said), files) for said in receipt["problems"]]


def _problem(said: Record) -> Problem:
    return Problem(said["table"], said["row"], said["column"], reason_of(said["reason"]), said["missing_report"])


def show(console: Console, summary: Summary) -> None:
    """Print a summary for people."""
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("Records", str(summary.records))
    table.add_row("Shared", str(summary.shared))
    for event_type, count in summary.events.items():
        table.add_row(Text(f"  {event_type}"), str(count))
    table.add_row("Held back, without a reason to share", str(summary.held_back))
    table.add_row("Refused", str(len(summary.refused)))
    console.print(Group(table, *_refused_lines(summary.refused)))


def _refused_lines(refused: Sequence[Refusal]) -> list[RenderableType]:
    lines: list[RenderableType] = [Text(one.detail) for one in refused[:_SHOWN]]
    if len(refused) > _SHOWN:
        lines.append(Text(f"and {len(refused) - _SHOWN} more; --json lists them all."))
    return lines
