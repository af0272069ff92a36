"""What is wrong in a return is refused with its table, row, column and reason, and with nothing else of the return."""

import pytest

from services.core.codes import MissingKind
from services.core.facts import ChildMissing
from services.core.sharing import Decision, Outcome
from services.core.statements import ProblemReason
from services.formats.cut import MAX_FILE_ITEMS, MAX_RECORD_ITEMS
from services.formats.ssda903.cut import cut
from tests.formats.returns import a_return, decided, reasons, table

HEADER = "1,2,01/01/2010,AOTH,U1,,"
UASC = "1,2,01/01/2010,01/01/2028"
EPISODE = "1,05/01/2026,S,C2,N8,U1,PR1,,X1,,AA1 1AA,BB2 2BB,URN1"
MISSING = "1,01/01/2010,M,03/02/2026,"


def only(**rows: list[str]) -> Outcome:
    """What becomes of the one child of a return."""
    (outcome,) = decided(a_return(**rows))
    return outcome


def types(outcome: Outcome) -> list[str]:
    return [event.type for event in outcome.events]


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ({"header": ["1,2,31/02/2009,AOTH,U1,,"]}, ("header", 2, "DOB", ProblemReason.NOT_A_DATE)),
        ({"header": ["1,2,2009-02-01,AOTH,U1,,"]}, ("header", 2, "DOB", ProblemReason.NOT_A_DATE)),
        ({"header": ["1,2,\u0660\u0661/01/2009,AOTH,U1,,"]}, ("header", 2, "DOB", ProblemReason.NOT_A_DATE)),
        ({"header": ["1,2,,AOTH,U1,,"]}, ("header", 2, "DOB", ProblemReason.EMPTY_CELL)),
        ({"header": ["1,3,01/01/2010,AOTH,U1,,"]}, ("header", 2, "SEX", ProblemReason.UNKNOWN_CODE)),
        ({"header": [f"1,2,01/01/2010,AOTH,{'U' * 101},,"]}, ("header", 2, "UPN", ProblemReason.TOO_LONG)),
        ({"header": ["1,2,01/01/2010,AOTH,U\x071,,"]}, ("header", 2, "UPN", ProblemReason.MALFORMED)),
        ({"header": ["1,2,01/01/2010,AOTH,U1,"]}, ("header", 2, None, ProblemReason.RAGGED_ROW)),
        ({"header": [HEADER, HEADER.replace("U1", "U2")]}, ("header", 3, None, ProblemReason.DUPLICATE_ROW)),
        ({"header": [], "episodes": [EPISODE]}, ("episodes", 2, "CHILD", ProblemReason.NOT_IN_HEADER)),
        ({"header": [], "uasc": [UASC]}, ("uasc", 2, "CHILD", ProblemReason.NOT_IN_HEADER)),
        (
            {"header": [HEADER], "episodes": [EPISODE.replace("PR1,,", "PR1,04/01/2026,")]},
            ("episodes", 2, "DEC", ProblemReason.ENDS_BEFORE_START),
        ),
        (
            {"header": [HEADER], "episodes": [EPISODE.replace("2026", "2009")]},
            ("episodes", 2, "DECOM", ProblemReason.BORN_AFTER_FACT),
        ),
        (
            {"header": [HEADER], "episodes": [EPISODE, EPISODE.replace("BB2 2BB", "CC3 3CC")]},
            ("episodes", 3, None, ProblemReason.DUPLICATE_ROW),
        ),
    ],
)
def test_a_bad_row_is_refused_where_it_is_bad(
    rows: dict[str, list[str]], where: tuple[str, int, str | None, ProblemReason]
) -> None:
    outcome = only(**rows)
    assert (outcome.decision, where in reasons(outcome.problems)) == (Decision.REFUSED, True)


def test_every_problem_of_a_record_is_listed() -> None:
    outcome = only(header=["1,3,31/02/2009,AOTH,U1,,"], episodes=[EPISODE.replace("05/01/2026", "5/1/26")])
    assert reasons(outcome.problems) == [
        ("header", 2, "SEX", ProblemReason.UNKNOWN_CODE),
        ("header", 2, "DOB", ProblemReason.NOT_A_DATE),
        ("episodes", 2, "DECOM", ProblemReason.NOT_A_DATE),
    ]


