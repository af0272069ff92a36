"""When a page left, as on-call tells it of each way and each try."""

from datetime import UTC, datetime

import pytest

from services.cli.bench.paging import first_left

NOON, LATER = "2026-11-29T12:00:00Z", "2026-11-29T12:00:05Z"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ([{"sent": NOON}], NOON),
        ([{"sent": LATER}, {"sent": NOON}], NOON),
        ([{"sent": NOON, "delivered": LATER}], NOON),
        ([{"delivered": LATER}], LATER),
        ([{"failed": NOON}, {"delivered": LATER}], LATER),
        ([{"stale": NOON}], None),
        ([{}], None),
        ([], None),
    ],
)
def test_a_page_left_when_it_was_first_known_to_be_on_its_way(said: list[dict[str, str]], left: str | None) -> None:
    found = first_left([{"said": one} for one in said])
    assert found == (left and datetime.fromisoformat(left).astimezone(UTC))
