"""Records of children in CSV files, under the usual names of their columns; whose they are, if somebody says so."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from services.core.claims import BirthDate, Identifier, Name, Subject
from services.core.codes import ClaimStatus, IdentifierScheme, NameKind, Sex
from services.core.errors import LanternError
from services.core.matching.dates import born

_STATUS = ClaimStatus.CLAIMED
_COLUMNS = {  # what each may be called
    "id": ("id", "record_id", "rec_id", "unique_id"),
    "child": ("child", "cluster", "cluster_id", "entity_id", "person_id", "label"),
    "name": ("name", "full_name"),
    "given": ("given_name", "given_names", "first_name", "forename"),
    "family": ("family_name", "surname", "last_name"),
    "born": ("date_of_birth", "dob", "birth_date", "birthdate", "born"),
    "sex": ("sex", "gender"),
    "nationality": ("nationality",),
    "language": ("language",),
}
_SCHEMES = {scheme.value: scheme for scheme in IdentifierScheme}
_KINDS = {"name": NameKind.UNKNOWN, "given": NameKind.GIVEN, "family": NameKind.FAMILY}
_SEXES = {"f": Sex.FEMALE, "female": Sex.FEMALE, "m": Sex.MALE, "male": Sex.MALE}
_DATES = (  # besides those of the hub itself
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})"),
)
_SEVERAL = ";"


class NotATable(LanternError):
    """This is no CSV file of records that could be compared."""


@dataclass(frozen=True, slots=True)
class Table:
    """Records in the order of their files and rows. `children` says whose each is, or is None.

    `left_out` are dates of birth that could not be read.
    """

    subjects: tuple[Subject, ...]
    children: tuple[int, ...] | None
    left_out: int


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    child: str
    subject: Subject
    left_out: bool


def read_tables(files: Sequence[Path], truth: Path | None = None) -> Table:
    """The records of all files. Whose they are says a column, or the pairs of ids in the file `truth`.

    Raises:
        NotATable: a file is not CSV in UTF-8, or has no column that could tell who a child is, or an id is not there.
    """
    tables = [list(_rows(file)) for file in files]
    rows = [row for table in tables for row in table]
    if not rows:
        raise NotATable("The files hold no rows: there is nothing to compare.")
    if truth:
        children: Sequence[int] | None = _by_pairs(tables, truth)
    else:
        children = _numbered([row.child for row in rows]) if all(row.child for row in rows) else None
    return Table(
        tuple(row.subject for row in rows), None if children is None else tuple(children), sum(r.left_out for r in rows)
    )


def _rows(file: Path) -> Iterator[_Row]:
    header, rows = _cells(file)
    columns = _known(header)
    if not {"name", "given", "family"} & set(columns.values()):
        had = ", ".join(header) or "none"
        raise NotATable(
            f"{file.name} has no column of names. Known are name, or given_name and family_name; beside them "
            f"date_of_birth, sex, nationality, language, {', '.join(_SCHEMES)}, child (whose the record is) and id. "
            f"It has: {had}."
        )
    for row in rows:
        yield _row({columns[name]: cell.strip() for name, cell in row.items() if name in columns and cell})


def _cells(file: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines, restkey="")
            return list(table.fieldnames or ()), [
                {name: cell for name, cell in row.items() if isinstance(cell, str)} for row in table
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotATable(f"{file.name} could not be read as CSV in UTF-8 ({type(error).__name__}).") from None


def _known(header: Iterable[str]) -> dict[str, str]:
    """What each column of the header is, of those that are known."""
    usual = {name: field for field, names in _COLUMNS.items() for name in names} | dict.fromkeys(_SCHEMES, "")
    plain = {name: re.sub(r"[\s-]+", "_", name.strip().lower()) for name in header}
    return {name: usual[word] or word for name, word in plain.items() if word in usual}


def _row(cells: Mapping[str, str]) -> _Row:
    day = _day(cells.get("born", ""))
    subject = Subject(
        identifiers=tuple(
            Identifier(scheme, re.sub(r"\s", "", cells[name]).upper(), _STATUS)
            for name, scheme in _SCHEMES.items()
            if cells.get(name)
        ),
        names=tuple(
            Name(text.strip(), kind, _STATUS)
            for field, kind in _KINDS.items()
            for text in cells.get(field, "").split(_SEVERAL)
            if text.strip()
        ),
        dates_of_birth=(BirthDate(day, _STATUS),) if day else (),
        sex=_SEXES.get(cells.get("sex", "").lower(), Sex.UNKNOWN),
        nationalities=_codes(cells.get("nationality", "").upper()),
        languages=_codes(cells.get("language", "").lower()),
    )
    return _Row(cells.get("id", ""), cells.get("child", ""), subject, left_out=not day and "born" in cells)


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in cell.split(_SEVERAL) if code.strip())


def _day(text: str) -> str:
    """A date of birth as the hub writes it, or nothing."""
    for form in _DATES:
        if found := form.fullmatch(text):
            text = f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"
    try:
        born(text)
    except ValueError:
        return ""
    return text


def _numbered(names: Iterable[object]) -> list[int]:
    """A number for each name, the same for the same."""
    numbers, fresh = dict[object, int](), count()
    return [numbers[name] if name in numbers else numbers.setdefault(name, next(fresh)) for name in names]


def _by_pairs(tables: Sequence[Sequence[_Row]], truth: Path) -> list[int]:
    """Whose the records are, where a file names the pairs of one child by their ids, in the order of the files.

    With one file of records, both ids are its own.
    """
    places = [(table, row.id) for table, rows in enumerate(tables) for row in rows]
    group = {place: place for place in places}
    header, rows = _cells(truth)
    if len(header) < 2:  # noqa: PLR2004 - a pair
        raise NotATable(f"{truth.name} needs two columns: the ids of two records of one child.")
    for row in rows:
        one, other = (0, row.get(header[0], "").strip()), (len(tables) - 1, row.get(header[1], "").strip())
        if one not in group or other not in group:
            raise NotATable(f"{truth.name} names an id that no record has in its column id.")
        _join(group, one, other)
    return _numbered(_root(group, place) for place in places)


_Place = tuple[int, str]


def _join(group: dict[_Place, _Place], one: _Place, other: _Place) -> None:
    group[_root(group, other)] = _root(group, one)


def _root(group: Mapping[_Place, _Place], place: _Place) -> _Place:
    while group[place] != place:
        place = group[place]
    return place