def test_a_row_said_twice_is_one_fact() -> None:
    outcome = only(header=[HEADER, HEADER], uasc=[UASC], episodes=[EPISODE, EPISODE])
    assert (types(outcome), outcome.problems) == (["ChildLookedAfter", "PlacementStarted"], ())


def test_a_bad_record_does_not_touch_its_neighbours() -> None:
    files = a_return(header=["9,2,31/02/2009,AOTH,U9,,", HEADER], uasc=[UASC])
    assert [outcome.decision for outcome in decided(files)] == [Decision.REFUSED, Decision.SHARED]


def test_a_latin_1_byte_refuses_the_record_of_its_row_alone() -> None:
    bad = table("header", "9,2,01/01/2010,AOTH,U?,,", HEADER).replace(b"U?", b"U\xe9")
    refused, shared = decided([bad, table("uasc", UASC)])
    assert reasons(refused.problems) == [("header", 2, "UPN", ProblemReason.NOT_UTF8)]
    assert shared.decision is Decision.SHARED


def test_a_wrong_column_name_refuses_its_table_alone() -> None:
    wrong = table("episodes", EPISODE).replace(b"DECOM", b"DECOMM")
    found = cut([table("header", HEADER), wrong, table("uasc", UASC)])
    assert reasons(found.problems) == [
        ("episodes", 1, "DECOM", ProblemReason.MISSING_COLUMN),
        ("episodes", 1, "column 2", ProblemReason.UNKNOWN_COLUMN),
    ]
    assert len(found.records) == 1


def test_a_table_in_utf_16_is_refused_whole() -> None:
    found = cut([table("episodes", EPISODE).decode().encode("utf-16")])
    assert reasons(found.problems) == [("episodes", 1, None, ProblemReason.NOT_UTF8)]


def test_an_open_quote_swallows_no_other_row() -> None:
    files = [table("header", '9,2,"01/01/2010,AOTH,U9,,', HEADER), table("uasc", UASC)]
    assert Decision.SHARED in [outcome.decision for outcome in decided(files)]


def test_quoted_cells_are_read() -> None:
    outcome = only(header=['"1","2","01/01/2010","AOTH","U1","",""'], uasc=[UASC])
    assert (types(outcome), outcome.problems) == (["ChildLookedAfter"], ())


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert cut([b"\xef\xbb\xbf" + table("header", HEADER)]).problems == ()


def test_a_row_without_a_child_is_a_problem_of_the_return() -> None:
    found = cut([table("header", ",2,01/01/2010,AOTH,U1,,")])
    assert reasons(found.problems) == [("header", 2, "CHILD", ProblemReason.MALFORMED)]


def test_a_second_file_of_a_table_has_its_own_name_in_problems() -> None:
    found = cut([table("header", HEADER), table("header", ",2,01/01/2010,AOTH,U1,,")])
    assert (found.tables, found.problems[0].table) == (("header", "header 2"), "header 2")


def test_more_rows_of_a_child_than_are_read_are_a_problem() -> None:
    found = cut([table("episodes", *[EPISODE] * (MAX_RECORD_ITEMS + 1))])
    assert found.problems[0].reason is ProblemReason.TOO_MANY_ROWS


def test_more_rows_than_are_read_at_once_are_refused_before_they_are_parsed() -> None:
    found = cut([table("episodes") + b"\n" * (MAX_FILE_ITEMS + 1)])
    assert reasons(found.problems) == [("episodes", None, None, ProblemReason.FILE_TOO_LARGE)]


def test_no_problem_repeats_a_value() -> None:
    secret = "SECRETVALUE"
    files = [
        table("header", f"1,{secret},{secret},{secret},{secret},{secret},{secret}", f"{secret},2"),
        table("episodes", EPISODE).replace(b"DECOM", secret.encode()),
    ]
    found = cut(files)
    said = [found.problems, [outcome.problems for outcome in decided(files)]]
    assert secret not in str(said)


# The rule beside the rule: no refusal swallows a report that a child is missing.


