"""`lantern publish` on a real Kafka: one authority's return, whole, repeated, corrected and faulty."""

import csv
import signal
from pathlib import Path
from typing import Any

import pytest

from services.wire import topics
from tests.conftest import HOME
from tests.e2e.conftest import Hub

RETURN = sorted((HOME.parent / "shared" / "data" / "local_authority").glob("ssda903_*.csv"))
needs_return = pytest.mark.skipif(not RETURN, reason="the return of ../shared/data/local_authority is not there")

HEADER = ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"]
MISSING = ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"]
OF_THE_RETURN = {
    "ChildFound": 43,
    "ChildLookedAfter": 132,
    "ChildMissing": 43,
    "PlacementEnded": 240,
    "PlacementStarted": 340,
}


def table(path: Path, columns: list[str], *rows: list[str], encoding: str = "utf-8") -> Path:
    """A CSV file of a return."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def header(path: Path, *children: str, born: str = "01/02/2012", encoding: str = "utf-8") -> Path:
    rows = [[child, "1", born, "WBRI", "", "", ""] for child in children]
    return table(path, HEADER, *rows, encoding=encoding)


def missing(path: Path, *children: str, columns: list[str] = MISSING, encoding: str = "utf-8") -> Path:
    rows = [[child, "01/02/2012", "M", "01/05/2025", "02/05/2025"] for child in children]
    return table(path, columns, *rows, encoding=encoding)


def event_ids(hub: Hub) -> set[str]:
    """Every event that anybody shared."""
    return {event["head"]["event_id"] for event in hub.read(*topics.SHARED)}


@needs_return
def test_a_whole_return_is_shared_and_held_back_as_it_must_be(hub: Hub) -> None:
    answer = hub.published(*RETURN)

    assert {name: answer[name] for name in ("records", "shared", "held_back", "refused")} == {
        "records": 2675,
        "shared": 169,
        "held_back": 2506,
        "refused": [],
    }
    assert answer["events"] == OF_THE_RETURN
    assert len(answer["subjects"]) == 169


@needs_return
def test_the_same_return_again_says_nothing_new(hub: Hub) -> None:
    first = hub.published(*RETURN)
    before = event_ids(hub)

    again = hub.published(*RETURN)

    assert event_ids(hub) == before
    assert again["subjects"] == first["subjects"]


@needs_return
def test_a_corrected_postcode_changes_no_shared_event(hub: Hub, tmp_path: Path) -> None:
    hub.published(*RETURN)
    before = event_ids(hub)
    corrected = [tmp_path / file.name for file in RETURN]
    for old, new in zip(RETURN, corrected, strict=True):
        new.write_text(old.read_text().replace("WV27 9FW", "ZZ1 1ZZ"))

    hub.published(*corrected)

    assert event_ids(hub) == before


def test_a_faulty_file_of_a_return_is_refused_and_every_good_record_is_shared(hub: Hub, tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    files = {
        "header.csv": header(tmp_path / "header.csv", "1001", "1002"),
        "missing.csv": missing(tmp_path / "missing.csv", "1001", "4711"),
        "columns.csv": missing(tmp_path / "columns.csv", "1002", columns=[*MISSING[:-1], "MIS_STOP"]),
        "latin.csv": header(tmp_path / "latin.csv", "1003", born="01/02/2012\u00e9", encoding="latin-1"),
        "empty.csv": table(tmp_path / "empty.csv", []),
        "huge.csv": huge,
    }

    answer = hub.published(*files.values(), status=3)

    # Whoever is said to be missing is shared, with or without a header; only the end with the wrong name is not known.
    assert (answer["shared"], answer["events"]) == (3, {"ChildFound": 2, "ChildMissing": 3})
    refused = {
        (Path(one["detail"].partition(":")[0].split(" row ")[0]).name, one["reason"]) for one in answer["refused"]
    }
    assert refused >= {
        ("missing.csv", "not_in_header"),
        ("columns.csv", "missing_column"),
        ("columns.csv", "unknown_column"),
        ("latin.csv", "not_utf8"),
        ("empty.csv", "empty_file"),
        ("huge.csv", "file_too_large"),
    }
    assert {name for name, _ in refused} == files.keys() - {"header.csv"}


def test_a_refused_cell_is_told_with_file_row_column_and_reason(hub: Hub, tmp_path: Path) -> None:
    files = header(tmp_path / "h.csv", "2001", born="31/02/2009"), missing(tmp_path / "m.csv", "2001")

    answer = hub.published(*files, status=3)

    (refused,) = [one for one in answer["refused"] if str(files[0]) in one["detail"]]
    assert refused["reason"] == "not_a_date"
    assert refused["detail"].startswith(f"{files[0]} row 2, column DOB: ")
    assert answer["events"]["ChildMissing"] == 1


def quarantined(hub: Hub) -> list[dict[str, Any]]:
    """Every record in quarantine that may be a missing report."""
    return [record for record in hub.read(topics.QUARANTINE) if record["unreadable_missing_report"]]


def test_a_missing_report_in_a_file_that_cannot_be_read_reaches_the_hub(hub: Hub, tmp_path: Path) -> None:
    before = len(quarantined(hub))

    answer = hub.published(missing(tmp_path / "latin.csv", "300\u00e9", encoding="latin-1"), status=3)

    assert (answer["records"], len(answer["refused"])) == (0, 1)
    assert len(quarantined(hub)) == before + 1


def test_people_are_told_what_was_refused_and_where(hub: Hub, tmp_path: Path) -> None:
    result = hub.publish(missing(tmp_path / "m.csv", "4001"), header(tmp_path / "h.csv", "4002"))

    assert result.exit_code == 3
    assert f"{tmp_path / 'm.csv'} row 2" in result.stdout


def test_a_stopped_processor_is_told_and_nothing_is_lost(hub: Hub, tmp_path: Path) -> None:
    files = header(tmp_path / "h.csv", "5001"), missing(tmp_path / "m.csv", "5001")
    assert hub.processor.end(signal.SIGTERM) == 0
    before = event_ids(hub)

    result = hub.publish(*files, timeout=2)

    assert result.exit_code == 1
    assert "1 records are not answered: the local_authority processor" in result.stderr
    hub.processor.start_and_wait()
    again = hub.published(*files)
    assert (again["shared"], len(event_ids(hub) - before)) == (1, 2)
