"""oidc-provider-mock with what it leaves out: PKCE, a lasting key, one address, pages of ours, and no other doors."""

import base64
import json
import warnings
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import flask
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.runtime.local.ports import HOST

TOKEN_SECONDS = 3600
REMEMBERED_CODES = 1000
DOORS = {
    ("GET", "/"),
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/jwks"),
    ("GET", "/oauth2/authorize"),
    ("POST", "/oauth2/authorize"),
    ("POST", "/oauth2/token"),
}
"""What the hub needs; the mock would also let anybody say who somebody is."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_BAD_REQUEST, _NOT_FOUND, _MISDIRECTED = 400, 404, 421

Someone = Mapping[str, str]
"""The claims of one invented person, `sub` among them."""


def read_people(path: Path) -> list[Someone]:
    """The people who can sign in."""
    people: list[Someone] = json.loads(path.read_bytes())
    return people


def create_app(people: Sequence[Someone], key: Mapping[str, object], host: str) -> flask.Flask:
    """Make the provider of these people, which signs with `key` (a private JWK) and answers under `host` alone."""
    app = flask.Flask(__name__, template_folder="templates", static_folder=None)
    plain = app.wsgi_app
    _init_mock(app, people, key)
    app.debug, app.wsgi_app = False, plain  # type: ignore[method-assign]  # the mock puts a debugger around it
    challenges = Challenges()
    app.before_request(lambda: _refuse(host, {one["sub"] for one in people}))
    app.before_request(challenges.check)
    app.before_request(_let_public_clients_in)
    app.after_request(challenges.remember)
    app.after_request(_marked)
    app.jinja_env.globals["people"] = {one["sub"]: one for one in people}
    return app


def _init_mock(app: flask.Flask, people: Sequence[Someone], key: Mapping[str, object]) -> None:
    # It uses a part of Authlib that says at every call that it will go one day.
    import authlib.deprecate  # noqa: F401, PLC0415

    warnings.simplefilter("ignore", DeprecationWarning)
    import oidc_provider_mock  # noqa: PLC0415
    from authlib.jose import RSAKey  # noqa: PLC0415

    users = [
        oidc_provider_mock.User(sub=one["sub"], claims={name: text for name, text in one.items() if name != "sub"})
        for one in people
    ]
    oidc_provider_mock.init_app(app, require_nonce=True, issue_refresh_token=False, user_claims=users)
    signing = RSAKey.import_key(dict(key))

    @app.before_request
    def keep_key() -> None:
        """It makes a new one at every start, and everybody would have to sign in again."""
        flask.g.oidc_provider_mock_storage.jwk = signing


def _refuse(host: str, known: set[str]) -> ResponseReturnValue | None:
    request = flask.request
    if request.host != host:
        return "This provider has another address.", _MISDIRECTED
    if (request.method, request.path) not in DOORS:
        return "There is nothing here.", _NOT_FOUND
    if request.path == "/oauth2/authorize" and _back(request.args) is None:
        return "A code is only sent back to this machine.", _BAD_REQUEST
    if request.method == "POST" and request.path == "/oauth2/authorize" and request.form.get("sub") not in known:
        return "Nobody of this name can sign in.", _BAD_REQUEST
    return None


def _back(asked: Mapping[str, str]) -> str | None:
    """The origin to which a code is sent back, if it is on this machine."""
    back = urlsplit(asked.get("redirect_uri", ""))
    try:
        return f"http://{HOST}:{back.port}" if (back.scheme, back.hostname) == ("http", HOST) else None
    except ValueError:  # no port that there could be
        return None


def _let_public_clients_in() -> None:
    """The mock takes any client secret and wants one; a client that cannot keep one, such as a command, has none."""
    request = flask.request
    if request.path == "/oauth2/token" and "Authorization" not in request.headers:
        named = base64.b64encode(f"{request.form.get('client_id', '')}:public".encode()).decode()
        request.environ["HTTP_AUTHORIZATION"] = f"Basic {named}"


class Challenges:
    """Proof Key for Code Exchange (RFC 7636), S256 only: a code is worth something to whoever asked for it alone."""

    def __init__(self) -> None:
        self._of_code: OrderedDict[str, str] = OrderedDict()

    def check(self) -> ResponseReturnValue | None:
        """Refuse a request without a challenge, and a code without the verifier of its own."""
        request = flask.request
        if request.path == "/oauth2/authorize" and not _is_s256(request.args):
            return "Ask with a code_challenge of method S256.", _BAD_REQUEST
        if request.path == "/oauth2/token" and not self._proven(request.form):
            return {"error": "invalid_grant"}, _BAD_REQUEST
        return None

    def remember(self, response: Response) -> Response:
        """Keep the challenge of the request that a code answers."""
        code = parse_qs(urlsplit(response.headers.get("Location", "")).query).get("code")
        if flask.request.path == "/oauth2/authorize" and code:
            self._of_code[code[0]] = flask.request.args["code_challenge"]
            while len(self._of_code) > REMEMBERED_CODES:
                self._of_code.popitem(last=False)
        return response

    def _proven(self, form: Mapping[str, str]) -> bool:
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415

        challenge, verifier = self._of_code.pop(form.get("code", ""), None), form.get("code_verifier", "")
        return verifier.isascii() and challenge == create_s256_code_challenge(verifier)


def _is_s256(asked: Mapping[str, str]) -> bool:
    return asked.get("code_challenge_method") == "S256" and bool(asked.get("code_challenge"))


def _marked(response: Response) -> Response:
    """A form may lead back to whoever asked, and to nobody else; nothing is fetched from anywhere."""
    forms = f"form-action 'self' {_back(flask.request.args) or ''}".rstrip()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; {forms}; frame-ancestors 'none'; base-uri 'none'"
    response.headers.update({**_HEADERS, "Content-Security-Policy": policy})
    return response
