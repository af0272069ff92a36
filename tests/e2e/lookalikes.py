"""Two records of a running edition that may be of one child: two agencies tell of her, each in its own way."""

import json
from pathlib import Path
from typing import Any

import httpx

from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from tests.edition import LocalEdition
from tests.formats.documents import example

SECONDS = 30
Ends = tuple[str, str]


def two_records(edition: LocalEdition, folder: Path, child: str, family: str) -> Ends:
    """The records of a child of this family's name, for whom an adult asks; given once something speaks for the two."""
    police = _said("coming-to-notice", child, f"Quyen Thi {family}", "2012-10-05")
    hospital = _said("emergency-care", child, f"{family} Quyen", "2012-05-10")
    claim = example("KinshipClaimed", source=police["source"], recorded_at=police["recorded_at"], location={})
    contact = example("PoliceContact", **police, fact={"indicators": ["must_earn_minimum"]})
    attendance = example("HealthAttendance", **hospital, fact={"indicators": ["not_registered_with_gp"]})
    one, other = sorted(
        _published(edition, folder, *sent)
        for sent in (("police", "INVENTED-FORCE", contact, claim), ("health", "INVENTED-HOSPITAL", attendance))
    )
    assert until(lambda: "link" in asked(edition, f"/api/links/{one}/{other}")[0], SECONDS)
    return one, other


def asked(edition: LocalEdition, *paths: str) -> list[dict[str, Any]]:
    """What the case feed answers a coordinator who has no browser."""
    base = f"http://127.0.0.1:{edition.parts.ports['casefeed']}"
    with httpx.Client(base_url=base, headers=edition.person(), trust_env=False, verify=trusted()) as client:
        return [client.get(path).json() for path in paths]


def _said(system: str, child: str, name: str, born: str) -> dict[str, Any]:
    claims = {"names": [{"text": name, "kind": "full", "status": "claimed"}], "sex": "female", "nationalities": ["VN"]}
    return {
        "source": {"system": system, "child": child},
        "subject": {**claims, "dates_of_birth": [{"value": born, "status": "claimed"}]},
        "occurred_at": "2026-11-02T14:00:00Z",
        "recorded_at": "2026-11-02T16:00:00Z",
        "location": {},
    }


def _published(edition: LocalEdition, folder: Path, agency: str, body: str, *documents: dict[str, Any]) -> str:
    file = folder / f"{agency}.json"
    file.write_text(json.dumps(documents), encoding="utf-8")
    sent = ("--agency", agency, "--organisation", body, "--wait", "--json")
    [subject] = json.loads(edition.done("publish", *sent, file))["subjects"]
    return str(subject)
