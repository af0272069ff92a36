"""The house style, held: every module keeps each rule, and each rule's guard falls when the rule is broken."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.contract import guards

Guard = Callable[[str], Iterator[str]]

HOME = Path(__file__).resolve().parents[2]
SERVICES = guards.modules(HOME / "services")
TESTS = guards.modules(HOME / "tests")
CORE = guards.modules(HOME / "services" / "core")
MATCHING = guards.modules(HOME / "services" / "core" / "matching")
FORMATS = guards.modules(HOME / "services" / "formats")
HANDLERS = [path for path in SERVICES if path.name == "handlers.py"]
BY_INDEX = [path for name in ("correlator", "oncall", "vault") for path in guards.modules(HOME / "services" / name)]
REACHING_OUT = [path for path in SERVICES if path not in {*CORE, *FORMATS}]


def problems(guard: Guard, paths: Iterable[Path]) -> list[str]:
    """What a guard says of these modules."""
    return [f"{path.relative_to(HOME)}: {problem}" for path in paths for problem in guard(path.read_text("utf-8"))]


def test_functions_and_modules_are_short() -> None:
    assert problems(guards.too_long, SERVICES + TESTS) == []


def test_nothing_is_done_at_import() -> None:
    assert problems(guards.acts_at_import, SERVICES) == []


def test_constants_reach_for_nothing_outside() -> None:
    # In core and formats there is nothing that could: the guards below see to that.
    assert problems(guards.calls_at_import, REACHING_OUT) == []


def test_core_stands_on_the_pure_standard_library_alone() -> None:
    assert problems(guards.impure_imports, [path for path in CORE if path not in MATCHING]) == []


def test_matching_stands_on_two_pure_libraries_more() -> None:
    assert problems(partial(guards.impure_imports, libraries=guards.OF_MATCHING), MATCHING) == []


def test_formats_stand_on_pure_libraries_alone() -> None:
    assert problems(partial(guards.impure_imports, libraries=guards.PURE_LIBRARIES), FORMATS) == []


def test_pure_code_asks_no_clock_and_reaches_for_nothing_outside() -> None:
    assert problems(guards.impure_calls, CORE + FORMATS + HANDLERS) == []


def test_no_error_is_swallowed() -> None:
    assert problems(guards.swallowed, SERVICES + TESTS) == []


def test_services_that_look_up_by_index_ask_no_question_that_grows_with_the_tables() -> None:
    assert problems(guards.hashes_all, BY_INDEX) == []


OFFENCES = [
    (guards.too_long, "x = 1\n" * 301),
    (guards.too_long, "def f():\n" + "    x = 1\n" * 30),
    (guards.too_long, "class C:\n    async def f(self):\n" + "        x = 1\n" * 30),
    (guards.acts_at_import, "connect()\n"),
    (guards.acts_at_import, "import os\nif os.name == 'posix':\n    x = 1\n"),
    (guards.acts_at_import, "for x in ():\n    pass\n"),
    (guards.calls_at_import, "SETTINGS = load(Settings)\n"),
    (guards.calls_at_import, "TEXT: str = Path('x').read_text()\n"),
    (guards.impure_imports, "import os.path\n"),
    (guards.impure_imports, "def f():\n    from time import time\n"),
    (guards.impure_imports, "import pydantic\n"),
    (partial(guards.impure_imports, libraries=guards.PURE_LIBRARIES), "import fastavro\n"),
    (guards.impure_calls, "def f():\n    return datetime.now(UTC)\n"),
    (guards.impure_calls, "def f():\n    return date.today()\n"),
    (guards.impure_calls, "def f():\n    print(1)\n"),
    (guards.swallowed, "try:\n    f()\nexcept Exception:\n    pass\n"),
    (guards.swallowed, "try:\n    f()\nexcept:\n    x = 1\n"),
    (guards.hashes_all, '"""SELECT 1 WHERE %s OR EXISTS (\n    SELECT FROM calls)"""\n'),
    (guards.hashes_all, '"""SELECT 1 WHERE a = 1 OR b = 2 AND EXISTS (\n    SELECT FROM calls)"""\n'),
    (guards.hashes_all, '"""SELECT 1 WHERE %s OR (EXISTS (SELECT FROM calls) AND a)"""\n'),
    (guards.hashes_all, '"""SELECT 1 WHERE %s OR\n NOT EXISTS (SELECT FROM calls)"""\n'),
]


@pytest.mark.parametrize(("guard", "text"), OFFENCES)
def test_guard_falls_when_its_rule_is_broken(guard: Guard, text: str) -> None:
    assert list(guard(text)) != []


ALLOWED = [
    (guards.too_long, "def f():\n" + "    x = 1\n" * 29),
    (
        guards.acts_at_import,
        '"""Says."""\nimport os\nX = 1\n\n\ndef f(): ...\n\n\nif __name__ == "__main__":\n    f()\n',
    ),
    (guards.calls_at_import, "X = frozenset({1})\nHOME = Path(__file__).resolve().parents[2]\nlog = get_logger()\n"),
    (guards.impure_imports, "import datetime\nfrom services.core import codes\n"),
    (guards.impure_calls, "def f(now):\n    return now.astimezone()\n"),
    (guards.swallowed, "try:\n    f()\nexcept BaseException:\n    undo()\n    raise\n"),
    (guards.swallowed, "try:\n    f()\nexcept ValueError:\n    x = 1\n"),
    (
        guards.hashes_all,
        '"""SELECT 1 WHERE EXISTS (SELECT FROM calls) AND (%s OR (SELECT true FROM calls LIMIT 1))"""\n',
    ),
]


@pytest.mark.parametrize(("guard", "text"), ALLOWED)
def test_guard_lets_good_code_pass(guard: Guard, text: str) -> None:
    assert list(guard(text)) == []
