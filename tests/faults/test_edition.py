"""The local edition when things go wrong: nothing is lost, and what to do is said in one clear sentence."""

from tests.edition import LocalEdition


def test_a_second_up_changes_nothing(edition: LocalEdition) -> None:
    before = edition.pids()

    edition.up()

    assert edition.pids() == before
