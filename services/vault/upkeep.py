"""What the vault does for its operator: erase, replace the key-encryption key, save, restore; it shows no content."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog

from services.core.audit import OPERATOR, Action, Entry, Kind, Outcome, about
from services.core.errors import LanternError
from services.runtime.audit import Trail
from services.runtime.database import Connection, Database, Session
from services.vault import rotation
from services.vault.backup import End, Keys, restore, save
from services.vault.erasure import Erased, ErasureReason, Scope, erase
from services.vault.keys import DigestKey, Keyring, read_key

BACKUP_KEY = "backup.key"

log = structlog.get_logger()


class StoreReplaced(LanternError):
    """A backup is being put in the place of the store, and may need the key that would go: nothing was changed."""


@dataclass(slots=True)
class Upkeep:
    """The work itself; `gate` is held while the store is replaced, so that nothing is kept at the same time."""

    session: Session
    where: Database
    folder: Path
    keys: Keyring
    digest_key: DigestKey
    trail: Trail
    restored: Callable[[], None]
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)
    was_restored: bool = False
    _restoring: bool = False
    _rotating: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Let the store be under the current key, and go on with a rotation that was broken off.

        Raises:
            OtherStore: the store is under a key that is not there.
        """
        await self.session.run(lambda connection: rotation.adopt(connection, self.keys))
        if self.keys.older:
            self._go_on()

    def rotate(self) -> None:
        """Begin to replace the key-encryption key.

        Raises:
            UnderWay: it is being replaced already.
            StoreReplaced: the store is.
            OSError: the folder of keys cannot be written; nothing is changed.
        """
        if self._restoring or self.was_restored:
            raise StoreReplaced(StoreReplaced.__doc__)
        rotation.begin(self.folder, self.keys)
        self.trail.note(Entry(Action.KEY_REPLACED, Outcome.ALLOWED, OPERATOR))
        self._go_on()

    def _go_on(self) -> None:
        self._rotating = asyncio.create_task(rotation.go_on(self.session, self.folder, self.keys))
        self._rotating.add_done_callback(_tell)

    async def standing(self) -> dict[str, object]:
        """How far a rotation is, and whether it goes on; one that does not and has older keys left has failed."""
        standing = await rotation.standing(self.session, self.keys)
        return {**asdict(standing), "under_way": self._is_rotating}

    @property
    def _is_rotating(self) -> bool:
        return self._rotating is not None and not self._rotating.done()

    async def erase(self, scope: Scope, reason: ErasureReason) -> Erased:
        """Erase for good, and say so in the log."""
        erased = await self.session.run(
            self.trail.recorded(
                lambda connection: erase(connection, scope, reason), lambda done: _erasure(scope, reason, done)
            )
        )
        how_many = erased.contents
        log.info("Contents of the vault were erased.", count=how_many, reason=reason.value)
        return erased

    def saved(self) -> AsyncIterator[bytes]:
        """Raises Misconfigured where there is no backup.key."""
        own = self._own()
        self.trail.note(Entry(Action.STORE_SAVED, Outcome.ALLOWED, OPERATOR))
        return save(self.where, own, datetime.now(UTC))

    async def restore(self, received: AsyncIterator[bytes], *, replace: bool) -> End:
        """Afterwards the process ends, and the next one reads Kafka from where the backup stood.

        Raises:
            NotWhole, Unfit, Misconfigured: nothing was changed.
            UnderWay: the key that the backup may need is being destroyed.
        """
        async with self.gate, self._alone():
            end = await restore(self.where, self._own(), received, replace=replace, record=self._record)
            log.warning("A backup was put in the place of the store; the vault starts anew from it.")
            self.was_restored = True
            self.restored()
        return end

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Neither begin while a key is being replaced, nor let one be meanwhile."""
        if self._is_rotating:
            raise rotation.UnderWay
        self._restoring = True
        try:
            yield
        finally:
            self._restoring = False

    async def _record(self, connection: Connection, end: End) -> None:
        rows = sum(end.rows.values())
        await self.trail.append(connection, Entry(Action.STORE_RESTORED, Outcome.ALLOWED, OPERATOR, count=rows))

    def _own(self) -> Keys:
        return Keys(read_key(self.folder / BACKUP_KEY), self.keys, self.digest_key)


def _erasure(scope: Scope, reason: ErasureReason, done: Erased) -> Entry:
    record = (about(Kind.RECORD, scope.subject_id),) if scope.subject_id else ()
    fact = (about(Kind.FACT, scope.fact_id),) if scope.fact_id else ()
    codes = (reason.value, *((scope.field.value,) if scope.field else ()))
    return Entry(Action.ERASED, Outcome.ALLOWED, OPERATOR, about=record + fact, reasons=codes, count=done.contents)


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("The key-encryption key was not replaced; every key is kept: start the vault again.", exc_info=error)
