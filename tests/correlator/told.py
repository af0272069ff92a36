"""What somebody knows who hears only what the correlator tells, in whatever order it comes."""

from collections.abc import Iterable
from datetime import datetime

from services.core.ids import CaseId, SubjectId
from services.core.matching.groups import Pair
from services.core.matching.scoring import Evidence, Verdict
from services.correlator.decoding import Decoder
from services.correlator.likeness import Edge
from services.correlator.said import Said
from services.wire.avro import Record
from tests.correlator.memory import digests


def as_told(decoder: Decoder, messages: Iterable[bytes]) -> tuple[dict[CaseId, str], dict[str, Record]]:
    """The digest of every case, and the state of every case that has records, by what the highest versions say."""
    assigned: dict[SubjectId, tuple[int, CaseId]] = {}
    states: dict[str, tuple[int, Record]] = {}
    frames: dict[bytes, datetime] = {}
    last_said: dict[str, datetime] = {}
    for message in messages:
        _, update = decoder.schemas.decode(message, ("CaseUpdated",))
        version, case = update["version"], CaseId(update["case_id"])
        states[case] = max((version, update["state"]), states.get(case, (0, {})), key=lambda known: known[0])
        for one in update["subjects"]:
            place = one["assignment_version"], case
            assigned[one["subject_id"]] = max(place, assigned.get(one["subject_id"], (0, case)))
        frames |= {entry["event"]: entry["known_at"] for entry in update["entries"]}
        for again in update["said_again"]:
            last = last_said.get(again["event_id"], again["recorded_at"])
            last_said[again["event_id"]] = max(last, again["recorded_at"])
    cases = {subject: case for subject, (_, case) in assigned.items()}
    held = [_said(decoder, frame, known_at, last_said) for frame, known_at in frames.items()]
    return digests(cases, held), {case: state for case, (_, state) in states.items() if case in cases.values()}


def links_as_told(decoder: Decoder, messages: Iterable[bytes]) -> tuple[frozenset[Edge], frozenset[Pair]]:
    """The edges by score, and the pairs about which numbers conflict, by what the highest versions say."""
    last: dict[tuple[str, Pair], Record] = {}
    for message in messages:
        _, told = decoder.schemas.decode(message, ("LinkProposed",))
        key = told["proposed_by"], (told["one"], told["other"])
        last[key] = max(told, last.get(key, told), key=lambda one: one["version"])
    stands = {key: told for key, told in last.items() if told["verdict"] != "apart"}
    edges = (_edge(pair, told) for (by, pair), told in stands.items() if by == "score")
    return frozenset(edges), frozenset(pair for by, pair in stands if by == "numbers")


def _edge(pair: Pair, told: Record) -> Edge:
    evidence = (Evidence(one["field"], one["level"], one["bits"]) for one in told["evidence"])
    return Edge(pair, Verdict(told["verdict"]), tuple(evidence))


def _said(decoder: Decoder, frame: bytes, known_at: datetime, last_said: dict[str, datetime]) -> Said:
    _, record = decoder.schemas.decode(frame)
    recorded_at = record["head"]["recorded_at"]
    return decoder.again(frame, known_at, max(recorded_at, last_said.get(record["head"]["event_id"], recorded_at)))
