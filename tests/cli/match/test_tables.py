"""Records come from CSV under the usual names of columns; what cannot be read is counted, or refused in words."""

from pathlib import Path

import pytest

from services.cli.match import written
from services.cli.match.population import children, records
from services.cli.match.tables import NotATable, read_tables
from services.core.codes import IdentifierScheme, NameKind, Sex


def csv(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def test_generated_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    recorded = list(records(4, list(children(3, 40))))
    files = written.write(recorded, tmp_path / "new")
    table = read_tables(files)
    by_agency = sorted(recorded, key=lambda each: each.agency)
    assert [subject.names for subject in table.subjects] == [each.subject.names for each in by_agency]
    assert [subject.dates_of_birth for subject in table.subjects] == [each.subject.dates_of_birth for each in by_agency]
    assert [subject.sex for subject in table.subjects] == [each.subject.sex for each in by_agency]
    assert [{one.scheme for one in subject.identifiers} for subject in table.subjects] == [
        {one.scheme for one in each.subject.identifiers} for each in by_agency
    ]
    assert table.children
    assert len(set(table.children)) == 40


def test_columns_are_known_by_their_usual_names(tmp_path: Path) -> None:
    file = csv(
        tmp_path,
        "a.csv",
        "Forename,Last-Name,DOB,Gender,NHS Number,x\nLinh,Tran,20110409,F,943 476 5919,y\n",
        "utf-8-sig",
    )
    (subject,) = read_tables([file]).subjects
    assert [(name.text, name.kind) for name in subject.names] == [("Linh", NameKind.GIVEN), ("Tran", NameKind.FAMILY)]
    assert subject.dates_of_birth[0].value == "2011-04-09"
    assert subject.sex is Sex.FEMALE
    assert [(one.scheme, one.value) for one in subject.identifiers] == [(IdentifierScheme.NHS_NUMBER, "9434765919")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2011-04-09", "2011-04-09"),
        ("09/04/2011", "2011-04-09"),
        ("9/4/2011", "2011-04-09"),
        ("2011", "2011"),
        ("2010-06-02/2011-06-01", "2010-06-02/2011-06-01"),
        ("31/31/2011", None),
        ("a long time ago", None),
    ],
)
def test_a_date_of_birth_is_read_as_people_write_it_or_counted_as_left_out(
    tmp_path: Path, written: str, read: str | None
) -> None:
    table = read_tables([csv(tmp_path, "a.csv", f"name,date_of_birth\nLinh Tran,{written}\n")])
    assert [birth.value for birth in table.subjects[0].dates_of_birth] == ([read] if read else [])
    assert table.left_out == (read is None)


def test_several_names_of_a_record_are_parted_by_semicolons(tmp_path: Path) -> None:
    (subject,) = read_tables([csv(tmp_path, "a.csv", "name\nLinh Tran; Mai Pham\n")]).subjects
    assert [name.text for name in subject.names] == ["Linh Tran", "Mai Pham"]


def test_whose_the_records_are_says_a_column_or_nobody(tmp_path: Path) -> None:
    said = csv(tmp_path, "a.csv", "name,child\nLinh Tran,7\nMai Pham,8\nTran Linh,7\n")
    unsaid = csv(tmp_path, "b.csv", "name\nLinh Tran\n")
    assert read_tables([said]).children == (0, 1, 0)
    assert read_tables([said, unsaid]).children is None


def test_whose_they_are_may_say_a_file_of_pairs(tmp_path: Path) -> None:
    one = csv(tmp_path, "a.csv", "id,name\n1,Linh Tran\n2,Mai Pham\n")
    other = csv(tmp_path, "b.csv", "id,name\n1,Mai Pham\n2,Tran Linh\n")
    truth = csv(tmp_path, "truth.csv", "left,right\n1,2\n2,1\n")
    assert read_tables([one, other], truth).children == (0, 1, 1, 0)
    assert read_tables([one], truth).children == (0, 0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no column of names"),
        ("when,where\n1,2\n", "has no column of names.*It has: when, where"),
        ("name,born\n", "hold no rows"),
    ],
)
def test_a_file_of_something_else_is_refused_in_words(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(NotATable, match=sentence):
        read_tables([csv(tmp_path, "a.csv", text)])


def test_bytes_that_are_no_text_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotATable, match="could not be read as CSV in UTF-8"):
        read_tables([csv(tmp_path, "a.csv", "name\nJos\u00e9\n", "latin-1")])


@pytest.mark.parametrize(
    ("text", "sentence"), [("left\n1\n", "two columns"), ("left,right\n1,9\n", "an id that no record has")]
)
def test_pairs_of_nobody_are_refused_in_words(tmp_path: Path, text: str, sentence: str) -> None:
    file = csv(tmp_path, "a.csv", "id,name\n1,Linh Tran\n")
    with pytest.raises(NotATable, match=sentence):
        read_tables([file], csv(tmp_path, "truth.csv", text))