@pytest.mark.parametrize(
    "rest",
    [
        {"header": ["1,2,31/02/2009,AOTH,U1,,"]},
        {"header": ["1,2,01/01/2010,AOTH,U1"]},
        {"header": []},
        {},
        {"header": [HEADER], "episodes": [EPISODE.replace("05/01/2026", "soon")]},
        {"header": [HEADER.replace("2010", "2027")]},
        {"header": [HEADER.replace("2010", "1980")]},
    ],
)
def test_a_missing_report_is_shared_whatever_else_is_wrong(rest: dict[str, list[str]]) -> None:
    outcome = only(**rest, missing=[MISSING])
    assert (outcome.decision, types(outcome)) == (Decision.SHARED, ["ChildMissing"])


def test_what_is_wrong_beside_a_missing_report_is_listed_and_no_alarm() -> None:
    outcome = only(header=["1,2,31/02/2009,AOTH,U1,,"], uasc=[UASC], missing=[MISSING])
    assert reasons(outcome.problems) == [("header", 2, "DOB", ProblemReason.NOT_A_DATE)]
    assert (types(outcome), outcome.unreadable_missing_report) == (["ChildMissing"], False)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("1,01/01/2010,M,32/02/2026,", "MIS_START"),
        ("1,01/01/2010,X,03/02/2026,", "MISSING"),
        ("1,01/01/2010,M", None),
        ("1,01/01/2010,,03/02/2026,", "MISSING"),
    ],
)
def test_a_missing_report_that_cannot_be_read_raises_the_alarm(row: str, column: str | None) -> None:
    outcome = only(header=[HEADER], missing=[row])
    assert (outcome.decision, outcome.unreadable_missing_report) == (Decision.REFUSED, True)
    assert column in [problem.column for problem in outcome.problems]


@pytest.mark.parametrize("end", ["31/02/2026", "02/02/2026"])
def test_an_impossible_end_leaves_the_episode_open(end: str) -> None:
    assert types(only(header=[HEADER], missing=[MISSING + end])) == ["ChildMissing"]


def test_a_missing_table_without_its_end_column_is_still_read() -> None:
    bad = table("missing", MISSING).replace(b"MIS_END", b"MIS_ENDE")
    found = decided([table("header", HEADER), bad])
    assert types(found[0]) == ["ChildMissing"]


@pytest.mark.parametrize(
    "bad",
    [
        table("missing", MISSING).replace(b"MIS_START", b"MIS_STRAT"),
        table("missing", MISSING).decode().encode("utf-16"),
        table("missing", ",01/01/2010,M,03/02/2026,"),
    ],
)
def test_a_lost_missing_report_is_a_problem_and_a_record_that_raises_the_alarm(bad: bytes) -> None:
    found = cut([bad])
    assert any(problem.missing_report for problem in found.problems)
    assert all(outcome.unreadable_missing_report for outcome in decided([bad]))
    assert len(found.records) == sum(problem.missing_report for problem in found.problems)


@pytest.mark.parametrize("rows", [("M,03/02/2026,", "A,03/02/2026,04/02/2026"), ("A,03/02/2026,", "M,03/02/2026,")])
def test_of_two_reports_of_one_day_the_graver_is_shared(rows: tuple[str, str]) -> None:
    outcome = only(header=[HEADER], missing=[f"1,01/01/2010,{row}" for row in rows])
    assert [event.fact for event in outcome.events] == [ChildMissing(MissingKind.MISSING)]


def test_a_readable_report_is_not_lost_behind_an_unreadable_one_of_the_same_day() -> None:
    outcome = only(header=[HEADER], missing=["1,01/01/2010,X,03/02/2026,", "1,01/01/2010,A,03/02/2026,"])
    assert types(outcome) == ["ChildMissing"]


def test_missing_episodes_that_stand_in_another_table_raise_the_alarm() -> None:
    joined = (
        b"CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB,MISSING,MIS_START,MIS_END\n1,2,01/01/2010,AOTH,U1,,,M,03/02/2026,\n"
    )

    assert [problem.missing_report for problem in cut([joined]).problems] == [True, True, True]
    assert [problem.missing_report for problem in cut([joined.replace(b",MIS", b",X")]).problems] == [False] * 3


def test_a_missing_table_that_follows_another_in_one_file_raises_the_alarm() -> None:
    header, missing = a_return(header=[HEADER], missing=[MISSING])

    assert any(outcome.unreadable_missing_report for outcome in decided([header + missing]))
    assert not any(problem.missing_report for problem in cut([header, missing]).problems)
