"""What was measured, as plain numbers, and how it is printed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

_MICROSECONDS = 1e6
_MIB = 1 << 20
_IGNORED = 0.1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figures:
    """Floors, rates and CPU in events a second and CPU seconds an event; latency in seconds; memory in bytes."""

    cores: int
    events: int
    floors: Mapping[str, float]
    whole_path: float
    whole_path_cpu: Mapping[str, float]
    correlator_alone: float
    correlator_alone_cpu: Mapping[str, float]
    made_again: float
    feed_rate: float
    feed_p50: float
    feed_p99: float
    alerts: int
    page_p50: float
    page_p99: float
    idle_cpu: Mapping[str, float]
    memory: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of all values does not exceed (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError
    return sorted(values)[max(ceil(share * len(values)), 1) - 1]


def warm(taken: Sequence[T]) -> Sequence[T]:
    """All but the first tenth, which only warm up what they pass through."""
    return taken[round(len(taken) * _IGNORED) :]


def floor_rows(table: Table, floors: Mapping[str, float]) -> None:
    """What the machine can do at all, a line each."""
    for name, rate in floors.items():
        table.add_row(f"floor: {name}", f"{rate:,.0f}/s", "")


def show(console: Console, figures: Figures) -> None:
    """Print everything as a table."""
    table = Table("what", "figure", "beside", box=None, title=f"{figures.events} events, {figures.cores} cores")
    floor_rows(table, figures.floors)
    table.add_row("whole path", f"{figures.whole_path:,.0f} events/s", _cpu(figures.whole_path_cpu))
    table.add_row("correlator alone", f"{figures.correlator_alone:,.0f} events/s", _cpu(figures.correlator_alone_cpu))
    table.add_row("made again from Kafka", f"{figures.made_again:,.0f} events/s", "by the correlator, for a rebuild")
    table.add_row(
        "publish to feed",
        waited(figures.feed_p50, figures.feed_p99),
        f"at {figures.feed_rate:.0f} events/s",
    )
    table.add_row(
        "publish to first page",
        waited(figures.page_p50, figures.page_p99),
        f"{figures.alerts} alerts among {figures.feed_rate:.0f} events/s",
    )
    table.add_row("idle", f"{sum(figures.idle_cpu.values()):.1%} of a core", shares(figures.idle_cpu))
    for name, size in figures.memory.items():
        table.add_row(f"memory: {name}", f"{size / _MIB:,.0f} MiB", "PSS")
    console.print(table)


def waited(p50: float, p99: float) -> str:
    """Spell percentiles of seconds."""
    return f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"


def _cpu(by_process: Mapping[str, float]) -> str:
    total = sum(by_process.values())
    spelt = ", ".join(f"{name} {seconds * _MICROSECONDS:.0f}" for name, seconds in _largest(by_process))
    return f"{total * _MICROSECONDS:.0f} us CPU an event: {spelt}"


def shares(by_process: Mapping[str, float]) -> str:
    """Spell shares of a core, the largest first."""
    return ", ".join(f"{name} {share:.1%}" for name, share in _largest(by_process))


def _largest(by_process: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(by_process.items(), key=lambda one: -one[1])
