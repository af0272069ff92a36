"""SSDA903 as one XML file says the same as the set of CSV files; what is hostile in it is refused before it is read."""

import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import Sector
from services.core.facts import ChildMissing
from services.core.sharing import Decision, Outcome
from services.core.statements import MAX_PROBLEMS, ProblemReason
from services.formats.catalogue import cut_files
from services.formats.cut import MAX_RECORD_ITEMS, JsonObject
from services.formats.ssda903 import cut as csv
from services.formats.ssda903 import xml
from services.local_authority.handlers import decide
from tests.formats.returns import KEYS, RECEIVED, a_return, opened, real_return
from tests.formats.returns import decided as decided_csv
from tests.formats.ssda903.as_xml import as_xml

RETURN = a_return(
    header=["1,2,01/01/2010,AOTH,U1,,", "2,1,01/01/2011,AOTH,U2,,"],
    episodes=["1,05/01/2026,S,C2,N8,U1,PR1,,X1,,AA1 1AA,BB2 2BB,URN1"],
    missing=["1,01/01/2010,M,03/02/2026,", "2,01/01/2011,A,04/02/2026,05/02/2026"],
    uasc=["1,2,01/01/2010,01/01/2028"],
)
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">%b]><EXPSSDA903><CHILD><HEADER>
<CHILDID>&z;</CHILDID></HEADER></CHILD></EXPSSDA903>""" % b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("z") + 1)
)


def decided(content: bytes) -> list[Outcome]:
    """What becomes of each record of an XML file."""
    return [decide(opened(record), KEYS, RECEIVED) for record in xml.cut([content]).records]


def said(outcomes: Sequence[Outcome]) -> list[Any]:
    """What is shared, sealed and refused, without the row of each problem."""
    return [(each.decision, each.events, each.sealed_facts, wrong(each)) for each in outcomes]


def wrong(outcome: Outcome) -> list[tuple[str, str, str]]:
    return sorted((problem.table, problem.column or "", problem.reason) for problem in outcome.problems)


def child(inside: str, episodes: str = "") -> bytes:
    header = "<CHILDID>1</CHILDID><SEX>2</SEX><DOB>01/01/2010</DOB>"
    return f"<EXPSSDA903><CHILD><HEADER>{header}{inside}</HEADER>{episodes}</CHILD></EXPSSDA903>".encode()


MISSING = "<AMISSING><MISSING>M</MISSING><MIS_START>03/02/2026</MIS_START><MIS_END/></AMISSING>"


def rows_of(records: Sequence[JsonObject]) -> dict[object, list[str]]:
    """The rows of each child, without their numbers."""
    return {each["child"]: sorted(str({**row, "row": 0}) for row in each["rows"]) for each in records}  # type: ignore[attr-defined]  # a list, as cut makes it


def test_a_whole_return_is_cut_into_the_same_rows_as_xml() -> None:
    files = real_return()
    assert rows_of(xml.cut([as_xml(files)]).records) == rows_of(csv.cut(files).records)


days = st.sampled_from(["01/02/2026", "03/02/2026", "09/11/2025", "31/02/2026", "2026-02-01", ""])
codes = st.sampled_from(["S", "U1", "PR1", "x", ""])
texts = st.sampled_from(["AA1 1AA", "\u00e9 & <x>", "U" * 101, ""])


@st.composite
def returns(draw: st.DrawFn) -> list[bytes]:
    """Returns of a few children, with mistakes; a child's UASC and missing rows repeat what their header says."""
    rows: dict[str, list[str]] = {"header": [], "episodes": [], "missing": [], "uasc": []}
    for number in range(draw(st.integers(1, 3))):
        sex, born = draw(st.sampled_from(["1", "2", "3"])), draw(st.sampled_from(["01/01/2010", "31/02/2010", ""]))
        rows["header"].append(f"{number},{sex},{born},{draw(codes)},{draw(texts)},,{draw(days)}")
        for _ in range(draw(st.integers(0, 2))):
            rest = ",".join(draw(codes) for _ in range(5))
            ends = ",".join(draw(codes) for _ in range(2))
            places = ",".join(draw(texts) for _ in range(3))
            rows["episodes"].append(f"{number},{draw(days)},{rest},{draw(days)},{ends},{places}")
        for _ in range(draw(st.integers(0, 2))):
            kind = draw(st.sampled_from(["M", "A", "Z", ""]))
            rows["missing"].append(f"{number},{born},{kind},{draw(days)},{draw(days)}")
        if draw(st.booleans()):
            rows["uasc"].append(f"{number},{sex},{born},{draw(days)}")
    return a_return(**rows)


