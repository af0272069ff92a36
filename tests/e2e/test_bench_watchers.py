"""`lantern bench watchers`, and the same before two browsers, on a running edition."""

import json
import subprocess
import sys

from tests.conftest import HOME
from tests.e2e.test_bench import FLOORS
from tests.edition import LocalEdition


def test_a_quick_bench_of_watchers_brings_each_of_them_what_is_theirs(edition: LocalEdition) -> None:
    figures = json.loads(edition.done("bench", "watchers", "--quick", "--json"))
    assert figures["floors"].keys() == FLOORS
    assert [crowd["watchers"] for crowd in figures["crowds"]] == [2, 20]
    assert all(0 < crowd["p50"] <= crowd["p99"] for crowd in figures["crowds"])


def test_a_quick_bench_of_browsers_shows_each_of_them_everything(edition: LocalEdition) -> None:
    bench = [sys.executable, "-m", "tests.bench.browsers", "--seconds", "2", "--data", str(edition.data)]
    done = subprocess.run(bench, cwd=HOME, capture_output=True, text=True, check=True)
    assert [line.split(",")[0] for line in done.stdout.splitlines()[:2]] == [
        "browser 1: 180 of 180 events",
        "browser 2: 180 of 180 events",
    ]
