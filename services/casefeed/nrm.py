"""Reads which referrals name the National Referral Mechanism (¶4.25-4.26, chapter 6), the latest known first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, LiteralString

from services.casefeed.reading import IN_SIGHT, said_of_child
from services.casefeed.sight import Sight
from services.core.claims import Subject
from services.core.codes import Concern, Sector
from services.core.facts import ReferralMade
from services.core.ids import CaseId
from services.core.timeline import Entry
from services.runtime.database import Connection
from services.wire.avro import Schemas

_LOOKED_THROUGH = 2_000
REFERRALS: LiteralString = f"""
    SELECT now_of.case_id, held.frame, held.known_at, cases.state FROM entries AS held
    CROSS JOIN LATERAL (
        SELECT case_id FROM assignments WHERE subject_id = held.subject_id ORDER BY version DESC LIMIT 1) AS now_of
    LEFT JOIN cases ON cases.case_id = now_of.case_id
    WHERE held.type = 'ReferralMade' AND {IN_SIGHT}
    ORDER BY held.known_at DESC, held.event_id LIMIT %(at_most)s"""  # noqa: S608 - written here and in reading.py


class Authority(StrEnum):
    """Whose competent authority decides whether a child is a victim of trafficking."""

    UKBA = "ukba"
    UKHTC = "ukhtc"


@dataclass(frozen=True, slots=True)
class NrmReferral:
    """A referral that names the mechanism; no agency tells the hub yet what became of it there.

    `due_at` is when the local authority owes its own decision, None where nobody dated the referral.
    """

    case_id: CaseId
    sector: Sector
    entry: Entry
    claims: Subject
    authority: Authority
    decision_awaited: bool
    due_at: datetime | None


def authority(sectors: Collection[Sector]) -> Authority:
    """Who decides, by the rule of ¶4.26: UKHTC, unless UKBA refers the child or knows them already.

    `sectors` are those that have spoken of the child.
    """
    return Authority.UKBA if Sector.UKBA in sectors else Authority.UKHTC


async def list_nrm(connection: Connection, schemas: Schemas, sight: Sight) -> list[NrmReferral]:
    """Those in sight, of the latest two thousand referrals; a case stands among them once."""
    found = await connection.execute(REFERRALS, {**sight.asked, "at_most": _LOOKED_THROUGH}, binary=True)
    seen: dict[CaseId, NrmReferral] = {}
    for row in await found.fetchall():
        one = _referral(schemas, row)
        if isinstance(one.entry.fact, ReferralMade) and Concern.NATIONAL_REFERRAL_MECHANISM in one.entry.fact.concerns:
            seen.setdefault(one.case_id, one)
    return list(seen.values())


def _referral(schemas: Schemas, row: Sequence[Any]) -> NrmReferral:
    case, frame, known_at, state = row
    entry, claims = said_of_child(schemas, frame, known_at, None)
    due = state and state["decision_due_at"]
    return NrmReferral(
        CaseId(case.hex()),
        entry.sector,
        entry,
        claims,
        authority([Sector(one) for one in state["sectors"]] if state else [entry.sector]),
        bool(state and state["decision_awaited"]),
        datetime.fromisoformat(due) if due else None,
    )
