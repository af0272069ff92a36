"""Says who a request comes from: a browser with a session, or a command with an identity token; nobody else."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.core.audit import NOBODY, Action, Entry, Outcome
from services.core.errors import Misconfigured, Unavailable
from services.core.ids import person_handle
from services.core.rights import Person
from services.runtime.audit import Trail
from services.runtime.database import Connection, Session
from services.runtime.rounds import Rounds
from services.runtime.settings import KeySettings, SignInSettings, load
from services.runtime.signin import sessions
from services.runtime.signin.provider import Provider, ProviderUnavailable, provider
from services.runtime.signin.sessions import Held
from services.wire.identity import TokenRefused, Unfit

STEP_UP = timedelta(minutes=5)
"""How long ago somebody may have shown who they are, for what must not be done from a screen that was left."""

CSRF_FIELD = "csrf"
_MOST_FORM_BYTES = 64 * 1024
_PATIENCE_SECONDS = 5.0
_KEY_BYTES = 32
_UNAVAILABLE, _FORBIDDEN, _TOO_LARGE = 503, 403, 413

T = TypeVar("T")


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer: sign in."""


class TooLongAgo(Exception):
    """Who is signed in must show anew who they are, before this."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a request comes from; `csrf` is what their forms must bring back, None for a command."""

    person: Person
    token: str = field(repr=False)
    authenticated_at: datetime
    csrf: str | None = field(default=None, repr=False)

    def is_fresh(self, now: datetime) -> bool:
        """Whether they have just shown who they are."""
        return now - self.authenticated_at <= STEP_UP

    def expect_fresh(self, now: datetime) -> None:
        """Go on only if they have just shown who they are.

        Raises:
            TooLongAgo: they have not.
        """
        if not self.is_fresh(now):
            raise TooLongAgo


