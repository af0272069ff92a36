"""What is wrong with the shifts that are coming is told ahead."""

from dataclasses import replace

import pytest

from services.core.oncall.reach import Concern, Contact, Flag, flags, wanting
from services.core.oncall.rota import Line, Unit
from tests.core.oncall.rotas import DANA, OMAR, at, layer, rota

WORKS = Contact("email", verified_at=at(-10))
NEW, BROKEN = Contact("email"), Contact("email", verified_at=at(-10), failed_at=at(-5))
MENDED = Contact("email", verified_at=at(-4), failed_at=at(-5))
REACHED = {DANA: [WORKS], OMAR: [WORKS]}
WEEK_ENDS = at(7 * 24 - 1)


@pytest.mark.parametrize(
    ("contacts", "concern"),
    [
        ((), Concern.NO_CONTACT),
        ((NEW,), Concern.NOT_VERIFIED),
        ((BROKEN, NEW), Concern.FAILING),
        ((BROKEN, WORKS), None),
        ((MENDED,), None),
    ],
)
def test_somebody_is_reached_by_one_way_that_was_proved_and_has_not_failed_since(
    contacts: tuple[Contact, ...], concern: Concern | None
) -> None:
    assert wanting(contacts) is concern


def test_whoever_cannot_be_reached_is_told_with_their_next_shift_in_the_fortnight_ahead() -> None:
    told = flags(rota(layer(DANA, OMAR), days=60), {DANA: [WORKS], OMAR: [BROKEN]}, at(0))
    assert told == [Flag(Concern.FAILING, 0, WEEK_ENDS, at(14 * 24 - 1), OMAR)]


def test_of_somebody_with_many_shifts_the_first_is_told() -> None:
    [told] = flags(rota(layer(DANA, OMAR, unit=Unit.DAYS), days=60), {OMAR: [WORKS]}, at(0))
    assert told == Flag(Concern.NO_CONTACT, 0, at(0), at(24), DANA)


def test_a_rota_that_runs_out_soon_is_told() -> None:
    assert flags(rota(layer(DANA), days=3), REACHED, at(0)) == [Flag(Concern.RUNS_OUT, 0, at(72), at(14 * 24))]


def test_whoever_stands_behind_themselves_is_told_for_that_time() -> None:
    of = replace(rota(layer(DANA), days=60), lines=(Line((layer(DANA, OMAR, OMAR),)), Line((layer(DANA),))))
    assert flags(of, REACHED, at(0)) == [
        Flag(Concern.BEHIND_THEMSELVES, 1, at(0), WEEK_ENDS, DANA),
    ]
