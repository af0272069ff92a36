"""What an agency is told of a disclosure is sealed to it, says no place, and is a document that its processor reads."""

import base64
import json
from pathlib import Path

import pytest
from nacl.public import PrivateKey as NaclPrivateKey

from services.core.codes import OrganisationKind, Purpose, Sector
from services.core.facts import LocationDisclosed
from services.core.gates import Child
from services.core.statements import Opened
from services.core.weeks import key_id
from services.formats.canonical.parse import parse
from services.runtime.speaking import Speaker
from services.vault.decisions import Asked, Kind
from services.vault.disclosing import disclosed
from services.wire import submissions, topics
from services.wire.avro import Schemas
from services.wire.opening import Opener, PrivateKey
from tests.builders import day
from tests.core.enquiries import DECISION, ENQUIRER, ONE, OPENER
from tests.vault.deciding import FORCE, TOKEN

PRIVATE = PrivateKey(key_id("police", day(2)), bytes(range(1, 33)))


@pytest.fixture
def public_keys(tmp_path: Path) -> Path:
    public = base64.b64encode(bytes(NaclPrivateKey(PRIVATE.key).public_key)).decode()
    (tmp_path / "police").mkdir()
    (tmp_path / "police" / f"{PRIVATE.key_id}.json").write_text(
        json.dumps({"key_id": PRIVATE.key_id, "public_key": public})
    )
    return tmp_path


def asked(enquirer: str | None) -> Asked:
    kind = Kind.ENQUIRER_RELEASE if enquirer else Kind.PROTECTIVE_ACCESS
    child = Child(frozenset({ONE}), frozenset(), frozenset())
    return Asked(DECISION, kind, Purpose.SEARCH_FOR_CHILD, OPENER, day(1), ONE, child, enquirer)


@pytest.mark.parametrize("enquirer", [None, ENQUIRER])
def test_the_openers_agency_reads_who_may_have_seen_what_decision_and_no_place(
    schemas: Schemas, public_keys: Path, enquirer: str | None
) -> None:
    told = disclosed(asked(enquirer), Speaker(Sector.POLICE, TOKEN), day(2), schemas, public_keys)
    assert told.topic == topics.disclosed("police")
    assert TOKEN.encode() not in told.value
    _, record = schemas.decode(told.value, {"IntakeRecord"})
    reference = submissions.reference_of(record)
    content = json.loads(Opener(PRIVATE).open(submissions.envelope_of(record), submissions.PURPOSE, reference))
    assert (content["token"], content["organisation"]) == (TOKEN, FORCE)
    read = parse(Opened(content["format"], FORCE, OrganisationKind.POLICE_FORCE, day(2), content["record"]))
    assert read.problems == ()
    (said,) = read.statements
    assert isinstance(said.fact, LocationDisclosed)
    assert (said.fact.decision, said.fact.enquirer, said.location) == (DECISION, enquirer, {})
