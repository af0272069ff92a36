"""Which tests are fast and which need real parts, how hypothesis draws its examples, and what is declared in files."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from services.wire.avro import Schemas, load_schemas
from services.wire.topics import Topic, load_topics

TESTS = Path(__file__).parent
HOME = TESTS.parent
REAL_FOLDERS = {"runtime", "e2e", "faults", "leaks"}
REAL_FIXTURES = {"kafka", "postgres", "edition"}

settings.register_profile("people", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "people")


def needs_real_parts(item: pytest.Item) -> bool:
    """Whether a test stands in a folder of real parts or asks for a fixture that starts one."""
    folder = item.path.relative_to(TESTS).parts[0]
    return folder in REAL_FOLDERS or not REAL_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need real parts, and run the others first."""
    for item in items:
        if needs_real_parts(item):
            item.add_marker(pytest.mark.real)
    items.sort(key=needs_real_parts)


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    """Every published schema."""
    return load_schemas(HOME)


@pytest.fixture(scope="session")
def topics() -> tuple[Topic, ...]:
    """Every declared topic."""
    return load_topics(HOME)
