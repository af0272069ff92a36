"""What on-call says of alerts and duty, asked over HTTP with the reader's own identity token: it judges rights."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from services.core.codes import Sector
from services.core.oncall.alerts import Answer, Severity
from services.core.oncall.calls import Status
from services.runtime.tls import trusted

_PATIENCE_SECONDS = 5.0
_REFUSED = range(400, 500)
_UNAUTHORISED = 401

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """What one agency owes; once it is paged again, `answer` is what it said before."""

    agency: Sector
    status: Status
    next_at: datetime | None
    answer: Answer | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert, for those who are paged."""

    alert_id: str
    subject_id: str | None
    kind: str
    state: str
    severity: Severity
    reasons: list[str]
    opened_at: datetime
    owner_agency: Sector | None
    calls: list[Call]


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who is on duty, by name within the reader's own agency."""

    name: str | None


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on duty in an agency, until when, and whether it is the reader.

    A rota that has run out has no `until`, and leaves its last person on duty.
    """

    agency: Sector
    on_duty: Somebody | None
    until: datetime | None
    has_run_out: bool
    is_you: bool


@dataclass(frozen=True, slots=True)
class _Alerts:
    alerts: list[Alert]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class _Duties:
    duty: list[Duty]


@dataclass(frozen=True, slots=True)
class _Refusal:
    error: str


class Why(StrEnum):
    """Why nothing can be shown."""

    NOT_SET_UP = "not_set_up"
    AWAY = "away"
    SIGN_IN = "sign_in"
    NOT_YOURS = "not_yours"


class NotTold(Exception):
    """On-call did not say; `why` is told to the reader, and `sentences` is what it said itself when it refused."""

    def __init__(self, why: Why, sentences: Sequence[str] = ()) -> None:
        super().__init__(why.value)
        self.why = why
        self.sentences = sentences


class OnCall:
    """Asks the service on-call at its own address; without one, nothing is told."""

    def __init__(self, url: str | None, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._transport = transport

    async def alerts(self, token: str) -> list[Alert]:
        """The open alerts of the reader's agency.

        Raises:
            NotTold: on-call does not answer, or not this reader.
        """
        page = read_one(_Alerts, await self.asked("GET", "/api/alerts", token))
        found = page.alerts
        while page.next:
            page = read_one(_Alerts, await self.asked("GET", f"/api/alerts?after={quote(page.next)}", token))
            found += page.alerts
        return found

    async def duty(self, token: str) -> list[Duty]:
        """Who is on duty in each agency.

        Raises:
            NotTold: on-call does not answer, or not this reader.
        """
        return read_one(_Duties, await self.asked("GET", "/api/duty", token)).duty

    async def answer(self, token: str, alert: str, said: Answer, next_check_at: datetime) -> None:
        """Say what the reader's agency does, and when it looks again.

        Raises:
            NotTold: it was not taken.
        """
        document = {"answer": said.value, "next_check_at": next_check_at.isoformat()}
        await self.asked("POST", f"/api/alerts/{alert}/answer", token, document)

    async def asked(
        self, method: str, path: str, token: str, document: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The document that on-call answers with.

        Raises:
            NotTold: it does not answer, or refuses.
        """
        if self._url is None:
            raise NotTold(Why.NOT_SET_UP)
        headers = {"authorization": f"Bearer {token}"}
        try:
            async with (
                asyncio.timeout(_PATIENCE_SECONDS),  # httpx waits so long for each piece of an answer
                httpx.AsyncClient(
                    base_url=self._url,
                    headers=headers,
                    timeout=_PATIENCE_SECONDS,
                    transport=self._transport,
                    trust_env=False,
                    verify=trusted(),
                ) as client,
            ):
                answer = await client.request(method, path, json=document)
        except (httpx.HTTPError, TimeoutError):
            raise NotTold(Why.AWAY) from None
        return _told(answer)


def _told(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code == _UNAUTHORISED:
        raise NotTold(Why.SIGN_IN)
    if answer.status_code in _REFUSED:
        raise NotTold(Why.NOT_YOURS, _sentences(answer))
    if not answer.is_success:
        raise NotTold(Why.AWAY)
    try:
        said: dict[str, Any] = answer.json()
    except ValueError:  # whatever stands at its address, it is not on-call
        raise NotTold(Why.AWAY) from None
    return said


def _sentences(answer: httpx.Response) -> Sequence[str]:
    """On-call's own words for a refusal, a line each."""
    try:
        return TypeAdapter(_Refusal).validate_json(answer.content).error.splitlines()
    except ValidationError:
        return ()


def read_one(kind: type[T], said: object) -> T:
    """Of what on-call tells, what a page shows.

    Raises:
        NotTold: it is not understood.
    """
    try:
        return TypeAdapter(kind).validate_python(said)  # what on-call tells besides is left out
    except ValidationError:
        raise NotTold(Why.AWAY) from None
