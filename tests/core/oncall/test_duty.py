"""Who is on duty, by the versions of a rota."""

from dataclasses import replace

from services.core.oncall.duty import governing, has_run_out, on_duty
from services.core.oncall.rota import Line, Override, Version, from_now, overriding, replacing
from tests.core.oncall.rotas import DANA, OMAR, RUTH, at, layer, rota

FIRST = Version(1, at(0), rota(layer(DANA), days=2))
SECOND = Version(2, at(24), rota(layer(OMAR), days=3))


def test_each_version_counts_until_the_next_one_is_published() -> None:
    told = [on_duty([SECOND, FIRST], at(hours)) for hours in (0, 23.9, 24, 47, 71)]
    assert told == [DANA, DANA, OMAR, OMAR, OMAR]


def test_before_the_first_version_nobody_was_on_duty() -> None:
    assert on_duty([FIRST], at(-1)) is None
    assert governing([], at(0)) is None


def test_a_rota_that_has_run_out_leaves_its_last_person_on_duty() -> None:
    last = Version(1, at(0), rota(layer(DANA), overrides=(Override(RUTH, at(40), at(48)),), days=2))
    assert [on_duty([last], at(hours)) for hours in (47, 48, 4800)] == [RUTH, RUTH, RUTH]
    assert [has_run_out([last], at(hours)) for hours in (47, 48)] == [False, True]


def test_behind_whoever_is_on_duty_stands_who_the_line_says_and_behind_the_last_line_nobody() -> None:
    two = replace(FIRST.rota, lines=(Line((layer(DANA),)), Line((layer(OMAR),))))
    assert [on_duty([replace(FIRST, rota=two)], at(1), level) for level in range(3)] == [DANA, OMAR, None]


def test_an_override_that_replaces_leaves_of_others_what_lies_beside_it() -> None:
    of = overriding(rota(layer(DANA)), 0, [Override(OMAR, at(1), at(9))])
    assert replacing(of, 0, [Override(RUTH, at(3), at(5))]).lines[0].overrides == (
        Override(OMAR, at(1), at(3)),
        Override(RUTH, at(3), at(5)),
        Override(OMAR, at(5), at(9)),
    )


def test_overrides_that_are_over_are_not_carried_into_the_next_version() -> None:
    of = rota(layer(DANA), overrides=(Override(OMAR, at(1), at(2)), Override(RUTH, at(2), at(4))))
    assert from_now(of, at(2)).lines[0].overrides == (Override(RUTH, at(2), at(4)),)


def test_overrides_that_replace_are_not_cut_by_one_another_so_that_what_contradicts_itself_is_seen() -> None:
    both = [Override(OMAR, at(1), at(5)), Override(RUTH, at(3), at(9))]
    assert replacing(rota(layer(DANA)), 0, both).lines[0].overrides == tuple(both)


def test_an_override_of_a_line_that_is_not_there_yet_makes_it() -> None:
    made = overriding(rota(layer(DANA)), 2, [Override(OMAR, at(1), at(5))])
    assert [len(line.overrides) for line in made.lines] == [0, 0, 1]


def test_the_same_override_twice_is_one() -> None:
    once = overriding(rota(layer(DANA)), 0, [Override(OMAR, at(1), at(9))])
    assert overriding(once, 0, [Override(OMAR, at(1), at(9))]) == once
    assert replacing(once, 0, [Override(OMAR, at(1), at(9))]) == once
