"""A processor seals with the keys of the week, and waits where the vault has published none."""

import asyncio
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.core.codes import Sector
from services.core.weeks import WEEK, key_id
from services.runtime import processor
from services.runtime.health import Health, Reason
from services.runtime.intake import Keys, load_keys
from services.runtime.local import keys
from services.runtime.metrics import Metrics
from services.runtime.processor import CurrentKeys
from services.runtime.settings import KeySettings
from services.runtime.week_keys import Places, rotate

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass
class Edge:
    """The police's edge, its folders, and what time it is there."""

    folder: Path
    health: Health
    now: datetime = NOW
    reads: int = 0
    read_thrice: asyncio.Event = field(default_factory=asyncio.Event)

    def renew(self, owner: str) -> None:
        rotate(Places(owner, self.folder / owner, self.folder / "public"), self.now)

    def read(self, now: datetime) -> Keys:
        self.reads += 1
        if self.reads > 2:
            self.read_thrice.set()
        settings = KeySettings(keys=self.folder / "police", public_keys=self.folder / "public")
        return load_keys(Sector.POLICE, settings, now)

    def keys(self) -> CurrentKeys:
        return CurrentKeys(self.read, self.health, lambda: self.now)


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    keys.make_missing(tmp_path, NOW)
    return Edge(tmp_path, Health(Metrics()))


async def test_keys_are_read_once_a_week(edge: Edge) -> None:
    current = edge.keys()
    for hour in range(5):
        edge.now = NOW + timedelta(hours=hour)
        assert (await current.current()).vault.key_id == key_id("vault", NOW)
    assert edge.reads == 1
    edge.now = NOW + WEEK
    found = await current.current()
    assert (found.vault.key_id, found.own.key_id) == (key_id("vault", edge.now), key_id("police", edge.now))
    assert edge.reads == 2


async def test_a_processor_that_renewed_its_own_reads_them_again(edge: Edge) -> None:
    current = edge.keys()
    first = await current.current()
    current.forget()
    assert await current.current() is not first


async def test_a_vault_that_is_late_stops_nobody_and_is_looked_for_with_every_batch(edge: Edge) -> None:
    current = edge.keys()
    edge.now = NOW + 2 * WEEK
    edge.renew("police")
    assert (await current.current()).vault.key_id == key_id("vault", NOW + WEEK)
    edge.renew("vault")
    assert (await current.current()).vault.key_id == key_id("vault", edge.now)


async def test_without_a_key_of_the_vault_s_the_work_waits_with_a_red_light(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor, "_ASK_SECONDS", 0.001)
    shutil.move(edge.folder / "public" / "vault", edge.folder / "elsewhere")
    waiting = asyncio.create_task(edge.keys().current())
    await edge.read_thrice.wait()
    assert not waiting.done()
    assert Reason.KEY_MISSING in edge.health.reasons
    shutil.move(edge.folder / "elsewhere", edge.folder / "public" / "vault")
    assert (await waiting).vault.key_id == key_id("vault", NOW)
    assert Reason.KEY_MISSING not in edge.health.reasons
