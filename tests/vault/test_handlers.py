"""What the vault keeps is a function of the set of what was said."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.core.ids import FactId, SubjectId
from services.vault.handlers import Arrival, Part, Saying, decide, versions
from tests.builders import an_id, day

CONTENTS = (b"a", b"b", b"c")


def arrival(content: bytes, recorded_at: datetime, fact: int = 1, field: str = "location") -> Arrival:
    return Arrival(SubjectId(an_id(1)), FactId(an_id(fact)), field, Saying(recorded_at, content), content)


arrivals = st.lists(
    st.builds(
        arrival,
        st.sampled_from(CONTENTS),
        st.integers(0, 4).map(day),
        st.integers(1, 2),
        st.sampled_from(["location", "narrative"]),
    ),
    max_size=12,
)


class Vault:
    """What `decide` has added so far."""

    def __init__(self) -> None:
        self.held: dict[Part, frozenset[Saying]] = {}
        self.contents: list[tuple[Part, bytes]] = []
        self.versions = 0

    def take(self, batch: list[Arrival]) -> None:
        outcome = decide(self.held, batch)
        for part, saying in outcome.sayings:
            assert saying not in self.held.get(part, frozenset())
            self.held[part] = self.held.get(part, frozenset()) | {saying}
        self.contents += [(kept.part, kept.saying.digest) for kept in outcome.contents]
        self.versions += outcome.new_versions


def latest(held: Mapping[Part, frozenset[Saying]]) -> dict[Part, Saying]:
    return {part: versions(said)[-1] for part, said in held.items()}


@given(said=arrivals, order=st.randoms(use_true_random=False), cut=st.integers(0, 12))
def test_any_order_and_any_batches_end_in_the_same_vault(said: list[Arrival], order: Random, cut: int) -> None:
    straight, shuffled = Vault(), Vault()
    straight.take(said)
    again = list(said) + said[:3]
    order.shuffle(again)
    shuffled.take(again[:cut])
    shuffled.take(again[cut:])
    assert shuffled.held == straight.held
    assert sorted(shuffled.contents) == sorted(straight.contents)
    assert shuffled.versions == straight.versions


@given(said=arrivals)
def test_the_latest_content_is_the_one_last_recorded(said: list[Arrival]) -> None:
    vault = Vault()
    vault.take(said)
    for part, version in latest(vault.held).items():
        assert version.digest == max(one.saying for one in said if one.part == part).digest


@given(said=arrivals)
def test_every_version_differs_from_the_one_before_it(said: list[Arrival]) -> None:
    vault = Vault()
    vault.take(said)
    for said_of_part in vault.held.values():
        digests = [version.digest for version in versions(said_of_part)]
        assert all(one != other for one, other in pairwise(digests))


@given(said=arrivals)
def test_every_saying_has_its_content_in_the_vault_once(said: list[Arrival]) -> None:
    vault = Vault()
    vault.take(said)
    assert len(vault.contents) == len(set(vault.contents))
    assert set(vault.contents) == {(one.part, one.saying.digest) for one in said}


def test_a_redelivery_adds_nothing() -> None:
    vault = Vault()
    vault.take([arrival(b"a", day(1))])
    outcome = decide(vault.held, [arrival(b"a", day(1))])
    assert (outcome.sayings, outcome.contents, outcome.new_versions) == ((), (), 0)


def test_the_same_return_published_again_adds_neither_content_nor_version() -> None:
    vault = Vault()
    vault.take([arrival(b"a", day(1))])
    outcome = decide(vault.held, [arrival(b"a", day(2))])
    assert (outcome.contents, outcome.new_versions) == ((), 0)


def test_a_correction_adds_exactly_one_version() -> None:
    vault = Vault()
    vault.take([arrival(b"a", day(1)), arrival(b"a", day(1), fact=2)])
    assert decide(vault.held, [arrival(b"b", day(2)), arrival(b"a", day(2), fact=2)]).new_versions == 1


def test_a_correction_that_is_taken_back_makes_a_third_version_of_the_first_content() -> None:
    vault = Vault()
    vault.take([arrival(b"a", day(1)), arrival(b"b", day(2)), arrival(b"a", day(3))])
    assert vault.versions == 3
    assert len(vault.contents) == 2
    assert latest(vault.held)[FactId(an_id(1)), "location"].digest == b"a"


def test_a_late_correction_of_the_past_leaves_what_was_said_after_it_the_latest() -> None:
    vault = Vault()
    for content, when in ((b"a", 1), (b"a", 3), (b"b", 2)):
        vault.take([arrival(content, day(when))])
    assert latest(vault.held)[FactId(an_id(1)), "location"].digest == b"a"


def test_an_arrival_shows_nothing_of_its_content_in_its_text() -> None:
    secret = Arrival(SubjectId(an_id(1)), FactId(an_id(1)), "location", Saying(day(1), b"digest"), b"1 Test Street")
    assert "Test" not in repr(secret)
