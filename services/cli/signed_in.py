"""Who is signed in at this terminal: their identity token, in a file that its owner alone can read."""

import base64
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field

from services.cli import client
from services.core.errors import LanternError
from services.runtime.local.files import make_private_folder, write_private

_SOON = timedelta(seconds=30)


class NotSignedIn(LanternError):
    """You are not signed in, or no longer. Sign in with `lantern login`; nothing was done."""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: str = Field(repr=False)
    invented: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in; `invented` is the name in the local edition of an invented person, who can be signed in again."""

    token: str = field(repr=False)
    invented: str | None = None

    @property
    def claims(self) -> dict[str, Any]:
        """What the token says, for its owner to read: the services alone judge it."""
        payload = self.token.split(".")[1]
        said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return said

    @property
    def until(self) -> datetime:
        return datetime.fromtimestamp(self.claims["exp"], UTC)

    def lasts(self, now: datetime) -> bool:
        """Whether it is good for one more question."""
        return now + _SOON < self.until


def path_in(data: Path) -> Path:
    """A folder of its own: where others' secrets are only there to be read, this one can be written."""
    return data / "secrets" / "signin" / "token.json"


def read(data: Path) -> SignedIn | None:
    """Who is signed in; None when nobody is, or what was kept cannot be read."""
    try:
        kept = _File.model_validate_json(path_in(data).read_bytes())
        found = SignedIn(kept.token, kept.invented)
        found.lasts(datetime.now(UTC))
    except (OSError, ValueError, LookupError, TypeError, OverflowError):
        return None
    return found


def keep(data: Path, signed_in: SignedIn) -> None:
    """Keep a sign-in."""
    make_private_folder(path_in(data).parent)
    write_private(path_in(data), json.dumps({"token": signed_in.token, "invented": signed_in.invented}))


def forget(data: Path) -> bool:
    """Sign out of this terminal; whether anybody was signed in."""
    try:
        path_in(data).unlink()
    except FileNotFoundError:
        return False
    return True


def current(data: Path) -> SignedIn:
    """Who is signed in; an invented person whose time is over is signed in again.

    Raises:
        NotSignedIn: nobody is.
    """
    found = read(data)
    if found is not None and found.lasts(datetime.now(UTC)):
        return found
    if found is None or found.invented is None:
        raise NotSignedIn
    from services.cli.signing_in import sign_in  # noqa: PLC0415 - a web server and an OAuth client, seldom needed

    return sign_in(data, found.invented)


def settings(edition: client.Edition, service: str) -> dict[str, Any]:
    """Spell the way of the person who is signed in to a service as httpx's arguments.

    Raises:
        NotSignedIn: nobody is.
    """
    return client.settings_with(edition, service, current(edition.data).token)


@contextlib.contextmanager
def asking(data: Path, service: str) -> Iterator[httpx.Client]:
    """Give a client of what a service answers the person who is signed in.

    Raises:
        Misconfigured: there is no edition in `data`.
        NotSignedIn: nobody is signed in.
        Unavailable: the service does not answer.
    """
    with client.asking(settings(client.read_edition(data), service), service) as asked:
        yield asked
