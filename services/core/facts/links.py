"""People's decisions on who is who."""

from dataclasses import dataclass

from services.core.codes import LinkGround
from services.core.ids import SubjectId


@dataclass(frozen=True, slots=True)
class RecordsLinked:
    """A person decided that this record and `other` are of one child.

    `decided_by` is their handle, where their identity token came with it: a document alone never says it.
    """

    other: SubjectId
    ground: LinkGround = LinkGround.OTHER
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class RecordsUnlinked:
    """A person undid the link between this record and `other`."""

    other: SubjectId
    ground: LinkGround = LinkGround.OTHER


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """A person decided that this record and `other` are of two children."""

    other: SubjectId
    ground: LinkGround = LinkGround.OTHER
