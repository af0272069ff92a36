"""What a page's alert says of it: whether it is owed still, and that its recipient has seen the alert."""

from datetime import datetime
from typing import LiteralString

from services.runtime.database import Connection, ask

# A page to an alert's owner is about something that was heard, and answers nothing: it is owed while the alert is open.
# That a report was withdrawn is owed until it reached whoever was paged about it, or the report is made again.
_OWED: LiteralString = """
    SELECT EXISTS (
        SELECT FROM attempts JOIN alerts USING (alert_id) LEFT JOIN calls USING (alert_id, agency)
        WHERE key = %b AND attempts.state IN ('written', 'sent')
        AND ((attempts.kind = 'withdrawn' AND alerts.ending = 'withdrawn') OR (alerts.state IN ('open', 'debrief')
        AND (attempts.kind = 'sighting' OR (calls.status = 'owed' AND attempts.round = calls.round)))))"""
_HOLD: LiteralString = """
    SELECT FROM carried WHERE recipient = %(person)b AND key IN (SELECT key FROM attempts WHERE alert_id = %(alert)b)
    ORDER BY key FOR UPDATE"""
_READ: LiteralString = """
    WITH seen AS (
        SELECT DISTINCT ON (sends.key) sends.key, way, sends.tries, begun_at FROM sends JOIN attempts USING (key)
        WHERE alert_id = %(alert)b AND recipient = %(person)b ORDER BY sends.key, begun_at DESC),
    settled AS (UPDATE sends SET settled = true FROM seen WHERE sends.key = seen.key)
    INSERT INTO receipts (key, way, try, rung, at, went_to)
    SELECT key, way, tries, 'read', %(now)b, CASE WHEN
        (SELECT begun_at < set_at FROM contacts WHERE person = %(person)b) IS NOT TRUE THEN %(person)b END FROM seen
    ON CONFLICT DO NOTHING"""


async def still_owed(connection: Connection, key: str) -> bool:
    """Whether a page must still reach somebody: nobody of its agency has answered, and its alert is open."""
    row = await (await connection.execute(_OWED, [bytes.fromhex(key)], binary=True)).fetchone()
    return bool(row and row[0])


async def note_read(connection: Connection, alert_id: str, person: str, now: datetime) -> None:
    """Whoever was paged about an alert and now looks at it has read their pages."""
    given = {"alert": bytes.fromhex(alert_id), "person": bytes.fromhex(person), "now": now}
    await ask(connection, (_HOLD, given), (_READ, given))
