"""The pinned weights are those that the code estimates, and match generated children as they must."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import commands
from services.cli.match.measuring import Figures, measure
from services.cli.match.population import RECORDS_OF_A_CHILD, children, records
from services.core.codes import Sector
from services.runtime.settings import HOME
from services.runtime.weights import FILE, load_weights
from tests.cli.match.write_weights import estimated, text

SEED = 501  # another than that of the weights


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure(list(records(SEED + 1, list(children(SEED, 1000)))), load_weights(HOME), lambda: 0.0)


def test_the_pinned_weights_are_those_of_the_code() -> None:
    pinned = (HOME / FILE).read_text("utf-8")
    assert pinned == text(estimated()), "write them again: .venv/bin/python tests/cli/match/write_weights.py"


def test_nothing_is_joined_that_is_not_of_one_child(figures: Figures) -> None:
    assert figures.precision == 1.0


def test_nine_in_ten_pairs_of_one_child_are_joined(figures: Figures) -> None:
    assert figures.recall >= 0.90
    assert figures.recall > figures.recall_by_numbers_alone + 0.2


def test_at_most_two_records_in_a_hundred_go_to_a_person(figures: Figures) -> None:
    assert 0 < figures.to_a_person <= 0.02


def test_weights_that_join_too_easily_would_be_found_out() -> None:
    easy = replace(load_weights(HOME), link_at=12.0, ask_at=11.0)
    recorded = [each for each in records(SEED + 1, list(children(SEED, 1000))) if each.agency is Sector.POLICE]
    assert measure(recorded, easy, lambda: 0.0).false_links_by_score > 0


def test_a_seed_gives_the_same_children_and_records() -> None:
    first, again = (list(records(2, list(children(1, 20)))) for _ in range(2))
    assert first == again
    assert len(first) == 20 * RECORDS_OF_A_CHILD


def test_lantern_match_bench_prints_the_figures() -> None:
    result = CliRunner().invoke(commands(), ["match", "bench", "--children", "100", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["records"] == 500
    shown = CliRunner().invoke(commands(), ["match", "bench", "--children", "100"])
    assert "share of records sent to a person" in shown.stdout
