"""`lantern bench watchers` on a running edition."""

import json

from tests.e2e.test_bench import FLOORS
from tests.edition import LocalEdition


def test_a_quick_bench_of_watchers_brings_each_of_them_what_is_theirs(edition: LocalEdition) -> None:
    figures = json.loads(edition.done("bench", "watchers", "--quick", "--json"))
    assert figures["floors"].keys() == FLOORS
    assert [crowd["watchers"] for crowd in figures["crowds"]] == [2, 20]
    assert all(0 < crowd["p50"] <= crowd["p99"] for crowd in figures["crowds"])
