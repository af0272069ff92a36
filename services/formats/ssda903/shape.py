"""The shape of one child's record in an SSDA903 return, which is not trusted to have it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.formats.cut import MAX_RECORD_ITEMS, MAX_ROW
from services.formats.ssda903.tables import MAX_CELL, TABLES

_Cell = Annotated[str, Field(max_length=MAX_CELL)]
_Cells = Annotated[dict[_Cell, _Cell], Field(max_length=40)]


class CutRow(BaseModel):
    """One row of one table, as `cut` makes it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    table: Annotated[str, Field(pattern=rf"^({'|'.join(TABLES)})( [0-9]{{1,5}})?$", max_length=20)]
    row: Annotated[int, Field(ge=1, le=MAX_ROW)]
    cells: _Cells
    faults: _Cells


class CutRecord(BaseModel):
    """All rows of one child, as `cut` makes them."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    child: Annotated[str, Field(min_length=1, max_length=MAX_CELL)]
    rows: Annotated[list[CutRow], Field(max_length=MAX_RECORD_ITEMS)]


CUT_RECORD = TypeAdapter(CutRecord)
