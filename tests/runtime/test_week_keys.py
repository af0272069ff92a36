"""Key pairs on disk are renewed week by week; a process that is killed at any step leaves nothing lost or behind."""

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.core.errors import Misconfigured
from services.core.weeks import WEEK, needed_until
from services.runtime import destruction, week_keys
from services.runtime.destruction import destroy
from services.runtime.health import Health, Reason
from services.runtime.metrics import Metrics
from services.runtime.renewal import Renewal
from services.runtime.week_keys import Places, rotate
from services.wire.opening import Opener, load_private_keys
from services.wire.seal import BatchSealer, Envelope, NoCurrentKey, public_key_of

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PURPOSE, REFERENCE, SOME = "purpose", "reference", b"an address"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "vault").mkdir()
    return Places("vault", tmp_path / "vault", tmp_path / "public")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def seal(places: Places, now: datetime) -> Envelope:
    return BatchSealer(public_key_of(places.public, "vault", now)).seal(SOME, PURPOSE, REFERENCE)


def opens(places: Places, sealed: Envelope) -> bool:
    return Opener(*load_private_keys(places.own)).open(sealed, PURPOSE, REFERENCE) == SOME


def test_what_is_sealed_this_week_opens_for_a_week_longer_whatever_is_renewed_meanwhile(places: Places) -> None:
    rotate(places, NOW)
    sealed = seal(places, NOW)
    for passed in range(1, 8):
        rotate(places, NOW + timedelta(days=passed))
        assert opens(places, sealed)


def test_half_a_year_leaves_a_handful_of_keys(places: Places) -> None:
    for week in range(26):
        rotate(places, NOW + week * WEEK)
        assert opens(places, seal(places, NOW + week * WEEK))
    assert len(names(places.own)) == 4
    assert len(names(places.published)) == 3


def test_only_the_owner_can_read_a_private_half(places: Places) -> None:
    rotate(places, NOW)
    assert {path.stat().st_mode & 0o777 for path in places.own.iterdir()} == {0o600}


def test_renewing_again_changes_nothing(places: Places) -> None:
    rotate(places, NOW)
    before = {path: path.read_bytes() for path in places.own.parent.rglob("*.json")}
    assert not any(vars_of(rotate(places, NOW)))
    assert {path: path.read_bytes() for path in places.own.parent.rglob("*.json")} == before


def vars_of(due: object) -> list[tuple[str, ...]]:
    return [getattr(due, act) for act in ("make", "publish", "withdraw", "destroy")]


class Killed(BaseException):
    """The process ended here."""


def killed_at(step: int, places: Places, now: datetime, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Rotate, and end before the file system is asked to change for the `step`th time; gives whether it was."""
    asked = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            nonlocal asked
            asked += 1
            if asked > step:
                raise Killed
            return real(*given, **named)

        return call

    with monkeypatch.context() as patched:
        for owner, name in [(os, "open"), (os, "fsync"), (Path, "replace"), (Path, "rename"), (Path, "unlink")]:
            patched.setattr(owner, name, counted(getattr(owner, name)))
        try:
            rotate(places, now)
        except Killed:
            return True
    return False


def test_a_rotation_that_is_killed_at_any_step_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, died = 0, True
    while died:
        places = Places("vault", tmp_path / str(step), tmp_path / f"public-{step}")
        places.own.mkdir()
        for week in range(3):
            rotate(places, NOW + week * WEEK)
        now = needed_until("vault-2026W48")
        sealed = seal(places, now - timedelta(days=1))
        died = killed_at(step, places, now, monkeypatch)
        rotate(places, now)
        assert opens(places, sealed)
        assert opens(places, seal(places, now))
        assert names(places.own) == {f"vault-2026W{week}.json" for week in (49, 50, 51, 52)}
        assert names(places.published) == {f"vault-2026W{week}.json" for week in (50, 51, 52)}
        step += 1
    assert step > 10


def test_what_was_destroyed_was_overwritten_before_it_was_unlinked(tmp_path: Path) -> None:
    key, other = tmp_path / "key", tmp_path / "a second name of the same blocks"
    key.write_bytes(b"secret" * 10)
    os.link(key, other)
    destroy(key)
    assert names(tmp_path) == {other.name}
    assert len(other.read_bytes()) == 60
    assert b"secret" not in other.read_bytes()


def test_destroying_what_is_gone_already_is_no_error(tmp_path: Path) -> None:
    destroy(tmp_path / "key")
    destruction.finish(tmp_path)
    assert names(tmp_path) == set()


def test_a_draft_that_a_killed_process_left_is_destroyed(places: Places) -> None:
    (places.own / ".vault-2026W47.json.4711").write_text("half a key")
    rotate(places, NOW)
    assert names(places.own) == {"vault-2026W48.json", "vault-2026W49.json"}


def test_only_one_worker_rotates_at_a_time(places: Places) -> None:
    with week_keys._alone(places.own):  # noqa: SLF001 - held here as another worker would hold it
        other = threading.Thread(target=rotate, args=[places, NOW])
        other.start()
        assert names(places.own) == set()
    other.join()
    assert names(places.own) == {"vault-2026W48.json", "vault-2026W49.json"}


@pytest.mark.parametrize("stray", ["police-2026W48.json", "notes.json", "vault-2026W99.json"])
@pytest.mark.parametrize("folder", ["own", "published"])
def test_a_file_that_is_no_key_of_this_owner_stops_the_rotation(places: Places, stray: str, folder: str) -> None:
    target: Path = getattr(places, folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / stray).write_text("{}")
    with pytest.raises(Misconfigured, match="vault"):
        rotate(places, NOW)
    assert names(places.own) <= {stray}


@pytest.mark.parametrize("folder", ["empty", "of another edition"])
def test_another_folder_of_private_keys_does_not_take_the_place_of_the_right_one(
    places: Places, tmp_path: Path, folder: str
) -> None:
    rotate(places, NOW)
    published = {path: path.read_bytes() for path in places.published.iterdir()}
    wrong = Places("vault", tmp_path / "wrong", places.public)
    wrong.own.mkdir()
    if folder != "empty":
        rotate(Places("vault", wrong.own, tmp_path / "other public"), NOW)
    with pytest.raises(Misconfigured, match="vault-2026W48"):
        rotate(wrong, NOW)
    assert {path: path.read_bytes() for path in places.published.iterdir()} == published
    assert opens(places, seal(places, NOW))


def test_a_second_hub_with_an_old_key_opens_nothing_that_is_sealed_now(places: Places, tmp_path: Path) -> None:
    rotate(places, NOW)
    stolen = load_private_keys(places.own)
    later = NOW + 4 * WEEK
    rotate(places, later)
    assert seal(places, later).key_id not in {key.key_id for key in stolen}
    # And a sealer that is shown the old public half alone seals nothing.
    old = tmp_path / "old"
    (old / "vault").mkdir(parents=True)
    (old / "vault" / "vault-2026W48.json").write_text(json.dumps({"key_id": "vault-2026W48", "public_key": "AAAA"}))
    with pytest.raises(NoCurrentKey):
        public_key_of(old, "vault", later)


def test_a_folder_that_cannot_be_written_turns_the_light_red_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "public").touch()  # where a folder should be
    health = Health(Metrics())
    renewal = Renewal(Places("vault", tmp_path / "vault", tmp_path / "public"), health, lambda: NOW)
    assert not renewal.renew()
    assert Reason.KEYS_NOT_RENEWED in health.reasons
    (tmp_path / "public").unlink()
    assert renewal.renew()
    assert Reason.KEYS_NOT_RENEWED not in health.reasons
    assert not renewal.renew()
