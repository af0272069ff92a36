"""How long a case of 2,000 entries takes to be shown, first and again; run by name, with -rP to see the figures."""

import gzip
from gettext import NullTranslations
from time import perf_counter, process_time

from services.casefeed.handlers import merged, read
from services.casefeed.pages.assets import Assets
from services.casefeed.pages.cases import claims, days, moments, people
from services.casefeed.pages.shell import environment
from services.casefeed.reading import FOREVER, read_case, said_of_child
from services.casefeed.sight import Sight
from services.casefeed.views import case_view
from services.casefeed.writing import write
from services.core.codes import MissingKind
from services.core.facts import ChildLookedAfter, ChildMissing, PlacementEnded, PlacementStarted
from services.core.ids import CaseId
from services.runtime.database import Connection, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.runtime.migrations import migrate
from services.wire.avro import Schemas
from tests.builders import an_id, day, entry
from tests.casefeed.updates import Update
from tests.conftest import HOME
from tests.runtime.secured_postgres import SecuredPostgres

ENTRIES, CASE = 2_000, CaseId(an_id(1))
SAID = (ChildLookedAfter(), ChildMissing(MissingKind.MISSING), PlacementStarted(), PlacementEnded())
PAGE = environment(Assets(), NullTranslations()).get_template("case.html")


async def test_a_case_of_two_thousand_entries_is_shown(postgres: SecuredPostgres, schemas: Schemas) -> None:
    where = postgres.database("casefeed")
    await migrate(where, "casefeed", HOME, Health(Metrics()))
    session = Session(where, Health(Metrics()))
    new = [entry(SAID[n % 4], event=n + 1, of_fact=n + 1, occurred_at=day(n // 100)) for n in range(ENTRIES)]
    update = read(schemas, Update(subjects=[(1, 1)], new=new).frame(schemas))
    await session.run(lambda connection: write(connection, merged([update])))
    said_of_child.cache_clear()
    await _show("first", session, schemas)
    await _show("again", session, schemas)
    await session.close()


async def _show(name: str, session: Session, schemas: Schemas) -> None:
    began, worked = perf_counter(), process_time()

    async def page(connection: Connection) -> str:
        known = await read_case(connection, schemas, Sight(every=True), CASE, FOREVER)
        case = case_view(known.case_id, known.subjects, known.entries, None)
        assert len(case.entries) == ENTRIES
        told = {"case": case, "days": days(case, 0), "claims": claims(case), "moments": moments(case)}
        around = {
            "language": "en",
            "path": "/",
            "invented": True,
            "now": day(60),
            "person": None,
            "csrf": "",
            "rooms": [],
        }
        return PAGE.render(asked=None, earlier=100, people=people(case), **told, **around)

    text = await session.run(page)
    took, cpu, sent = perf_counter() - began, process_time() - worked, len(gzip.compress(text.encode()))
    print(f"{name}: {took * 1e3:.0f} ms, {cpu * 1e3:.0f} ms of CPU, {sent:,} bytes compressed")  # noqa: T201 - a figure for a person
