"""`lantern match`: what it prints, writes, draws and refuses."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.__main__ import commands
from services.cli.match.with_splink import REQUIREMENTS, NoSplink, splink
from services.runtime.settings import HOME


def lantern(*words: str) -> Result:
    return CliRunner().invoke(commands(), ["match", *words])


def words_of(result: Result) -> str:
    """What a person reads, without the frame around it."""
    return " ".join(result.output.replace("\N{BOX DRAWINGS LIGHT VERTICAL}", " ").split())


def facts(*words: str) -> dict[str, Any]:
    result = lantern("bench", *words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_bench_prints_what_came_of_generated_children() -> None:
    assert facts("--children", "100")["records"] == 500
    assert "share of records sent to a person" in lantern("bench", "--children", "100").stdout


def test_a_csv_of_each_agency_gives_the_figures_of_the_same_children(tmp_path: Path) -> None:
    result = lantern("generate", str(tmp_path), "--children", "100")
    files = result.stdout.split()
    assert sorted(Path(file).name for file in files) == ["health.csv", "local_authority.csv", "police.csv", "ukba.csv"]
    changing = {"seconds_comparing", "lookups_a_second"}
    assert {name: value for name, value in facts(*files).items() if name not in changing} == {
        name: value for name, value in facts("--children", "100").items() if name not in changing
    }


def test_without_a_word_on_whose_they_are_nothing_is_said_of_right_and_wrong(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("name,dob\nBaquyen Trinhvo,2011-04-09\nTrinhvo Baquyen,2011-04-09\n")
    found = facts(str(file))
    assert found["joined"] == 1
    assert "recall" not in found
    assert "Nobody says whose the records are" in lantern("bench", str(file)).stdout


def test_pictures_are_drawn_where_they_are_asked_for(tmp_path: Path) -> None:
    result = lantern("bench", "--children", "100", "--pictures", str(tmp_path / "new"), "--pair", "2", "1")
    assert result.exit_code == 0
    assert {file.name for file in (tmp_path / "new").iterdir()} == {"calibration.svg", "waterfall.svg"}
    assert "Records 1 and 2" in (tmp_path / "new" / "waterfall.svg").read_text()


@pytest.mark.parametrize("pair", [("1", "501"), ("3", "3"), ("0", "1")])
def test_a_pair_that_is_none_is_refused_in_words(tmp_path: Path, pair: tuple[str, str]) -> None:
    result = lantern("bench", "--children", "100", "--pictures", str(tmp_path), "--pair", *pair)
    assert result.exit_code == 2
    assert "two different records from 1 to 500" in words_of(result)


def test_records_that_nobody_compares_need_a_pair_to_be_drawn(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("name\nLinh\nUnknown\n")
    assert "name two with --pair" in words_of(lantern("bench", str(file), "--pictures", str(tmp_path)))
    assert lantern("bench", str(file), "--pictures", str(tmp_path), "--pair", "1", "2").exit_code == 0


@pytest.mark.skipif(find_spec("splink") is not None, reason="Splink is installed here: nothing is missing")
def test_where_splink_is_missing_it_is_said_how_to_install_it() -> None:
    assert (HOME / REQUIREMENTS).is_file()
    with pytest.raises(NoSplink, match=REQUIREMENTS):
        splink()
    assert isinstance(lantern("bench", "--children", "100", "--splink").exception, NoSplink)


@pytest.mark.prove
def test_splink_stands_beside(tmp_path: Path) -> None:
    assert "F1" in lantern("bench", "--children", "500", "--splink").stdout
    beside = facts("--children", "500", "--splink")
    assert beside["splink"]["f1"] > 0.8
    assert beside["precision"] == 1.0 > beside["splink"]["precision"]
    file = tmp_path / "a.csv"
    file.write_text("name\nLinh\nUnknown\n")
    assert lantern("bench", str(file), "--splink").exit_code == 2
