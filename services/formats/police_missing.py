"""A police missing-person report of a child: since when, where last seen, who saw them since, and how they were found.

After ¶5.73-5.80. Every such report is one of a missing child, whatever else in it cannot be read.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from services.core.facts import ChildFound, Sighting
from services.core.statements import Statement
from services.formats.canonical.documents import MAX_LIST
from services.formats.canonical.values import Narrative
from services.formats.form_parts import AgencyForm, Found, Indicators, Missing, Seen
from services.formats.forms import FormKind, Told, format_of

NAME = "police-missing-person/1"


class MissingPerson(AgencyForm):
    """A police missing-person report of a child."""

    format: Literal["police-missing-person/1"]
    missing: Missing
    indicators: Indicators = ()
    sightings: Annotated[tuple[Seen, ...], Field(max_length=MAX_LIST)] = ()
    found: Found | None = None
    contingency_plan: Annotated[Narrative, Field(description="Sealed to the vault (¶5.75).")] = ""

    @property
    def in_words(self) -> str:
        return "\n\n".join(filter(None, (self.narrative, self.contingency_plan)))


def say(told: Told[MissingPerson]) -> Iterator[Statement]:
    form = told.form
    yield from told.says_missing(form.missing, form.indicators)
    for seen in form.sightings:
        yield told.says_of_missing(Sighting(seen_by=seen.by), seen, seen.reference)
    if form.found:
        yield told.says_of_missing(ChildFound(how=form.found.how), form.found)


KIND = FormKind(NAME, "missing-person", MissingPerson, say, lambda _document: True)
FORMAT = format_of(KIND)
