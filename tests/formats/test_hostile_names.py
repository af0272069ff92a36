"""A name that nobody can be called is refused in words by every format, and never takes a missing report with it."""

from copy import deepcopy
from typing import Any

import pytest

from services.core.codes import OrganisationKind, Sector
from services.core.facts import ChildMissing
from services.core.matching.names import names_nobody
from services.core.sharing import Edge, Outcome, share
from services.core.statements import Opened
from services.formats.canonical.documents import NAME
from services.formats.catalogue import READS, read
from tests.formats.agency_forms import NAMES, form
from tests.formats.documents import KEYS, RECEIVED, example, record
from tests.formats.fhir.messages import message, resource

FHIR = "fhir-message/4"
FORMATS = [*(f"{name}/1" for name in NAMES), FHIR, NAME]
READ_BY = {each.name: sector for sector in Sector for each in READS[sector] if each.name in FORMATS} | {
    NAME: Sector.LOCAL_AUTHORITY
}
SPEAKING = {
    Sector.POLICE: OrganisationKind.POLICE_FORCE,
    Sector.UKBA: OrganisationKind.UKBA,
    Sector.LOCAL_AUTHORITY: OrganisationKind.LOCAL_AUTHORITY,
    Sector.HEALTH: OrganisationKind.HEALTH_BODY,
}
NO_NAMES = [
    pytest.param("a" * 10_000, id="10,000 letters"),
    pytest.param("\u202eLinh", id="right to left"),
    pytest.param("Li\u200dnh", id="a joiner"),
    pytest.param("L1nh", id="digits"),
    pytest.param("", id="empty"),
    pytest.param("\x1b[2J", id="orders to a terminal"),
    pytest.param("<b>Linh</b>", id="marks of a page"),
]


def naming(of: str, name: str) -> dict[str, Any]:
    """An example of a format as a connector cuts it, whose child has this name and no other."""
    if of == NAME:
        return record(example("ChildMissing", subject__names=[{"text": name, "kind": "full", "status": "claimed"}]))
    said: dict[str, Any] = message() if of == FHIR else deepcopy(form(of.removesuffix("/1")))
    if of == FHIR:
        resource(said, "Patient")["name"] = [{"family": name}]
    else:
        said["child"]["names"][0]["text"] = name
    return {"documents": [{"table": "referral", "row": 1, "document": said}]}


def outcome(of: str, name: str) -> Outcome:
    opened = Opened(of, "O", SPEAKING[READ_BY[of]], RECEIVED, naming(of, name))
    return share(read(READ_BY[of], opened), Edge(KEYS, READ_BY[of], RECEIVED))


def shared_names(of: Outcome) -> set[str]:
    return {claimed.text for event in of.events for claimed in event.subject.names}


@pytest.mark.parametrize("of", FORMATS)
@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_is_refused_in_words_and_goes_nowhere(of: str, name: str) -> None:
    found = outcome(of, name)
    assert found.problems
    assert name not in shared_names(found)


@pytest.mark.parametrize("of", [NAME, "police-missing-person/1"])
@pytest.mark.parametrize("name", NO_NAMES)
def test_a_missing_report_whose_name_is_none_is_a_missing_report(of: str, name: str) -> None:
    assert any(isinstance(event.fact, ChildMissing) for event in outcome(of, name).events)


@pytest.mark.parametrize("of", FORMATS)
@pytest.mark.parametrize("name", ["Unknown", "Baby", "Refused"])
def test_what_stands_for_an_unknown_name_is_taken_as_it_is_and_names_nobody(of: str, name: str) -> None:
    found = outcome(of, name)
    assert shared_names(found) == {name}
    assert all(names_nobody(text) for text in shared_names(found))


@pytest.mark.parametrize("of", FORMATS)
def test_letters_of_two_scripts_that_look_alike_are_taken_as_they_are(of: str) -> None:
    assert shared_names(outcome(of, "L\u0456nh")) == {"L\u0456nh"}
