"""`lantern bench` on a running edition."""

import json

from tests.edition import LocalEdition

FLOORS = {"Kafka in", "Kafka out", "Avro decode", "sealing", "PostgreSQL insert"}


def test_a_quick_bench_measures_everything_and_leaves_every_service_running(edition: LocalEdition) -> None:
    figures = json.loads(edition.done("bench", "--quick", "--json"))
    assert figures["floors"].keys() == FLOORS
    rates = figures["whole_path"], figures["correlator_alone"], figures["made_again"]
    assert min(*figures["floors"].values(), *rates) > 0
    assert 0 < figures["feed_p50"] <= figures["feed_p99"]
    assert figures["alerts"] > 0
    assert 0 < figures["page_p50"] <= figures["page_p99"]
    assert min(figures["memory"].values()) > 0
    assert all(edition.pids().values())
