"""Reads which referrals name the National Referral Mechanism (¶4.25-4.26, chapter 6), the latest known first."""

from dataclasses import dataclass
from typing import LiteralString

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
_REFERRALS: LiteralString = f"""
    SELECT (SELECT case_id FROM assignments AS now_of
            WHERE now_of.subject_id = held.subject_id ORDER BY version DESC LIMIT 1), frame, known_at
    FROM entries AS held WHERE type = 'ReferralMade' AND {IN_SIGHT}
    ORDER BY known_at DESC, event_id LIMIT %(at_most)s"""  # noqa: S608 - written here and in reading.py


@dataclass(frozen=True, slots=True)
class NrmReferral:
    """A referral that names the mechanism; no agency tells the hub yet what became of it there."""

    case_id: CaseId
    sector: Sector
    entry: Entry
    claims: Subject


async def list_nrm(connection: Connection, schemas: Schemas, sight: Sight) -> list[NrmReferral]:
    """Those in sight, of the latest two thousand referrals; a case stands among them once."""
    found = await connection.execute(_REFERRALS, {**sight.asked, "at_most": _LOOKED_THROUGH}, binary=True)
    seen: dict[CaseId, NrmReferral] = {}
    for case, frame, known_at in await found.fetchall():
        entry, claims = said_of_child(schemas, frame, known_at, None)
        fact, case_id = entry.fact, CaseId(case.hex())
        if isinstance(fact, ReferralMade) and Concern.NATIONAL_REFERRAL_MECHANISM in fact.concerns:
            seen.setdefault(case_id, NrmReferral(case_id, entry.sector, entry, claims))
    return list(seen.values())
