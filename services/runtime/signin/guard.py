"""What every request of a browser must meet, and every answer says: one address, forms of ours, nothing stored."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_OK, _MISDIRECTED, _FORBIDDEN, _TOO_LARGE = 200, 421, 403, 413

MOST_BYTES = 1024 * 1024
"""Of one request; frameworks read a body whole before anybody asks whose it is, and who pages must not run out of room.
"""

ANSWERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",  # without any, a browser says of our own forms too that they come from nowhere
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
UNCHANGING = "/assets/"
"""Below this stand files named after their content, the same for everybody: they alone may be stored."""
TLS = {"strict-transport-security": "max-age=31536000"}


class Guarded:
    """Lets a request through to `app` under its own address alone; to change something, from its own pages alone."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self._origin = public_url
        self._host = public_url.partition("://")[2]
        self._answers = {**ANSWERS, **(TLS if public_url.startswith("https:") else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await (self._refusal(Headers(scope=scope), scope["method"]) or self.app)(
            scope, _at_most(MOST_BYTES, receive), self._marking(scope, send)
        )

    def _refusal(self, headers: Headers, method: str) -> PlainTextResponse | None:
        if headers.getlist("host") != [self._host]:  # a name that somebody pointed at this address
            return PlainTextResponse("This service has another address.", _MISDIRECTED)
        if method in _READING or "authorization" in headers:  # no page can make a browser send a token
            return None
        if headers.getlist("origin") != [self._origin]:
            return PlainTextResponse("This was not sent from a page of ours.", _FORBIDDEN)
        return None

    def _marking(self, scope: Scope, send: Send) -> Send:
        stored = scope["path"].startswith(UNCHANGING)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._answers.items():
                    headers.setdefault(name, value)
                if not (stored and message["status"] == _OK):
                    headers["cache-control"] = "no-store"
            await send(message)

        return send_marked


def _at_most(most_bytes: int, receive: Receive) -> Receive:
    """The same, for so many bytes of a body.

    Raises:
        HTTPException: more came.
    """
    left = most_bytes

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(_TOO_LARGE, "This request is too large.")
        return message

    return counted
