"""A rota as people write it, with names and times on the wall, and the same as the hub keeps it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, NaiveDatetime

from services.core.oncall.clocks import instant_of
from services.core.oncall.coverage import MOST_OVERRIDES, known_zone
from services.core.oncall.rota import (
    LINES,
    ON_DUTY,
    Layer,
    Line,
    Override,
    Rota,
    Turn,
    Unit,
    Version,
    Weekday,
    Window,
    overriding,
    replacing,
)
from services.core.rights import PersonRole

_FIRST_YEAR, _LAST_YEAR = 2000, 2200

Named = Annotated[str, Field(min_length=1, max_length=100)]
"""A colleague, by name or by handle."""


def _of_our_time(said: datetime) -> datetime:
    """A time that a calendar can count with, in any zone."""
    if not _FIRST_YEAR <= said.year <= _LAST_YEAR:
        raise ValueError
    return said


Wall = Annotated[NaiveDatetime, AfterValidator(_of_our_time)]
Moment = Annotated[datetime, AfterValidator(_of_our_time)]


class Document(BaseModel):
    """What somebody asks for; not yet to be trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WindowDocument(Document):
    """Part of some days; one that does not end after it starts ends the next day."""

    days: frozenset[Weekday]
    start: time
    end: time


class TurnDocument(Document):
    """How long each turn is."""

    every: int = 1
    unit: Unit


class LayerDocument(Document):
    """People who take turns; times are those that clocks on the wall show."""

    people: tuple[Named, ...]
    begins: Wall
    turn: TurnDocument
    ends: Wall | None = None
    windows: tuple[WindowDocument, ...] = ()


class OverrideDocument(Document):
    """Somebody whatever the layers say; a time without a zone is what clocks on the wall show."""

    person: Named
    start: Moment
    end: Moment


class LineDocument(Document):
    """Layers, the lowest first, and what overrides them."""

    layers: tuple[LayerDocument, ...] = ()
    overrides: tuple[OverrideDocument, ...] = ()


class RotaDocument(Document):
    """A whole rota: the first line is on duty, up to two more stand behind."""

    zone: Annotated[str, Field(max_length=64)]
    until: Moment
    lines: tuple[LineDocument, ...]


class PublishDocument(Document):
    """A rota to be published in the place of the version on which it is based; 0: of none."""

    based_on: int
    rota: RotaDocument
    check_only: bool = False


class ShiftDocument(OverrideDocument):
    """An override of the line of a level: 0 is on duty, the others stand behind."""

    level: Annotated[int, Field(ge=0, lt=LINES)] = ON_DUTY


class OverridingDocument(Document):
    """Overrides to be laid over the rota; with `replace` in the place of others within their time.

    With `until` the rota then ends at another time; `zone` is needed where there is no rota yet.
    """

    overrides: Annotated[tuple[ShiftDocument, ...], Field(min_length=1, max_length=MOST_OVERRIDES)]
    replace: bool = False
    until: Moment | None = None
    zone: Annotated[str, Field(max_length=64)] | None = None
    check_only: bool = False


class MemberDocument(Document):
    """One of the staff: the name under which the identity provider knows them (`sub`), and what colleagues read."""

    sign_in: Annotated[str, Field(min_length=1, max_length=255)]
    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\W\d_]+(?:[ '.-]+[^\W\d_]+)*\.?$")]
    role: PersonRole


class StaffDocument(Document):
    """Everybody who can be on duty in an agency."""

    people: Annotated[tuple[MemberDocument, ...], Field(max_length=1_000)]


class OfferDocument(Document):
    """The rest of a shift, or its part until a time, for a colleague."""

    to: Named
    until: Moment | None = None


def rota_of(said: RotaDocument, handles: Mapping[str, str]) -> Rota:
    """The rota that a document means; whoever is not among `handles`, by name, stays as they were named."""
    zone = ZoneInfo(said.zone if known_zone(said.zone) else "UTC")
    return Rota(said.zone, _instant(said.until, zone), tuple(_line(line, zone, handles) for line in said.lines))


def overridden(before: Rota, said: OverridingDocument, handles: Mapping[str, str]) -> Rota:
    """The rota that comes of laying these overrides over the one before."""
    zone = ZoneInfo(before.zone if known_zone(before.zone) else "UTC")
    lay, made = (replacing if said.replace else overriding), before
    for level in sorted({one.level for one in said.overrides}):
        made = lay(made, level, [_override(one, zone, handles) for one in said.overrides if one.level == level])
    return replace(made, until=_instant(said.until, zone)) if said.until else made


def reaches(version: Version, said: OverridingDocument) -> bool:
    """Whether any of these overrides is of a time in which the version counts; one that is backwards may be."""
    rota = version.rota
    zone = ZoneInfo(rota.zone if known_zone(rota.zone) else "UTC")
    made = [_override(one, zone, {}) for one in said.overrides]
    return any(version.published_at < max(one.start, one.end) and one.start < rota.until for one in made)


def _override(said: OverrideDocument, zone: ZoneInfo, handles: Mapping[str, str]) -> Override:
    person = handles.get(said.person, said.person)
    return Override(person, _instant(said.start, zone), _instant(said.end, zone))


def _line(said: LineDocument, zone: ZoneInfo, handles: Mapping[str, str]) -> Line:
    return Line(
        tuple(_layer(layer, handles) for layer in said.layers),
        tuple(_override(one, zone, handles) for one in said.overrides),
    )


def _layer(said: LayerDocument, handles: Mapping[str, str]) -> Layer:
    return Layer(
        people=tuple(handles.get(person, person) for person in said.people),
        begins=said.begins,
        turn=Turn(said.turn.every, said.turn.unit),
        ends=said.ends,
        windows=tuple(Window(one.days, one.start, one.end) for one in said.windows),
    )


def _instant(said: datetime, zone: ZoneInfo) -> datetime:
    return instant_of(said, zone) if said.tzinfo is None else said.astimezone(UTC)


def document_of(rota: Rota, names: Mapping[str, str]) -> RotaDocument:
    """The document that means this rota, people by name where they have one."""
    return RotaDocument(
        zone=rota.zone,
        until=rota.until,
        lines=tuple(
            LineDocument(
                layers=tuple(_layer_document(layer, names) for layer in line.layers),
                overrides=tuple(
                    OverrideDocument(person=names.get(one.person, one.person), start=one.start, end=one.end)
                    for one in line.overrides
                ),
            )
            for line in rota.lines
        ),
    )


def _layer_document(layer: Layer, names: Mapping[str, str]) -> LayerDocument:
    return LayerDocument(
        people=tuple(names.get(person, person) for person in layer.people),
        begins=layer.begins,
        turn=TurnDocument(every=layer.turn.every, unit=layer.turn.unit),
        ends=layer.ends,
        windows=tuple(WindowDocument(days=one.days, start=one.start, end=one.end) for one in layer.windows),
    )
