"""Frames that a published schema allows and nobody would expect, drawn from the schema: no reader stops at one."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from services.core.codes import Sector
from services.core.facts import FACTS
from services.wire.avro import Record, Schemas, load_schemas
from services.wire.signing import Signer
from services.wire.topics import CASE_UPDATES, topic_of
from tests.builders import START, an_id
from tests.conftest import HOME
from tests.vault.edge import Stored
from tests.vault.messages import PRIVATE

SCHEMAS: Schemas = load_schemas(HOME)
CHILDREN = tuple(map(an_id, range(1, 5)))
TEXTS = ("", "\x00", "a\x00b", "\U0001f9d2", "\u202e", " ", "A" * 32, "x" * 200, "[" * 90, "NaN", "9999", "9999-12-31")
DATES = (date.min, date.max, date(1970, 1, 1), START.date())
_MICROSECOND = timedelta(microseconds=1)
MOMENTS = (
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC) + _MICROSECOND,
    datetime(1970, 1, 1, tzinfo=UTC) - _MICROSECOND,
    *(START + timedelta(days=days) for days in range(4)),
)
NUMBERS = (0, 1, 2, -1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63))
DOUBLES = (0.0, -0.0, float("nan"), float("inf"), float("-inf"), 1.7976931348623157e308, 5e-324)
_LONGEST = 3
_EVENTS = count(2**64)
AT_MS = round(START.timestamp() * 1000)

IDS = st.sampled_from(CHILDREN)
_SAID = {
    **dict.fromkeys(("event_id", "fact_id", "subject_id", "org", "other"), IDS),
    **dict.fromkeys(("caused_by", "in_answer_to", "supersedes", "episode"), st.none() | IDS),
    "sector": st.sampled_from([sector.value for sector in Sector]),
}
"""What is no id makes a whole event unreadable, and then nothing else of it is tried."""

few = settings(
    max_examples=15,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""On real tables, which keep what came before: nothing is made smaller, for it would not fail alone."""


def records(name: str, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Record]:
    """Records of the newest schema of that name; a field that is `given` holds what is drawn from there."""
    return _values(SCHEMAS.newest(name).source, {}, given)


def frames(name: str, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    return records(name, **given).map(lambda record: SCHEMAS.encode(name, record))


def events(*names: str) -> st.SearchStrategy[Stored]:
    """Events of these names, or of any, as the processor of their own agency signs them."""
    return st.sampled_from(names or sorted(FACTS)).flatmap(lambda name: records(name, **_SAID).map(_signed_as(name)))


def updates() -> st.SearchStrategy[Stored]:
    """Case updates that hold such events."""
    held = st.fixed_dictionaries({"event": events().map(lambda one: one.value), "known_at": st.sampled_from(MOMENTS)})
    told = records("CaseUpdated", case_id=IDS, subject_id=IDS, event_id=IDS)
    return st.builds(_update, told, st.lists(held, max_size=8))


def _update(told: Record, entries: list[Record]) -> Stored:
    return Stored(0, SCHEMAS.encode("CaseUpdated", {**told, "entries": entries}), CASE_UPDATES, b"", (), AT_MS)


def _signed_as(name: str) -> Callable[[Record], Stored]:
    def signed(record: Record) -> Stored:
        head = record["head"] | {"event_id": an_id(next(_EVENTS))}
        value, key, topic = SCHEMAS.encode(name, {**record, "head": head}), head["subject_id"].encode(), topic_of(name)
        return Stored(0, value, topic, key, Signer(PRIVATE[Sector(head["sector"])]).headers(topic, key, value), AT_MS)

    return signed


def _values(kind: Any, named: dict[str, st.SearchStrategy[Any]], given: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    match kind:
        case {"type": "record", "name": str(name), "fields": fields}:
            drawn = {field["name"]: _values(field["type"], named, given) for field in fields}
            named[name] = st.fixed_dictionaries({field: given.get(field, values) for field, values in drawn.items()})
            return named[name]
        case {"type": "enum", "name": str(name), "symbols": symbols}:
            named[name] = st.sampled_from(symbols)
            return named[name]
        case {"type": "array", "items": items}:
            return st.lists(_values(items, named, given), max_size=_LONGEST)
        case ["null", other]:
            return st.none() | _values(other, named, given)
        case {"type": {} | [] as inner}:
            return _values(inner, named, given)
        case {"logicalType": str(name)} | {"type": str(name)} | str(name):
            return named[name] if name in named else _PLAIN[name]
    raise AssertionError(kind)


_PLAIN: Mapping[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from((*CHILDREN, *TEXTS)),
    "bytes": st.binary(max_size=40),
    "long": st.sampled_from(NUMBERS),
    "boolean": st.booleans(),
    "double": st.sampled_from(DOUBLES),
    "date": st.sampled_from(DATES),
    "timestamp-micros": st.sampled_from(MOMENTS),
}
