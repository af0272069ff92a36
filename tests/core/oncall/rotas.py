"""Rotas for tests: of few people, with anything that a rota may hold, in zones whose clocks are changed."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from services.core.oncall.clocks import wall_of
from services.core.oncall.rota import Layer, Line, Override, Rota, Turn, Unit, Weekday, Window

DANA, OMAR, RUTH = ("d" * 32, "0" * 32, "f" * 32)
STAFF = frozenset({DANA, OMAR, RUTH})
LONDON = "Europe/London"
MONDAY = datetime(2026, 3, 23, 9)  # noqa: DTZ001 - what clocks on the wall show
QUARTER = timedelta(minutes=15)
CHANGES = [
    (LONDON, datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (LONDON, datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 10, 25, 1, tzinfo=UTC)),
]
"""Zones, and instants at which their clocks are changed, by an hour, by half an hour, or not at all."""


@dataclass(frozen=True)
class Published:
    """A rota, when it is published, and instants within its time, around which clocks are changed."""

    since: datetime
    rota: Rota

    @property
    def instants(self) -> list[datetime]:
        """A few minutes apart for as long as clocks may be wrong, and the first and last of its time."""
        middle = self.since + (self.rota.until - self.since) / 2
        near = (middle + timedelta(minutes=8 * step) for step in range(-20, 20))
        ends = self.since, self.rota.until - datetime.resolution
        return sorted({instant for instant in (*near, *ends) if self.since <= instant < self.rota.until})


_DAY_AND_HALF = 36 * 4
quarters = st.integers(-_DAY_AND_HALF, _DAY_AND_HALF) | st.integers(-8, 8)
people = st.sampled_from([DANA, OMAR, RUTH])
times = st.sampled_from([*range(3 * 4 + 1), 9 * 4, 18 * 4])
days = st.sampled_from([frozenset(Weekday), frozenset({Weekday.SAT, Weekday.SUN})])
windows = st.tuples(days, times, times)
turns = st.builds(Turn, every=st.integers(1, 3), unit=st.sampled_from(Unit))
layers = st.tuples(st.lists(people, min_size=1, max_size=2), quarters, turns, st.lists(windows, max_size=2))
overrides = st.tuples(people, quarters, st.integers(1, _DAY_AND_HALF))


def _published(place: tuple[str, datetime], half: int, of: list[Any], over: list[tuple[str, int, int]]) -> Published:
    zone, change = place
    half_of_it, wall = half * QUARTER, wall_of(change, ZoneInfo(zone))
    made = [
        Layer(tuple(named), wall + begins * QUARTER, turn, None, tuple(_window(*one) for one in open_at))
        for named, begins, turn, open_at in of
    ]
    named = [
        Override(person, change + start * QUARTER, change + (start + length) * QUARTER)
        for person, start, length in over
    ]
    return Published(change - half_of_it, Rota(zone, change + half_of_it, (Line(tuple(made), tuple(named)),)))


def _window(on: frozenset[Weekday], start: int, end: int) -> Window:
    begins, ends = (time(at // 4, at % 4 * 15) for at in (start, end))
    return Window(on, begins, ends)


published = st.builds(
    _published,
    st.sampled_from(CHANGES),
    st.integers(1, _DAY_AND_HALF),
    st.lists(layers, max_size=2),
    st.lists(overrides, max_size=3),
)
"""Rotas of one line with anything that it may hold, and half of their time before clocks are changed."""


def around(change: datetime, minutes: int) -> st.SearchStrategy[datetime]:
    return st.integers(-minutes, minutes).map(lambda passed: change + timedelta(minutes=passed))


def layer(*people: str, unit: Unit = Unit.WEEKS, every: int = 1, windows: tuple[Window, ...] = ()) -> Layer:
    """People who take turns from Monday 23 March 2026 at nine in the morning."""
    return Layer(people, MONDAY, Turn(every, unit), None, windows)


def rota(*layers: Layer, overrides: tuple[Override, ...] = (), days: int = 28, zone: str = LONDON) -> Rota:
    """A rota of one line from that Monday at nine on."""
    return Rota(zone, at(0) + timedelta(days=days), (Line(layers, overrides),))


def at(hours: float) -> datetime:
    """So many hours after Monday 23 March 2026, 09:00 UTC."""
    return datetime(2026, 3, 23, 9, tzinfo=UTC) + timedelta(hours=hours)
