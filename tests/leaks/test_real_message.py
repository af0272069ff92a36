"""A whole emergency-care referral in the real format goes through every pure step of the hub: none of it comes out."""

import copy
import json
from typing import Any

import pytest

from services.core.codes import OrganisationKind, Sector
from services.wire.avro import Schemas
from tests.formats.fhir.messages import real_message, resource
from tests.formats.fhir.test_real_message import CONCERN, secrets
from tests.leaks.canaries import Canaries
from tests.leaks.hub import Hub
from tests.leaks.planting import File

NAMED = ("LS10 4YU", "22 Brightside Crescent", "01138698975", "G82080", "Patient's Surgery", "BLAKE", "Grayson")


def published(schemas: Schemas, message: dict[str, Any]) -> Hub:
    hub = Hub(schemas)
    content = json.dumps(message).encode()
    hub.publish(File(Sector.HEALTH, OrganisationKind.HEALTH_BODY, "A Health Body", "message.json", content))
    return hub


@pytest.fixture(scope="module")
def of_a_child() -> dict[str, Any]:
    """The message, of a child born in 2010, with a safeguarding concern."""
    changed = copy.deepcopy(real_message())
    resource(changed, "Patient")["birthDate"] = "2010-05-04"
    changed["entry"].append({"fullUrl": "urn:uuid:concern", "resource": CONCERN})
    return changed


def test_nothing_of_it_is_found_outside_the_vault_but_what_may_be_shared(
    schemas: Schemas, of_a_child: dict[str, Any]
) -> None:
    hub = published(schemas, of_a_child)
    assert len(list(hub.views())) == 1
    # A single word of no digit, such as "number", may be one of ours; what it stands in is looked for whole.
    looked_for = {text for text in secrets(of_a_child) if " " in text or any(map(str.isdigit, text))} | {*NAMED}
    canaries = Canaries(looked_for)
    assert len(looked_for) > 70
    assert [leak for name, content in hub.sinks() for leak in canaries.found_in(name, content)] == []


def test_the_search_finds_the_name_that_may_be_shared(schemas: Schemas, of_a_child: dict[str, Any]) -> None:
    sinks = list(published(schemas, of_a_child).sinks())
    assert {name for name, content in sinks if Canaries({"Jones"}).found_in(name, content)} >= {"topic case-updates.v1"}


def test_an_adults_is_refused_and_leaves_nothing_but_the_answer(schemas: Schemas) -> None:
    hub = published(schemas, real_message())
    assert list(hub.views()) == []
    assert [message.topic for message in hub.messages] == ["out.health.v1"]
    assert list(hub.vault_rows()) == []
