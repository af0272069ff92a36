"""The scenario's rotas and contacts: invented people on duty in every agency, as they and their coordinators would."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from services.cli import client
from services.cli.oncall.asking import SERVICE
from services.core.oncall.coverage import LONGEST

_SCENARIO = Path(__file__).parents[1] / "scenario"
DUTY, CONTACTS = _SCENARIO / "duty.json", _SCENARIO / "contacts.json"
_ZONE = "Europe/London"
_LONG_AGO = "2026-01-05T09:00"


def arrange(data: Path) -> None:
    """Publish a rota in each agency of the edition in `data`, once: where there is one, nothing is done.

    Raises:
        Failed: a rota was refused: the hub or the scenario has a fault.
        Unavailable: the hub does not answer; arranging again does the rest.
    """
    arranged = data / "duty.json"
    if arranged.exists():
        return
    edition = client.read_edition(data)
    agencies = json.loads(DUTY.read_bytes())
    from services.cli.signing_in import obtain_all  # noqa: PLC0415 - a web server and an OAuth client

    signed_in = obtain_all(edition, [agency["keeper"] for agency in agencies])
    for agency in agencies:
        _arrange(client.settings_with(edition, SERVICE, signed_in[agency["keeper"]].token), agency)
    arranged.write_text(DUTY.read_text("utf-8"), encoding="utf-8")


def reach(edition: client.Edition) -> None:
    """Each of the invented people says how they are reached, before any child goes missing.

    Raises:
        Unavailable: the hub does not answer; doing it again does the rest.
    """
    from services.cli.signing_in import obtain_all  # noqa: PLC0415 - a web server and an OAuth client

    contacts = json.loads(CONTACTS.read_bytes())
    signed_in = obtain_all(edition, contacts)
    for name, ways in contacts.items():
        settings = client.settings_with(edition, SERVICE, signed_in[name].token)
        with client.asking(settings, SERVICE) as api:
            client.answer(api.put("/api/contact", json={"ways": ways}))


def _arrange(settings: dict[str, Any], agency: dict[str, Any]) -> None:
    with client.asking(settings, SERVICE) as api:
        if client.answer(api.get("/api/rota", params={"days": 1}))["version"]:
            return
        client.answer(api.put("/api/staff", json={"people": agency["staff"]}))
        _publish(api, agency)


def _publish(api: httpx.Client, agency: dict[str, Any]) -> None:
    until = datetime.now(UTC) + LONGEST - timedelta(days=1)
    lines = [{"layers": [_turns(agency[line])]} for line in ("on_duty", "behind")]
    rota = {"zone": _ZONE, "until": until.replace(microsecond=0).isoformat(), "lines": lines}
    client.answer(api.post("/api/rota", json={"based_on": 0, "rota": rota}))


def _turns(people: list[str]) -> dict[str, Any]:
    return {"people": people, "begins": _LONG_AGO, "turn": {"unit": "weeks"}}
