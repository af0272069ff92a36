"""A stand-in for GOV.UK Notify: takes only what Notify's documentation says that it takes, and answers as it says."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import jsonschema
from notifications_python_client.authentication import decode_jwt_token
from notifications_python_client.errors import TokenError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SERVICE_ID = "11111111-1111-4111-8111-111111111111"
SECRET = "22222222-2222-4222-8222-222222222222"
API_KEY = f"lantern-{SERVICE_ID}-{SECRET}"
TEMPLATE = "33333333-3333-4333-8333-333333333333"

_ID = {"type": "string", "pattern": "^[0-9a-f-]{36}$"}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_COMMON = {"template_id": _ID, "personalisation": _TEXTS, "reference": {"type": "string", "maxLength": 1000}}


def _body(**own: dict[str, Any]) -> dict[str, Any]:
    required = ["template_id", *own]
    return {
        "type": "object",
        "properties": {**_COMMON, **own},
        "required": required,
        "additionalProperties": False,
    }


# From "Send a text message" and "Send an email" of Notify's REST documentation.
REQUESTS = {
    "sms": _body(phone_number={"type": "string", "pattern": r"^\+?[0-9 ()-]{8,20}$"}),
    "email": _body(email_address={"type": "string", "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$"}),
}


@dataclass
class NotifyStandIn:
    """Keeps what it took; `failure` makes it refuse with a status and an error's name, as Notify does."""

    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    failure: tuple[int, str] | None = None

    @property
    def app(self) -> Starlette:
        """The stand-in's HTTP API."""
        return Starlette(routes=[Route("/v2/notifications/{kind}", self._send, methods=["POST"])])

    async def _send(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        body = json.loads(await request.body())
        problem = self.failure or _problem(kind, request.headers.get("authorization", ""), body)
        if problem:
            status, name = problem
            errors = [{"error": name, "message": f"{name}: {body.get('phone_number') or body.get('email_address')}"}]
            return JSONResponse({"status_code": status, "errors": errors}, status)
        self.taken.append((kind, body))
        answer = {
            "id": str(uuid.uuid4()),
            "reference": body.get("reference"),
            "content": {"body": "as in the template"},
        }
        return JSONResponse(answer, 201)


def _problem(kind: str, authorization: str, body: Any) -> tuple[int, str] | None:
    try:
        decode_jwt_token(authorization.removeprefix("Bearer "), SECRET)
    except TokenError:
        return 403, "AuthError"
    faults = list(jsonschema.Draft202012Validator(REQUESTS[kind]).iter_errors(body))
    return (400, "ValidationError") if faults else None