class Doorkeeper:
    """One for each service that people sign in to; `now` is its clock."""

    def __init__(
        self,
        settings: SignInSettings,
        session: Session,
        people_key: bytes,
        trail: Trail,
        now: Callable[[], datetime],
    ) -> None:
        self.settings = settings
        self.provider: Provider | None = provider(settings)
        self.now = now
        self._session = session
        self._people_key = people_key
        self._trail = trail
        self._watching = Rounds(self._find_all)

    @property
    def invented(self) -> bool:
        """Whether the people are invented ones: of a provider on this machine, as the local edition's is."""
        return urlsplit(self.settings.oidc_issuer or "").scheme == "http"

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; on loopback a name a service, because ports share cookies."""
        return "__Host-lantern" if self.is_tls else f"lantern-{urlsplit(self.settings.public_url).port or 80}"

    @property
    def is_tls(self) -> bool:
        return self.settings.public_url.startswith("https:")

    def handle(self, subject: str) -> str:
        """The handle of whom the provider knows by this `sub`, whether they ever signed in or not."""
        return person_handle(self._people_key, subject)

    async def who(self, request: Request) -> SignedIn:
        """Who a request comes from.

        Raises:
            NotSignedIn: from nobody that we know.
            HTTPException: the tables or the provider do not answer.
        """
        return await self._let_in(request, self._find)

    async def watcher(self, request: Request) -> SignedIn:
        """The same of a request that a page makes by itself: it keeps no session alive.

        Raises:
            NotSignedIn: from nobody that we know.
            HTTPException: the tables or the provider do not answer.
        """
        return await self._let_in(request, self._watching.ask)

    async def still(self, request: Request) -> SignedIn | None:
        """Who a request comes from that goes on by itself, such as a live feed: it keeps no session alive.

        The tables are asked once for all who wait for this.

        Raises:
            HTTPException: the tables or the provider do not answer.
        """
        try:
            return await self._who(request, self._watching.ask)
        except NotSignedIn:
            return None

    async def _let_in(self, request: Request, find: Callable[[str], Awaitable[Held | None]]) -> SignedIn:
        try:
            return await self._who(request, find)
        except NotSignedIn:
            self._trail.door_tried()
            raise

    async def _who(self, request: Request, find: Callable[[str], Awaitable[Held | None]]) -> SignedIn:
        if "authorization" in request.headers:
            return await self._command(request.headers.getlist("authorization"))
        secret = request.cookies.get(self.cookie)
        if not secret:
            raise NotSignedIn
        held = await self._soon(find(secret))
        if held is None:
            raise NotSignedIn
        return SignedIn(held.person, held.token, held.authenticated_at, csrf_of(secret))

    async def form(self, request: Request) -> tuple[SignedIn, dict[str, str]]:
        """Who sends a form of ours, and its fields.

        Raises:
            NotSignedIn: nobody that we know.
            HTTPException: it is not one of our forms, or is too large.
        """
        who = await self.who(request)
        fields = await _fields(request)
        given = fields.pop(CSRF_FIELD, "")
        if who.csrf is None or not hmac.compare_digest(given.encode(), who.csrf.encode()):
            raise HTTPException(_FORBIDDEN, "This form is not ours, or of an earlier session. Open the page again.")
        return who, fields

    async def begin(self, token: str, nonce: str) -> tuple[str, Held]:
        """Begin a session for whom a token that answers our own request is about; gives the browser's secret.

        Raises:
            TokenRefused: it is not a good answer.
            Unavailable: nobody can say whether it is.
        """
        if self.provider is None:
            raise ProviderUnavailable
        now = self.now()
        identity = await self.provider.identity(token, now, nonce)
        secret = sessions.new_secret()
        held = Held(identity.person(self._people_key), token, identity.authenticated_at, now, now)
        entry = by(held.person, Entry(Action.SIGNED_IN, Outcome.ALLOWED))
        begin = self._trail.recorded(lambda connection: sessions.begin(connection, secret, held), lambda _: entry)
        await self.run(begin)
        return secret, held

    def refused(self, reason: Unfit) -> None:
        """Record that somebody was not signed in, and why."""
        self._trail.note(Entry(Action.SIGNED_IN, Outcome.DENIED, NOBODY, reasons=(reason.value,)))

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Ask the service's tables.

        Raises:
            HTTPException: they do not answer soon.
        """
        return await self._soon(self._session.run(work))

    async def _find(self, secret: str) -> Held | None:
        return await self._session.run(lambda connection: sessions.find(connection, secret, self.now()))

    async def _find_all(self, secrets: Collection[str]) -> Mapping[str, Held | None]:
        return await self.run(lambda connection: sessions.find_all(connection, secrets, self.now()))

    @staticmethod
    async def _soon(answer: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await answer
        except TimeoutError:
            raise HTTPException(_UNAVAILABLE, "The database does not answer now. Ask again soon.") from None

    async def _command(self, given: list[str]) -> SignedIn:
        kind, _, token = given[0].partition(" ")
        if len(given) != 1 or kind != "Bearer" or self.provider is None:
            raise NotSignedIn
        try:
            identity = await self.provider.identity(token, self.now())
        except TokenRefused:
            raise NotSignedIn from None
        except Unavailable:
            raise HTTPException(_UNAVAILABLE, ProviderUnavailable.__doc__) from None
        return SignedIn(identity.person(self._people_key), token, identity.authenticated_at)


def doorkeeper(session: Session, trail: Trail) -> Doorkeeper:
    """The doorkeeper of this process, as its environment says.

    Raises:
        Misconfigured: a setting or a key is missing.
    """
    people_key = read_people_key(load(KeySettings).keys)
    return Doorkeeper(load(SignInSettings), session, people_key, trail, lambda: datetime.now(UTC))


def by(person: Person, entry: Entry) -> Entry:
    """An entry of what this person did."""
    return replace(entry, who=person.handle, role=person.role.value)


def csrf_of(secret: str) -> str:
    """What the forms of a session bring back: nobody who does not hold its secret can tell it."""
    return hmac.digest(secret.encode(), b"csrf", "sha256").hex()


async def _fields(request: Request) -> dict[str, str]:
    """The fields of a form, each once."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_FORM_BYTES:
            raise HTTPException(_TOO_LARGE, "This form is too large.")
    try:
        found = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        found = {}
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def read_people_key(keys: Path) -> bytes:
    """Read the key under which people have their handles.

    Raises:
        Misconfigured: it is missing or has another length.
    """
    try:
        key = (keys / "people.key").read_bytes()
    except OSError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise Misconfigured(f"people.key is missing or is not {_KEY_BYTES} bytes: nobody could be told from another.")
    return key
