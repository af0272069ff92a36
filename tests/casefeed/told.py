"""A running case feed and those around it: the correlator's pen, people who sign in, the operator."""

import itertools
import json
import time
from dataclasses import dataclass
from typing import Any

import httpx
from confluent_kafka import Producer

from services.core.codes import MissingKind, Sector
from services.core.facts import ChildMissing, KinshipClaimed, WorkerAllocated
from services.core.ids import person_handle
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from services.wire.avro import Schemas
from services.wire.topics import CASE_UPDATES
from tests.builders import an_id, day, entry
from tests.casefeed.updates import Update
from tests.identity_provider import RunningProvider
from tests.runtime.running import Service

SECONDS = 30
PEOPLE_KEY = bytes(range(32))
NUMBERS = itertools.count(1)
_UNDER_WAY = {"reading", "comparing", "adopting"}


@dataclass(frozen=True)
class Told:
    """A running case feed, the correlator's pen, and people who sign in."""

    service: Service
    provider: RunningProvider
    producer: Producer
    schemas: Schemas

    def missing_child(self, behind: str | None = None) -> str:
        """Tell of a new case of a missing child, behind everything that was told of another case; gives its id."""
        number = next(NUMBERS) << 96
        report = entry(ChildMissing(MissingKind.MISSING), event=number, subject=number, recorded_at=day(1))
        self.send(behind or an_id(number), Update(number, subjects=[(number, 1)], new=[report]).frame(self.schemas))
        return an_id(number)

    def approach(self, adult: str, *, missing: bool = False) -> str:
        """Tell of a new case of a child for whom an adult asks; gives its id."""
        number = next(NUMBERS) << 96
        facts = (KinshipClaimed(adult), *((ChildMissing(MissingKind.MISSING),) if missing else ()))
        said = [entry(fact, event=number + place, subject=number) for place, fact in enumerate(facts)]
        self.send(an_id(number), Update(number, subjects=[(number, 1)], new=said).frame(self.schemas))
        return an_id(number)

    def allocate(self, worker: str, case_id: str) -> None:
        """Give a case of one record to somebody."""
        number = next(NUMBERS) << 96
        given_to = WorkerAllocated(person_handle(PEOPLE_KEY, worker))
        subject = int(case_id, 16)
        new = [entry(given_to, event=number, subject=subject, recorded_at=day(1), sector=Sector.LOCAL_AUTHORITY)]
        self.send(case_id, Update(subject, 2, day(1), timeline=[], new=new).frame(self.schemas))

    def send(self, key: str, frame: bytes) -> None:
        self.producer.produce(CASE_UPDATES, key=key, value=frame)
        assert self.producer.flush(SECONDS) == 0

    def person(self, name: str = "coordinator") -> httpx.Client:
        """A command of somebody who signed in."""
        headers = {"authorization": f"Bearer {self.provider.token(name)}"}
        return httpx.Client(
            base_url=self.service.url, headers=headers, timeout=SECONDS, trust_env=False, verify=trusted()
        )

    def get(self, path: str, **asked: Any) -> httpx.Response:
        with self.person() as coordinator:
            return coordinator.get(path, **asked)

    def digests(self) -> dict[str, str]:
        """What the operator is told."""
        with self.service.client() as operator:
            told: dict[str, str] = operator.get("/digests").json()["digests"]
            return told

    def wait_for(self, case_id: str) -> dict[str, Any]:
        assert until(lambda: self.get(f"/api/cases/{case_id}").is_success, SECONDS), self.service.log.read_text()
        found: dict[str, Any] = self.get(f"/api/cases/{case_id}").json()
        return found

    def feed(self, *until_cases: str, **asked: Any) -> list[tuple[int, str]]:
        """The numbers and cases that a watcher is told, until all of these cases were among them."""
        told: list[tuple[int, str]] = []
        number = 0
        missing, deadline = set(until_cases), time.monotonic() + SECONDS
        with self.person() as client, client.stream("GET", "/api/feed", **asked) as stream:
            lines = stream.iter_lines()
            while missing:
                name, _, value = next(lines).partition(": ")
                assert time.monotonic() < deadline, (missing, told)
                if name == "id":
                    number = int(value)
                if name == "data":
                    told.append((number, json.loads(value)["case_id"]))
                    missing.discard(told[-1][1])
        return told

    def audit(self, path: str, **asked: str) -> httpx.Response:
        """What the operator is told of the audit."""
        with self.service.client() as operator:
            return operator.get(path, params=asked)

    def recorded(self, **asked: str) -> list[dict[str, Any]]:
        """Everything of this kind that the audit holds by now."""
        found: list[dict[str, Any]] = self.audit("/audit/entries", **asked, at_most="1000").json()["entries"]
        return found

    def metric(self, name: str) -> float:
        lines = self.get("/metrics").text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))

    def rebuilt(self, *, verify: bool) -> dict[str, Any]:
        """How a rebuild ended."""
        with self.service.client() as client:
            assert client.post("/rebuild", json={"verify": verify}).status_code == 202
            assert until(lambda: client.get("/rebuild").json()["phase"] not in _UNDER_WAY, SECONDS)
            ended: dict[str, Any] = client.get("/rebuild").json()
            return ended