@given(returns())
def test_a_return_says_the_same_as_csv_and_as_xml(files: list[bytes]) -> None:
    assert said(decided(as_xml(files))) == said(decided_csv(files))


def test_xml_is_told_by_its_content_and_cut_apart_from_csv() -> None:
    parts = cut_files(Sector.LOCAL_AUTHORITY, [RETURN[0], as_xml(RETURN)])
    assert [(part.cut.format, part.cut.tables) for part in parts] == [
        ("ssda903", ("header",)),
        ("ssda903-xml", ("xml",)),
    ]


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (b"<EXPSSDA903>", True),
        (b"<SSDA903/>", True),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- x --><EXPSSDA903>", True),
        ("<EXPSSDA903>".encode("utf-16"), True),
        (LAUGHS, True),
        (b"<CBDS><SSDA9033>", False),
        (b"CHILD,<EXPSSDA903>", False),
        (b"", False),
    ],
)
def test_a_return_is_known_by_its_root(content: bytes, known: bool) -> None:  # noqa: FBT001 - the expected answer
    assert xml.recognise(content) is known


def problems(content: bytes) -> list[Any]:
    found = [(p.table, p.row, p.column, p.reason) for p in xml.cut([content]).problems]
    return found + [(p.table, p.row, p.column, p.reason) for each in decided(content) for p in each.problems]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (child("<UASC>2</UASC>"), ("uasc", 1, None, ProblemReason.UNKNOWN_CODE)),
        (child("<SEX>1</SEX>"), ("header", 1, "SEX", ProblemReason.MALFORMED)),
        (child("<UPN><b/></UPN>"), ("header", 1, "UPN", ProblemReason.MALFORMED)),
        (child("<UPN>a&#x202e;b</UPN>"), ("header", 1, "UPN", ProblemReason.MALFORMED)),
        (child(MISSING.replace("03/02/2026", "2026-02-03")), ("missing", 1, "MIS_START", ProblemReason.NOT_A_DATE)),
        (child("", "<EPISODE><PL>U1</PL></EPISODE>"), ("episodes", 1, "DECOM", ProblemReason.EMPTY_CELL)),
        (child("").replace(b"<CHILDID>1</CHILDID>", b""), ("xml", 1, "CHILD", ProblemReason.MALFORMED)),
        (b"<EXPSSDA903><CHILD/></EXPSSDA903>", ("xml", 1, "CHILD", ProblemReason.UNKNOWN_COLUMN)),
        (b"<EXPSSDA903><Child/></EXPSSDA903>", ("xml", None, None, ProblemReason.EMPTY_FILE)),
        (child("").replace(b"</HEADER>", b""), ("xml", None, None, ProblemReason.MALFORMED)),
        (child("<UPN>\u00e9</UPN>").decode().encode("latin-1"), ("xml", None, None, ProblemReason.NOT_UTF8)),
        ("<EXPSSDA903/>".encode("utf-16"), ("xml", None, None, ProblemReason.NOT_UTF8)),
        (child(MISSING * (MAX_RECORD_ITEMS + 1)), ("xml", 1, "CHILD", ProblemReason.TOO_MANY_ROWS)),
        (b"<EXPSSDA903>" + b"<" * (xml.MAX_TAGS + 1), ("xml", None, None, ProblemReason.FILE_TOO_LARGE)),
        (LAUGHS, ("xml", None, None, ProblemReason.MALFORMED)),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[3].value,
)
def test_what_is_wrong_is_listed_with_its_table_row_and_column(content: bytes, where: Any) -> None:
    assert where in problems(content)


