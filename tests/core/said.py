"""Statements and records as agencies say them, drawn and built for tests of what is shared of them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from services.core.claims import BirthDate, Identifier, Name, Subject
from services.core.codes import ClaimStatus, OrganisationKind, Precision, Role, Sector, Sex
from services.core.facts import FACTS, ChildFound, ChildMissing, Fact, Sighting
from services.core.ids import EventId, FactId, SubjectId
from services.core.sharing import OFFICER, Edge, EdgeKeys
from services.core.statements import LocationKey, Record, Statement

KEYS = EdgeKeys(b"k" * 32, b"p" * 32)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EDGE = Edge(KEYS, Sector.POLICE, NOW)


def statement(
    fact: Fact,
    *,
    key: str = "key-1",
    on: datetime | None = datetime(2026, 1, 1, tzinfo=UTC),
    role: Role = Role.UNVERIFIED,
    subject: Subject | None = None,
    location: Mapping[str, str] | None = None,
    narrative: str = "",
    recorded_at: datetime = NOW,
    in_answer_to: EventId | None = None,
) -> Statement:
    return Statement(
        fact=fact,
        natural_key=key,
        occurred_at=on,
        precision=Precision.DAY if on else Precision.UNKNOWN,
        recorded_at=recorded_at,
        role=role,
        table="lantern",
        row=1,
        subject=subject or Subject(),
        location=location or {},
        narrative=narrative,
        in_answer_to=in_answer_to,
    )


def record(
    *statements: Statement, kind: OrganisationKind = OrganisationKind.POLICE_FORCE, organisation: str = "ORGANISATION-1"
) -> Record:
    own = {"system": "system-1", "child": "CHILD-1"}
    return Record(organisation, kind, "system-1", "CHILD-1", sealed_identifiers=own, statements=statements)


def born(*values: str, status: ClaimStatus = ClaimStatus.DOCUMENTED) -> Subject:
    return Subject(dates_of_birth=tuple(BirthDate(value, status) for value in values))


IDS = st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}")
WORDS = st.text("abcdefghijklmnopqrstuvwxyzé '-", min_size=1, max_size=20)
st.register_type_strategy(FactId, IDS.map(FactId))
st.register_type_strategy(SubjectId, IDS.map(SubjectId))
st.register_type_strategy(EventId, IDS.map(EventId))

moments = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by hypothesis' rule
facts = st.one_of(*(st.from_type(kind) for kind in FACTS.values()))
births = st.dates().map(lambda day: day.isoformat()) | st.integers(1900, 2030).map(str)
subjects = st.builds(
    Subject,
    identifiers=st.lists(st.builds(Identifier), max_size=2).map(tuple),
    names=st.lists(st.builds(Name, text=WORDS), max_size=2).map(tuple),
    dates_of_birth=st.lists(st.builds(BirthDate, value=births), max_size=2).map(tuple),
    sex=st.sampled_from(Sex),
    nationalities=st.lists(st.sampled_from(["VN", "AL"]), max_size=2).map(tuple),
    languages=st.lists(st.sampled_from(["vi", "sq"]), max_size=2).map(tuple),
)
locations = st.dictionaries(st.sampled_from([key.value for key in LocationKey]), WORDS, max_size=3)


@st.composite
def statements(draw: st.DrawFn, subject: st.SearchStrategy[Subject] = subjects) -> Statement:
    fact = draw(facts)
    return Statement(
        fact=fact,
        natural_key=draw(WORDS),
        occurred_at=(on := draw(st.none() | moments)),
        precision=Precision.INSTANT if on else Precision.UNKNOWN,
        recorded_at=draw(moments),
        role=draw(st.sampled_from(Role)),
        table="lantern",
        row=draw(st.integers(1, 9)),
        subject=draw(subject),
        episode_key=draw(st.none() | WORDS) if isinstance(fact, Sighting | ChildFound) else None,
        enquirer_reference=draw(WORDS) if hasattr(fact, "enquirer") else None,
        people={name: draw(WORDS) for name in (OFFICER, "worker") if hasattr(fact, name)},
        in_answer_to=draw(st.none() | IDS.map(EventId)),
        location=draw(locations),
        narrative=draw(st.just("") | WORDS),
    )


@st.composite
def records(draw: st.DrawFn, *, missing: bool = False) -> Record:
    said = tuple(draw(st.lists(statements(), max_size=5)))
    if missing:
        said = (*said, statement(draw(st.builds(ChildMissing))))
    return Record(
        organisation=draw(WORDS),
        organisation_kind=draw(st.sampled_from(OrganisationKind)),
        system=draw(WORDS),
        source_id=draw(WORDS),
        sealed_identifiers={"system": "system-1", "child": draw(WORDS)},
        statements=said,
    )


edges = st.builds(
    Edge, keys=st.just(KEYS), sector=st.sampled_from(Sector), received_at=st.just(NOW + timedelta(days=9999))
)
