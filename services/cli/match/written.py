"""Generated records as CSV, one file an agency, so that any other tool can be given the same."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.cli.match.population import Recorded
from services.core.codes import IdentifierScheme

_SCHEMES = [scheme.value for scheme in IdentifierScheme]
COLUMNS = ("id", "child", "name", "date_of_birth", "sex", "nationality", "language", *_SCHEMES)


def write(recorded: Sequence[Recorded], folder: Path) -> list[Path]:
    """Write each agency's records into a file of its own; `child` says whose a record is."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for agency in sorted({each.agency for each in recorded}):
        file = folder / f"{agency.value}.csv"
        with file.open("w", encoding="utf-8", newline="") as lines:
            table = csv.writer(lines)
            table.writerow(COLUMNS)
            table.writerows(_rows(recorded, agency))
        files.append(file)
    return files


def _rows(recorded: Sequence[Recorded], agency: str) -> Iterator[tuple[str, ...]]:
    for number, each in enumerate(recorded):
        if each.agency == agency:
            numbers = {one.scheme.value: one.value for one in each.subject.identifiers}
            yield (
                f"R{number}",
                f"C{each.child}",
                ";".join(name.text for name in each.subject.names),
                ";".join(birth.value for birth in each.subject.dates_of_birth),
                each.subject.sex.value,
                ";".join(each.subject.nationalities),
                ";".join(each.subject.languages),
                *(numbers.get(scheme, "") for scheme in _SCHEMES),
            )
