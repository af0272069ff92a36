"""GET /signin, GET /signin/back, POST /signout, GET /api/person: the routes that every service with people has."""

import hmac
import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import quote

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.core.errors import Unavailable
from services.runtime.signin import pages, provider, sessions
from services.runtime.signin.doorkeeper import Doorkeeper, NotSignedIn, TooLongAgo
from services.runtime.signin.guard import Guarded
from services.runtime.signin.sessions import Pending
from services.wire.identity import LEEWAY_SECONDS, TokenRefused, Unfit

_OK, _SEE_OTHER, _BAD_REQUEST, _UNAUTHORISED, _UNAVAILABLE = 200, 303, 400, 401, 503
_OWN_PATH = re.compile(r"/(?![/\\])[!-~]{0,500}")

log = structlog.get_logger()


class SignInRoutes:
    """The way in and out of one service."""

    def __init__(self, door: Doorkeeper, page: pages.Render | None = None) -> None:
        self._door = door
        self._render = page or partial(pages.page, invented=door.invented)
        self._back = f"{door.settings.public_url}/signin/back"
        self._cookie = f"{door.cookie}-signin"

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/signin", self._sign_in, methods=["GET"]),
            Route("/signin/back", self._come_back, methods=["GET"]),
            Route("/signout", self._sign_out, methods=["POST"]),
            Route("/api/person", self._tell, methods=["GET"]),
        ]

    async def _sign_in(self, request: Request) -> Response:
        door, now, secret = self._door, self._door.now(), sessions.new_secret()
        if door.provider is None:
            return self._page(request, pages.NOT_SET_UP, _UNAVAILABLE)
        asked = provider.Request(*(sessions.new_secret() for _ in range(3)))
        pending = Pending(asked, "anew" in request.query_params, own_path(request.query_params), now)
        try:
            url = await door.provider.sign_in_url(asked, self._back, now, anew=pending.anew)
        except Unavailable:
            return self._page(request, pages.UNAVAILABLE, _UNAVAILABLE)
        await door.run(lambda connection: sessions.begin_sign_in(connection, secret, pending))
        response = RedirectResponse(url, _SEE_OTHER)
        self._give(response, self._cookie, secret, int(sessions.PENDING.total_seconds()))
        return response

    async def _come_back(self, request: Request) -> Response:
        try:
            pending = await self._pending(request)
            response = await self._begun(request, pending)
        except TokenRefused as refused:
            log.warning("Somebody was not signed in.", reason=refused.reason.value)
            self._door.refused(refused.reason)
            response = self._page(request, pages.NOT_SIGNED_IN, _BAD_REQUEST)
        except Unavailable:
            response = self._page(request, pages.UNAVAILABLE, _UNAVAILABLE)
        self._take(response, self._cookie)
        return response

    async def _pending(self, request: Request) -> Pending:
        """The sign-in that this browser began and that this answer is to."""
        secret, state = request.cookies.get(self._cookie, ""), request.query_params.get("state", "")
        found = await self._door.run(lambda connection: sessions.take_sign_in(connection, secret, self._door.now()))
        if found is None or not hmac.compare_digest(found.asked.state.encode(), state.encode()):
            raise TokenRefused(Unfit.OTHER_NONCE)
        return found

    async def _begun(self, request: Request, pending: Pending) -> Response:
        """A session of its own, whatever session the browser held before."""
        door, code = self._door, request.query_params.get("code")
        if door.provider is None or not code:
            raise TokenRefused(Unfit.MALFORMED)
        token = await door.provider.token(code, pending.asked, self._back, door.now())
        secret, held = await door.begin(token, pending.asked.nonce)
        if pending.anew and (pending.began_at - held.authenticated_at).total_seconds() > LEEWAY_SECONDS:
            await door.run(lambda connection: sessions.end(connection, secret))
            raise TokenRefused(Unfit.EXPIRED)
        await self._forget(request)
        log.info("Somebody signed in.")
        response = RedirectResponse(pending.next_path, _SEE_OTHER)
        self._give(response, door.cookie, secret, int(sessions.ABSOLUTE.total_seconds()))
        return response

    async def _sign_out(self, request: Request) -> Response:
        await self._door.form(request)
        await self._forget(request)
        response = self._page(request, pages.SIGNED_OUT, _OK)
        self._take(response, self._door.cookie)
        return response

    async def _tell(self, request: Request) -> Response:
        who = await self._door.who(request)
        person = who.person
        return JSONResponse(
            {
                "handle": person.handle,
                "role": person.role.value,
                "kind": person.kind.value,
                "sector": person.sector.value,
                "authenticated_at": who.authenticated_at.isoformat(),
            }
        )

    async def _forget(self, request: Request) -> None:
        before = request.cookies.get(self._door.cookie)
        if before:
            await self._door.run(lambda connection: sessions.end(connection, before))

    def _page(self, request: Request, said: pages.Said, status: int) -> Response:
        return self._render(request, said, status)

    def _give(self, response: Response, name: str, secret: str, seconds: int) -> None:
        # Lax: the provider's redirect is a way in from another site.
        response.set_cookie(
            name, secret, max_age=seconds, path="/", secure=self._door.is_tls, httponly=True, samesite="lax"
        )

    def _take(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._door.is_tls, httponly=True, samesite="lax")


def mounted(app: Starlette, door: Doorkeeper, page: pages.Render | None = None) -> ASGIApp:
    """The application with the way in and out of it, and what every request of it must meet.

    `page` renders what signing in has to say in the service's own look.
    """
    app.router.routes.extend(SignInRoutes(door, page).routes)
    for error in (NotSignedIn, TooLongAgo):
        app.add_exception_handler(error, not_signed_in)
    return Guarded(app, door.settings.public_url)


def own_path(asked: Mapping[str, str]) -> str:
    """Where to go after signing in: a path of this service, whatever was asked."""
    path = asked.get("next", "/")
    return path if _OWN_PATH.fullmatch(path) else "/"


def not_signed_in(request: Request, error: Exception) -> Response:
    """Send a browser to sign in, tell a program that it must; a stranger learns nothing else."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        again = "anew&" if isinstance(error, TooLongAgo) else ""
        return RedirectResponse(f"/signin?{again}next={quote(request.url.path)}", _SEE_OTHER)
    sentence = (error.__doc__ or "").strip()
    return JSONResponse({"error": sentence}, _UNAUTHORISED, {"www-authenticate": "Bearer"})
