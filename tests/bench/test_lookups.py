"""How long it takes to look a record up among many children; run by name, with -rP to see the figures.

100,000 children, and a million where LANTERN_PROVE=1 says so (`make prove`).
"""

from statistics import median, quantiles

from services.runtime.database import Database, connect
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from tests.bench.lookups import CHUNK, WORKERS, Measured, drawn, fill, one_by_one, rate
from tests.conftest import HOME, full_size
from tests.runtime.secured_postgres import SecuredPostgres

FEW, MANY = 10_000, 1_000_000 if full_size() else 100_000
ASKED, ASKED_OF_EACH_CORE = 2_000, 4_000


async def test_a_record_is_looked_up_among_many_children(postgres: SecuredPostgres) -> None:
    where = postgres.database("correlator").by_index
    await migrate(where, "correlator", HOME, Health(Metrics()))
    fill(where, 0, FEW // CHUNK)
    few = await _measured(where, FEW)
    fill(where, FEW // CHUNK, MANY // CHUNK)
    many = await _measured(where, MANY)
    a_second = rate(where, MANY // CHUNK, ASKED_OF_EACH_CORE)
    growth = median(many.lookups) / median(few.lookups)
    print(f"{a_second:,.0f} a second on {WORKERS} cores; growth {growth:.2f} times")  # noqa: T201 - a figure for a person
    assert many.found > 0.6 * ASKED
    assert quantiles(many.lookups, n=100)[98] < 0.020
    assert a_second > 2_000
    assert growth < 2


async def _measured(where: Database, count: int) -> Measured:
    async with await connect(where) as connection:
        await connection.execute("VACUUM ANALYZE portraits, blocks")
    found = await one_by_one(where, list(drawn(count // CHUNK, ASKED, 7)))
    p99, floor = quantiles(found.lookups, n=100)[98], median(found.floor)
    print(  # noqa: T201 - a figure for a person
        f"among {count:,}: p50 {median(found.lookups) * 1e3:.2f} ms, p99 {p99 * 1e3:.2f} ms, "
        f"{median(found.lookups) / floor:.1f} times a question that asks for nothing ({floor * 1e3:.2f} ms); "
        f"{found.candidates / ASKED:.1f} candidates and {found.found / ASKED:.2f} edges each"
    )
    return found
