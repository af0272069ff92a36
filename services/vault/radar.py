"""The radar at work, in the transaction that keeps a batch: what newly stands around several records is to be told."""

import os
from collections.abc import Collection, Iterable, Iterator

from services.core.codes import SealedField
from services.core.radar import Found, Holder, signs
from services.core.radar import found as found_in
from services.runtime.database import Connection
from services.vault.handlers import Arrival
from services.vault.keys import DigestKey
from services.vault.numbers import Numbers
from services.vault.radar_store import held, keep, leave_news, lock, pattern_ids
from services.wire.avro import Record, Schemas
from services.wire.topics import PATTERNS

PATTERN_FOUND = "PatternFound"
_ID_BYTES = 16


class Radar:
    """Compares what adults said of themselves; a token never leaves the vault, and no value is kept by it."""

    def __init__(self, schemas: Schemas, digest_key: DigestKey) -> None:
        self._schemas = schemas
        self._digest_key = digest_key
        self._numbers = Numbers(schemas, digest_key)

    async def compare(self, connection: Connection, contents: Collection[Arrival]) -> None:
        """Compare what adults said of themselves, and the sealed numbers of children, with everything before."""
        await self.watch(connection, contents)
        await self._numbers.watch(connection, contents)

    async def watch(self, connection: Connection, contents: Iterable[Arrival]) -> int:
        """Compare new contents with everything before, and leave the news to be told; gives how many there are."""
        arrived = [(arrival, holder) for arrival in contents for holder in self._holders(arrival)]
        if not arrived:
            return 0
        await lock(connection)  # two batches at once would each miss what the other one holds
        holders = [holder for _, holder in arrived]
        news = found_in(await held(connection, {holder.token for holder in holders}), holders)
        await keep(connection, [(holder, arrival.fact_id) for arrival, holder in arrived])
        ids = await pattern_ids(connection, [(one, os.urandom(_ID_BYTES)) for one in news])
        await leave_news(connection, PATTERN_FOUND, PATTERNS, [self._message(ids[one.token], one) for one in news])
        return len(news)

    def _holders(self, arrival: Arrival) -> Iterator[Holder]:
        if arrival.field == SealedField.LOCATION:
            for sign in signs(arrival.content):
                token = self._digest_key.digest(sign.text.encode("utf-8", "surrogatepass"), "radar", sign.kind)
                yield Holder(token, sign.kind, arrival.subject_id)

    def _message(self, pattern_id: str, one: Found) -> tuple[bytes, bytes]:
        name, record = pattern_record(pattern_id, one)
        return pattern_id.encode(), self._schemas.encode(name, record)


def pattern_record(pattern_id: str, one: Found) -> tuple[str, Record]:
    """The name and record of what is told; nothing in it depends on what matched, but that something did."""
    return PATTERN_FOUND, {"pattern_id": pattern_id, "kind": one.kind, "subjects": sorted(one.subjects)}
