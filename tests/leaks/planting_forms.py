"""Canaries in every text of the agencies' own forms and messages: in all at once that take one, else one by one."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.core.authority import ANSWERS_FOR
from services.core.codes import OrganisationKind
from services.core.statements import Opened
from services.formats.catalogue import cut_files, read
from tests.formats.agency_forms import SPEAKS, form
from tests.formats.documents import RECEIVED
from tests.formats.fhir.messages import message

Place = tuple[str | int, ...]
Mint = Callable[[], str]


def examples() -> Iterator[tuple[OrganisationKind, Any]]:
    """The published example of each form, and who sends it."""
    yield from ((kind, form(name)) for name, kind in SPEAKS.items())
    yield OrganisationKind.HEALTH_BODY, message()


def planted(kind: OrganisationKind, example: Any, mint: Mint) -> list[Any]:
    """The example with a canary wherever it takes one, and copies with one where none belongs."""
    places = list(_texts(example))
    fit = [place for place in places if is_read(kind, _changed(example, {place: mint()}))]
    astray = [place for place in places if place not in fit]
    return [
        _changed(example, {place: mint() for place in fit}),
        *(_changed(example, {place: mint()}) for place in astray),
    ]


def is_read(kind: OrganisationKind, document: Any) -> bool:
    """Whether nothing in a document is refused."""
    sector = ANSWERS_FOR[kind]
    (part,) = cut_files(sector, [json.dumps(document).encode()])
    opened = [Opened(part.cut.format, "ORGANISATION-1", kind, RECEIVED, record) for record in part.cut.records]
    return not part.cut.problems and not any(read(sector, one).problems for one in opened)


def _texts(value: Any, place: Place = ()) -> Iterator[Place]:
    """The place of every text in a JSON value."""
    if isinstance(value, str):
        yield place
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in named:
        yield from _texts(inner, (*place, name))


def _changed(value: Any, texts: Mapping[Place, str]) -> Any:
    made = copy.deepcopy(value)
    for (*outer, last), text in texts.items():
        inside = made
        for name in outer:
            inside = inside[name]
        inside[last] = text
    return made
