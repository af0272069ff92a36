"""Which tests are fast and which need real parts, how hypothesis draws its examples, and what is declared in files."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import Phase, settings
from playwright.async_api import Browser

from services.cli.signed_in import path_in
from services.runtime import topics_admin
from services.runtime.database import Database, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.wire.avro import Schemas, load_schemas
from services.wire.topics import Topic, load_topics
from tests.browser import running_chromium
from tests.edition import LocalEdition, local_edition
from tests.identity_provider import RunningProvider, running_provider
from tests.runtime.secured_kafka import SecuredKafka, secured_kafka
from tests.runtime.secured_postgres import SecuredPostgres, secured_postgres

TESTS = Path(__file__).parent
HOME = TESTS.parent
REAL_FOLDERS = {"runtime", "e2e", "faults"}
FIRST = ("leaks/test_twin_worlds.py", "leaks/test_seeded.py", "faults/test_chaos.py", "faults/test_edition.py")
"""What takes longest of its kind: begun last, it would leave the other workers idle."""
LAST = ("e2e/test_bench.py", "e2e/test_bench_browsers.py", "e2e/test_bench_watchers.py")
"""What fills an edition, so that whatever reads all of it afterwards takes long."""
REAL_FIXTURES = {"chromium", "kafka", "postgres", "edition", "provider", "real_worlds", "leaking", "many_twins"}

settings.register_profile("people", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=25)
settings.register_profile(
    "seeded", deadline=None, derandomize=True, max_examples=25, phases=[Phase.explicit, Phase.generate]
)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "people")


def needs_real_parts(item: pytest.Item) -> bool:
    """Whether a test stands in a folder of real parts or asks for a fixture that starts one."""
    folder = item.path.relative_to(TESTS).parts[0]
    return folder in REAL_FOLDERS or not REAL_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def full_size() -> bool:
    """Whether the promises are proved at full size (`make prove`), or in small, as in every other run."""
    return os.environ.get("LANTERN_PROVE") == "1"


def needs_of(item: pytest.Item) -> tuple[bool, bool]:
    """What needs no real parts runs first, then what brings its own: an edition, once it runs, takes its share."""
    return needs_real_parts(item), "running_edition" in getattr(item, "fixturenames", ())


def turn_of(path: Path) -> int:
    """When a file's turn comes among those that need the same."""
    return path.as_posix().endswith(LAST) - path.as_posix().endswith(FIRST)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that need real parts, and put the files in the order of what they need, each file whole."""
    needs: dict[Path, tuple[bool, bool]] = {}
    for item in items:
        if needs_real_parts(item):
            item.add_marker(pytest.mark.real)
        needs[item.path] = max(needs_of(item), needs.get(item.path, (False, False)))
    items.sort(key=lambda item: (needs[item.path], turn_of(item.path)))
    if not full_size():
        long = [item for item in items if item.get_closest_marker("prove")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    """Every published schema."""
    return load_schemas(HOME)


@pytest.fixture(scope="session")
def topics() -> tuple[Topic, ...]:
    """Every declared topic."""
    return load_topics(HOME)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory, topics: tuple[Topic, ...]) -> Iterator[SecuredKafka]:
    """A secured Kafka with every principal, topic and permission that is declared."""
    with secured_kafka(tmp_path_factory.mktemp("kafka")) as running:
        topics_admin.apply(running.admin(), topics)
        yield running


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredPostgres]:
    """A secured PostgreSQL with every role and schema."""
    with secured_postgres(tmp_path_factory.mktemp("postgres")) as running:
        yield running


@pytest.fixture
async def session(tables: Database) -> AsyncIterator[Session]:
    """A session on the tables of a folder's own service."""
    session = Session(tables, Health(Metrics()))
    yield session
    await session.close()


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    """The local edition's identity provider."""
    with running_provider(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A real Chromium; tests that drive it are marked `asyncio(loop_scope="session")`, for it belongs to one loop."""
    async with running_chromium() as running:
        yield running


@pytest.fixture(scope="session")
def running_edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEdition]:
    """A whole local edition: Kafka, PostgreSQL and every service, as `lantern up` starts them."""
    with local_edition(tmp_path_factory.mktemp("edition") / "data") as running:
        running.up()
        yield running


@pytest.fixture(scope="module")
def edition(running_edition: LocalEdition) -> Iterator[LocalEdition]:
    """The edition that all tests of a worker share; whoever a module signs in, the next finds the coordinator."""
    signed_in = path_in(running_edition.data)
    coordinators = signed_in.read_bytes()
    yield running_edition
    signed_in.write_bytes(coordinators)
