"""What a hub told, as texts to be compared: messages and answers, with ciphertexts by their length only.

Where an order is that of ids, which are random, it is checked to be that order and then left out: what stands in it is
told piece by piece. A case is called after its smallest id, which is random too: here it has a name of its own.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from services.core.facts import FACTS
from services.wire.avro import Record, Schemas
from services.wire.signing import HEADER

Json = Mapping[str, Any]

_OF_THE_CHILD = {"opened", "put_on_record", "found", "ended"}
_SHORT_ID = re.compile(r"\b[0-9a-f]{8}([0-9a-f]{24})?\b")


def text_of(what: str, said: object) -> str:
    """One text: where it was said, and what."""
    return f"{what}: {json.dumps(said, sort_keys=True, ensure_ascii=False, default=_plain)}"


def _plain(value: object) -> str:
    return (
        f"<{len(value)} bytes>" if isinstance(value, bytes) else value.isoformat() if isinstance(value, date) else "?"
    )


def of_message(schemas: Schemas, topic: str, key: bytes, value: bytes, headers: Json) -> Iterator[str]:
    """A message of a topic; of a case update its entries alone, for into how many it is cut is a matter of time."""
    name, record = schemas.decode(value)
    if name == "CaseUpdated":
        for entry in record["entries"]:
            yield text_of("entry of a case update", schemas.decode(entry["event"], FACTS))
    else:
        yield text_of(f"topic {topic}", [key.decode(), name, record, headers])


def headers_of(said: Iterable[tuple[str, bytes]]) -> dict[str, str | bytes]:
    """A message's headers; a signature is no text."""
    return {name: value if name == HEADER else value.decode() for name, value in said}


def called(cases: Iterable[Json]) -> dict[str, str]:
    """The name of each record's case, made from its id."""
    return {
        subject: hashlib.blake2b(case["case_id"].encode(), digest_size=16).hexdigest()
        for case in cases
        for subject in case["subjects"]
    }


def of_case(case: Json, names: Mapping[str, str]) -> Iterator[str]:
    """A case as it is shown: its state, its records, and its entries in the order in which they happened."""
    name = names[case["case_id"]]
    yield from of_summary({**case, "known_at": None, "entries": []}, names)
    entries = case["entries"]
    assert [entry["occurred_at"] or "" for entry in entries] == sorted(entry["occurred_at"] or "" for entry in entries)
    for _, alike in groupby(entries, key=lambda entry: (entry["occurred_at"], entry["type"])):
        _in_order([entry["event_id"] for entry in alike])
    yield text_of("order of a case", [name, [[entry["occurred_at"], entry["type"]] for entry in entries]])
    yield from (text_of("entry of a case", [name, entry]) for entry in entries)


def of_summary(case: Json, names: Mapping[str, str]) -> Iterator[str]:
    """A line of the list of cases."""
    name = names[case["case_id"]]
    episodes = [episode["episode"] for episode in case["state"]["open_episodes"]]
    _in_order(case["subjects"])
    _in_order(episodes)
    state = {key: value for key, value in case["state"].items() if key != "open_episodes"}
    yield text_of("case", [name, {**case, "case_id": None, "subjects": len(case["subjects"]), "state": state}])
    yield from (text_of("record of a case", [name, subject]) for subject in case["subjects"])
    yield from (text_of("open episode of a case", [name, episode]) for episode in case["state"]["open_episodes"])


def of_patterns(patterns: Iterable[Json], names: Mapping[str, str]) -> Iterator[str]:
    """The patterns as they are shown, the widest first."""
    shown = list(patterns)
    widths = [(-len(pattern["cases"]), pattern["pattern_id"]) for pattern in shown]
    assert widths == sorted(widths)
    for pattern in shown:
        name = pattern["pattern_id"]
        _in_order(pattern["cases"])
        yield text_of("pattern", [name, pattern["kind"], len(pattern["cases"])])
        yield from (text_of("case of a pattern", [name, names[case]]) for case in pattern["cases"])


def of_widest(schemas: Schemas, patterns: Iterable[bytes]) -> Iterator[str]:
    """What patterns.v1 says in the end: how often a pattern is told while it grows is a matter of time."""
    widest: dict[str, Record] = {}
    for frame in patterns:
        _, record = schemas.decode(frame)
        known = widest.setdefault(record["pattern_id"], record)
        if len(record["subjects"]) > len(known["subjects"]):
            widest[record["pattern_id"]] = record
    for name, record in widest.items():
        _in_order(record["subjects"])
        yield text_of("topic patterns.v1", [name, record["kind"], len(record["subjects"])])
        yield from (text_of("record of a pattern", [name, subject]) for subject in record["subjects"])


def of_alerts(schemas: Schemas, alerts: Iterable[bytes]) -> Iterator[str]:
    """Which alerts there were, and whether each began or ended: who is paged, and how grave it looks, is of time."""
    happened = (schemas.decode(frame)[1] for frame in alerts)
    told = {(one["alert_id"], one["what"], one["kind"]) for one in happened if one["what"] in _OF_THE_CHILD}
    yield from (text_of("topic alerts.v1", one) for one in told)


def of_enquiry(enquiry: Json, names: Mapping[str, str]) -> Iterator[str]:
    """An adult who asks, as they are shown: what they did, what was found out in each case, and what they are told."""
    adult = enquiry["enquirer"]
    for what in ("approaches", "entries", "ladders"):
        yield from (text_of(f"{what} of an adult", [adult, _renamed(said, names)]) for said in enquiry.get(what, ()))
    yield text_of("answers to an adult", [adult, enquiry.get("answers")])


def _renamed(said: Json, names: Mapping[str, str]) -> Json:
    """The same with the name of the case in place of its id."""
    return {**said, "case_id": names[said["case_id"]]} if "case_id" in said else said


def of_feed(line: str, names: Mapping[str, str]) -> str:
    """An entry of the live feed."""
    said = json.loads(line)
    return text_of("the feed", {**said, "case_id": names[said["case_id"]]})


def of_page(page: str) -> Iterator[str]:
    """The lines of a page, the ids on them left out: they are short there."""
    return (f"page: {_SHORT_ID.sub('<id>', line)}" for line in page.splitlines())


def _in_order(ids: list[str]) -> None:
    assert ids == sorted(ids), "ids stand in an order that is not their own"
