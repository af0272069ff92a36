"""Read one child's record of an SSDA903 return: what the authority says of the child, and what of it cannot be read.

A missing row that can be read is said whatever else is wrong; anything wrong refuses the record's other facts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from pydantic import ValidationError

from services.core.claims import BirthDate, Subject
from services.core.codes import ClaimStatus, FoundHow, MissingKind, Precision, Role, Sex, YesNo
from services.core.facts import ChildFound, ChildLookedAfter, ChildMissing, Fact, PlacementEnded, PlacementStarted
from services.core.statements import LocationKey, Opened, Problem, ProblemReason, Record, Statement
from services.formats.cut import nothing_read
from services.formats.ssda903.cut import NAME
from services.formats.ssda903.rows import Row, Rows, is_missing_report, read_rows
from services.formats.ssda903.shape import CUT_RECORD

_SEXES = {"1": Sex.MALE, "2": Sex.FEMALE}
_MISSING = {"M": MissingKind.MISSING, "A": MissingKind.AWAY_WITHOUT_AUTHORISATION}
_PLACEMENT = {
    LocationKey.HOME_POSTCODE.value: "HOME_POST",
    LocationKey.PLACEMENT_POSTCODE.value: "PL_POST",
    LocationKey.PROVIDER_URN.value: "URN",
    LocationKey.PLACEMENT_TYPE.value: "PLACE",
    LocationKey.PLACEMENT_PROVIDER.value: "PLACE_PROVIDER",
}
_IDENTIFIERS = {"upn": "UPN", "mother": "MOTHER", "mothers_child_born": "MC_DOB"}


def parse(opened: Opened) -> Record:
    """What the record says; one without the shape of a record may have been a missing report."""
    try:
        cut = CUT_RECORD.validate_python(opened.record)
    except ValidationError:
        return nothing_read(opened, Problem(NAME, None, None, ProblemReason.UNREADABLE_RECORD, missing_report=True))
    rows = read_rows(cut.rows)
    return Record(
        organisation=opened.organisation,
        organisation_kind=opened.organisation_kind,
        system=NAME,
        source_id=cut.child,
        sealed_identifiers={"system": NAME, "child": cut.child} | _sealed(rows.header, _IDENTIFIERS),
        statements=tuple(_statements(rows, _Said(subject_of(rows), opened.submitted_at))),
        problems=rows.problems,
    )


def subject_of(rows: Rows) -> Subject:
    """What the return claims about the child: a date of birth and a sex, never a name.

    What an authority has on record counts as documented; of an unaccompanied child it is often only what the child
    said (¶5.41), and dates that differ between the tables are disputed.
    """
    who = (*rows.header, *rows.uasc, *rows.missing)
    births = sorted({born for row in who if (born := row.day("DOB"))})
    status = ClaimStatus.CLAIMED if rows.uasc else ClaimStatus.DOCUMENTED
    if len(births) > 1:
        status = ClaimStatus.DISPUTED
    sexes = {row.cells["SEX"] for row in who if "SEX" in row.cells}
    return Subject(
        dates_of_birth=tuple(BirthDate(born.isoformat(), status) for born in births),
        sex=_SEXES[sexes.pop()] if len(sexes) == 1 else Sex.UNKNOWN,
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What all statements of one record share."""

    subject: Subject
    recorded_at: datetime

    def on(self, day: date | None, row: Row, fact: Fact, key: date | None) -> Statement:
        """The fact as it happened on a day; `key` is the day that names it among the child's facts of its type."""
        return Statement(
            fact=fact,
            natural_key=key.isoformat() if key else "",
            occurred_at=datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None,
            precision=Precision.DAY if day else Precision.UNKNOWN,
            recorded_at=self.recorded_at,
            role=Role.STATUTORY_RETURN,
            table=row.label,
            row=row.number,
            subject=self.subject,
        )


def _sealed(rows: tuple[Row, ...], keys: dict[str, str]) -> dict[str, str]:
    return {key: text for row in rows for key, column in keys.items() if (text := row.cells.get(column))}


def _statements(rows: Rows, said: _Said) -> Iterator[Statement]:
    for row in rows.missing:
        if is_missing_report(row):
            yield from _missing(row, said)
    if not rows.problems:
        for row in rows.uasc:
            yield _unaccompanied(row, rows.episodes, said)
        for row in rows.episodes:
            yield from _placement(row, said)


def _missing(row: Row, said: _Said) -> Iterator[Statement]:
    start, end = row.day("MIS_START"), row.day("MIS_END")
    missing = said.on(start, row, ChildMissing(_MISSING[row.cells["MISSING"]]), key=start)
    yield missing
    if start and end and start <= end:
        found = said.on(end, row, ChildFound(how=FoundHow.RECORDED_BY_AUTHORITY), key=start)
        yield replace(found, episode_key=missing.natural_key)


def _unaccompanied(row: Row, episodes: tuple[Row, ...], said: _Said) -> Statement:
    """The table gives no date: looked after since the first placement, or nobody says since when."""
    starts = sorted(start for episode in episodes if (start := episode.day("DECOM")))
    return said.on(starts[0] if starts else None, row, ChildLookedAfter(YesNo.YES, row.day("DUC")), key=None)


def _placement(row: Row, said: _Said) -> Iterator[Statement]:
    start, end = row.day("DECOM"), row.day("DEC")
    yield replace(said.on(start, row, PlacementStarted(), key=start), location=_sealed((row,), _PLACEMENT))
    if end:
        yield said.on(end, row, PlacementEnded(), key=start)
