"""An owner's weekly key pairs on disk: private halves in the owner's own folder, public ones where all sealers look."""

import base64
import contextlib
import fcntl
import json
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nacl.public import PrivateKey as NaclPrivateKey

from services.core.errors import Misconfigured
from services.core.weeks import Due, MalformedKeyId, begins, due, owner_of, seals_until
from services.runtime.destruction import destroy, finish
from services.runtime.local.files import make_private_folder, write_private
from services.wire.opening import load_private_key
from services.wire.seal import PublicKey, load_public_key


@dataclass(frozen=True, slots=True)
class Places:
    """Where an owner's pairs are: `own` is for nobody else; `public` is the folder with everybody's public halves."""

    owner: str
    own: Path
    public: Path

    @property
    def published(self) -> Path:
        """The folder of this owner's public halves, which the owner alone writes."""
        return self.public / self.owner


def rotate(places: Places, now: datetime) -> Due:
    """Make, publish, withdraw and destroy what is due; gives what that was. A killed one is finished by the next.

    Raises:
        Misconfigured: a file in one of the folders is no key of this owner, or what is published is not of these keys.
        OSError: the folders cannot be written.
    """
    published = make_private_folder(places.published)
    with _alone(places.own):
        _clear(places)
        held, shown = _names(places.own, places.owner), _names(published, places.owner)
        _refuse_strangers(places, held, [name for name in shown if now < seals_until(name)])
        plan = due(places.owner, held, shown, now)
        for name in plan.make:
            # The private half first: a public half without it would seal what nobody can open.
            write_private(places.own / f"{name}.json", _spelled(name, "private_key", bytes(NaclPrivateKey.generate())))
        for name in plan.publish:
            half = _public_half(places.own / f"{name}.json")
            write_private(published / f"{name}.json", _spelled(name, "public_key", half.key))
        for name in plan.withdraw:
            (published / f"{name}.json").unlink(missing_ok=True)
        for name in plan.destroy:
            destroy(places.own / f"{name}.json")
    return plan


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one worker of a service rotate at a time; the lock ends with its process."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _clear(places: Places) -> None:
    """Destroy what a killed process left half made or half destroyed."""
    finish(places.own)
    for draft in places.own.glob(f".{places.owner}-*.json.*"):
        destroy(draft)


def _names(folder: Path, owner: str) -> Collection[str]:
    names = {path.stem for path in folder.glob("*.json")}
    if not all(_is_named_well(name, owner) for name in names):
        raise Misconfigured(
            f"The folder of the {owner}'s keys holds a .json file that is not named after the {owner} and a week: "
            "take it away."
        )
    return names


def _is_named_well(name: str, owner: str) -> bool:
    try:
        return owner_of(name) == owner and begins(name).year > 0
    except MalformedKeyId:
        return False


def _refuse_strangers(places: Places, held: Collection[str], shown: Iterable[str]) -> None:
    for name in sorted(shown):
        if name not in held or _public_half(places.own / f"{name}.json") != load_public_key(
            places.published / f"{name}.json"
        ):
            raise Misconfigured(
                f"The published key {name} fits no private key in the {places.owner}'s folder: put the right folder "
                f"back. If it is lost for ever, so is what was sealed: then take {name} from the published keys."
            )


def _public_half(private: Path) -> PublicKey:
    held = load_private_key(private)
    return PublicKey(held.key_id, bytes(NaclPrivateKey(held.key).public_key))


def _spelled(key_id: str, half: str, key: bytes) -> str:
    return json.dumps({"key_id": key_id, half: base64.b64encode(key).decode()})
