"""POST /receipts/notify and /receipts/mail: whoever carries pages says here what became of them."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header, HTTPException, Response, status
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.core.ids import MalformedId, well_formed
from services.core.oncall.pages import Way
from services.core.oncall.receipts import Receipt, Rung
from services.oncall.channels import store
from services.oncall.channels.mail import key_of
from services.oncall.channels.notify import RUNGS
from services.runtime.database import Session
from services.runtime.metrics import Metrics
from services.runtime.together import Together

MOST_AT_ONCE = 100
"""So many e-mails may be told of at once."""

_PATIENCE_SECONDS = 5.0
_BY_NOTIFY = {"sms": Way.NOTIFY_SMS, "email": Way.NOTIFY_EMAIL}
Bearer = Annotated[str, Header(alias="authorization")]


class FromNotify(BaseModel):
    """What GOV.UK Notify says of a message; of the rest, the address among it, nothing is read."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    reference: str | None
    status: str
    notification_type: Literal["sms", "email"]


class FromMail(BaseModel):
    """What a mail server says of an e-mail."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    message_id: str
    rung: Literal["delivered", "failed"]


Several = Annotated[list[FromMail], Field(max_length=MOST_AT_ONCE)]


def receipt_routes(
    session: Session,
    metrics: Metrics,
    token: SecretStr | None,
    now: Callable[[], datetime],
    patience_seconds: float = _PATIENCE_SECONDS,
) -> APIRouter:
    """The two routes; without a token of their own nobody is heard. A key that is not known is no error."""
    routes, saying = APIRouter(), Together(session, store.say)

    async def heard(authorization: str, said: Iterable[tuple[str, Way, Rung | None]]) -> Response:
        _expect(authorization, token)
        receipts = [(key, Receipt(way, rung, now())) for key, way, rung in said if rung is not None and _is_key(key)]
        new = await _in_time(asyncio.gather(*map(saying.ask, receipts)), patience_seconds)
        for (_, receipt), is_new in zip(receipts, new, strict=True):
            metrics.page_receipts.labels(receipt.rung).inc(is_new)
        return Response(status_code=status.HTTP_204_NO_CONTENT)

    @routes.post("/receipts/notify")
    async def by_notify(said: FromNotify, authorization: Bearer = "") -> Response:
        way, rung = _BY_NOTIFY[said.notification_type], RUNGS.get(said.status)
        return await heard(authorization, [(said.reference or "", way, rung)])

    @routes.post("/receipts/mail")
    async def by_mail(said: Several, authorization: Bearer = "") -> Response:
        return await heard(authorization, [(key_of(one.message_id), Way.EMAIL, Rung(one.rung)) for one in said])

    return routes


async def _in_time(saying: Awaitable[list[bool]], seconds: float) -> list[bool]:
    """Whether each was new; who brings it is told to come again where the database does not answer."""
    try:
        async with asyncio.timeout(seconds):
            return await saying
    except TimeoutError:
        sentence = "The database does not answer now. Say it again soon."
    raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, sentence)


def _expect(authorization: str, token: SecretStr | None) -> None:
    expected = f"Bearer {token.get_secret_value()}" if token else ""
    if not expected or not hmac.compare_digest(authorization.encode(), expected.encode()):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "This needs the token of whoever brings receipts.")


def _is_key(text: str) -> bool:
    try:
        well_formed(text)
    except MalformedId:
        return False
    return True
