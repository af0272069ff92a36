"""Generated children are matched as they must be: none joined with another, nine in ten pairs found, few asked."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.cli.match.measuring import Figures, Judged, Quality, figures, judge, match
from services.cli.match.population import RECORDS_OF_A_CHILD, Recorded, children, records
from services.cli.match.with_splink import by_splink
from services.core.claims import BirthDate
from services.core.codes import ClaimStatus, Sector
from services.core.matching.weights import Weights
from services.runtime.settings import HOME
from services.runtime.weights import load_weights
from tests.conftest import full_size

SEED = 501  # another than that of the weights
MANY = 200_000


def generated(count: int) -> list[Recorded]:
    return list(records(SEED + 1, list(children(SEED, count))))


def measured(recorded: Sequence[Recorded], weights: Weights) -> Figures:
    found = match([each.subject for each in recorded], weights, lambda: 0.0)
    return figures(found, [each.child for each in recorded])


def judged(of: Figures) -> Judged:
    assert of.judged
    return of.judged


@pytest.fixture(scope="module")
def found() -> Figures:
    return measured(generated(MANY if full_size() else 1000), load_weights(HOME))


def test_nothing_is_joined_that_is_not_of_one_child(found: Figures) -> None:
    assert judged(found).false_pairs == 0


def test_nine_in_ten_pairs_of_one_child_are_joined(found: Figures) -> None:
    assert judged(found).recall >= 0.90
    assert judged(found).recall > judged(found).recall_by_numbers_alone + 0.2


def test_at_most_two_records_in_a_hundred_go_to_a_person(found: Figures) -> None:
    assert 0 < found.to_a_person <= 0.02


def test_few_records_are_compared_with_each(found: Figures) -> None:
    assert found.compared < 8 * found.records


@pytest.mark.prove
def test_splink_trained_without_labels_finds_no_more_of_the_same_records() -> None:
    recorded = generated(20_000)
    beside = by_splink([each.subject for each in recorded], [each.child for each in recorded], lambda: 0.0)
    ours = judged(measured(recorded, load_weights(HOME)))
    print(f"F1 of 20,000 children: ours {ours.f1:.4f}, Splink {beside.version} {beside.quality.f1:.4f}")  # noqa: T201 - the report
    assert ours.f1 >= beside.quality.f1
    assert beside.quality.f1 > 0.9  # it was given a fair chance


def test_weights_that_join_too_easily_would_be_found_out() -> None:
    easy = replace(load_weights(HOME), link_at=12.0, ask_at=11.0)
    one_day = (BirthDate("2011-04-09", ClaimStatus.CLAIMED),)
    of_police = [each for each in generated(1000) if each.agency is Sector.POLICE]
    of_one_day = [
        replace(each, subject=replace(each.subject, identifiers=(), dates_of_birth=one_day)) for each in of_police
    ]
    assert judged(measured(of_one_day, easy)).false_pairs > 0


def test_a_seed_gives_the_same_children_and_records() -> None:
    assert generated(20) == generated(20)
    assert len(generated(20)) == 20 * RECORDS_OF_A_CHILD


def test_records_of_whom_nobody_says_whose_they_are_are_matched_and_not_judged() -> None:
    found = match([each.subject for each in generated(100)], load_weights(HOME), lambda: 0.0)
    assert figures(found, None) == replace(figures(found, [0] * 500), judged=None)


def test_precision_and_recall_are_shares_of_pairs() -> None:
    assert judge([1, 1, 1, 2], [7, 7, 8, 8]) == Quality(1 / 3, 1 / 2, 2)
    assert judge([1, 2, 3], [7, 7, 7]) == Quality(1.0, 0.0, 0)
    assert judge([1, 1, 2], [7, 7, 8]).f1 == 1.0