@pytest.mark.parametrize(
    "content",
    [
        child(MISSING.replace("AMISSING", "MISSINGEPISODE")),
        child(MISSING.replace("AMISSING", "MISSING_")).replace(b"HEADER", b"Header"),
        child("<A>" + MISSING.replace("AMISSING>", "B>") + "</A>"),
        child(MISSING).replace(b"CHILD>", b"Child>"),
    ],
)
def test_a_missing_episode_that_stands_where_none_is_looked_for_raises_the_alarm(content: bytes) -> None:
    assert any(problem.missing_report for problem in xml.cut([content]).problems)


@pytest.mark.parametrize(
    "beside",
    [
        MISSING,
        f"<x:MISSINGS xmlns:x='urn:x'>{MISSING.replace('<', '<x:').replace('<x:/', '</x:')}</x:MISSINGS>",
        f"<Child><HEADER><CHILDID>2</CHILDID>{MISSING}</HEADER></Child>",
        f"<CHILD>{MISSING}<CHILD>2</CHILD></CHILD>",
        MISSING.lower(),
    ],
)
def test_a_missing_episode_that_stands_in_no_child_raises_the_alarm(beside: str) -> None:
    content = child(MISSING).replace(b"</CHILD></EXP", f"</CHILD>{beside}</EXP".encode())

    assert any(outcome.unreadable_missing_report for outcome in decided(content))


def test_missing_episodes_that_children_took_raise_no_alarm() -> None:
    assert xml.cut([child(MISSING * 2), child(MISSING)]).problems == ()


def test_a_return_in_a_namespace_says_the_same() -> None:
    plain = child(MISSING, "<EPISODE><DECOM>05/01/2026</DECOM></EPISODE>")
    named = plain.replace(b"<EXPSSDA903>", b"<EXPSSDA903 xmlns='urn:example'>")
    assert xml.cut([named]).records == xml.cut([plain]).records


def test_a_missing_episode_is_shared_whatever_else_is_wrong() -> None:
    (outcome,) = decided(child("<UPN><b/></UPN>" + MISSING))
    assert [type(event.fact) for event in outcome.events] == [ChildMissing]


def test_the_children_before_a_broken_off_end_are_read_and_a_lost_missing_report_raises_the_alarm() -> None:
    whole = as_xml(RETURN)
    made = xml.cut([whole[: whole.rindex(b"<MIS_START>") + 20]])
    assert [record.get("child") for record in made.records] == ["1", None]
    assert [problem.missing_report for problem in made.problems] == [True]


def test_problems_of_a_file_are_listed_up_to_a_limit_and_the_last_says_so() -> None:
    nameless = child(MISSING).replace(b"<CHILDID>1</CHILDID>", b"").replace(b"EXPSSDA903>", b"x>")
    many = b"<EXPSSDA903>" + nameless.replace(b"<x>", b"").replace(b"</x>", b"") * 300 + b"</EXPSSDA903>"
    found = xml.cut([many]).problems
    assert (len(found), found[-1].reason) == (MAX_PROBLEMS + 1, ProblemReason.TOO_MANY_PROBLEMS)


# Hostile.

OUTSIDE = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        OUTSIDE + child("<UPN>&x;</UPN>"),
        b"<!DOCTYPE r SYSTEM 'http://127.0.0.1:9/x.dtd'>" + child(""),
        OUTSIDE.decode().encode("utf-16"),
        b"<?xml version='1.0' encoding='utf-7'?>" + OUTSIDE.replace(b"<", b"+ADw-") + child(""),
    ],
    ids=["laughs", "file", "network", "utf-16", "utf-7"],
)
def test_a_file_that_defines_entities_is_refused_unread_and_kept_nowhere(content: bytes) -> None:
    made = xml.cut([content])
    assert (len(made.problems), [record for record in made.records if "child" in record]) == (1, [])


def test_a_billion_laughs_cost_milliseconds() -> None:
    began = time.process_time()
    xml.cut([LAUGHS])
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("depth", [200, 300, 100_000])
def test_deeply_nested_elements_are_answered(depth: int) -> None:
    assert problems(child("<UPN>" + "<a>" * depth + "</a>" * depth + "</UPN>"))


@given(st.binary(max_size=4), st.integers(0, 1500), st.integers(0, 3))
def test_any_bytes_inside_a_return_are_answered(inserted: bytes, at: int, dropped: int) -> None:
    content = as_xml(RETURN)
    assert all(outcome.decision in Decision for outcome in decided(content[:at] + inserted + content[at + dropped :]))
