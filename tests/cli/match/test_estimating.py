"""The pinned weights are those that the code estimates, by the command that their file names."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import commands
from services.cli.match.estimating import estimate, text_of
from services.runtime.settings import HOME
from services.runtime.weights import FILE, load_weights


@pytest.mark.real  # for its seconds: `make check` leaves it to `make test`
def test_the_pinned_weights_are_made_by_the_command_that_they_name(tmp_path: Path) -> None:
    made_by = load_weights(HOME).made_by
    program, *words = made_by.split()
    assert program == "lantern"
    result = CliRunner().invoke(commands(), [*words, "--to", str(tmp_path / "weights.json")])
    assert result.exit_code == 0
    assert (tmp_path / "weights.json").read_text("utf-8") == (HOME / FILE).read_text("utf-8"), f"run {made_by}"


@pytest.mark.parametrize(("seed", "count", "same"), [(3, 100, True), (4, 100, False), (3, 110, False)])
def test_other_children_give_other_weights(seed: int, count: int, *, same: bool) -> None:
    first = text_of(estimate(3, 100, "9", 25.0, 24.0))
    assert (text_of(estimate(seed, count, "9", 25.0, 24.0)) == first) is same


def test_weights_are_printed_where_no_file_is_named() -> None:
    asked = ["match", "estimate", "--version", "9", "--link-at", "25", "--ask-at", "24", "--children", "100"]
    assert CliRunner().invoke(commands(), asked).stdout.startswith('{\n "version": "9"')
