"""Numbers that hold a place, compared inside the vault: a pupil's number, and the id that one council gives a child.

What comes out is that two records may be of one child, for a person to decide, and never why (design section 5).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.core.codes import OrganisationKind, SealedField

MOST_HOLDERS = 20
"""What more records hold is nobody's number, and nothing is told of it."""

_UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")


class NumberKind(StrEnum):
    """What is compared. Own ids are compared within one council alone: `BODY` says which, as a token too."""

    UPN = "upn"
    OWN_ID = "own_id"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class NumberSign:
    """One number, written in the one way in which it is compared."""

    kind: NumberKind
    text: str


def number_signs(field: str, content: Mapping[str, object]) -> frozenset[NumberSign]:
    """What of one sealed content is compared, if anything is."""
    if field == SealedField.IDENTIFIERS:
        return frozenset(_numbers(content))
    if field == SealedField.ORGANISATION and content.get("kind") == OrganisationKind.LOCAL_AUTHORITY:
        body = content.get("organisation")
        return frozenset({NumberSign(NumberKind.BODY, body)}) if isinstance(body, str) and body else frozenset()
    return frozenset()


def _numbers(content: Mapping[str, object]) -> list[NumberSign]:
    upn, own = (_plain(content.get(key)) for key in ("upn", "child"))
    found = [NumberSign(NumberKind.UPN, upn)] if _UPN.fullmatch(upn) else []
    return [*found, NumberSign(NumberKind.OWN_ID, own)] if own else found


def _plain(value: object) -> str:
    return re.sub(r"\s", "", value).upper() if isinstance(value, str) else ""
