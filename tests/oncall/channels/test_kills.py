"""Workers are killed fifty times while they send: no page is lost, and a repeat carries the key of the first."""

import asyncio
import sys
from collections import Counter
from email import message_from_bytes

from aiosmtpd.smtp import Envelope
from psycopg.rows import TupleRow

from services.runtime.database import Connection
from services.runtime.local.mail.catcher import catching
from tests.conftest import HOME
from tests.oncall.channels import dying
from tests.oncall.channels.conftest import Desk
from tests.oncall.channels.messages import Taking

KILLS = 50
LONGEST_SECONDS = 600


async def test_no_page_is_lost_to_a_kill_and_a_repeat_has_its_key(desk: Desk) -> None:
    server = Taking()
    async with catching(server, "127.0.0.1", 0) as port:
        told = desk.where.conninfo, str(port), str(KILLS)
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", dying.__name__, *told, cwd=HOME)
        assert await asyncio.wait_for(process.wait(), LONGEST_SECONDS) == 0

    ids = Counter(message_id(envelope) for envelope in server.envelopes)
    odd = [number for number in range(KILLS) if number % 2]
    twice = {f"<{dying.key(number)}@localhost.localdomain>": 1 + (number in odd) for number in range(KILLS)}
    assert ids == Counter(twice)
    assert await desk.session.run(outcome) == (KILLS, KILLS, ["sent"])


def message_id(envelope: Envelope) -> str:
    assert isinstance(envelope.content, bytes)
    return str(message_from_bytes(envelope.content)["message-id"])


async def outcome(connection: Connection) -> TupleRow | None:
    """How many pages there are, how many were begun twice, and what was said of each second try."""
    cursor = await connection.execute("""
        SELECT count(*), sum(sends.tries - 1), array_agg(DISTINCT rung)
        FROM sends LEFT JOIN receipts ON (receipts.key, try) = (sends.key, sends.tries)""")
    return await cursor.fetchone()
