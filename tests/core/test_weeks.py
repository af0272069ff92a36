"""Whatever happens and whenever, there is a pair to seal with, and what was sealed opens until its topic forgets it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.weeks import (
    AHEAD,
    LATE,
    RETENTION,
    SLACK,
    WEEK,
    Due,
    MalformedKeyId,
    begins,
    due,
    is_of_this_week,
    key_id,
    needed_until,
    owner_of,
    seals_until,
    to_seal_with,
)

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
THIS, NEXT = "vault-2026W48", "vault-2026W49"

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
steps = st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(days=40)), st.integers(0, 8)), max_size=12)


class Owner:
    """An owner's two folders, and whoever follows the rules of sealing and opening with them."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.published: set[str] = set()
        self.sealed: list[tuple[str, datetime]] = []

    def acts(self, now: datetime) -> list[tuple[str, str]]:
        plan = due("vault", self.held, self.published, now)
        named = {"make": plan.make, "publish": plan.publish, "withdraw": plan.withdraw, "destroy": plan.destroy}
        return [(act, name) for act, names in named.items() for name in names]

    def rotate(self, now: datetime, steps: int | None = None) -> None:
        """Do what is due; a crash comes after so many steps."""
        for act, name in self.acts(now)[:steps]:
            match act:
                case "make":
                    self.held.add(name)
                case "publish":
                    self.published.add(name)
                case "withdraw":
                    self.published.discard(name)
                case _:
                    self.held.discard(name)
            assert self.published <= self.held, "a public half stands without its private one"

    def seal(self, now: datetime) -> str | None:
        name = to_seal_with(self.published, now)
        if name is not None:
            self.sealed.append((name, now))
        return name

    def lost(self, now: datetime) -> list[str]:
        """What a topic still holds and nobody can open."""
        return [name for name, at in self.sealed if now < at + RETENTION and name not in self.held]


@given(start=moments, history=steps)
def test_what_was_sealed_opens_until_its_topic_forgets_it_however_often_the_owner_crashes(
    start: datetime, history: list[tuple[timedelta, int]]
) -> None:
    owner, now = Owner(), start
    for passed, before_the_crash in history:
        now += passed
        owner.seal(now)
        owner.rotate(now, before_the_crash)
        owner.seal(now)
        assert owner.lost(now) == []
    owner.rotate(now)
    assert owner.lost(now) == []


@given(start=moments, history=steps)
def test_after_a_whole_rotation_there_is_a_pair_of_this_week_and_nothing_is_due(
    start: datetime, history: list[tuple[timedelta, int]]
) -> None:
    owner, now = Owner(), start
    for passed, before_the_crash in history:
        owner.rotate(now := now + passed, before_the_crash)
    owner.rotate(now)
    assert owner.seal(now) == key_id("vault", now)
    assert owner.acts(now) == []


@given(start=moments, history=steps)
def test_after_a_whole_rotation_no_private_half_is_held_beyond_its_need(
    start: datetime, history: list[tuple[timedelta, int]]
) -> None:
    owner, now = Owner(), start
    for passed, before_the_crash in history:
        owner.rotate(now := now + passed, before_the_crash)
    owner.rotate(now)
    assert [name for name in owner.held if needed_until(name) <= now] == []


@given(now=moments, late=st.timedeltas(timedelta(0), AHEAD + LATE - timedelta(microseconds=1)))
def test_an_owner_who_was_down_for_almost_two_weeks_stops_no_sealer(now: datetime, late: timedelta) -> None:
    owner = Owner()
    owner.rotate(now)
    assert owner.seal(now + late) is not None


@given(now=moments, late=st.timedeltas(2 * WEEK + LATE, timedelta(days=4000)))
def test_nobody_seals_to_a_key_of_long_ago(now: datetime, late: timedelta) -> None:
    owner = Owner()
    owner.rotate(now)
    assert owner.seal(now + late) is None


@given(now=moments)
def test_a_pair_seals_from_the_monday_of_its_week_on_and_not_before(now: datetime) -> None:
    owner = Owner()
    owner.rotate(now)
    beginning = begins(key_id("vault", now + AHEAD))
    assert to_seal_with(owner.published, beginning - timedelta(microseconds=1)) == key_id("vault", now)
    assert to_seal_with(owner.published, beginning) == key_id("vault", beginning)


def test_the_first_rotation_makes_this_week_s_pair_and_the_next_one() -> None:
    assert due("vault", (), (), MONDAY) == Due((THIS, NEXT), (THIS, NEXT), (), ())


def test_the_private_half_is_destroyed_a_day_after_its_topics_have_forgotten_it() -> None:
    end = MONDAY + WEEK + LATE + RETENTION + SLACK
    assert THIS not in due("vault", {THIS}, (), end - timedelta(microseconds=1)).destroy
    assert due("vault", {THIS}, (), end).destroy == (THIS,)


def test_a_pair_is_withdrawn_long_before_it_is_destroyed() -> None:
    assert seals_until(THIS) == MONDAY + WEEK + LATE
    plan = due("vault", {THIS, NEXT}, {THIS, NEXT}, seals_until(THIS))
    assert (plan.withdraw, plan.destroy) == ((THIS,), ())


@given(now=moments)
def test_a_pair_is_of_the_week_that_it_is_named_after(now: datetime) -> None:
    name = key_id("local_authority", now)
    assert owner_of(name) == "local_authority"
    assert begins(name) <= now < begins(name) + WEEK
    assert is_of_this_week(name, now)
    assert not is_of_this_week(name, now + WEEK)


@pytest.mark.parametrize(
    "name", ["", "vault", "vault-2026", "vault-2026W54", "vault-2026W00", "../vault-2026W48", "-2026W48"]
)
def test_what_names_no_week_is_no_key(name: str) -> None:
    with pytest.raises(MalformedKeyId):
        begins(name)
